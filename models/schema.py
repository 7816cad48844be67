"""Brings a database to the schema of this version, by Alembic, whole or not at all."""

from contextlib import ExitStack
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, inspect, text

import models.access
import models.accounts
import models.instance
import models.log
import models.outbox
import models.protocols
import models.rosters  # noqa: F401 - each import registers its tables
from audit.trails.declared_rules import declare
from models.base import Base
from models.clock import NotInitialisedError
from models.database import Database
from states.refusal import UnavailableError
from states.subjects import LIFECYCLES

if TYPE_CHECKING:
    from alembic.config import Config

metadata = Base.metadata


class SchemaError(UnavailableError):
    """The database has another schema than this program."""

    template = (
        "The database has schema {found}, this program needs {needed}. "
        "Run “poruchenie init” to bring an older database up to date, or use the program that made a newer one."
    )


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as below

    config = Config()
    config.set_main_option("script_location", str(files("models") / "migrations"))
    config.attributes["connection"] = connection
    return config


def needed() -> str:
    """The newest revision that this program knows."""
    return max(known())


def known() -> frozenset[str]:
    """Every revision that this program knows: a file `0002_….py` is the revision 0002, which follows 0001."""
    scripts = (files("models") / "migrations" / "versions").iterdir()
    return frozenset(each.name.partition("_")[0] for each in scripts if each.name.endswith(".py"))


def current(connection: Connection) -> str | None:
    """The revision that the database has, or None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def empty(database: Database) -> bool:
    """Whether the database has no tables of ours yet. Raises DatabaseAwayError."""
    with database.read() as session:
        return current(session.connection()) is None


def check(database: Database, *, maimed: bool = False) -> None:
    """Raises NotInitialisedError or SchemaError unless the database has this program's schema.

    `maimed`: one that has tables of ours passes though no revision stands in it, for whoever is to name what it lacks.
    """
    if not database.exists():
        raise NotInitialisedError
    with database.read() as session:
        found = current(session.connection())
        there = maimed and not metadata.tables.keys().isdisjoint(inspect(session.connection()).get_table_names())
    if found is None and not there:
        raise NotInitialisedError
    if (found is None and not maimed) or found not in (None, needed()):
        raise SchemaError(found=found, needed=needed())


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to `revision`, and make today's lifecycles known to it. Raises SchemaError for a newer one."""
    database.make_file()
    _migrate(database, "upgrade", revision)
    if revision == "head":
        with database.write() as session:
            _take_turns(session.connection())
            rules = {each.hash: each.declared for each in LIFECYCLES.values()}
            declare(session, rules, {each.hash: each.legal() for each in LIFECYCLES.values()})


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to `revision`."""
    _migrate(database, "downgrade", revision)


def _migrate(database: Database, direction: Literal["upgrade", "downgrade"], revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - whoever migrates nothing need not wait for Alembic

    run = {"upgrade": command.upgrade, "downgrade": command.downgrade}[direction]
    sqlite = database.engine.dialect.name == "sqlite"
    with database.reachable(), database.writer.connect() as connection, ExitStack() as stack:
        if sqlite:
            # SQLite rebuilds a table by dropping it, which with foreign keys on would empty its children.
            # The pragma is silently ignored inside a transaction, so it goes around SQLAlchemy's BEGIN.
            _foreign_keys(connection, "OFF")
            stack.callback(_foreign_keys, connection, "ON")  # whatever comes: the pool gives it to others next
        with connection.begin():
            _take_turns(connection)
            _check_known(connection)
            run(_config(connection), revision)
            if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).first()):
                raise RuntimeError(f"the migration broke a foreign key: {broken}")


def _take_turns(connection: Connection) -> None:
    """On PostgreSQL one migration after the other; on SQLite writers take turns anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7061)"))


def _check_known(connection: Connection) -> None:
    found = current(connection)
    if found is not None and found not in known():
        raise SchemaError(found=found, needed=needed())


def _foreign_keys(connection: Connection, switch: str) -> None:
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA foreign_keys = {switch}")
