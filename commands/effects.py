"""What each action changes besides the state, and what it demands beyond its needs. Reads, decides, writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from commands.cases import Case
from commands.deadlines import acceptance_due, review_due, rework
from commands.evidence import Evidence
from commands.organisations import organisation_named
from commands.programs import documents
from models.accounts import Account
from models.protocols import Assignment
from states.deadlines import Derivation, set_by_person
from states.ladders import Recipient
from states.lifecycle import Role
from states.refusal import N_, RefusedError


class DateError(RefusedError):
    """A date that the action can't mean."""

    template = "The date {day} can't be the new deadline: it must be {bound} or later."


class NoRequestError(RefusedError):
    """No extension was asked for."""

    template = "No extension of assignment {assignment} was requested; there is nothing to refuse."


class ExtensionDateError(RefusedError):
    """An extension without a date."""

    template = "Say until when with --due: no extension of assignment {assignment} was requested."


class PersonError(RefusedError):
    """The account named can't take the task."""

    template = "“{login}” can't take assignment {assignment}: {demand}."


class ReceivedError(RefusedError):
    """A report on behalf of an organisation without what proves its receipt."""

    template = (
        "A report on behalf of an organisation needs its name (--on-behalf, here: “{addressee}”), the time of receipt "
        "(--received, not in the future) and the letter (--file)."
    )


class SameOrganisationError(RefusedError):
    """A transfer to where the assignment is already."""

    template = "Assignment {assignment} is with “{addressee}” already, or “{addressee}” has this item too."


@dataclass(frozen=True, slots=True)
class Effect:
    """Columns to change, facts for the entry, who hears of it, and whether they hear at once."""

    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    hear: tuple[Recipient, ...] = ()
    at_once: bool = False
    kept: tuple[Evidence, ...] = ()  # files that stand already and belong to this action too


def _dated(due: Derivation) -> dict[str, Any]:
    return {"due": due.due, "derivation": due.stored()}


def _not_before(day: date, bound: date) -> None:
    if day < bound:
        raise DateError(day=day, bound=bound)


def _submit(case: Case) -> Effect:
    row, command = case.row, case.command
    moment = case.office.now
    if case.actor.role is Role.REGISTRAR:
        moment = _received(case)
    elif command.on_behalf or command.received:
        raise ReceivedError(addressee=row.addressee)
    columns = {
        "report_version": row.report_version + 1,
        "late": row.late or bool(row.due and moment >= row.due),
        "review_due": review_due(case.office.policy, case.office.now),
        "extension_asked": None,
        "asked_late": False,
    }
    facts = {"submitted_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    # Of a plan or program its reviewer hears when the sweep has checked it and chosen him.
    hear = () if row.deliverable else (Recipient.REVIEWER,)
    return Effect(columns, facts, hear, kept=documents(case))


def _received(case: Case) -> Any:  # noqa: ANN401 - datetime, checked here
    command, row = case.command, case.row
    if command.on_behalf is None or command.received is None or not command.files:
        raise ReceivedError(addressee=row.addressee)
    same = organisation_named(case.office, command.on_behalf).id == row.organisation_id
    if not same or command.received > case.office.now:
        raise ReceivedError(addressee=row.addressee)
    return command.received


def _account(case: Case, role: Role, demand: str) -> Account:
    login = case.command.to
    found = case.office.session.scalar(select(Account).where(Account.login == login, Account.state == "active"))
    if found is None or found.role != role:
        raise PersonError(login=login, assignment=case.row.id, demand=demand)
    return found


def _assign_reviewer(case: Case) -> Effect:
    demand = N_("it must be an open account of a reviewer from another organisation")
    reviewer = _account(case, Role.REVIEWER, demand)
    if reviewer.organisation_id == case.row.organisation_id:
        raise PersonError(login=case.command.to, assignment=case.row.id, demand=demand)
    return Effect({"reviewer_id": reviewer.id})


def _review(case: Case) -> Effect:
    office = case.office
    columns = {"reviewer_id": case.actor.account, "review_due": acceptance_due(office.policy, office.now)}
    return Effect(columns, hear=(Recipient.CONTROLLER,))


def _return(case: Case) -> Effect:
    asked = case.command.due
    if asked:
        _not_before(asked, case.today)
    due = rework(case.office.policy, case.office.now, asked)
    return Effect({**_dated(due), "review_due": None}, hear=(Recipient.EXECUTOR,), at_once=True)


def _accept(_case: Case) -> Effect:
    return Effect({"review_due": None}, hear=(Recipient.EXECUTOR,))


def _withdraw(_case: Case) -> Effect:
    columns = {"review_due": None, "extension_asked": None, "asked_late": False}
    return Effect(columns, hear=(Recipient.EXECUTOR,))


def _restore(_case: Case) -> Effect:
    return Effect(hear=(Recipient.EXECUTOR,))


def _request_extension(case: Case) -> Effect:
    asked = _day(case)
    present = case.row.due
    bound = case.office.policy.calendar.last_day(present) if present else case.today
    _not_before(asked, max(bound, case.today))
    late = bool(present and case.office.now >= present)
    return Effect({"extension_asked": asked, "asked_late": late}, hear=(Recipient.CONTROLLER,))


def _extend(case: Case) -> Effect:
    row = case.row
    day = case.command.due or row.extension_asked
    if day is None:
        raise ExtensionDateError(assignment=row.id)
    present = row.due
    if present:
        _not_before(day, case.office.policy.calendar.last_day(present))
    # Granted late or asked for late, an extension does not undo lateness; asked for in time, it does not add any.
    overdue = bool(present and case.office.now >= present)
    late = row.late or (row.asked_late if row.extension_asked else overdue)
    due = set_by_person(day, case.today, case.office.policy.calendar)
    columns = {**_dated(due), "late": late, "extension_asked": None, "asked_late": False}
    return Effect(columns, hear=(Recipient.EXECUTOR,), at_once=True)


def _refuse_extension(case: Case) -> Effect:
    if case.row.extension_asked is None:
        raise NoRequestError(assignment=case.row.id)
    return Effect({"extension_asked": None, "asked_late": False}, hear=(Recipient.EXECUTOR,), at_once=True)


def _redate(case: Case) -> Effect:
    due = set_by_person(_day(case), case.today, case.office.policy.calendar)
    return Effect(_dated(due), hear=(Recipient.EXECUTOR,))


def _day(case: Case) -> date:
    if case.command.due is None:
        raise ExtensionDateError(assignment=case.row.id)
    return case.command.due


def _reassign(case: Case) -> Effect:
    demand = N_("it must be an open account of an executor of the addressee")
    person = _account(case, Role.EXECUTOR, demand)
    if person.organisation_id != case.row.organisation_id:
        raise PersonError(login=case.command.to, assignment=case.row.id, demand=demand)
    return Effect({"assignee_id": person.id}, hear=(Recipient.EXECUTOR,))


def _transfer(case: Case) -> Effect:
    successor = organisation_named(case.office, case.command.to or "")
    has_it = select(Assignment.id).where(
        Assignment.item_id == case.row.item_id,
        Assignment.period == case.row.period,
        Assignment.organisation_id == successor.id,
    )
    if case.office.session.scalar(has_it) is not None:
        raise SameOrganisationError(assignment=case.row.id, addressee=successor.name)
    columns = {"organisation_id": successor.id, "assignee_id": None}
    return Effect(columns, {"from_organisation": case.row.organisation_id})


def _nothing(_case: Case) -> Effect:
    return Effect()


EFFECTS: dict[str, Callable[[Case], Effect]] = {
    "acknowledge": _nothing,
    "submit": _submit,
    "assign_reviewer": _assign_reviewer,
    "review": _review,
    "return": _return,
    "accept": _accept,
    "reopen": _return,
    "withdraw": _withdraw,
    "restore": _restore,
    "request_extension": _request_extension,
    "extend": _extend,
    "refuse_extension": _refuse_extension,
    "redate": _redate,
    "reassign": _reassign,
    "transfer": _transfer,
    "comment": _nothing,
}
