"""From the words of a deadline to a due moment, and the reasons that it carries."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.calendar import Shift
from states.deadlines import (
    Derivation,
    Rule,
    derive,
    in_days,
    in_months,
    month_after,
    on_date,
    period_end,
    set_by_person,
)
from tests.states.calendars import DECREED, day, local

BACK, ON, STAY = Shift.PRECEDING, Shift.FOLLOWING, Shift.NONE
DAY = timedelta(days=1)
SIGNED = day("2020-06-01")


def working(number: int, base: date) -> Derivation:
    return in_days(number, base, DECREED, BACK, working=True)


def plain(number: int, base: date, shift: Shift = BACK) -> Derivation:
    return in_days(number, base, DECREED, shift, working=False)


def counted(rule: Rule, end: date) -> Derivation:
    return derive(rule, SIGNED, 1, end, DECREED, BACK)


@pytest.mark.parametrize(
    ("made", "rule", "before", "last"),
    [
        # «до 30 июня» includes the 30th.
        (lambda: on_date(day("2020-06-30"), SIGNED, DECREED, BACK), Rule.DATE, "2020-06-30", "2020-06-30"),
        (lambda: on_date(day("2020-06-12"), SIGNED, DECREED, BACK), Rule.DATE, "2020-06-12", "2020-06-11"),
        (lambda: on_date(day("2020-06-12"), SIGNED, DECREED, ON), Rule.DATE, "2020-06-12", "2020-06-15"),
        (lambda: on_date(day("2020-06-12"), SIGNED, DECREED, STAY), Rule.DATE, "2020-06-12", "2020-06-12"),
        (lambda: on_date(day("2020-07-01"), SIGNED, DECREED, BACK), Rule.DATE, "2020-07-01", "2020-06-30"),
        # The day of signing does not count.
        (lambda: plain(3, SIGNED), Rule.DAYS, "2020-06-04", "2020-06-04"),
        (lambda: plain(12, SIGNED), Rule.DAYS, "2020-06-13", "2020-06-11"),
        (lambda: working(10, SIGNED), Rule.WORKING_DAYS, "2020-06-16", "2020-06-16"),
        (lambda: working(17, SIGNED), Rule.WORKING_DAYS, "2020-06-26", "2020-06-26"),
        (lambda: in_months(1, SIGNED, DECREED, BACK), Rule.MONTHS, "2020-07-01", "2020-06-30"),
        (lambda: in_months(3, SIGNED, DECREED, BACK), Rule.MONTHS, "2020-09-01", "2020-09-01"),
        # What a person decided stands as it is.
        (lambda: set_by_person(day("2020-06-13"), SIGNED, DECREED), Rule.SET, "2020-06-13", "2020-06-13"),
        (lambda: counted(Rule.MONTH, day("2020-07-01")), Rule.MONTH, "2020-07-01", "2020-06-30"),
        (lambda: counted(Rule.PERIOD, day("2020-06-28")), Rule.PERIOD, "2020-06-28", "2020-06-26"),
    ],
)  # fmt: skip
def test_each_rule_counts_its_day_and_is_due_at_its_end(
    made: Callable[[], Derivation], rule: Rule, before: str, last: str
) -> None:
    derived = made()
    assert (derived.rule, derived.counted, derived.day) == (rule, day(before), day(last))
    assert derived.due == DECREED.end_of(day(last))
    assert derived.due.tzinfo is UTC
    assert (derived.base, derived.calendar, derived.hour) == (SIGNED, "decreed", None)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2020-01-31", 1, "2020-02-29"),  # a leap year
        ("2021-01-31", 1, "2021-02-28"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", 1, "2020-03-29"),  # the last day of a month is no rule of its own
        ("2020-08-31", 1, "2020-09-30"),
        ("2020-11-30", 3, "2021-02-28"),
        ("2020-12-31", 1, "2021-01-31"),
        ("2020-06-15", 18, "2021-12-15"),
    ],
)
def test_a_month_later_is_the_same_day_or_a_shorter_months_last(start: str, count: int, end: str) -> None:
    assert month_after(day(start), count) == day(end)


@pytest.mark.parametrize(
    ("after", "period", "on", "end"),
    [
        ("2020-06-01", "day", None, "2020-06-02"),
        ("2020-06-01", "week", None, "2020-06-07"),
        ("2020-06-07", "week", None, "2020-06-14"),  # on a Sunday this week is over
        ("2020-06-29", "month", None, "2020-06-30"),
        ("2020-06-30", "month", None, "2020-07-31"),  # later than, so not the same day again
        ("2020-06-09", "month", 10, "2020-06-10"),  # «до 10 числа»
        ("2020-06-10", "month", 10, "2020-07-10"),
        ("2020-01-31", "month", 31, "2020-02-29"),
        ("2020-06-15", "quarter", None, "2020-06-30"),
        ("2020-06-15", "quarter", 10, "2020-07-10"),  # of the month after the quarter
        ("2020-12-31", "quarter", None, "2021-03-31"),
        ("2020-06-15", "half-year", None, "2020-06-30"),
        ("2020-07-01", "half-year", None, "2020-12-31"),
        ("2020-06-15", "year", None, "2020-12-31"),
        ("2020-06-15", "year", 20, "2021-01-20"),
    ],
)
def test_a_period_ends_later_than_the_day_asked_from(after: str, period: str, on: int | None, end: str) -> None:
    assert period_end(day(after), period, on) == day(end)


@settings(max_examples=100, deadline=None)
@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["day", "week", "month", "quarter", "half-year", "year"]),
    st.none() | st.integers(1, 31),
    st.floats(0, 1, exclude_max=True),
)
def test_until_its_end_a_period_has_one_end_and_then_another(
    after: date, period: str, on: int | None, part: float
) -> None:
    end = period_end(after, period, on)
    assert end > after
    assert period_end(after + int((end - after).days * part) * DAY, period, on) == end
    assert period_end(end, period, on) > end


def test_due_by_an_hour_is_the_same_day_at_that_local_hour() -> None:
    derived = on_date(day("2020-06-12"), SIGNED, DECREED, BACK).by_hour("18:00", DECREED)
    assert derived.due == local("2020-06-11 18:00")
    assert derived.day == day("2020-06-11")
    assert derived.explain()[-1] == ("due on {day} by {hour}", {"day": day("2020-06-11"), "hour": "18:00"})


def told(derived: Derivation) -> list[str]:
    return [template.format(**values) for template, values in derived.explain()]


def test_a_due_moment_explains_itself() -> None:
    assert told(working(10, SIGNED)) == [
        "10 working days from 2020-06-01 end on 2020-06-16",
        "due by the end of 2020-06-16 (24:00)",
    ]
    assert told(on_date(day("2020-07-01"), SIGNED, DECREED, BACK)) == [
        "the protocol names 2020-07-01, that day included",
        "2020-07-01 is not a working day (decreed): moved back to 2020-06-30",
        "due by the end of 2020-06-30 (24:00)",
    ]
    assert told(plain(12, SIGNED, ON))[1] == "2020-06-13 is not a working day (decreed): moved on to 2020-06-15"


SOME_TIME = datetime(1990, 1, 1, tzinfo=UTC)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
DERIVATIONS = st.builds(
    Derivation,
    rule=st.sampled_from(Rule),
    base=DAYS,
    number=st.integers(0, 1000),
    counted=DAYS,
    day=DAYS,
    shift=st.sampled_from(Shift),
    calendar=st.text(max_size=12),
    due=st.integers(0, 10**9).map(lambda seconds: SOME_TIME + timedelta(seconds=seconds)),
    hour=st.none() | st.sampled_from(["09:00", "18:30"]),
)


@settings(max_examples=100, deadline=None)
@given(DERIVATIONS)
def test_a_derivation_is_read_back_as_it_was_stored(derived: Derivation) -> None:
    stored = derived.stored()
    assert all(value is None or isinstance(value, str | int) for value in stored.values())
    assert Derivation.read(stored) == derived


def test_changing_what_was_given_out_changes_nothing_of_what_is_remembered() -> None:
    derived = plain(3, SIGNED)
    stored: dict[str, Any] = derived.stored()
    stored["due"] = "never"
    assert derived.stored()["due"] == "2020-06-04T21:00:00Z"


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2019, 1, 1), date(2022, 1, 1)), st.integers(1, 60), st.booleans(), st.sampled_from(Shift))
def test_whatever_the_term_the_due_moment_is_the_end_of_the_day_it_names(
    base: date, number: int, by_working_days: bool, shift: Shift
) -> None:
    derived = in_days(number, base, DECREED, shift, working=by_working_days)
    assert DECREED.last_day(derived.due) == derived.day
    assert derived.counted > base
    assert DECREED.is_working(derived.day) or shift is Shift.NONE
