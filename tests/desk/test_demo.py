"""The demo tells its whole story through the ordinary commands, and can be begun again; nothing else can be wiped."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from commands.context.installation import Installation
from commands.registers.assignments import assignments
from commands.sweeps import sweeps
from commands.sweeps.liveness import liveness
from desk.demo.making import DAY_S, MEETING, OVER, load, make, moment, speed_of
from desk.demo.players import play
from desk.demo.reset import NoDemoError, reset
from desk.home_lock import RunningError, only_one
from models import clock, policy, schema
from models.database import Database
from models.settings import Settings
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def demo(database: Database, tmp_path: Path) -> Installation:
    settings = replace(Settings.read({"PORUCHENIE_HOME": str(tmp_path)}), database_url=database.url)
    installation = Installation(settings, policy.load(), database)
    load(installation, lambda _: None)
    return installation


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


@ON_SQLITE
def test_june_passes_with_reports_in_time_and_late_returned_extended_and_refused(demo: Installation) -> None:
    with capture_logs() as logs:
        for day in days(MEETING + timedelta(days=1), OVER):
            evening = replace(demo, given=moment(demo, day, "17:30"))
            play(evening)
            sweeps.sweep(evening)
    world = World(demo)
    lines = world.assignments()
    actions = Counter(action for line in lines for action in world.actions(line.id))
    with demo.read() as tx:
        late = sum(line.late for line in assignments(tx))
        overdue = sum(line.overdue for line in assignments(tx))

    assert len(lines) == 216
    assert Counter(line.state for line in lines)["accepted"] > 190
    assert 5 < late < 40
    assert 0 < overdue < 15
    assert world.line(91).overdue  # whose due the README extends
    assert actions["return"] > 10
    assert (actions["request_extension"], actions["extend"]) == (1, 1)
    assert actions["check"] > 80
    assert actions["escalate"] > 20
    assert {each["reason"] for each in logs if each["event"] == "demo.refused"} == {
        "Item 1.3 asks for a document (program): attach it as DOCX, PDF or TXT."
    }
    assert world.faults() == []


def test_a_day_lasts_seconds_until_the_story_is_told_and_stands_still_while_stopped(demo: Installation) -> None:
    with demo.write() as tx:
        begun = tx.now
        clock.run_demo(tx.session, running=True, system=lambda: begun)
    with demo.read() as tx:
        assert begun == moment(demo, MEETING, "16:00")
        after_a_day = clock.now(tx.session, system=lambda: begun + timedelta(seconds=DAY_S))
        assert after_a_day == begun + timedelta(days=1)
        assert clock.pace(tx.session, after_a_day) == speed_of(DAY_S) == 4320
        over = moment(demo, OVER, "18:00")
        assert clock.pace(tx.session, over) == 1
        a_real_day_later = clock.now(tx.session, system=lambda: begun + timedelta(days=1))
        assert over + timedelta(hours=23) < a_real_day_later < over + timedelta(days=1)
    stopped = begun + timedelta(seconds=2 * DAY_S)
    with demo.write() as tx:
        clock.run_demo(tx.session, running=False, system=lambda: stopped)
    with demo.read() as tx:
        assert clock.now(tx.session, system=lambda: stopped + timedelta(days=9)) == begun + timedelta(days=2)


def test_hours_between_sweeps_are_no_alarm_while_a_day_lasts_seconds(demo: Installation) -> None:
    sweeps.sweep(demo)
    later = replace(demo, given=moment(demo, MEETING, "16:00") + timedelta(hours=20))
    with later.read() as tx:
        assert all(each.fresh for each in liveness(tx))


@ON_SQLITE
def test_a_reset_takes_away_the_demo_and_nothing_else(demo: Installation, tmp_path: Path) -> None:
    (tmp_path / "keep.txt").touch()
    sweeps.sweep(replace(demo, given=moment(demo, MEETING, "23:00")))
    with only_one(tmp_path), pytest.raises(RunningError):
        reset(demo)
    reset(demo)
    assert not demo.database.exists()
    assert {each.name for each in tmp_path.iterdir() if each.suffix != ".lock"} >= {"keep.txt"}
    assert not demo.settings.evidence.exists()
    with pytest.raises(NoDemoError, match="is no demo; nothing was taken away"):
        reset(demo)


def test_a_database_in_earnest_is_never_reset(world: World) -> None:
    world.register()
    with pytest.raises(NoDemoError):
        reset(world.installation)
    assert world.assignments()


def test_a_demo_begun_anew_after_a_reset_is_whole(demo: Installation) -> None:
    reset(demo)
    if demo.database.engine.dialect.name == "sqlite":
        make(demo, lambda _: None)
    else:
        schema.upgrade(demo.database)
        load(demo, lambda _: None)
    assert len(World(demo).assignments()) == 216
