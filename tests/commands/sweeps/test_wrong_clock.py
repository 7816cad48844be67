"""A machine whose clock is wrong: what it may not do, what waits for a word, and what needs none."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from commands.context import clock_guard
from commands.context.actors import actor_for_login
from commands.context.clock_guard import ClockAheadError, ClockBehindError
from commands.log.sealing import begin
from commands.sweeps import sweeps
from commands.sweeps.permission import ManyRungsError, NothingWaitsError, SilentSweepsError, proceed
from desk.doctor import examine
from models.database import Database
from states.lifecycle import WrongRoleError
from tests.world import START, World


@pytest.fixture
def earnest(database: Database, tmp_path: Path) -> World:
    """A world by the machine's clock, on 1 June 2020; everything was swept once."""
    world = World.found(database, tmp_path, clock="system")
    begin(world.installation, "cli:tester")
    world.register()
    world.sweep()
    return world


def shows(world: World, **since: float) -> World:
    """The machine's clock shows so much more (or less) than on 1 June 2020, 09:00."""
    at = START + timedelta(**since)
    world.installation = replace(world.installation, system=lambda: at)
    return world


def allow(world: World, by: str = "controller") -> None:
    with world.installation.write() as tx:
        proceed(tx, actor_for_login(tx, by, "cli:tester"), "The clock was looked at")


def test_four_hundred_days_ahead_nothing_fires_and_people_go_on(earnest: World) -> None:
    future = shows(earnest, days=400)
    done = future.sweep()
    assert (done["reminded"], done["escalated"], done["sent"], done["messages"]) == (0, 0, 0, 0)
    with pytest.raises(SilentSweepsError, match="ladders and mail wait"):
        sweeps.watch_log(future.installation)
    assert [each.says for each in examine(future.installation) if not each.ok and "ladders and mail wait" in each.says]
    right = shows(earnest, days=10)  # set right again: everything is as it was
    assert right.sweep()["escalated"] > 0
    assert right.faults() == []
    with pytest.raises(NothingWaitsError):
        allow(right)


def test_a_controller_lets_them_go_on_and_the_log_tells_of_it(earnest: World) -> None:
    late = shows(earnest, days=40)
    assert late.act("a", 1, "acknowledge")  # people need nobody's word
    with pytest.raises(WrongRoleError):
        allow(late, "clerk")
    allow(late)
    assert late.trail("log:1")[-1].action == "proceed"
    assert late.sweep()["escalated"] > 0
    assert late.sweep()["escalated"] == 0
    assert late.faults() == []


def test_an_outage_of_a_week_needs_nobody(earnest: World) -> None:
    assert shows(earnest, days=7).sweep()["escalated"] > 0


def test_a_clock_set_back_writes_nothing(earnest: World) -> None:
    assert shows(earnest, minutes=-2).act("a", 1, "acknowledge")
    with pytest.raises(ClockBehindError, match="one of the two is wrong"):
        shows(earnest, minutes=-2.1).act("a", 1, "submit", note="In time, it seems")
    assert earnest.actions(1)[-1] == "acknowledge"
    assert [each.says for each in examine(earnest.installation) if not each.ok and "newest entry" in each.says]


@pytest.mark.parametrize(("minutes", "refused"), [(4.9, False), (5.1, True)])
def test_ahead_of_another_machines_clock_it_writes_nothing(earnest: World, minutes: float, refused: bool) -> None:
    ours = START + timedelta(minutes=30)
    clock_guard.note(earnest.installation.settings, "witness", ours - timedelta(minutes=minutes), ours)
    world = shows(earnest, minutes=31)
    if refused:
        with pytest.raises(ClockAheadError, match="that of witness showed"):
            world.act("a", 1, "acknowledge")
    else:
        assert world.act("a", 1, "acknowledge")
        assert [each.says for each in examine(world.installation) if "as by: witness" in each.says]
    assert shows(earnest, minutes=29).act("b", 2, "acknowledge")  # set right: what was seen by the wrong one is nothing
    assert shows(earnest, minutes=91).act("b", 2, "acknowledge")  # seen too long ago


def test_one_other_clock_that_is_wrong_stops_nobody(earnest: World) -> None:
    ours = START + timedelta(minutes=30)
    clock_guard.note(earnest.installation.settings, "wrong", ours - timedelta(days=9), ours)
    clock_guard.note(earnest.installation.settings, "right", ours, ours)
    assert shows(earnest, minutes=31).act("a", 1, "acknowledge")


def test_where_no_other_clock_is_at_hand_the_doctor_says_so(earnest: World) -> None:
    (found,) = [each for each in examine(earnest.installation) if each.name == "Clock"]
    assert found.ok
    assert "no other machine's clock is at hand" in found.says


def test_after_as_many_rungs_as_one_sweep_may_fire_they_wait(earnest: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = earnest.installation.policy.rules
    earnest.offer(sweeps=rules.sweeps.model_copy(update={"most_rungs": 2}))
    earnest.sweep()
    monkeypatch.setattr("commands.sweeps.escalation.escalate.__defaults__", (1,))
    late = shows(earnest, days=7)
    assert late.sweep()["escalated"] == 2
    with pytest.raises(ManyRungsError, match="fired 2 rungs"):
        sweeps.watch_log(late.installation)
    assert late.sweep()["escalated"] == 0
    later = shows(earnest, days=7, minutes=5)
    allow(later)
    assert later.sweep()["escalated"] == 2


def test_an_entry_of_the_future_is_named_by_verification(earnest: World) -> None:
    shows(earnest, days=3).act("a", 1, "acknowledge")
    assert earnest.faults() == []
    (told,) = shows(earnest, days=2).faults()
    assert told.startswith("assignment:1/2: is of 2020-06-04T06:00:00.000000Z, but the clock shows 2020-06-03T06:00")
