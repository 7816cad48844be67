"""PostgreSQL for tests: one database lent again and again, emptied in between, for making one takes a second."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError

from models.database import Database
from models.schema import metadata

_KEPT = {"lifecycles", "edges"}
_EMPTYING = "; ".join(
    (
        "SET LOCAL lock_timeout = '5s'",
        "SET LOCAL session_replication_role = replica",  # which puts guards and keys to sleep, for a superuser
        *(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables) if table.name not in _KEPT),
        *(f"ALTER SEQUENCE {table}_id_seq RESTART" for table in ("pending", "notices", "messages")),
    )
)
_SHAPE = """
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT tgname || tgenabled || tgrelid::regclass AS line FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT proname || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT table_name || column_name || data_type || is_nullable
            FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT encode(hash, 'hex') || encode(declared, 'hex') FROM lifecycles
        UNION ALL SELECT action || source || state || encode(lifecycle, 'hex') FROM edges
        UNION ALL SELECT version_num FROM alembic_version
    ) AS everything
"""


def administer(server: URL, statement: str) -> None:
    """Run a statement outside any transaction."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@dataclass
class Lender:
    """Copies of a template on a server. What a test has left in another shape is thrown away."""

    server: URL
    template: str
    ready: str | None = None
    shape: str | None = None

    def lend(self) -> Database:
        name, self.ready = self.ready or self.made(), None
        return Database(self.server.set(database=name))

    def take_back(self, lent: Database) -> None:
        lent.close()
        name = str(lent.url.database)
        if self.ready is None and self._emptied(lent.url):
            self.ready = name
        else:
            self.drop(name)

    def made(self) -> str:
        name = f"poruchenie_test_{uuid4().hex[:12]}"
        administer(self.server, f"CREATE DATABASE {name} TEMPLATE {self.template}")
        # A test need not wait for the disk; those of crashes have a server of their own.
        administer(self.server, f"ALTER DATABASE {name} SET synchronous_commit = off")
        return name

    def drop(self, name: str) -> None:
        administer(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        if self.ready:
            self.drop(self.ready)

    def _emptied(self, url: URL) -> bool:
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                shape = connection.exec_driver_sql(_SHAPE).scalar_one()
                self.shape = self.shape or self._first_shape()
                connection.exec_driver_sql(_EMPTYING)
        except DBAPIError:
            return False
        finally:
            engine.dispose()
        return bool(shape == self.shape)

    def _first_shape(self) -> str:
        engine = create_engine(self.server.set(database=self.template))
        with engine.connect() as connection:
            shape: str = connection.exec_driver_sql(_SHAPE).scalar_one()
        engine.dispose()
        return shape
