"""What each action changes besides the state, and what it demands beyond its needs. Reads, decides, writes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select

from audit.trails.tables import entries
from commands.assignments.case import Case, Effect
from commands.assignments.dates import extend, give_back, redate, refuse_extension, request_extension
from commands.assignments.deadlines import acceptance_due, review_due
from commands.assignments.documents import documents
from commands.context.actors import personal
from commands.rosters.organisations import organisation_named
from models.accounts import Account
from models.protocols import Assignment, Item, Protocol
from states.ladders import Recipient
from states.lifecycle import Role
from states.refusal import N_, RefusedError


class PersonError(RefusedError):
    """The account named can't take the task."""

    template = "“{login}” can't take assignment {assignment}: {demand}."


class ProtocolWithdrawnError(RefusedError):
    """Back under control within a protocol that is off it."""

    template = (
        "Assignment {assignment} belongs to protocol {protocol}, which is withdrawn as a whole. "
        "Register the document again instead."
    )


class NotExpandedError(RefusedError):
    """A transfer while assignments are still being made: the one who gives it away would get another."""

    template = "Protocol {protocol} has not made all its assignments yet. Try again after the next sweep."


class ReceivedError(RefusedError):
    """A report on behalf of an organisation without what proves its receipt."""

    template = (
        "A report on behalf of an organisation needs its name (here: “{addressee}”), the time of receipt (not in the "
        "future) and the letter, attached."
    )


class ReceivedEarlyError(RefusedError):
    """A time of receipt at which nobody could have handed the report in."""

    template = "The report can't have been received at {received}: assignment {assignment} awaited none before {bound}."


class SameOrganisationError(RefusedError):
    """A transfer to where the assignment is already."""

    template = "Assignment {assignment} is with “{addressee}” already, or “{addressee}” has this item too."


def _submit(case: Case) -> Effect:
    row, command = case.row, case.command
    moment = case.tx.now
    if case.actor.role is Role.REGISTRAR:
        moment = _received(case)
    elif command.on_behalf or command.received:
        raise ReceivedError(addressee=row.addressee)
    columns = {
        "report_version": row.report_version + 1,
        "late": row.late or bool(row.due and moment >= row.due),
        "review_due": review_due(case.tx.policy, case.tx.now),
        "extension_asked": None,
        "asked_late": False,
    }
    facts = {"submitted_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    # Of a plan or program its reviewer hears when the sweep has checked it and chosen him.
    hear = () if row.deliverable else (Recipient.REVIEWER,)
    return Effect(columns, facts, hear, kept=documents(case))


def _received(case: Case) -> datetime:
    command, row = case.command, case.row
    if command.on_behalf is None or command.received is None or not command.files:
        raise ReceivedError(addressee=row.addressee)
    same = organisation_named(case.tx, command.on_behalf).id == row.organisation_id
    if not same or command.received > case.tx.now:
        raise ReceivedError(addressee=row.addressee)
    bound = _awaited_since(case)
    if command.received < bound:
        raise ReceivedEarlyError(received=command.received, assignment=row.id, bound=bound)
    return command.received.astimezone(UTC)


def _awaited_since(case: Case) -> datetime:
    """When the assignment came to its present state; a first report may have come before the registration."""
    calendar, row = case.tx.policy.calendar, case.row
    came = select(func.max(entries.c.at)).where(
        entries.c.trail == f"assignment:{row.id}",
        entries.c.state == row.state,
        entries.c.action.in_(("submit", "return", "reopen", "restore")),
    )
    at: datetime | None = case.tx.session.scalar(came)
    return at or calendar.start_of(row.protocol_date)


def _account(case: Case, role: Role, demand: str) -> Account:
    login = case.command.to
    wanted = select(Account).where(Account.login == login, Account.state == "active", personal())
    found = case.tx.session.scalar(wanted)
    if found is None or found.role != role:
        raise PersonError(login=login, assignment=case.row.id, demand=demand)
    return found


def _assign_reviewer(case: Case) -> Effect:
    demand = N_("it must be an open account of a reviewer from another organisation")
    reviewer = _account(case, Role.REVIEWER, demand)
    if reviewer.organisation_id == case.row.organisation_id:
        raise PersonError(login=case.command.to, assignment=case.row.id, demand=demand)
    return Effect({"reviewer_id": reviewer.id}, hear=(Recipient.REVIEWER,))


def _review(case: Case) -> Effect:
    tx = case.tx
    columns = {"reviewer_id": case.actor.account, "review_due": acceptance_due(tx.policy, tx.now)}
    return Effect(columns, hear=(Recipient.CONTROLLER,))


def _accept(_case: Case) -> Effect:
    return Effect({"review_due": None}, hear=(Recipient.EXECUTOR,))


def _withdraw(_case: Case) -> Effect:
    columns = {"review_due": None, "extension_asked": None, "asked_late": False}
    return Effect(columns, hear=(Recipient.EXECUTOR,))


def _restore(case: Case) -> Effect:
    _refuse_withdrawn(case)
    return Effect(hear=(Recipient.EXECUTOR,))


def _reopen(case: Case) -> Effect:
    _refuse_withdrawn(case)
    return give_back(case)


def _refuse_withdrawn(case: Case) -> None:
    """Holds the protocol, so that its withdrawal either finds this assignment open or is seen here."""
    protocol = select(Protocol.id, Protocol.state).join(Item, Item.protocol_id == Protocol.id)
    held = protocol.where(Item.id == case.row.item_id).with_for_update(read=True, of=Protocol)
    number, state = case.tx.session.execute(held).one()
    if state == "withdrawn":
        raise ProtocolWithdrawnError(assignment=case.row.id, protocol=number)


def _reassign(case: Case) -> Effect:
    demand = N_("it must be an open account of an executor of the addressee")
    person = _account(case, Role.EXECUTOR, demand)
    if person.organisation_id != case.row.organisation_id:
        raise PersonError(login=case.command.to, assignment=case.row.id, demand=demand)
    return Effect({"assignee_id": person.id}, hear=(Recipient.EXECUTOR,))


def _transfer(case: Case) -> Effect:
    if not case.row.expanded:
        raise NotExpandedError(protocol=case.row.protocol_id)
    successor = organisation_named(case.tx, case.command.to or "")
    has_it = select(Assignment.id).where(
        Assignment.item_id == case.row.item_id,
        Assignment.period == case.row.period,
        Assignment.organisation_id == successor.id,
    )
    if case.tx.session.scalar(has_it) is not None:
        raise SameOrganisationError(assignment=case.row.id, addressee=successor.name)
    columns = {"organisation_id": successor.id, "assignee_id": None}
    return Effect(columns, {"from_organisation": case.row.organisation_id}, hear=(Recipient.EXECUTOR,))


def _nothing(_case: Case) -> Effect:
    return Effect()


EFFECTS: dict[str, Callable[[Case], Effect]] = {
    "acknowledge": _nothing,
    "submit": _submit,
    "assign_reviewer": _assign_reviewer,
    "review": _review,
    "return": give_back,
    "accept": _accept,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "restore": _restore,
    "request_extension": request_extension,
    "extend": extend,
    "refuse_extension": refuse_extension,
    "redate": redate,
    "reassign": _reassign,
    "transfer": _transfer,
    "comment": _nothing,
}
