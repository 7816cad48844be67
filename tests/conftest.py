"""What all tests share: a migrated database of each kind, and a small world with a clock to move."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
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
os.environ |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}  # Prefect's servers call nobody


def missing(what: str) -> None:
    """A real component is not there: skipped on a developer's machine, a failure in CI."""
    if IN_CI:
        pytest.fail(f"{what}; in CI nothing may be skipped for that")
    pytest.skip(what)


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


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """A ministry with a small roster, accounts and a test clock at 1 June 2020, 09:00 Moscow time."""
    return World.found(database, tmp_path)


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
