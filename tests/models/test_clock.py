"""The one clock: the machine's in earnest, standing still in a test, running on in a demo; never backwards."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands.bootstrap import initialise
from commands.context.installation import Installation
from models import clock, policy
from models.clock import TEST_START, ClockBackwardsError, ClockFixedError, NotInitialisedError
from models.database import Database
from models.settings import Settings
from tests.world import World, moment

NOON = moment("2026-03-02 12:00")
JUNE = moment("2020-06-01 09:00")
HOUR = timedelta(hours=1)


def noon() -> datetime:
    return NOON


def later(hours: int) -> clock.Clock:
    return lambda: NOON + hours * HOUR


def made(database: Database, home: Path, kind: str, given: datetime | None = None, **more: datetime) -> Installation:
    settings = replace(Settings.read({"PORUCHENIE_HOME": str(home)}), database_url=database.url)
    installation = Installation(settings, policy.load(), database, given)
    initialise(installation, "admin", "controller", clock=kind, system_time=noon, **more)
    return installation


def test_a_database_without_its_first_row_has_no_time(database: Database) -> None:
    with database.read() as session, pytest.raises(NotInitialisedError, match="poruchenie init"):
        clock.now(session)


def test_in_earnest_the_clock_is_the_machines_and_cannot_be_set(database: Database, tmp_path: Path) -> None:
    made(database, tmp_path, "system")
    with database.read() as session:
        assert clock.now(session, system=later(5)) == NOON + 5 * HOUR
        with pytest.raises(ClockFixedError, match="can't be set"):
            clock.now(session, given=NOON + HOUR)


def test_a_database_in_earnest_is_not_even_made_at_a_given_time(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ClockFixedError):
        made(database, tmp_path, "system", given=JUNE)


def test_a_test_clock_stands_still_at_the_newest_entry(database: Database, tmp_path: Path) -> None:
    made(database, tmp_path, "test", given=JUNE)
    with database.read() as session:
        assert clock.now(session, system=later(0)) == clock.now(session, system=later(9)) == JUNE


def test_a_test_clock_that_nobody_set_stands_before_any_protocol(database: Database, tmp_path: Path) -> None:
    made(database, tmp_path, "test")
    with database.read() as session:
        assert clock.now(session) == TEST_START


def test_a_test_clock_goes_where_it_is_set_but_never_back(world: World) -> None:
    world.at("2020-06-10 10:00").register()
    with world.installation.database.read() as session:
        newest = moment("2020-06-10 10:00")
        assert clock.newest(session) == newest
        assert clock.now(session, given=newest) == newest
        assert clock.now(session, given=newest + HOUR) == newest + HOUR
        assert clock.now(session, given=newest + HOUR).tzinfo is UTC
        with pytest.raises(ClockBackwardsError, match="the newest audit entry is of"):
            clock.now(session, given=newest - timedelta(microseconds=1))


def test_a_refused_time_leaves_everything_as_it_was(world: World) -> None:
    world.at("2020-06-10 10:00").register()
    one = world.one("1.1", "Authority A").id
    with pytest.raises(ClockBackwardsError):
        world.at("2020-06-09 10:00").act("a", one, "acknowledge")
    assert world.at("2020-06-10 10:00").actions(one) == ["assign"]


def test_a_demo_stands_still_until_it_runs_and_then_runs_on(database: Database, tmp_path: Path) -> None:
    made(database, tmp_path, "demo", demo_at=JUNE)
    with database.write() as session:
        begun = clock.now(session, system=later(0))
        assert begun == clock.now(session, system=later(3))
        clock.run_demo(session, running=True, system=later(3))
        assert clock.now(session, system=later(5)) == begun + 2 * HOUR
        clock.run_demo(session, running=False, system=later(5))
        assert clock.now(session, system=later(9)) == begun + 2 * HOUR


def test_a_demo_may_begin_to_run_at_another_time(database: Database, tmp_path: Path) -> None:
    made(database, tmp_path, "demo", demo_at=JUNE)
    with database.write() as session:
        start = NOON + 100 * HOUR
        clock.run_demo(session, running=True, at=start, system=later(0))
        assert clock.now(session, system=later(1)) == start + HOUR


@pytest.mark.parametrize(("running", "shown"), [(True, NOON + 101 * HOUR), (False, NOON + 100 * HOUR)])
def test_a_demo_that_is_set_goes_on_from_there_as_before(
    database: Database, tmp_path: Path, running: bool, shown: datetime
) -> None:
    made(database, tmp_path, "demo", demo_at=JUNE)
    with database.write() as session:
        clock.run_demo(session, running=running, system=later(0))
        clock.leap(session, NOON + 100 * HOUR, system=later(1))
        assert clock.now(session, system=later(2)) == shown


def test_a_demos_time_is_never_before_its_newest_entry(database: Database, tmp_path: Path) -> None:
    made(database, tmp_path, "demo", demo_at=JUNE)
    with database.write() as session:
        newest = clock.newest(session)
        clock.leap(session, JUNE - 100 * HOUR, system=later(0))
        assert clock.now(session, system=later(0)) == newest


def test_setting_the_time_moves_no_clock_but_a_demos(database: Database, tmp_path: Path) -> None:
    made(database, tmp_path, "test", given=JUNE)
    with database.write() as session:
        clock.leap(session, NOON)
        assert clock.now(session) == JUNE
