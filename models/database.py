"""The database: one request, one transaction. Writers on SQLite begin IMMEDIATE, readers plainly."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, MultipleResultsFound, OperationalError
from sqlalchemy.orm import Session

from models.folders import private_file, private_folder
from states.refusal import DamagedError, InvalidError, UnavailableError

BUSY_MS = 30_000


class DatabaseAwayError(UnavailableError):
    """The database does not answer, or answers what no database should."""

    template = "The database {database} does not answer: {reason}. Nothing was written; check it and try again."


class NotAloneError(DamagedError):
    """Several rows under what only one may have, which a key or an index of the schema no longer keeps apart."""

    template = (
        "The database holds several rows where there may be one only: a key of its schema was taken out. "
        "Run “poruchenie audit verify”, and keep a copy of the database as it is."
    )


class NulError(InvalidError):
    """Text with a NUL: PostgreSQL keeps none, so SQLite gets none either."""

    template = "“{text}” holds a NUL (the character of number 0), which no text may hold. Take it out and try again."


class Database:
    """An engine with the two kinds of transactions that there are."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = _engine(url)
        self.writer = self.engine.execution_options(writer=True)
        self.noticed = False  # whether somebody has looked since the start if a backup was restored

    def exists(self) -> bool:
        """False for an SQLite file that is not there yet: connecting would make one."""
        file = self.url.database
        if self.engine.dialect.name != "sqlite" or file in (None, "", ":memory:"):
            return True
        try:
            return Path(file or "").exists()
        except OSError:  # a folder that may not be entered: connecting will say so
            return True

    def make_file(self) -> None:
        """An SQLite file and its folder, for this user alone; SQLite's own files beside it take its mode.

        Raises DatabaseAwayError.
        """
        if self.engine.dialect.name == "sqlite" and self.url.database not in (None, "", ":memory:"):
            file = Path(self.url.database or "").absolute()
            try:
                private_folder(file.parent)
                private_file(file)
            except OSError as error:
                shown = self.url.render_as_string(hide_password=True)
                raise DatabaseAwayError(database=shown, reason=error.strerror) from error

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end of the block, rolled back on any exception."""
        with self.reachable(), Session(self.writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One transaction that sees a single state of the database and writes nothing."""
        options = {"postgresql_readonly": True}
        if self.engine.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"  # type: ignore[assignment]  # options are heterogeneous
        with self.reachable(), Session(self.engine.execution_options(**options)) as session:
            yield session

    def forget(self) -> None:
        """Drop what was deleted from SQLite's log, too. PostgreSQL's goes by VACUUM, and from its own log.

        Raises DatabaseAwayError.
        """
        with self.reachable(), self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                free = connection.execution_options(isolation_level="AUTOCOMMIT")
                free.exec_driver_sql("VACUUM disclosures")

    @contextmanager
    def reachable(self) -> Iterator[None]:
        """Turn a driver's word that the database is away or broken into DatabaseAwayError.

        Raises NotAloneError where a query found several rows for one.
        """
        try:
            yield
        except MultipleResultsFound as error:
            raise NotAloneError from error
        except DBAPIError as error:
            if error.connection_invalidated or _away(error):
                shown = self.url.render_as_string(hide_password=True)
                reason = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
                raise DatabaseAwayError(database=shown, reason=reason) from error
            raise

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _away(error: DBAPIError) -> bool:
    """Not a broken rule or a wrong statement, but a database that is gone, full, locked or no database at all."""
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def _engine(url: URL) -> Engine:
    # Parameters hold names, notes and hashes of passwords: none of that belongs in a log of failures.
    if url.get_backend_name() == "postgresql":
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 10})
        event.listen(engine, "connect", _interpret)
    else:
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_MS / 1000})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return engine


def _refuse_nul(_connection: Any, _cursor: Any, _statement: str, values: Any, _context: Any, many: bool) -> None:  # noqa: ANN401, FBT001 - SQLAlchemy's
    """Raises NulError."""
    for row in values if many else (values,):
        for value in row.values() if isinstance(row, dict) else row or ():
            if type(value) is str and "\0" in value:
                raise NulError(text=value[:100].replace("\0", "␀"))


def _prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own types
    connection.isolation_level = None  # we say BEGIN ourselves
    # Not every build of SQLite overwrites what is deleted, and personal data that are erased must be gone.
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "recursive_triggers = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _interpret(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own types
    """PostgreSQL takes longer to compile what a page asks than to answer it."""
    connection.autocommit = True
    connection.execute("SET jit = off")
    connection.autocommit = False


def _begin(connection: Connection) -> None:
    writer = connection.get_execution_options().get("writer")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")
