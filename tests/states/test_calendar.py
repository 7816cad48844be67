"""Which days are worked: the statute, its transfers, and what a decree puts above both."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.calendar import Shift, working_offset
from tests.states.calendars import DECREED, STATUTE, day, local

DAYS = st.dates(date(2015, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "worked"),
    [
        ("2020-06-11", True),  # the eve of a holiday, a short day but a working one
        ("2020-06-12", False),  # Russia Day, a Friday
        ("2020-06-13", False),  # a plain Saturday
        ("2020-01-08", False),  # the New Year holidays last till the eighth
        ("2020-01-09", True),
        ("2020-02-24", False),  # 23 February fell on a Sunday
        ("2020-05-04", False),  # transferred from 4 January
        ("2020-05-05", False),  # transferred from 5 January
        ("2021-02-20", True),  # a Saturday worked instead of Monday the 22nd
        ("2021-02-22", False),
        ("2024-04-27", True),  # a Saturday worked instead of Monday the 29th
        ("2024-04-29", False),
    ],
)
def test_the_statute_is_known_with_its_transferred_days(text: str, worked: bool) -> None:
    assert STATUTE.is_working(day(text)) is worked


@pytest.mark.parametrize("text", ["2020-06-24", "2020-07-01"])
def test_a_day_off_by_decree_is_off_though_no_package_knows_it(text: str) -> None:
    assert STATUTE.is_working(day(text))
    assert not DECREED.is_working(day(text))


def test_a_decree_may_also_have_a_holiday_worked() -> None:
    worked = replace(STATUTE, days_worked=frozenset({day("2020-06-12"), day("2020-06-13")}))
    assert worked.is_working(day("2020-06-12"))
    assert worked.is_working(day("2020-06-13"))


def test_another_country_has_other_holidays() -> None:
    assert replace(STATUTE, country="KZ").is_working(day("2020-06-12"))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2020-06-10", 1, "2020-06-11"),
        ("2020-06-11", 1, "2020-06-15"),  # over the holiday and the weekend
        ("2020-06-15", -1, "2020-06-11"),
        ("2020-06-13", 1, "2020-06-15"),  # from a day off, the next working day is the first
        ("2020-06-13", -1, "2020-06-11"),
        ("2020-06-23", 1, "2020-06-25"),  # over the parade
        ("2020-06-30", 1, "2020-07-02"),  # over the vote
        ("2020-07-02", -5, "2020-06-23"),
        ("2020-06-13", 0, "2020-06-13"),  # no day is no day, even a day off
    ],
)
def test_working_days_are_counted_over_days_off(start: str, count: int, end: str) -> None:
    assert DECREED.add_working(day(start), count) == day(end)
    assert working_offset(DECREED, day(start), count) == day(end)


@pytest.mark.parametrize(
    ("shift", "end"),
    [(Shift.PRECEDING, "2020-06-11"), (Shift.FOLLOWING, "2020-06-15"), (Shift.NONE, "2020-06-13")],
)
def test_a_day_off_moves_as_the_policy_says(shift: Shift, end: str) -> None:
    assert STATUTE.shifted(day("2020-06-13"), shift) == day(end)


@settings(max_examples=60, deadline=None)
@given(DAYS, st.sampled_from(Shift))
def test_a_working_day_never_moves_and_a_moved_one_is_worked(given_day: date, shift: Shift) -> None:
    moved = DECREED.shifted(given_day, shift)
    if DECREED.is_working(given_day) or shift is Shift.NONE:
        assert moved == given_day
    else:
        assert DECREED.is_working(moved)
        assert (moved < given_day) is (shift is Shift.PRECEDING)


@settings(max_examples=60, deadline=None)
@given(DAYS, st.integers(1, 30))
def test_exactly_so_many_working_days_lie_between(start: date, count: int) -> None:
    end = DECREED.add_working(start, count)
    between = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    assert sum(map(DECREED.is_working, between)) == count
    if DECREED.is_working(start):
        assert DECREED.add_working(end, -count) == start


def test_a_day_ends_at_24_local_and_that_moment_belongs_to_the_next() -> None:
    end = STATUTE.end_of(day("2020-06-30"))
    assert end.astimezone(UTC) == datetime(2020, 6, 30, 21, tzinfo=UTC)
    assert STATUTE.day_of(end) == day("2020-07-01")
    assert STATUTE.last_day(end) == day("2020-06-30")
    assert STATUTE.day_of(end - timedelta(microseconds=1)) == day("2020-06-30")


def test_a_day_of_the_change_of_clocks_has_its_own_length() -> None:
    berlin = replace(STATUTE, zone=ZoneInfo("Europe/Berlin"))
    change = day("2020-03-29")
    length = berlin.end_of(change).astimezone(UTC) - berlin.start_of(change).astimezone(UTC)
    assert length == timedelta(hours=23)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2020-06-15 08:59", "2020-06-15 09:00"),
        ("2020-06-15 09:00", "2020-06-15 09:00"),  # not before: nine sharp is still in time
        ("2020-06-15 09:01", "2020-06-16 09:00"),
        ("2020-06-11 18:00", "2020-06-15 09:00"),  # over the holiday and the weekend
        ("2020-06-23 20:00", "2020-06-25 09:00"),  # over the day given by decree
        ("2020-06-14 03:00", "2020-06-15 09:00"),
        ("2020-06-15 00:30", "2020-06-15 09:00"),  # in UTC that is still Sunday
    ],
)
def test_a_digest_goes_out_at_the_next_opening(moment: str, opening: str) -> None:
    assert DECREED.next_opening(local(moment), time(9)) == local(opening)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3 * 365 * 24 * 60))
def test_an_opening_is_never_past_and_always_on_a_working_day(minutes: int) -> None:
    moment = local("2019-01-01 00:00") + timedelta(minutes=minutes)
    opening = DECREED.next_opening(moment, time(9))
    assert opening >= moment
    assert DECREED.is_working(DECREED.day_of(opening))
