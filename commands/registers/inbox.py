"""The inbox of a person: tasks, what hurts first at the top, each with the one action that would move it on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, CompoundSelect, Row, and_, bindparam, select, union_all

from audit.trails.tables import Moment, entries
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.recording.stored_entries import rows
from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.filters import AssignmentFilter
from commands.registers.overdue import is_overdue
from models.protocols import Assignment, Item, Protocol
from states.actions import Action
from states.assignment import AT_EXECUTOR, OPEN, State
from states.lifecycle import Role
from states.subjects import Kind, Subject

MOST = 200
"""Tasks on one page; the register shows all."""
SOON = timedelta(days=7)
_NOW: BindParameter[datetime] = bindparam("now", type_=Moment)
_OWN, _ACCOUNT, _MOST = (bindparam(name, type_=BigInteger) for name in ("own", "account", "most"))
_MATTERS = select(Item.id, Item.text, Protocol.date).join(Protocol, Protocol.id == Item.protocol_id)


@dataclass(frozen=True, slots=True)
class Task:
    """One assignment that waits for somebody. `until`: when his own term ends; `action`: what moves it on."""

    line: AssignmentLine
    action: str | None
    until: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """A person's tasks, and whether there are more than are shown."""

    tasks: list[Task]
    more: bool


def inbox(tx: Transaction, actor: Actor, most: int = MOST) -> Inbox:
    """Of an executor's organisation; a reviewer's reports; a controller's decisions; for a leader what is late."""
    now, own = tx.now, actor.organisation or 0
    values = {"now": now, "soon": now + SOON, "account": actor.account, "own": own, "most": most + 1}
    query = _of_role(actor.role)
    found = [] if query is None else list(rows(tx.session, query, values))
    found.sort(key=lambda row: (row.until is None, row.until, row.id))
    return Inbox(list(_tasks(tx, actor.role, found[:most])), len(found) > most)


def _tasks(tx: Transaction, role: Role, found: Sequence[Row[Any]]) -> Iterator[Task]:
    numbers = [row.id for row in found]
    lines = {line.id: line for line in assignments(tx, AssignmentFilter(numbers=numbers))}
    acknowledged = _acknowledged(tx, numbers) if role is Role.EXECUTOR else set()
    for row in found:
        line = lines[row.id]
        late = line.overdue if row.state in AT_EXECUTOR else bool(row.until and row.until <= tx.now)
        yield Task(line, _action(role, row, line, known=row.id in acknowledged), row.until, late)


def _action(role: Role, row: Row[Any], line: AssignmentLine, *, known: bool) -> str | None:
    match role:
        case Role.EXECUTOR:
            return Action.SUBMIT if row.state == State.RETURNED or known or line.overdue else Action.ACKNOWLEDGE
        case Role.REVIEWER:
            return Action.REVIEW
        case Role.CONTROLLER if row.extension_asked is not None:
            return Action.EXTEND
        case Role.CONTROLLER:
            return Action.ACCEPT if row.state == State.REVIEWED else Action.ASSIGN_REVIEWER
    return None


def _acknowledged(tx: Transaction, numbers: Sequence[int]) -> set[int]:
    trails = {Subject(Kind.ASSIGNMENT, number).trail: number for number in numbers}
    known = select(entries.c.trail).where(entries.c.trail.in_(trails), entries.c.action == Action.ACKNOWLEDGE)
    return {trails[trail] for trail in tx.session.scalars(known)}


@cache
def _of_role(role: Role) -> CompoundSelect[Any] | None:
    """Heaps of what lies before one, each in the order of an index of its own, so that of a million assignments only
    those that are shown are read.
    """
    heaps = [
        select(
            select(Assignment.id, Assignment.state, Assignment.extension_asked, until.label("until"))
            .where(lies_before)
            .order_by(until.nulls_last(), Assignment.id)
            .limit(_MOST)
            .subquery()
        )
        for until, lies_before in _lying_before(role)
    ]
    return union_all(*heaps) if heaps else None


def _lying_before(role: Role) -> Iterator[tuple[Any, Any]]:
    """(The term, SQL condition) of each kind of thing. Whoever waits for the ministry goes by the ministry's term."""
    with_executor = Assignment.state.in_(AT_EXECUTOR)
    submitted = Assignment.state == State.SUBMITTED
    nobodys = Assignment.reviewer_id.is_(None)
    match role:
        case Role.EXECUTOR:
            own = Assignment.organisation_id == _OWN
            yield Assignment.due, and_(own, with_executor, Assignment.waits_for.is_(None))
        case Role.REVIEWER:
            for whose in (nobodys, Assignment.reviewer_id == _ACCOUNT):
                yield Assignment.review_due, and_(submitted, whose, Assignment.organisation_id != _OWN)
        case Role.CONTROLLER:
            yield Assignment.review_due, Assignment.state == State.REVIEWED
            yield Assignment.review_due, and_(submitted, nobodys)
            yield Assignment.due, and_(Assignment.extension_asked.is_not(None), with_executor)
        case Role.LEADER:
            yield Assignment.due, is_overdue(_NOW)
            for state in (state for state in OPEN if state not in AT_EXECUTOR):
                yield Assignment.review_due, and_(Assignment.state == state, Assignment.review_due <= _NOW)
        case Role.REGISTRAR:
            soon = Assignment.due <= bindparam("soon", type_=Moment)
            yield Assignment.due, and_(with_executor, Assignment.waits_for.is_(None), soon)


@dataclass(frozen=True, slots=True)
class Matter:
    """The matter of a task: what its item orders, and the date of its protocol."""

    text: str
    day: date


def matters(tx: Transaction, tasks: Iterable[Task]) -> dict[int, Matter]:
    """The matters of tasks, by the number of the item."""
    found = tx.session.execute(_MATTERS.where(Item.id.in_({task.line.item_id for task in tasks})))
    return {number: Matter(text, day) for number, text, day in found.tuples()}
