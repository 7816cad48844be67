"""Effects of each action besides the state, and what it demands beyond its needs. Reads, decides, writes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select

from audit.trails.tables import entries
from commands.assignments.deadlines import acceptance_due, review_due
from commands.assignments.documents import documents
from commands.assignments.due_changes import extend, give_back, redate, refuse_extension, request_extension
from commands.assignments.locked_assignment import Effect, LockedAssignment
from commands.context.actors import personal
from commands.rosters.organisations import organisation_named
from models.accounts import Account
from models.protocols import Assignment, Item, Protocol
from states.actions import Action
from states.ladders import Recipient
from states.lifecycle import Role
from states.refusal import N_, ConflictError, InvalidError
from states.subjects import AccountState, Kind, ProtocolState, Subject


class PersonError(InvalidError):
    """The account named can't take the task."""

    template = "“{login}” can't take assignment {assignment}: {demand}."


class ProtocolWithdrawnError(ConflictError):
    """Back under control within a protocol that is off it."""

    template = (
        "Assignment {assignment} belongs to protocol {protocol}, which is withdrawn as a whole. "
        "Register the document again instead."
    )


class NotExpandedError(ConflictError):
    """A transfer while assignments are still being made: the one who gives it away would get another."""

    template = "Protocol {protocol} has not made all its assignments yet. Try again after the next sweep."


class ReceivedError(InvalidError):
    """A report on behalf of an organisation without what proves its receipt."""

    template = (
        "A report on behalf of an organisation needs its name (here: “{addressee}”), the time of receipt (not in the "
        "future) and the letter, attached."
    )


class ReceivedEarlyError(InvalidError):
    """A time of receipt at which nobody could have handed the report in."""

    template = "The report can't have been received at {received}: assignment {assignment} awaited none before {bound}."


class SameOrganisationError(InvalidError):
    """A transfer to where the assignment is already."""

    template = "Assignment {assignment} is with “{addressee}” already, or “{addressee}” has this item too."


def _submit(locked: LockedAssignment) -> Effect:
    row, command = locked.row, locked.command
    moment = locked.tx.now
    if locked.actor.role is Role.REGISTRAR:
        moment = _received(locked)
    elif command.on_behalf or command.received:
        raise ReceivedError(addressee=row.addressee)
    columns = {
        "report_version": row.report_version + 1,
        "late": row.late or bool(row.due and moment >= row.due),
        "review_due": review_due(locked.tx.policy, locked.tx.now),
        "extension_asked": None,
        "asked_late": False,
    }
    facts = {"submitted_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    # Of a plan or program its reviewer hears when the sweep has checked it and chosen him.
    hear = () if row.deliverable else (Recipient.REVIEWER,)
    return Effect(columns, facts, hear, kept=documents(locked))


def _received(locked: LockedAssignment) -> datetime:
    command, row = locked.command, locked.row
    if command.on_behalf is None or command.received is None or not command.files:
        raise ReceivedError(addressee=row.addressee)
    same = organisation_named(locked.tx, command.on_behalf).id == row.organisation_id
    if not same or command.received > locked.tx.now:
        raise ReceivedError(addressee=row.addressee)
    bound = _awaited_since(locked)
    if command.received < bound:
        raise ReceivedEarlyError(received=command.received, assignment=row.id, bound=bound)
    return command.received.astimezone(UTC)


def _awaited_since(locked: LockedAssignment) -> datetime:
    """The moment the assignment came to its present state; a first report may have come before the registration."""
    calendar, row = locked.tx.policy.calendar, locked.row
    came = select(func.max(entries.c.at)).where(
        entries.c.trail == Subject(Kind.ASSIGNMENT, row.id).trail,
        entries.c.state == row.state,
        entries.c.action.in_((Action.SUBMIT, Action.RETURN, Action.REOPEN, Action.RESTORE)),
    )
    at: datetime | None = locked.tx.session.scalar(came)
    return at or calendar.start_of(row.protocol_date)


def _account(locked: LockedAssignment, role: Role, demand: str) -> Account:
    login = locked.command.to
    wanted = select(Account).where(Account.login == login, Account.state == AccountState.ACTIVE, personal())
    found = locked.tx.session.scalar(wanted)
    if found is None or found.role != role:
        raise PersonError(login=login, assignment=locked.row.id, demand=demand)
    return found


def _assign_reviewer(locked: LockedAssignment) -> Effect:
    demand = N_("it must be an open account of a reviewer from another organisation")
    reviewer = _account(locked, Role.REVIEWER, demand)
    if reviewer.organisation_id == locked.row.organisation_id:
        raise PersonError(login=locked.command.to, assignment=locked.row.id, demand=demand)
    return Effect({"reviewer_id": reviewer.id}, hear=(Recipient.REVIEWER,))


def _review(locked: LockedAssignment) -> Effect:
    tx = locked.tx
    columns = {"reviewer_id": locked.actor.account, "review_due": acceptance_due(tx.policy, tx.now)}
    return Effect(columns, hear=(Recipient.CONTROLLER,))


def _accept(_case: LockedAssignment) -> Effect:
    return Effect({"review_due": None}, hear=(Recipient.EXECUTOR,))


def _withdraw(_case: LockedAssignment) -> Effect:
    columns = {"review_due": None, "extension_asked": None, "asked_late": False}
    return Effect(columns, hear=(Recipient.EXECUTOR,))


def _restore(locked: LockedAssignment) -> Effect:
    _refuse_withdrawn(locked)
    return Effect(hear=(Recipient.EXECUTOR,))


def _reopen(locked: LockedAssignment) -> Effect:
    _refuse_withdrawn(locked)
    return give_back(locked)


def _refuse_withdrawn(locked: LockedAssignment) -> None:
    """Holds the protocol, so that its withdrawal either finds this assignment open or is seen here."""
    protocol = select(Protocol.id, Protocol.state).join(Item, Item.protocol_id == Protocol.id)
    held = protocol.where(Item.id == locked.row.item_id).with_for_update(read=True, of=Protocol)
    number, state = locked.tx.session.execute(held).one()
    if state == ProtocolState.WITHDRAWN:
        raise ProtocolWithdrawnError(assignment=locked.row.id, protocol=number)


def _reassign(locked: LockedAssignment) -> Effect:
    demand = N_("it must be an open account of an executor of the addressee")
    person = _account(locked, Role.EXECUTOR, demand)
    if person.organisation_id != locked.row.organisation_id:
        raise PersonError(login=locked.command.to, assignment=locked.row.id, demand=demand)
    return Effect({"assignee_id": person.id}, hear=(Recipient.EXECUTOR,))


def _transfer(locked: LockedAssignment) -> Effect:
    if not locked.row.expanded:
        raise NotExpandedError(protocol=locked.row.protocol_id)
    successor = organisation_named(locked.tx, locked.command.to or "")
    has_it = select(Assignment.id).where(
        Assignment.item_id == locked.row.item_id,
        Assignment.period == locked.row.period,
        Assignment.organisation_id == successor.id,
    )
    if locked.tx.session.scalar(has_it) is not None:
        raise SameOrganisationError(assignment=locked.row.id, addressee=successor.name)
    columns = {"organisation_id": successor.id, "assignee_id": None}
    return Effect(columns, {"from_organisation": locked.row.organisation_id}, hear=(Recipient.EXECUTOR,))


def _nothing(_case: LockedAssignment) -> Effect:
    return Effect()


EFFECTS: dict[Action, Callable[[LockedAssignment], Effect]] = {
    Action.ACKNOWLEDGE: _nothing,
    Action.SUBMIT: _submit,
    Action.ASSIGN_REVIEWER: _assign_reviewer,
    Action.REVIEW: _review,
    Action.RETURN: give_back,
    Action.ACCEPT: _accept,
    Action.REOPEN: _reopen,
    Action.WITHDRAW: _withdraw,
    Action.RESTORE: _restore,
    Action.REQUEST_EXTENSION: request_extension,
    Action.EXTEND: extend,
    Action.REFUSE_EXTENSION: refuse_extension,
    Action.REDATE: redate,
    Action.REASSIGN: _reassign,
    Action.TRANSFER: _transfer,
    Action.COMMENT: _nothing,
}
