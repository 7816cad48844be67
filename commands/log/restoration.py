"""The log goes on after a database was restored from a backup older than what was sealed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from audit.merkle.checkpoints import Signed
from audit.merkle.fsck import CHUNK
from audit.merkle.scan import Reading
from audit.merkle.sequencer import size as placed
from audit.merkle.tile_store import TileStore
from audit.merkle.tiles import WIDTH
from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import digest, read
from audit.trails.tables import entries, leaves, pending
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.context.rollback_guard import sealed_size
from commands.log.sealing import keys_of, log_of, store_of
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


@dataclass(frozen=True, slots=True)
class Resumed:
    """Places `start` to `end` (without it) of the log: `found` were in the restored queue, the others are lost."""

    start: int
    end: int
    found: int


def resume(tx: Transaction, actor: Actor, basis: str) -> Resumed:
    """Let the log go on behind everything that was sealed: the same tree, never a smaller one.

    Raises NotRestoredError, OtherPastError, NeedError, WrongRoleError, LogNotBegunError, LogError.
    """
    note = basis_of(LOG, Action.RESUME, basis)
    row, connection = log_of(tx.session), tx.session.connection()
    start, end = placed(connection), sealed_size(tx.settings)
    if start >= end:
        raise NotRestoredError
    store = store_of(tx.settings)
    published = Signed.open(store.checkpoint() or b"", keys_of(tx.session))
    wrong = Reading(store, end, 0, frozenset(), (), CHUNK)
    faults = sum(len(checked.faults) for _, checked in wrong.until(start).everything(connection, None))
    if faults:
        raise OtherPastError(faults=faults)
    places = {index: _known(tx.session, body) for index, body in _sealed(store, start, end)}
    lost = [index for index, place in places.items() if place is None]
    change = Change(facts={"lost": _ranges(lost), "checkpoint": published.note.data.decode()}, texts={"note": note})
    # First the entry that tells of them: without it no place stays empty.
    record(tx, actor, TrailState.of_columns(Log, row), Action.RESUME, change)
    _fill(tx.session, places)
    return Resumed(start, end, end - start - len(lost))


def _fill(session: Session, places: Mapping[int, tuple[str, int] | None]) -> None:
    """Give each sealed entry its place where the backup knows the entry; the places of the others stay empty."""
    for index, place in places.items():
        trail, seq = place or (None, None)
        session.execute(insert(leaves), {"leaf_index": index, "trail": trail, "seq": seq})
        if place:
            session.execute(delete(pending).where(pending.c.trail == trail, pending.c.seq == seq))


def _ranges(places: Sequence[int]) -> list[list[int]]:
    """Places as ranges [start, end): a few, where there are many."""
    ranges: list[list[int]] = []
    for each in places:
        if ranges and ranges[-1][1] == each:
            ranges[-1][1] = each + 1
        else:
            ranges.append([each, each + 1])
    return ranges


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
