"""What lies before a person, what hurts first at the top, each with the one action that would move it on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, case, false, or_, select

from audit.tables import Name, entries
from commands.actors import Actor
from commands.damage import rows
from commands.installation import Office
from commands.lateness import is_overdue
from commands.lines import AssignmentLine
from commands.registers import assignments
from commands.wanted import Wanted
from models.protocols import Assignment, Protocol
from states.assignment import AT_EXECUTOR, OPEN, State
from states.lifecycle import Role

MOST = 200
"""Tasks on one page; the register shows all."""
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Task:
    """One assignment that waits for somebody. `until`: when his own term ends; `action`: what moves it on."""

    line: AssignmentLine
    action: str | None
    until: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Work:
    """A person's tasks, and whether there are more than are shown."""

    tasks: list[Task]
    more: bool


def work_of(office: Office, actor: Actor) -> Work:
    """Of an executor's organisation; a reviewer's reports; a controller's decisions; for a leader what is late."""
    found = rows(office.session, _wanted(office, actor).limit(MOST + 1))
    return Work(list(_tasks(office, actor.role, found[:MOST])), len(found) > MOST)


def _tasks(office: Office, role: Role, found: Sequence[Row[Any]]) -> Iterator[Task]:
    lines = {line.id: line for line in assignments(office, Wanted(numbers=[row.id for row in found]))}
    for row in found:
        line = lines[row.id]
        until = row.until
        late = line.overdue if row.state in AT_EXECUTOR else bool(until and until <= office.now)
        yield Task(line, _action(role, row), until, late)


def _action(role: Role, row: Row[Any]) -> str | None:
    match role:
        case Role.EXECUTOR:
            return "submit" if row.state == State.RETURNED or row.acknowledged or row.late_now else "acknowledge"
        case Role.REVIEWER:
            return "review"
        case Role.CONTROLLER if row.extension_asked is not None:
            return "extend"
        case Role.CONTROLLER:
            return "accept" if row.state == State.REVIEWED else "assign_reviewer"
    return None


def _wanted(office: Office, actor: Actor) -> Select[Any]:
    # Whoever waits for the ministry goes by the ministry's term.
    until = case((Assignment.state.in_(AT_EXECUTOR), Assignment.due), else_=Assignment.review_due)
    acknowledged = select(entries.c.seq).where(
        entries.c.trail == "assignment:" + Assignment.id.cast(Name), entries.c.action == "acknowledge"
    )
    late = is_overdue(office.now)
    columns = (Assignment.id, Assignment.state, Assignment.extension_asked, until.label("until"))
    told = (acknowledged.exists().label("acknowledged"), late.label("late_now"))
    return select(*columns, *told).where(_lies_before(office, actor)).order_by(until.is_(None), until, Assignment.id)


def _lies_before(office: Office, actor: Actor) -> Any:  # noqa: ANN401 - an SQL condition
    match actor.role:
        case Role.EXECUTOR:
            own = Assignment.organisation_id == (actor.organisation or 0)
            return and_(own, Assignment.state.in_(AT_EXECUTOR), Assignment.waits_for.is_(None))
        case Role.REVIEWER:
            mine = or_(Assignment.reviewer_id.is_(None), Assignment.reviewer_id == actor.account)
            foreign = Assignment.organisation_id != (actor.organisation or 0)
            return and_(Assignment.state == State.SUBMITTED, mine, foreign)
        case Role.CONTROLLER:
            asked = and_(Assignment.extension_asked.is_not(None), Assignment.state.in_(AT_EXECUTOR))
            alone = and_(Assignment.state == State.SUBMITTED, Assignment.reviewer_id.is_(None))
            return or_(Assignment.state == State.REVIEWED, asked, alone)
        case Role.LEADER:
            return or_(is_overdue(office.now), _slow(office))
        case Role.REGISTRAR:
            soon = Assignment.due <= office.now + SOON
            return and_(Assignment.state.in_(AT_EXECUTOR), Assignment.waits_for.is_(None), soon)
    return false()


def _slow(office: Office) -> Any:  # noqa: ANN401 - an SQL condition
    """With the ministry past the ministry's own term."""
    at_ministry = Assignment.state.in_([state for state in OPEN if state not in AT_EXECUTOR])
    return and_(at_ministry, Assignment.review_due <= office.now)


def meeting_days(office: Office, tasks: Iterable[Task]) -> dict[int, date]:
    """The dates of the protocols that tasks belong to, by number."""
    numbers = {task.line.protocol for task in tasks}
    found = office.session.execute(select(Protocol.id, Protocol.date).where(Protocol.id.in_(numbers)))
    return {number: day for number, day in found.tuples()}  # noqa: C416 - rows are no pairs for mypy
