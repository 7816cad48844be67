"""From the words of a deadline to a due moment that explains itself: rule, base date, calendar, shift, due."""

import calendar as months
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self

from states.calendar import Calendar, Shift
from states.refusal import N_


class Rule(StrEnum):
    """The rule by which a day was counted."""

    DATE = "date"  # the day written in the protocol, included
    DAYS = "days"  # calendar days from the base, the base not counted
    WORKING_DAYS = "working_days"  # working days from the base, the base not counted
    MONTHS = "months"  # months from the base
    MONTH = "month"  # no deadline written: one month from signing
    PERIOD = "period"  # the end of a recurring period
    SET = "set"  # a date set by a person: extension, rework, redating


@dataclass(frozen=True, slots=True)
class Derivation:
    """A due moment with its reasons. `counted` is the day before the shift, `day` the day after it (local dates)."""

    rule: Rule
    base: date
    number: int
    counted: date
    day: date
    shift: Shift
    calendar: str
    due: datetime
    hour: str | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON for the database and the audit entry."""
        return dict(_stored(self))

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """The inverse of `stored`."""
        return cls(
            Rule(stored["rule"]),
            date.fromisoformat(stored["base"]),
            stored["number"],
            date.fromisoformat(stored["counted"]),
            date.fromisoformat(stored["day"]),
            Shift(stored["shift"]),
            stored["calendar"],
            datetime.fromisoformat(stored["due"]),
            stored["hour"],
        )

    def explain(self) -> list[tuple[str, dict[str, object]]]:
        """Sentences (template, values) in order of reasoning; to be translated where they are shown."""
        values: dict[str, object] = {"base": self.base, "number": self.number, "counted": self.counted}
        sentences: list[tuple[str, dict[str, object]]] = [(_EXPLAINED[self.rule], values)]
        if self.day != self.counted:
            moved = _MOVED[self.shift]
            sentences.append((moved, {"counted": self.counted, "day": self.day, "calendar": self.calendar}))
        if self.hour:
            sentences.append((N_("due on {day} by {hour}"), {"day": self.day, "hour": self.hour}))
        else:
            sentences.append((N_("due by the end of {day} (24:00)"), {"day": self.day}))
        return sentences

    def by_hour(self, hour: str, calendar: Calendar) -> Self:
        """The same day, but only until an hour (HH:MM local) of it."""
        due = datetime.combine(self.day, time.fromisoformat(hour), calendar.zone).astimezone(UTC)
        return replace(self, hour=hour, due=due)


@lru_cache(maxsize=1024)
def _stored(derivation: Derivation) -> tuple[tuple[str, Any], ...]:
    # Remembered: a thousand assignments of one item have the same.
    plain = ((each.name, getattr(derivation, each.name)) for each in fields(derivation) if each.name != "due")
    told = ((name, value.isoformat() if isinstance(value, date) else value) for name, value in plain)
    return (*told, ("due", derivation.due.strftime("%Y-%m-%dT%H:%M:%SZ")))


_EXPLAINED = {
    Rule.DATE: N_("the protocol names {counted}, that day included"),
    Rule.DAYS: N_("{number} calendar days from {base} end on {counted}"),
    Rule.WORKING_DAYS: N_("{number} working days from {base} end on {counted}"),
    Rule.MONTHS: N_("{number} months from {base} end on {counted}"),
    Rule.MONTH: N_("no deadline is written: one month from {base} ends on {counted}"),
    Rule.PERIOD: N_("the period after {base} ends on {counted}"),
    Rule.SET: N_("{counted} was set by decision of {base}"),
}
_MOVED = {
    Shift.PRECEDING: N_("{counted} is not a working day ({calendar}): moved back to {day}"),
    Shift.FOLLOWING: N_("{counted} is not a working day ({calendar}): moved on to {day}"),
}


def month_after(day: date, count: int = 1) -> date:
    """The same day `count` months later, or that month's last day if it is shorter (ГК РФ ст. 192 п. 3)."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


_PERIOD_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


def period_end(after: date, period: str, day: int | None = None) -> date:
    """The first end of a period later than `after`.

    A period ends on its last day or, with `day`, on that day of the month that follows it («до 10 числа»).
    """
    if period == "day":
        return after + timedelta(days=1)
    if period == "week":
        return after + timedelta(days=7 - after.weekday() - 1 or 7)
    length = _PERIOD_MONTHS[period]
    start = date(after.year, (after.month - 1) // length * length + 1, 1)
    while True:
        following = month_after(start, length)
        end = _on_day(start, day) if day else following - timedelta(days=1)
        if end > after:
            return end
        start = following


def _on_day(month: date, day: int) -> date:
    return month.replace(day=min(day, months.monthrange(month.year, month.month)[1]))


def derive(rule: Rule, base: date, number: int, counted: date, calendar: Calendar, shift: Shift) -> Derivation:
    """Shift a counted day to a working one and take its end as the due moment (UTC)."""
    day = calendar.shifted(counted, shift)
    due = calendar.end_of(day).astimezone(UTC)
    return Derivation(rule, base, number, counted, day, shift, calendar.version, due)


def on_date(day: date, base: date, calendar: Calendar, shift: Shift) -> Derivation:
    """«до 30 июня» and «Срок – 30 июня» alike include the 30th."""
    return derive(Rule.DATE, base, 0, day, calendar, shift)


@lru_cache(maxsize=4096)
def in_days(number: int, base: date, calendar: Calendar, shift: Shift, *, working: bool) -> Derivation:
    """A term in days from `base`, whose own day is not counted (ГК РФ ст. 191)."""
    if working:
        return derive(Rule.WORKING_DAYS, base, number, calendar.add_working(base, number), calendar, shift)
    return derive(Rule.DAYS, base, number, base + timedelta(days=number), calendar, shift)


def in_months(number: int, base: date, calendar: Calendar, shift: Shift) -> Derivation:
    """A term in months from `base` (ГК РФ ст. 192)."""
    return derive(Rule.MONTHS, base, number, month_after(base, number), calendar, shift)


def set_by_person(day: date, base: date, calendar: Calendar) -> Derivation:
    """A date that somebody decided on: it stands as it is, working day or not."""
    return derive(Rule.SET, base, 0, day, calendar, Shift.NONE)


@lru_cache(maxsize=4096)
def derived_anew(told: Derivation, calendar: Calendar) -> Derivation:
    """What the reasons of a derivation come to by a calendar: the same, if it was derived by that one.

    Raises OverflowError, ValueError for reasons that lead out of all calendars.
    """
    shift, base, number = told.shift, told.base, told.number
    match told.rule:
        case Rule.SET:
            due = set_by_person(told.counted, base, calendar)
        case Rule.DAYS | Rule.WORKING_DAYS:
            due = in_days(number, base, calendar, shift, working=told.rule is Rule.WORKING_DAYS)
        case Rule.MONTHS | Rule.MONTH:
            due = derive(told.rule, base, number, month_after(base, number), calendar, shift)
        case Rule.DATE | Rule.PERIOD:
            due = derive(told.rule, base, number, told.counted, calendar, shift)
    return due.by_hour(told.hour, calendar) if told.hour else due
