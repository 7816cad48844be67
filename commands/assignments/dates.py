"""Actions that set a date: return, reopening, extension, redating. A date is a possible one, and lateness stays."""

from datetime import date, timedelta
from typing import Any

from commands.assignments.case import Case, Effect
from commands.assignments.deadlines import rework
from states.assignment import AT_EXECUTOR
from states.deadlines import Derivation, set_by_person
from states.ladders import Recipient
from states.lifecycle import Role
from states.refusal import RefusedError

FARTHEST = timedelta(days=50 * 366)


class DateError(RefusedError):
    """A date that the action can't mean."""

    template = "The date {day} can't be the new deadline: it must be {bound} or later."


class FarDateError(RefusedError):
    """A date that nobody will live to see."""

    template = "The date {day} can't be the new deadline: it must be {bound} or earlier."


class NoRequestError(RefusedError):
    """No extension was asked for."""

    template = "No extension of assignment {assignment} was requested; there is nothing to refuse."


class ExtensionDateError(RefusedError):
    """An extension without a date."""

    template = "Say until when: no extension of assignment {assignment} was requested."


def give_back(case: Case) -> Effect:
    """Return or reopen: a rework due, by default the policy's term. Raises DateError, FarDateError."""
    asked = case.command.due
    if asked:
        _check(case, asked, case.today)
    due = rework(case.tx.policy, case.tx.now, asked)
    return Effect({**_dated(due), "review_due": None}, hear=(Recipient.EXECUTOR,), at_once=True)


def request_extension(case: Case) -> Effect:
    """Raises DateError, FarDateError."""
    asked = _day(case)
    present = case.row.due
    bound = case.tx.policy.calendar.last_day(present) if present else case.today
    _check(case, asked, max(bound, case.today))
    late = bool(present and case.tx.now >= present)
    return Effect({"extension_asked": asked, "asked_late": late}, hear=(Recipient.CONTROLLER,))


def extend(case: Case) -> Effect:
    """Raises ExtensionDateError, DateError, FarDateError."""
    row = case.row
    day = case.command.due or row.extension_asked
    if day is None:
        raise ExtensionDateError(assignment=row.id)
    _check(case, day, case.tx.policy.calendar.last_day(row.due) if row.due else row.protocol_date)
    # Granted late or asked for late, an extension does not undo lateness; asked for in time, it does not add any.
    late = row.late or (row.asked_late if row.extension_asked else _is_overdue(case))
    due = set_by_person(day, case.today, case.tx.policy.calendar)
    columns = {**_dated(due), "late": late, "extension_asked": None, "asked_late": False}
    return Effect(columns, hear=(Recipient.EXECUTOR,), at_once=True)


def refuse_extension(case: Case) -> Effect:
    """Raises NoRequestError."""
    if case.row.extension_asked is None:
        raise NoRequestError(assignment=case.row.id)
    return Effect({"extension_asked": None, "asked_late": False}, hear=(Recipient.EXECUTOR,), at_once=True)


def redate(case: Case) -> Effect:
    """A person's new date does not undo lateness; the system's rests on a calendar. Raises DateError, FarDateError."""
    day = _day(case)
    _check(case, day, case.row.protocol_date)
    due = set_by_person(day, case.today, case.tx.policy.calendar)
    late = case.row.late or (case.actor.role is not Role.SYSTEM and _is_overdue(case))
    return Effect({**_dated(due), "late": late}, hear=(Recipient.EXECUTOR,))


def _dated(due: Derivation) -> dict[str, Any]:
    return {"due": due.due, "derivation": due.stored()}


def _check(case: Case, day: date, bound: date) -> None:
    if day < bound:
        raise DateError(day=day, bound=bound)
    farthest = case.today + FARTHEST
    if day > farthest:
        raise FarDateError(day=day, bound=farthest)


def _is_overdue(case: Case) -> bool:
    row = case.row
    return bool(row.state in AT_EXECUTOR and row.due and case.tx.now >= row.due)


def _day(case: Case) -> date:
    if case.command.due is None:
        raise ExtensionDateError(assignment=case.row.id)
    return case.command.due
