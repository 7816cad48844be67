"""Databases to measure on, and worlds in them."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from models import guards, schema
from models.database import Database
from tests.conftest import POSTGRES
from tests.postgres import administer
from tests.world import World


@contextmanager
def databases() -> Iterator[list[tuple[str, Callable[[], World]]]]:
    """(name, maker of a fresh world) for each kind of database that is there."""
    made: list[Database] = []
    folder = Path(tempfile.mkdtemp(prefix="poruchenie-bench-"))

    def world(kind: str) -> World:
        name = f"bench_{uuid4().hex[:8]}"
        if kind == "SQLite":
            url = make_url(f"sqlite:///{folder / name}.db")
        else:
            administer(POSTGRES, f"CREATE DATABASE {name}")
            url = POSTGRES.set(database=name)
        database = Database(url)
        made.append(database)
        schema.upgrade(database)
        return World.found(database, folder / f"{name}-home")

    kinds = ["SQLite", *(["PostgreSQL"] if _postgres() else [])]
    try:
        yield [(kind, lambda kind=kind: world(kind)) for kind in kinds]  # type: ignore[misc]  # mypy cannot see the default
    finally:
        for database in made:
            database.close()
            if database.engine.dialect.name == "postgresql":
                administer(POSTGRES, f"DROP DATABASE {database.url.database} WITH (FORCE)")
        shutil.rmtree(folder, ignore_errors=True)


def _postgres() -> bool:
    try:
        administer(POSTGRES, "SELECT 1")
    except OperationalError:
        return False
    return True


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


FILLED = ("entries", "disclosures", "assignments", "protocols", "items")


def unguarded(world: World) -> None:
    """Drop the triggers, to fill tables with a million rows in seconds."""
    with world.installation.database.writer.begin() as connection:
        if connection.dialect.name == "sqlite":
            names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
            for name in list(names):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in FILLED:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def guarded(world: World) -> None:
    """Put the triggers back: verification names those that lack."""
    with world.installation.database.writer.begin() as connection:
        if connection.dialect.name == "sqlite":
            for statement in guards.statements("sqlite"):
                connection.exec_driver_sql(statement)
        else:
            for table in FILLED:
                connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


ROSTER_HEAD = "organisation,superior,email,head,group,aliases,since,until\n"


def schools(count: int) -> str:
    """A roster of one group of so many schools."""
    rows = (f"Place {number},Ministry,p{number}@example.org,,Places,Директорам гимназий,,\n" for number in range(count))
    return ROSTER_HEAD + "".join(rows)


def protocol(items: int, number: int = 1) -> str:
    """A protocol of so many items for that group."""
    decided = "".join(f"1.{item} представить сведения под номером {item}.\n\n" for item in range(1, items + 1))
    return (
        f"ПРОТОКОЛ № {number}\n\nсовещания\n\n1 июня 2020 года\n\nРЕШИЛИ:\n\n1. Директорам гимназий:\n\n{decided}"
        "Срок – 30 июня 2020 года.\n\nДиректор департамента\n\nО.П. Камышова\n"
    )
