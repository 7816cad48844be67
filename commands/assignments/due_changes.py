"""Actions that set a date: return, reopening, extension, redating. A date is a possible one, and lateness stays."""

from datetime import date, timedelta
from typing import Any

from commands.assignments.deadlines import rework
from commands.assignments.locked_assignment import Effect, LockedAssignment
from states.assignment import AT_EXECUTOR
from states.deadlines import Derivation, set_by_person
from states.ladders import Recipient
from states.lifecycle import Role
from states.refusal import ConflictError, InvalidError

FARTHEST = timedelta(days=50 * 366)


class DateError(InvalidError):
    """A date that the action can't mean."""

    template = "The date {day} can't be the new deadline: it must be {bound} or later."


class FarDateError(InvalidError):
    """A date that nobody will live to see."""

    template = "The date {day} can't be the new deadline: it must be {bound} or earlier."


class NoRequestError(ConflictError):
    """No extension was asked for."""

    template = "No extension of assignment {assignment} was requested; there is nothing to refuse."


class ExtensionDateError(InvalidError):
    """An extension without a date."""

    template = "Say until when: no extension of assignment {assignment} was requested."


def give_back(locked: LockedAssignment) -> Effect:
    """Return or reopen: a rework due, by default the policy's term. Raises DateError, FarDateError."""
    asked = locked.command.due
    if asked:
        _check(locked, asked, locked.today)
    due = rework(locked.tx.policy, locked.tx.now, asked)
    return Effect({**_dated(due), "review_due": None}, hear=(Recipient.EXECUTOR,), at_once=True)


def request_extension(locked: LockedAssignment) -> Effect:
    """Raises DateError, FarDateError."""
    asked = _day(locked)
    present = locked.row.due
    bound = locked.tx.policy.calendar.last_day(present) if present else locked.today
    _check(locked, asked, max(bound, locked.today))
    late = bool(present and locked.tx.now >= present)
    return Effect({"extension_asked": asked, "asked_late": late}, hear=(Recipient.CONTROLLER,))


def extend(locked: LockedAssignment) -> Effect:
    """Raises ExtensionDateError, DateError, FarDateError."""
    row = locked.row
    day = locked.command.due or row.extension_asked
    if day is None:
        raise ExtensionDateError(assignment=row.id)
    _check(locked, day, locked.tx.policy.calendar.last_day(row.due) if row.due else row.protocol_date)
    # Granted late or asked for late, an extension does not undo lateness; asked for in time, it does not add any.
    late = row.late or (row.asked_late if row.extension_asked else _is_overdue(locked))
    due = set_by_person(day, locked.today, locked.tx.policy.calendar)
    columns = {**_dated(due), "late": late, "extension_asked": None, "asked_late": False}
    return Effect(columns, hear=(Recipient.EXECUTOR,), at_once=True)


def refuse_extension(locked: LockedAssignment) -> Effect:
    """Raises NoRequestError."""
    if locked.row.extension_asked is None:
        raise NoRequestError(assignment=locked.row.id)
    return Effect({"extension_asked": None, "asked_late": False}, hear=(Recipient.EXECUTOR,), at_once=True)


def redate(locked: LockedAssignment) -> Effect:
    """A person's new date does not undo lateness; the system's rests on a calendar. Raises DateError, FarDateError."""
    day = _day(locked)
    _check(locked, day, locked.row.protocol_date)
    due = set_by_person(day, locked.today, locked.tx.policy.calendar)
    late = locked.row.late or (locked.actor.role is not Role.SYSTEM and _is_overdue(locked))
    return Effect({**_dated(due), "late": late}, hear=(Recipient.EXECUTOR,))


def _dated(due: Derivation) -> dict[str, Any]:
    return {"due": due.due, "derivation": due.stored()}


def _check(locked: LockedAssignment, day: date, bound: date) -> None:
    if day < bound:
        raise DateError(day=day, bound=bound)
    farthest = locked.today + FARTHEST
    if day > farthest:
        raise FarDateError(day=day, bound=farthest)


def _is_overdue(locked: LockedAssignment) -> bool:
    row = locked.row
    return bool(row.state in AT_EXECUTOR and row.due and locked.tx.now >= row.due)


def _day(locked: LockedAssignment) -> date:
    if locked.command.due is None:
        raise ExtensionDateError(assignment=locked.row.id)
    return locked.command.due
