"""The same work by several at once: it is done once, nobody meets an error, and the log holds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from commands.bootstrap import AlreadyInitialisedError, initialise
from commands.context.actors import actor_for_login, system
from commands.context.installation import Installation, Transaction
from commands.protocols.recurrence import renew
from commands.protocols.registration import Register, register
from commands.rosters.roster_import import import_roster
from commands.sweeps import sweeps
from models import policy
from models.database import Database
from models.instance import Sweep
from models.rosters import Group
from models.settings import Settings
from tests.world import PROTOCOL, ROSTER, World, moment

ABREAST = 4


def abreast(work: Callable[[int], Any]) -> list[Any]:
    """Start the same work in several threads at the same moment; their results or errors."""
    gate = Barrier(ABREAST)

    def one(number: int) -> Any:
        gate.wait()
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - told to the test
            return error

    with ThreadPoolExecutor(ABREAST) as pool:
        return list(pool.map(one, range(ABREAST)))


def test_the_next_period_is_made_once(world: World) -> None:
    monthly = PROTOCOL.replace("Срок – до 30 июня 2020 года.", "Срок – ежемесячно.")
    world.register(monthly)
    world.at("2020-07-02 09:00")

    def work(_number: int) -> int:
        def batch(tx: Transaction) -> Any:
            return renew(tx, system(tx, "flow:registration"), batch=1)

        return sum(step.made for step in world.installation.batches(batch))

    assert sum(abreast(work)) == 2
    assert world.faults() == []


def test_the_first_sweeps_of_a_new_database(world: World) -> None:
    told = abreast(lambda _: sweeps.sweep(world.installation))
    assert [each for each in told if isinstance(each, Exception)] == []
    with world.installation.read() as tx:
        assert set(tx.session.scalars(select(Sweep.name))) == set(sweeps.SWEEPS)


@pytest.fixture
def bare(database: Database, tmp_path: Path) -> World:
    """Before `init`."""
    settings = Settings.read({"PORUCHENIE_HOME": str(tmp_path), "PORUCHENIE_LANGUAGE": "en"})
    settings = replace(settings, database_url=database.url)
    start = moment("2020-06-01 09:00")
    return World(Installation(settings, policy.load(), database, start, lambda: start))


def test_of_several_beginnings_one_makes_the_accounts(bare: World) -> None:
    told = abreast(lambda _: initialise(bare.installation, "admin", "controller", clock="test"))
    assert [type(each) for each in told if each is not None] == [AlreadyInitialisedError] * (ABREAST - 1)
    assert bare.faults() == []


def test_a_roster_imported_by_several_into_an_empty_database_is_there_once(bare: World) -> None:
    initialise(bare.installation, "admin", "controller", clock="test")

    def work(_number: int) -> tuple[int, int]:
        with bare.installation.write() as tx:
            done = import_roster(tx, actor_for_login(tx, "controller", "cli:tester"), ROSTER.encode(), "roster.csv")
        return done.created, done.unchanged

    assert sorted(abreast(work)) == [(0, 9)] * (ABREAST - 1) + [(9, 0)]
    assert bare.faults() == []


def test_mappings_remembered_beside_an_import_are_all_kept(world: World) -> None:
    changed = "organisation,group,aliases\nAuthority A,Authorities,Районам {}\n"

    def work(number: int) -> None:
        with world.installation.write() as tx:
            if number % 2:
                clerk = actor_for_login(tx, "clerk", "cli:tester")
                text = PROTOCOL.replace("Главам районов", f"Префектам {number}").replace("№ 5", f"№ {number}")
                mapping = {f"Префектам {number}": "Authorities"}
                register(tx, clerk, Register(text.encode(), "protocol.txt", mapping))
            else:
                controller = actor_for_login(tx, "controller", "cli:tester")
                import_roster(tx, controller, changed.format(number).encode(), "roster.csv")

    assert abreast(work) == [None] * ABREAST
    with world.installation.read() as tx:
        group = tx.session.scalars(select(Group).where(Group.name == "Authorities")).one()
    assert set(group.aliases) == {"Главам районов", "Районам 0", "Префектам 1", "Районам 2", "Префектам 3"}
    assert world.faults() == []
