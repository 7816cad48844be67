"""What steers the sweeps, derived from entries: the rung that an assignment has reached, and when to look again.

No entry tells these columns, and the sweeps go by them: so they must be what the entries come to.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from audit.trails.verify import Fault
from commands.assignments.deadlines import LadderStage, ladder_position
from commands.recording.stored_entries import STUMBLING
from commands.recording.trail_fold import FoldedTrail, Footing
from commands.registers.overdue import AWAITED
from models.base import table_of
from models.instance import Sweep
from models.policy import Policy
from models.protocols import Assignment, Item
from states.assignment import AT_MINISTRY, OPEN, SUBMITTED
from states.ladders import begin, moments
from states.refusal import N_
from states.subjects import Kind, Subject

PASSED_OVER = N_(
    "its row says rung {found} and to look at it {looked}, but by its entries it stands at rung {rung} and is to be "
    "looked at {at}: the sweeps would not treat it rightly; “poruchenie repair” derives it anew"
)
OVERLOOKED = N_("its rung of {at} was never fired, though a sweep of all ladders ended at {swept}")
UNSEEN = N_("it waits for a look of the sweeps, but its row says that it does not; “poruchenie repair” derives it anew")
NEVER = N_("never")

_COLUMNS = (
    *table_of(Assignment).c["id", "state", "due", "review_due", "rung", "next_check_at", "to_check", "waits_for"],
    *table_of(Item).c["modality", "deliverable"],
    AWAITED.c.state.label("awaited_state"),
)
_WANTED = (
    select(*_COLUMNS)
    .join_from(Assignment, Item, Item.id == Assignment.item_id)
    .outerjoin(AWAITED, AWAITED.c.id == Assignment.waits_for)
)


@dataclass(frozen=True, slots=True)
class Steering:
    """The columns that the sweeps go by: rungs done with, the moment of the next look (UTC; None: none on the ladder),
    whether to look at its report or at what it waits for.
    """

    rung: int
    next_check_at: datetime | None
    to_check: bool


def steering(policy: Policy, row: Row[Any], footing: Footing) -> Steering:
    """What the entries of an assignment come to, by the ladders of a policy. Raises ValueError, TypeError."""
    released = row.awaited_state is not None and row.awaited_state not in OPEN
    unchecked = row.state == SUBMITTED and row.deliverable is not None and footing.unchecked
    to_check = unchecked or (row.state in OPEN and released)
    position = ladder_position(policy, LadderStage(row.modality, row.state, row.due, row.review_due))
    if position is None:
        return Steering(0, None, to_check)
    ladder, due = position.ladder, position.due
    done = begin(ladder, due, datetime.fromisoformat(footing.since), policy.calendar).done
    if footing.climbed is not None:
        done = max(done, sum(each.days <= footing.climbed for each in ladder.rungs))
    at = moments(ladder, due, policy.calendar)
    waits = released or row.awaited_state in AT_MINISTRY
    return Steering(done, at[done] if done < len(at) and not waits else None, to_check)


def found_in(row: Row[Any]) -> Steering:
    """What the row says."""
    return Steering(row.rung, row.next_check_at, row.to_check)


def agrees(found: Steering, right: Steering) -> bool:
    """Whether the sweeps would do what is right. To look too early does no harm."""
    in_time = right.next_check_at is None or (
        found.next_check_at is not None and found.next_check_at <= right.next_check_at
    )
    return found.rung == right.rung and in_time and (found.to_check or not right.to_check)


def rows_of(connection: Connection, numbers: Iterable[int]) -> Mapping[int, Row[Any]]:
    """Assignments with what their ladders depend on, by number; those that can't be read are left out."""
    numbers = list(numbers)
    try:
        return {row.id: row for row in connection.execute(_WANTED.where(Assignment.id.in_(numbers)))}
    except STUMBLING:
        if len(numbers) == 1:
            return {}
        return {number: row for each in numbers for number, row in rows_of(connection, [each]).items()}


def missteered(
    connection: Connection, trails: Iterable[FoldedTrail], policies: Sequence[Policy], patience: timedelta
) -> Iterator[Fault]:
    """Assignments that the sweeps would not treat as their entries demand, by none of the policies; and those that a
    sweep has passed over, say because an index hides them from it. `patience`: so long a sweep may need for all.
    """
    by_number = {}
    swept = connection.scalar(select(Sweep.finished_at).where(Sweep.name == "escalation")) if policies else None
    for told in trails:
        subject = Subject.parse(told.trail)
        if subject and subject.kind is Kind.ASSIGNMENT:
            by_number[subject.number] = told
    for number, row in rows_of(connection, by_number).items() if by_number else ():
        told = by_number[number]
        try:
            rights = [steering(each, row, told.footing) for each in reversed(policies)]
            if rights and not any(agrees(found_in(row), each) for each in rights):
                yield _fault(told, found_in(row), rights[0])
            fires = rights[0].next_check_at if rights else None
            if fires and swept and fires < swept - patience:
                yield Fault(told.trail, told.head.seq, OVERLOOKED, {"at": fires, "swept": swept})
        except (TypeError, ValueError):
            continue  # its row, or its trail, is named for what it is


def _fault(told: FoldedTrail, found: Steering, right: Steering) -> Fault:
    if right.to_check and not found.to_check:
        return Fault(told.trail, told.head.seq, UNSEEN)
    values: dict[str, object] = {
        "found": found.rung,
        "looked": found.next_check_at or NEVER,
        "rung": right.rung,
        "at": right.next_check_at or NEVER,
    }
    return Fault(told.trail, told.head.seq, PASSED_OVER, values)
