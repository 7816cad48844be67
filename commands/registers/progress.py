"""Progress: how many assignments stand in which state, by item, by protocol and altogether."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, literal, select

from commands.context.installation import Transaction
from commands.context.language import tr
from commands.context.visibility import within_of
from commands.registers.filters import AssignmentFilter
from commands.registers.overdue import AT_HAND, SHIELDED, is_overdue
from models.protocols import Assignment, Item, Tally
from states.assignment import State
from states.rollup import roll_up


@dataclass(frozen=True, slots=True)
class Progress:
    """Numbers of assignments in each state, and what that makes of the item (or the protocol)."""

    counts: Mapping[str, int]
    overdue: int

    @property
    def total(self) -> int:
        """All assignments."""
        return sum(self.counts.values())

    @property
    def state(self) -> str:
        """The roll-up: a state or `overdue`."""
        return roll_up(self.counts, self.overdue)

    def said(self) -> str:
        """«14 из 26 приняты, 3 просрочены»."""
        accepted = tr("{accepted} of {total} accepted", accepted=self.counts.get(State.ACCEPTED, 0), total=self.total)
        overdue = tr("{overdue} overdue", overdue=self.overdue)
        return f"{accepted}, {overdue}" if self.overdue else accepted


COUNTED = 10_000
"""Of what a filter finds so many are counted: a page that counts a million is none that anybody waits for."""


def progress(tx: Transaction, by: Any, within: int | None, *where: Any) -> dict[int, Progress]:  # noqa: ANN401 - SQL columns, conditions
    """Progress by a column of Item, of items as SQL conditions name them."""
    if within is not None:
        return _summed(tx, _counted(tx, by).where(*where, *within_of(within)))
    late = case((Tally.state.in_(AT_HAND) & (Tally.due <= tx.now), Tally.number), else_=0)
    tallied = (
        select(by, Tally.state, func.sum(Tally.number), func.sum(late))
        .select_from(Tally)
        .join(Item, Item.id == Tally.item_id)
    )
    # Tallies know nothing of what an assignment waits for.
    waiting = Assignment.waits_for.is_not(None) & Assignment.state.in_(AT_HAND) & (Assignment.due <= tx.now)
    shielded = (
        select(by, literal(State.ASSIGNED), literal(0), -func.count())
        .select_from(Assignment)
        .join(Item, Item.id == Assignment.item_id)
    )
    shielded = shielded.where(waiting, SHIELDED).group_by(by)
    return _summed(tx, tallied.where(*where).group_by(by, Tally.state), shielded.where(*where))


def altogether(tx: Transaction, within: int | None, *where: Any) -> Progress:  # noqa: ANN401 - SQL conditions
    """The progress of everything that somebody sees."""
    return progress(tx, literal(0), within, *where).get(0, Progress({}, 0))


def among(tx: Transaction, wanted: AssignmentFilter) -> Progress | None:
    """The progress of what a filter finds; None if that is more than is counted. Raises UnknownStateError."""
    found = (
        select(Assignment.state, is_overdue(tx.now).label("late"))
        .select_from(Assignment)
        .join(Item, Item.id == Assignment.item_id)
    )
    some = found.where(*wanted.conditions(tx)).limit(COUNTED + 1).subquery()
    late = func.sum(case((some.c.late, 1), else_=0))
    told = _summed(tx, select(literal(0), some.c.state, func.count(), late).group_by(some.c.state))
    counted = told.get(0, Progress({}, 0))
    return counted if counted.total <= COUNTED else None


def _counted(tx: Transaction, by: Any) -> Select[Any]:  # noqa: ANN401 - an SQL column
    late = func.sum(case((is_overdue(tx.now), 1), else_=0))
    counted = (
        select(by, Assignment.state, func.count(), late)
        .select_from(Assignment)
        .join(Item, Item.id == Assignment.item_id)
    )
    return counted.group_by(by, Assignment.state)


def _summed(tx: Transaction, *queries: Select[Any]) -> dict[int, Progress]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    overdue: dict[int, int] = defaultdict(int)
    for key, state, number, late in _rows(tx, queries):
        counts[key][state] = counts[key].get(state, 0) + int(number)
        overdue[key] += int(late)
    there = {key: {state: number for state, number in states.items() if number} for key, states in counts.items()}
    return {key: Progress(states, overdue[key]) for key, states in there.items()}


def _rows(tx: Transaction, queries: tuple[Select[Any], ...]) -> Iterator[Any]:
    for query in queries:
        yield from tx.session.execute(query)
