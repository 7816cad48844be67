"""Ladders: each rung fires when it should, once, in order, whatever the sweeps do."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.ladders import Climb, Ladder, Recipient, Rung, begin, climb, moments
from tests.states.calendars import DECREED, day, local

DAYS = (-5, -1, 0, 1, 3, 5)
LADDER = Ladder("order", tuple(Rung(days, (Recipient.EXECUTOR,)) for days in DAYS))
DUE = DECREED.end_of(day("2020-06-30"))


def days(fired: tuple[Rung, ...]) -> list[int]:
    return [rung.days for rung in fired]


def test_rungs_fire_at_starts_of_days_before_and_at_ends_of_days_after() -> None:
    # 24 June and 1 July are off by decree, 4 and 5 July are a weekend.
    expected = ["2020-06-22", "2020-06-29", "2020-07-01", "2020-07-03", "2020-07-07", "2020-07-09"]
    assert moments(LADDER, DUE, DECREED) == tuple(local(f"{text} 00:00") for text in expected)


def test_a_deadline_by_the_hour_escalates_at_that_hour() -> None:
    due = local("2020-06-30 18:00")
    assert moments(LADDER, due, DECREED)[2] == due
    assert moments(LADDER, due, DECREED)[3] == local("2020-07-03 00:00")


def test_before_the_due_one_is_reminded_from_it_on_escalated() -> None:
    assert [rung.action for rung in LADDER.rungs] == ["remind"] * 2 + ["escalate"] * 4


@pytest.mark.parametrize(
    ("now", "done", "following"),
    [
        ("2020-06-01 16:30", 0, "2020-06-22 00:00"),
        ("2020-06-22 00:00", 1, "2020-06-29 00:00"),  # a reminder already past is not sent after
        ("2020-06-29 12:00", 2, "2020-07-01 00:00"),
        ("2020-07-01 00:00", 2, "2020-07-01 00:00"),  # past the due: the present rung only
        ("2020-07-04 12:00", 3, "2020-07-03 00:00"),
        ("2020-08-01 12:00", 5, "2020-07-09 00:00"),
    ],
)
def test_one_steps_on_a_ladder_at_the_rung_of_the_moment(now: str, done: int, following: str) -> None:
    assert begin(LADDER, DUE, local(now), DECREED) == Climb((), done, local(following))


@pytest.mark.parametrize(
    ("done", "now", "fired", "after", "following"),
    [
        (0, "2020-06-21 23:59", [], 0, "2020-06-22 00:00"),
        (0, "2020-06-22 00:00", [-5], 1, "2020-06-29 00:00"),
        (0, "2020-06-29 09:00", [-1], 2, "2020-07-01 00:00"),  # the later reminder overtook the earlier
        (0, "2020-07-01 00:00", [0], 3, "2020-07-03 00:00"),  # no reminder of what is overdue
        (1, "2020-07-20 09:00", [0, 1, 3, 5], 6, None),  # whoever is above hears, even late
        (4, "2020-07-05 09:00", [], 4, "2020-07-07 00:00"),
        (6, "2020-07-20 09:00", [], 6, None),
    ],
)
def test_one_goes_on_from_where_one_stood(
    done: int, now: str, fired: list[int], after: int, following: str | None
) -> None:
    went = climb(LADDER, DUE, done, local(now), DECREED)
    assert days(went.fire) == fired
    assert (went.done, went.next_check_at) == (after, following and local(following))


def test_a_clock_that_is_behind_undoes_nothing() -> None:
    assert climb(LADDER, DUE, 4, local("2020-06-01 00:00"), DECREED).done == 4


LADDERS = st.builds(
    lambda numbers: Ladder("any", tuple(Rung(number, (Recipient.EXECUTOR,)) for number in sorted(numbers))),
    st.sets(st.integers(-12, 12), min_size=1, max_size=7),
)
MOMENTS = st.integers(-30 * 24 * 60, 30 * 24 * 60).map(lambda minutes: DUE + timedelta(minutes=minutes))


def history(ladder: Ladder, start: datetime, sweeps: list[datetime]) -> list[tuple[datetime, Rung]]:
    """What fires when sweeps come at these times, each asked only when it is due to look again."""
    standing = begin(ladder, DUE, start, DECREED)
    fired = []
    for now in sorted(sweeps):
        if standing.next_check_at is None or standing.next_check_at > now:
            continue
        standing = climb(ladder, DUE, standing.done, now, DECREED)
        assert standing.next_check_at is None or standing.next_check_at > now
        fired += [(now, rung) for rung in standing.fire]
    return fired


@settings(max_examples=150, deadline=None)
@given(LADDERS, MOMENTS, st.lists(MOMENTS, max_size=12))
def test_whatever_the_sweeps_each_rung_fires_at_most_once_and_in_order(
    ladder: Ladder, start: datetime, sweeps: list[datetime]
) -> None:
    fired = [rung.days for _, rung in history(ladder, start, [each for each in sweeps if each >= start])]
    assert fired == sorted(set(fired))


@settings(max_examples=150, deadline=None)
@given(LADDERS, MOMENTS, st.lists(MOMENTS, max_size=12))
def test_no_rung_fires_before_its_time(ladder: Ladder, start: datetime, sweeps: list[datetime]) -> None:
    at = dict(zip(ladder.rungs, moments(ladder, DUE, DECREED), strict=True))
    assert all(at[rung] <= now for now, rung in history(ladder, start, [each for each in sweeps if each >= start]))


@settings(max_examples=150, deadline=None)
@given(LADDERS, st.lists(MOMENTS, max_size=12))
def test_after_an_outage_only_reminders_that_something_later_overtook_are_left_out(
    ladder: Ladder, sweeps: list[datetime]
) -> None:
    start, end = DUE - timedelta(days=60), DUE + timedelta(days=60)
    sweeps = [*sweeps, end]
    fired = {rung: now for now, rung in history(ladder, start, sweeps)}
    at = dict(zip(ladder.rungs, moments(ladder, DUE, DECREED), strict=True))
    for place, rung in enumerate(ladder.rungs):
        due_sweep = min(now for now in sweeps if now >= at[rung])
        overtaken = any(at[later] <= due_sweep for later in ladder.rungs[place + 1 :])
        if rung.days < 0 and overtaken:
            assert rung not in fired
        else:
            assert fired[rung] == due_sweep


@settings(max_examples=100, deadline=None)
@given(LADDERS, MOMENTS)
def test_whoever_steps_on_late_hears_of_the_present_rung_only(ladder: Ladder, start: datetime) -> None:
    fired = history(ladder, start, [start])
    assert len(fired) <= 1
    past = [rung for rung, at in zip(ladder.rungs, moments(ladder, DUE, DECREED), strict=True) if at <= start]
    assert [rung for _, rung in fired] == [rung for rung in past[-1:] if rung.days >= 0]
