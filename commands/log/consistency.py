"""Consistency proofs: that today's log extends a checkpoint that somebody kept."""

from sqlalchemy import select

from audit.errors import LogError
from audit.merkle.checkpoints import Signed
from audit.merkle.signed_notes import Note, Verifier, open_note
from audit.merkle.tree import ProofError, check_consistency, consistency
from audit.merkle.witness import Request
from audit.trails.canonical_json import parse
from audit.trails.tables import entries
from commands.context.installation import Transaction
from commands.log.pins import KeysNotPinnedError, pinned_keys, unpinned
from commands.log.sealing import LogNotBegunError, keys_of, log_of, store_of
from states.refusal import ConflictError


class BranchedError(ConflictError):
    """A checkpoint that today's log does not extend."""

    template = (
        "Today's log ({new} entries) does NOT extend the checkpoint of {old} entries: it was rewritten, or one of the "
        "two is not of this log. Keep both; they are evidence."
    )


def trusted_keys(tx: Transaction) -> list[Verifier]:
    """The log's keys in use, which are those of the pins. Raises KeysNotPinnedError, LogNotBegunError, KeyFormError."""
    for each in unpinned(log_of(tx.session), tx.settings):
        if isinstance(each, KeysNotPinnedError):
            raise each
    return keys_of(tx.session)


def ever_used(tx: Transaction) -> list[Verifier]:
    """Every key that the log has had: an old checkpoint was signed by one of them. Those that were ever pinned, where
    there are pins; else those that its own trail tells of. Raises PinsError, KeyFormError.
    """
    if (pinned := pinned_keys(tx.settings)) is not None:
        return pinned
    bodies = tx.session.scalars(select(entries.c.body).where(entries.c.trail.like("log:%")).order_by(entries.c.seq))
    told = [key for body in bodies for key in parse(body)["facts"].get("set", {}).get("keys", [])]
    return [Verifier.parse(key) for key in dict.fromkeys(told)]


def proven(tx: Transaction) -> list[Verifier]:
    """Keys that somebody without them could not have put into the log's trail: its first, and those by which the
    published checkpoint is signed; where there are pins, those that were ever pinned.

    Raises PinsError, KeyFormError, LogError.
    """
    if (pinned := pinned_keys(tx.settings)) is not None:
        return pinned
    first = tx.session.scalar(select(entries.c.body).where(entries.c.trail == "log:1", entries.c.seq == 1))
    begun = parse(first)["facts"]["set"]["keys"] if first else []
    data = store_of(tx.settings).checkpoint()
    note = Note.parse(data) if data else None
    return [key for key in ever_used(tx) if str(key) in begun or (note is not None and _signed(note, key))]


def _signed(note: Note, key: Verifier) -> bool:
    try:
        return bool(open_note(note, [key]))
    except LogError:
        return False


def extends(tx: Transaction, kept: bytes) -> Request:
    """The proof that today's log extends a kept checkpoint. Raises BranchedError, LogNotBegunError, LogError."""
    keys = ever_used(tx)
    old = Signed.open(kept, keys).checkpoint
    store = store_of(tx.settings)
    note = store.checkpoint()
    if note is None:
        raise LogNotBegunError
    signed = Signed.open(note, keys)
    new = signed.checkpoint
    if old.size > new.size or old.origin != new.origin:
        raise BranchedError(new=new.size, old=old.size)
    hashes = store.roots(consistency(old.size, new.size), new.size)
    try:
        if old.size:
            check_consistency(old.size, old.root, new.size, new.root, hashes)
    except ProofError as error:
        raise BranchedError(new=new.size, old=old.size) from error
    return Request(old.size, hashes, signed)
