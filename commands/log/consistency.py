"""Consistency proofs: that today's log extends a checkpoint that somebody kept."""

from sqlalchemy import select

from audit.merkle.checkpoints import Signed
from audit.merkle.signed_notes import Verifier
from audit.merkle.tree import ProofError, check_consistency, consistency
from audit.merkle.witness import Request
from audit.trails.canonical_json import parse
from audit.trails.tables import entries
from commands.context.installation import Transaction
from commands.log.sealing import LogNotBegunError, store_of
from states.refusal import ConflictError


class BranchedError(ConflictError):
    """A checkpoint that today's log does not extend."""

    template = (
        "Today's log ({new} entries) does NOT extend the checkpoint of {old} entries: it was rewritten, or one of the "
        "two is not of this log. Keep both; they are evidence."
    )


def ever_used(tx: Transaction) -> list[Verifier]:
    """Every key that the log has had: an old checkpoint was signed by one of them. Raises KeyFormError."""
    bodies = tx.session.scalars(select(entries.c.body).where(entries.c.trail.like("log:%")).order_by(entries.c.seq))
    told = [key for body in bodies for key in parse(body)["facts"].get("set", {}).get("keys", [])]
    return [Verifier.parse(key) for key in dict.fromkeys(told)]


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
