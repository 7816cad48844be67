"""One protocol or assignment by its number, and who deals with it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from commands.context.installation import Transaction
from commands.recording.stored_entries import rows
from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.filters import AssignmentFilter
from commands.registers.items import ItemLine, items
from commands.registers.protocols import ProtocolLine, protocols
from models.accounts import Account
from models.protocols import Assignment
from states.refusal import NotFoundError


def one_protocol(tx: Transaction, number: int, within: int | None = None) -> ProtocolLine:
    """A protocol, as far as it is `within` an organisation. Raises UnknownProtocolError."""
    found = protocols(tx, number, within)
    if not found:
        raise UnknownProtocolError(protocol=number)
    return found[0]


def one_assignment(tx: Transaction, number: int, within: int | None = None) -> tuple[AssignmentLine, ItemLine]:
    """An assignment with its item, as far as they are `within` an organisation. Raises UnknownAssignmentError."""
    found = assignments(tx, AssignmentFilter(assignment=number, within=within))
    if not found:
        raise UnknownAssignmentError(assignment=number)
    return found[0], items(tx, numbers=[found[0].item_id], within=within)[0]


@dataclass(frozen=True, slots=True)
class Responsible:
    """Those who deal with an assignment, and what is asked of them. Logins; moments are UTC."""

    assignee: str | None
    reviewer: str | None
    review_due: datetime | None
    extension_asked: date | None
    report_version: int


def responsible(tx: Transaction, assignment: int) -> Responsible:
    """Raises UnknownAssignmentError."""
    found = _responsible(tx, Assignment.id == assignment)
    if not found:
        raise UnknownAssignmentError(assignment=assignment)
    return found[assignment]


def responsible_for_all(tx: Transaction) -> dict[int, Responsible]:
    """By assignment, for each of them."""
    return _responsible(tx)


def _responsible(tx: Transaction, *where: ColumnElement[bool]) -> dict[int, Responsible]:
    assignee, reviewer = aliased(Account), aliased(Account)
    query = (
        select(
            Assignment.id,
            assignee.login,
            reviewer.login,
            Assignment.review_due,
            Assignment.extension_asked,
            Assignment.report_version,
        )
        .select_from(Assignment)
        .outerjoin(assignee, assignee.id == Assignment.assignee_id)
        .outerjoin(reviewer, reviewer.id == Assignment.reviewer_id)
        .where(*where)
    )
    return {number: Responsible(*row) for number, *row in rows(tx.session, query)}


class UnknownAssignmentError(NotFoundError):
    """No assignment of that number."""

    template = "There is no assignment {assignment}. “poruchenie assignments” lists them."


class UnknownProtocolError(NotFoundError):
    """No protocol of that number."""

    template = "There is no protocol {protocol}. “poruchenie protocols” lists them."
