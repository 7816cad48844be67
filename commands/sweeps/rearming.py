"""Ladders derived anew from entries: when another policy was adopted, and to repair what somebody changed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select, update

from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import Head, read
from audit.trails.tables import entries
from commands.checks.ladders import agrees, found_in, rows_of, steering
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.log.sealing import log_of
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.tallies import recount
from commands.recording.trail_fold import FoldedTrail
from commands.recording.writer import TrailState, record
from models.base import table_of
from models.log import Log
from models.protocols import Assignment
from states.actions import Action
from states.refusal import ConflictError
from states.subjects import LOG, Kind, Subject

BATCH = 1_000
_NAMED = 1_000
"""Assignments that an entry names; of more it says only how many."""


class NothingToRepairError(ConflictError):
    """Derived data that are as they should be."""

    template = "There is nothing to repair: ladders and counts are what the entries come to."


@dataclass(frozen=True, slots=True)
class Rearmed:
    """One batch: assignments whose row said other than their entries, and the last one looked at (None: no more)."""

    assignments: Sequence[int]
    last: int | None

    @property
    def more(self) -> bool:
        """Whether another batch is needed."""
        return self.last is not None


def rearm(tx: Transaction, after: int = 0, batch: int = BATCH) -> Rearmed:
    """Derive anew what steers the sweeps, for the next assignments by number."""
    wanted = select(Assignment.id).where(Assignment.id > after).order_by(Assignment.id).limit(batch)
    numbers = list(tx.session.scalars(wanted.with_for_update()))
    connection = tx.session.connection()
    wrong, told, table = [], _folded(connection, numbers), table_of(Assignment)
    for number, row in rows_of(connection, numbers).items():
        right = steering(tx.policy, row, told[number].footing)
        if not agrees(found_in(row), right):
            connection.execute(update(table).where(table.c.id == number).values(asdict(right)))
            wrong.append(number)
    return Rearmed(wrong, numbers[-1] if len(numbers) == batch else None)


def _folded(connection: Connection, numbers: Sequence[int]) -> dict[int, FoldedTrail]:
    """The trails of assignments, folded as far as they can be read."""
    found = {number: FoldedTrail(Subject(Kind.ASSIGNMENT, number).trail) for number in numbers}
    by_trail = {told.trail: told for told in found.values()}
    wanted = select(*entries.c["trail", "seq", "hash", "body"]).where(entries.c.trail.in_(by_trail))
    for trail, seq, digest, body in connection.execute(wanted.order_by(entries.c.trail, entries.c.seq)):
        try:
            list(by_trail[trail].fold(read(body), Head(seq, digest)))
        except (CanonicalError, TypeError):
            continue  # verification names it
    return found


@dataclass(frozen=True, slots=True)
class Repaired:
    """Assignments whose ladder was derived anew, and items that were counted anew."""

    assignments: int
    items: int


def repair(tx: Transaction, actor: Actor, basis: str) -> Repaired:
    """Derive anew everything that no entry tells, under an entry that tells of it.

    Raises NothingToRepairError, NeedError, WrongRoleError, LogNotBegunError.
    """
    note, row = basis_of(LOG, Action.REPAIR, basis), log_of(tx.session)
    LOG.permit(Action.REPAIR, actor.role)
    wrong: list[int] = []
    done = Rearmed((), 0)
    while done.last is not None:
        done = rearm(tx, done.last)
        wrong += done.assignments
    items = recount(tx)
    if not wrong and not items:
        raise NothingToRepairError
    facts = {"assignments": wrong[:_NAMED], "number": len(wrong), "items": items}
    record(tx, actor, TrailState.of_columns(Log, row), Action.REPAIR, Change(facts=facts, texts={"note": note}))
    return Repaired(len(wrong), items)
