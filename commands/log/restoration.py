"""The log goes on after a database was restored from a backup older than what was sealed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from audit.merkle.checkpoints import Signed
from audit.merkle.fsck import CHUNK
from audit.merkle.scan import Reading
from audit.merkle.sequencer import size as placed
from audit.merkle.tile_store import TileStore
from audit.merkle.tiles import WIDTH
from audit.merkle.witness_policy import NONE
from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import digest, read
from audit.trails.tables import entries, leaves, pending
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.context.rollback_guard import sealed_size
from commands.log.sealing import keys_of, log_of, signer_of, store_of
from commands.log.witnesses import enough, policy_of
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.writer import TrailState, record
from models.log import Log
from states.actions import Action
from states.refusal import ConflictError
from states.subjects import LOG


class NotRestoredError(ConflictError):
    """A database that knows all that was sealed."""

    template = "The database knows every sealed entry: there is nothing to go on from."


class OtherPastError(ConflictError):
    """A backup that is not a past of this log."""

    template = (
        "The restored database is not a past of this log: {faults} of its entries are not what was sealed. "
        "Nothing was written; run “poruchenie audit verify”, and restore another backup."
    )


class UnwitnessedRestorationError(ConflictError):
    """Nobody outside vouches for what was sealed last."""

    template = (
        "The log is to go on behind {size} entries, but the witnesses that the policy demands have cosigned {met}. "
        "Ask them first: “poruchenie audit ask”."
    )


@dataclass(frozen=True, slots=True)
class Resumed:
    """Places `start` to `end` (without it) of the log: `found` were in the restored queue, the others are lost."""

    start: int
    end: int
    found: int


def resume(tx: Transaction, actor: Actor, basis: str) -> Resumed:
    """Let the log go on behind everything that was sealed: the same tree, never a smaller one.

    Raises NotRestoredError, OtherPastError, UnwitnessedRestorationError, NeedError, WrongRoleError, LogNotBegunError,
    LogError.
    """
    note = basis_of(LOG, Action.RESUME, basis)
    row, connection = log_of(tx.session), tx.session.connection()
    start, end = placed(connection), sealed_size(tx.settings)
    if start >= end:
        raise NotRestoredError
    store = store_of(tx.settings)
    published = _published(tx, row.keys)
    wrong = Reading(store, end, 0, frozenset(), (), CHUNK)
    faults = sum(len(checked.faults) for _, checked in wrong.until(start).everything(connection, None))
    if faults:
        raise OtherPastError(faults=faults)
    known = list(takewhile(bool, (_known(tx.session, body) for _, body in _sealed(store, start, end))))
    lost = start + len(known)
    # What is lost is the end of what was sealed, in one piece: a resumption can hide nothing in the middle.
    facts = {"lost": [[lost, end]] if lost < end else [], "checkpoint": published.note.data.decode()}
    # First the entry that tells of them: without it no place stays empty.
    before = TrailState.of_columns(Log, row)
    entry = record(tx, actor, before, Action.RESUME, Change(facts=facts, texts={"note": note}))
    for index, place in enumerate([*known, *[None] * (end - lost), (before.subject.trail, entry.head.seq)], start):
        _give(tx.session, index, place)
    return Resumed(start, end, len(known))


def _published(tx: Transaction, keys: Sequence[str]) -> Signed:
    """The checkpoint over everything that was sealed; if its signer was killed before it was published, it is now."""
    store, signer = store_of(tx.settings), signer_of(tx.settings, keys)
    published = Signed.open(store.checkpoint() or b"", keys_of(tx.session))
    last = signer.signed()
    if last is not None and last.size > published.checkpoint.size:
        note = signer.sign(last, ())
        store.publish(note.data)
        published = Signed(last, note)
    if policy_of(tx.settings).quorum == NONE:
        return published
    met, size = enough(tx.settings, keys_of(tx.session)), published.checkpoint.size
    if met is None or met.checkpoint.size != size:
        raise UnwitnessedRestorationError(size=size, met=met.checkpoint.size if met else 0)
    return met


def _give(session: Session, index: int, place: tuple[str, int] | None) -> None:
    """Give a place to an entry that waits, or leave it empty."""
    trail, seq = place or (None, None)
    session.execute(insert(leaves), {"leaf_index": index, "trail": trail, "seq": seq})
    if place:
        session.execute(delete(pending).where(pending.c.trail == trail, pending.c.seq == seq))


def _sealed(store: TileStore, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    for number in range(start // WIDTH, (end - 1) // WIDTH + 1):
        for index, body in enumerate(store.entries(number, end), number * WIDTH):
            if index >= start:
                yield index, body


def _known(session: Session, body: bytes) -> tuple[str, int] | None:
    try:
        told = read(body)
    except CanonicalError:
        return None
    here = (entries.c.trail == told["trail"]) & (entries.c.seq == told["seq"]) & (entries.c.hash == digest(body))
    return (told["trail"], told["seq"]) if session.scalar(select(entries.c.seq).where(here)) else None
