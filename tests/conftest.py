"""What all tests share: a migrated database of each kind, and a small world with a clock to move."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from commands.context.language import use
from commands.context.log_lines import configure
from models import schema
from models.database import Database
from tests.postgres import Lender, administer
from tests.sentences import ROOT
from tests.world import World

POSTGRES = make_url(os.environ.get("PORUCHENIE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"))
IN_CI = "PORUCHENIE_CI" in os.environ
settings.register_profile("untimed", deadline=None)  # a slow machine is no fault of ours
settings.load_profile("untimed")
os.environ |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}  # Prefect's servers call nobody


def missing(what: str) -> None:
    """A real component is not there: skipped on a developer's machine, a failure in CI."""
    if IN_CI:
        pytest.fail(f"{what}; in CI nothing may be skipped for that")
    pytest.skip(what)


QUICK = {"states", "intake", "audit", "commands", "fundamentals"}
"""Folders of tests that `--quick` takes, beside the files of this one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    said = "what `make check` runs: the floors below flows and desk, on SQLite, and a dozen journeys of the desk"
    parser.addoption("--quick", action="store_true", help=said)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--quick"):
        config.hook.pytest_deselected(items=[item for item in items if not _is_quick(item)])
        items[:] = filter(_is_quick, items)


def _is_quick(item: pytest.Item) -> bool:
    made_with = getattr(item, "callspec", None)
    if item.get_closest_marker("slow") or (made_with and "postgresql" in made_with.params.values()):
        return False
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    if folder == "audit":
        return "database" not in getattr(item, "fixturenames", ())  # on the database it is tested with commands
    return folder in QUICK or folder.endswith(".py") or item.get_closest_marker("journey") is not None


@pytest.fixture(autouse=True)
def _english() -> None:
    use("en", World.ZONE)
    configure()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(make_url(f"sqlite:///{file}"))
    schema.upgrade(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    name = f"poruchenie_template_{uuid4().hex[:8]}"
    try:
        administer(POSTGRES, f"CREATE DATABASE {name}")
    except OperationalError as error:
        missing(f"no PostgreSQL at {POSTGRES}: {error.orig}")
    database = Database(POSTGRES.set(database=name))
    schema.upgrade(database)
    database.close()
    yield name
    administer(POSTGRES, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def lender(postgres_template: str) -> Iterator[Lender]:
    made = Lender(POSTGRES, postgres_template)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database of each kind."""
    with fresh(request, tmp_path) as made:
        yield made


@contextmanager
def fresh(request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    """A migrated, empty database of the kind that the request's parameter names."""
    if request.param == "sqlite":
        file = folder / "poruchenie.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        made = Database(make_url(f"sqlite:///{file}"))
        yield made
        made.close()
        return
    lender: Lender = request.getfixturevalue("lender")
    made = lender.lend()
    yield made
    lender.take_back(made)


@pytest.fixture(scope="session")
def founded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a world as it was founded, on SQLite."""
    home = tmp_path_factory.mktemp("founded")
    file = home / "poruchenie.db"
    shutil.copy(sqlite_template, file)
    database = Database(make_url(f"sqlite:///{file}"))
    World.found(database, home)
    database.close()  # whereupon all of it lies in one file
    return home


@pytest.fixture
def world(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> World:
    """A ministry with a small roster, accounts and a test clock at 1 June 2020, 09:00 Moscow time."""
    if database.engine.dialect.name != "sqlite":
        return World.found(database, tmp_path)
    shutil.copytree(request.getfixturevalue("founded"), tmp_path, dirs_exist_ok=True)
    return World.of(database, tmp_path)


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Published test vectors; they are no part of the repository."""
    default = ROOT.parent / "shared" / "vectors"
    folder = Path(os.environ.get("PORUCHENIE_VECTORS", default))
    if not folder.exists():
        missing("the published vectors are not there: set PORUCHENIE_VECTORS to their folder")
    return folder


@pytest.fixture
def sealed(world: World) -> tuple[World, int]:
    """A world with an assignment of seven entries, sealed."""
    world.register()
    number = world.one("1.2", "Authority A").id
    world.act("a", number, "acknowledge")
    world.act("a", number, "submit", note="Готово\u202eи точка", files={"plan.pdf": b"plan"})
    world.act("reviewer", number, "return", note="Нет дат")
    world.act("a", number, "submit", note="С датами")
    world.act("reviewer", number, "review", note="Complete")
    world.act("controller", number, "accept")
    world.seal()
    return world, number
