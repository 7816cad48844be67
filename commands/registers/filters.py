"""Filters on assignments, and the SQL conditions that they mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import false, select

from commands.context.installation import Transaction
from commands.context.visibility import within_of
from commands.registers.overdue import is_overdue
from models.accounts import Account
from models.protocols import Assignment, Item
from states.assignment import ASSIGNMENT
from states.lifecycle import Role
from states.refusal import InvalidError


class UnknownStateError(InvalidError):
    """A filter by a state that does not exist."""

    template = "There is no state “{state}”. States: {states}."


@dataclass(frozen=True, slots=True)
class AssignmentFilter:
    """A filter on assignments; what is None does not filter. `within`, `under`: an organisation with those below it.

    `person` is the login of an assignee or a reviewer; `since` and `until` hold the due between two local dates, both
    included. With `most` they come by number, so many at most, from the one `after`; with
    `first` in the usual order.
    """

    protocol: int | None = None
    item: str | None = None
    state: str | None = None
    overdue: bool = False
    addressee: str | None = None
    assignment: int | None = None
    item_id: int | None = None
    within: int | None = None
    under: int | None = None
    organisation: int | None = None
    person: str | None = None
    since: date | None = None
    until: date | None = None
    after: int = 0
    most: int | None = None
    numbers: Sequence[int] | None = None
    states: Sequence[str] | None = None
    first: int | None = None

    def conditions(self, tx: Transaction) -> Iterator[Any]:
        """SQL conditions on assignments with their items. Raises UnknownStateError."""
        if self.state is not None and self.state not in ASSIGNMENT.states:
            raise UnknownStateError(state=self.state, states=ASSIGNMENT.states)
        for column, value in (
            (Assignment.state, self.state),
            (Item.protocol_id, self.protocol),
            (Item.number, self.item),
            (Assignment.item_id, self.item_id),
            (Assignment.id, self.assignment),
            (Assignment.organisation_id, self.organisation),
        ):
            if value is not None:
                yield column == value
        if self.numbers is not None:
            yield Assignment.id.in_(self.numbers)
        if self.states is not None:
            yield Assignment.state.in_(self.states)
        if self.overdue:
            yield is_overdue(tx.now)
        yield from self._due(tx)
        yield from (*self._concerning(tx), *within_of(self.within), *within_of(self.under))

    def _due(self, tx: Transaction) -> Iterator[Any]:
        """A day's term ends as the next day begins."""
        begin, end = tx.policy.calendar.between(self.since, self.until)
        if begin:
            yield Assignment.due > begin
        if end:
            yield Assignment.due <= end

    def _concerning(self, tx: Transaction) -> Iterator[Any]:
        if self.person is not None:
            # Looked up beforehand: only of a number does PostgreSQL know how much it is busy with.
            who = tx.session.execute(select(Account.id, Account.role).where(Account.login == self.person)).first()
            yield false() if who is None else _dealt_with_by(*who)


def _dealt_with_by(account: int, role: str) -> Any:  # noqa: ANN401 - an SQL condition
    """An account has one role for good: executors are in charge of assignments, nobody else is."""
    return (Assignment.assignee_id if role == Role.EXECUTOR else Assignment.reviewer_id) == account
