"""The production calendar: which days are worked. Statutory days and their transfers come from `holidays`,
days given by decree from a dated file, because no package knows them.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

_DAY = timedelta(days=1)


class Shift(StrEnum):
    """The shift of a deadline on a non-working day."""

    PRECEDING = "preceding"  # the custom of all Russian rules on assignments
    FOLLOWING = "following"  # ГК РФ ст. 193
    NONE = "none"


@dataclass(frozen=True)
class Calendar:
    """Working days of one region, in local dates. `version` stands in every derived deadline."""

    version: str
    zone: ZoneInfo
    days_off: frozenset[date] = frozenset()
    days_worked: frozenset[date] = frozenset()
    country: str = "RU"

    def is_working(self, day: date) -> bool:
        """Whether a local date is worked; a decree prevails over the statute."""
        if day in self.days_worked:
            return True
        return day not in self.days_off and day in _worked(self.country, day.year)

    def add_working(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it when negative); `day` itself for 0."""
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def shifted(self, day: date, shift: Shift) -> date:
        """`day` if it is worked, otherwise the working day that the rule moves it to."""
        if shift is Shift.NONE or self.is_working(day):
            return day
        return self.add_working(day, 1 if shift is Shift.FOLLOWING else -1)

    def start_of(self, day: date) -> datetime:
        """00:00 local of a date, as a moment in the region's zone."""
        return datetime.combine(day, time(), self.zone)

    def end_of(self, day: date) -> datetime:
        """24:00 local of a date: the first moment that no longer belongs to it."""
        return self.start_of(day + _DAY)

    def between(self, since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
        """The first moment of a date, and the first after another; None: no bound, as beside the ends of all days."""
        begin = self.start_of(since) if since and since > date.min else None
        return begin, self.end_of(until) if until and until < date.max else None

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(self.zone).date()

    def last_day(self, due: datetime) -> date:
        """The local date whose end a due moment is."""
        return self.day_of(due - timedelta(microseconds=1))

    def next_opening(self, moment: datetime, at: time) -> datetime:
        """The first working day's `at` (local) that is not before `moment`: when a digest goes out."""
        day = self.day_of(moment)
        while not self.is_working(day) or datetime.combine(day, at, self.zone) < moment:
            day += _DAY
        return datetime.combine(day, at, self.zone)

    def __hash__(self) -> int:
        return hash((self.version, str(self.zone)))


@lru_cache(maxsize=256)
def _worked(country: str, year: int) -> frozenset[date]:
    # A year at a time and apart: a shared HolidayBase fills itself on first use, and another thread would
    # meanwhile take a holiday for a working day.
    statutory = holidays.country_holidays(country, years=year, expand=False)
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    return frozenset(day for day in days if day.year == year and statutory.is_working_day(day))


@lru_cache(maxsize=4096)
def working_offset(calendar: Calendar, day: date, count: int) -> date:
    """`calendar.add_working`, remembered: sweeps ask for the same few days thousands of times."""
    return calendar.add_working(day, count)
