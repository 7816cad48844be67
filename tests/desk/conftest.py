"""Towns for tests of the desk, each made once and copied from then on."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest

from commands.bootstrap import initialise
from models.settings import Settings
from states.lifecycle import Role
from tests.desk.letters import MORNING
from tests.desk.town import LETTER, SAMPLE, Reader, Town
from tests.world import MOSCOW


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """Where the town lives: SQLite, unless a file of tests asks for PostgreSQL as well."""
    return getattr(request, "param", "sqlite")


@dataclass(frozen=True)
class Towns:
    """Towns as they were after each step of their making, to be copied: only the first of each is made."""

    folder: Path

    def laid(self, town: Town, name: str, make: Callable[[Town], None]) -> Town:
        """The town after this step."""
        home, kept = town.settings.home, self.folder / name
        if town.database.url.get_backend_name() != "sqlite":
            make(town)
        elif kept.exists():
            town.database.close()
            for file in home.glob("poruchenie.db*"):
                file.unlink()
            shutil.copytree(kept, home, dirs_exist_ok=True)
        else:
            make(town)
            town.database.close()  # whereupon all of it lies in one file
            shutil.copytree(home, kept)
        return town


@pytest.fixture(scope="session")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Towns:
    return Towns(tmp_path_factory.mktemp("towns"))


@pytest.fixture
def empty(kind: str, towns: Towns, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """A database without a protocol."""
    settings = Settings.read({"PORUCHENIE_HOME": str(tmp_path)})
    if kind == "sqlite":
        town = towns.laid(Town.of(settings), "empty", _begin)
        yield town
        town.database.close()
        return
    lender = request.getfixturevalue("lender")
    lent = lender.lend()
    yield towns.laid(Town(replace(settings, database_url=lent.url), lent), "empty", _begin)
    lender.take_back(lent)


def _begin(town: Town) -> None:
    initialise(town.at(), "admin", "controller", clock="test")


@pytest.fixture
def demo(tmp_path: Path) -> Town:
    """An empty demo whose time stands on 1 June 2020."""
    town = Town.of(Settings.read({"PORUCHENIE_HOME": str(tmp_path)}))
    initialise(town.at(), "admin", "controller", clock="demo", demo_at=datetime(2020, 6, 1, 9, tzinfo=MOSCOW))
    return town


@pytest.fixture
def town(empty: Town, towns: Towns) -> Town:
    """The sample protocol under control since 1 June 2020, nothing done yet."""
    return towns.laid(empty, "town", _settle)


def _settle(town: Town) -> None:
    town.world("2020-06-01T09:00").import_roster((SAMPLE / "roster.csv").read_text("utf-8"))
    town.account("clerk", Role.REGISTRAR)
    town.account("reviewer", Role.REVIEWER)
    town.register()


@pytest.fixture
def varied(town: Town, towns: Towns) -> Town:
    """Every state at once on 4 June 2020, the day after the first deadlines. Item 1.1 in the order of addressees:
    submitted, returned, reviewed, accepted, withdrawn; accepted, but late; the others are overdue.
    """
    return towns.laid(town, "varied", _vary)


def _vary(town: Town) -> None:
    first, second, third, fourth, fifth, sixth = (town.line("1.1", position).id for position in range(6))
    for number in (first, second, third, fourth):
        town.act("2020-06-02T10:00", "clerk", number, "submit", "Отчёт представлен письмом.", (LETTER,))
    town.act("2020-06-02T11:00", "reviewer", second, "return", "Не указаны телефоны.")
    for number in (third, fourth):
        town.act("2020-06-02T12:00", "reviewer", number, "review", "Замечаний нет.")
    town.act("2020-06-02T15:00", "controller", fourth, "accept")
    town.act("2020-06-02T16:00", "controller", fifth, "withdraw", "Резолюция министра от 02.06.2020 № 7")
    town.act("2020-06-04T09:00", "clerk", sixth, "submit", "Отчёт представлен письмом.", (LETTER,))
    town.act("2020-06-04T09:10", "reviewer", sixth, "review", "Замечаний нет.")
    town.act("2020-06-04T09:20", "controller", sixth, "accept")
    town.sweep("2020-06-04T09:30")


@pytest.fixture
def reader(varied: Town) -> Reader:
    """Reads the varied town as of 4 June 2020."""
    return varied.reader("2020-06-04T09:31")


@pytest.fixture
def linked(town: Town) -> Town:
    """The town with links in its letters; those of the first morning are sent."""
    rules = (files("models") / "data" / "policy.toml").read_text(encoding="utf-8")
    policy = town.settings.home / "policy.toml"
    policy.write_text(rules.replace("mail_links = false", "mail_links = true"), encoding="utf-8")
    made = replace(town, settings=replace(town.settings, policy_file=policy))
    made.sweep(MORNING)  # comes into force
    made.sweep(MORNING)
    return made
