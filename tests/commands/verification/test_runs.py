"""The last verification is kept and judged; while one goes on, everybody goes on working."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from commands.context.language import speaking
from commands.log.sealing import store_of
from commands.sweeps import sweeps
from commands.verification.alarms import FaultsFoundError, UnverifiedError
from commands.verification.last_run import last_verified
from commands.verification.runs import Run, verified
from desk.doctor import examine
from models.instance import Verification
from tests.world import World


def run(world: World, kept: bytes | None = None) -> Run:
    *_, last = verified(world.installation, "cli:tester", kept)
    return last


def kept(world: World) -> Verification | None:
    with world.installation.read() as tx:
        return last_verified(tx).last


def spoil(world: World) -> None:
    """Somebody who drops a trigger and puts other words into an entry."""
    with world.installation.database.writer.begin() as connection:
        on = " ON entries" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER entries_unchanged{on}")
        other = "'{}'::bytea" if on else "CAST('{}' AS BLOB)"
        connection.exec_driver_sql(f"UPDATE entries SET body = {other} WHERE trail = 'assignment:1' AND seq = 1")


def test_what_was_read_and_found_is_kept_with_who_asked(world: World) -> None:
    world.register()
    world.seal()
    done = run(world)
    told = kept(world)
    assert told
    assert (told.asked, told.entries, told.faults, told.first) == ("cli:tester", done.entries, 0, [])
    assert told.size == done.entries
    assert len(told.root) == 64


def test_faults_are_kept_in_every_language(world: World) -> None:
    world.register()
    spoil(world)
    run(world)
    told = kept(world)
    assert told
    assert told.faults > 0
    assert told.first[0]["trail"] == "assignment:1"
    assert "the stored bytes do not give the stored hash" in told.first[0]["en"]
    assert "байты" in told.first[0]["ru"]


def test_a_run_that_read_less_is_kept_only_for_its_faults(world: World) -> None:
    world.register()
    world.seal()
    with world.installation.read() as tx:
        checkpoint = store_of(tx.settings).checkpoint()
    run(world, checkpoint)
    assert kept(world) is None
    spoil(world)
    assert run(world, checkpoint).faults
    assert kept(world)


def test_only_so_many_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.verification.runs.REMEMBERED", 2)
    for _ in range(4):
        run(world)
    with world.installation.read() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Verification)) == 2


def test_while_it_reads_others_write_and_seal_and_that_is_no_fault(world: World) -> None:
    world.register()
    world.seal()
    going = verified(world.installation, "cli:tester")
    next(going)
    world.act("a", 1, "acknowledge")
    world.seal()
    *_, last = going
    assert [str(each) for each in last.faults] == []
    assert kept(world)


def test_faults_that_were_found_are_an_alarm_until_the_next_verification(world: World) -> None:
    world.register()
    run(world)
    sweeps.watch_log(world.installation)
    spoil(world)
    sweeps.watch_log(world.installation)
    run(world)
    with pytest.raises(FaultsFoundError, match="does not hold: faults"):
        sweeps.watch_log(world.installation)
    with speaking("en"):
        assert [each.ok for each in examine(world.installation) if each.name == "Verification"] == [False]


def later(world: World, days: int) -> World:
    moment = datetime.now(UTC) + timedelta(days=days)
    return World(replace(world.installation, system=lambda: moment))


def test_a_verification_older_than_the_policy_allows_is_an_alarm(world: World) -> None:
    run(later(world, 0))
    sweeps.watch_log(later(world, 6).installation)
    with pytest.raises(UnverifiedError, match="Nobody has verified"):
        sweeps.watch_log(later(world, 8).installation)
    world.offer(audit=world.installation.policy.rules.audit.model_copy(update={"verified_days": 30}))
    world.sweep()
    sweeps.watch_log(later(world, 8).installation)
