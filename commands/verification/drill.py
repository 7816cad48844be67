"""A drill: a *copy* of the database and of the log's files is corrupted in many ways, to see what the alarm looks like.

The installation itself is only read.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, make_url, select
from sqlalchemy.orm import Session

from audit.merkle.tiles import BUNDLES, Tile
from audit.trails.tables import metadata
from audit.trails.verify import Fault, Remark
from commands.context.installation import Installation
from commands.verification.verify import verify
from models import schema
from models.database import Database
from states.refusal import N_, ConflictError

_ROWS = 1_000


class NothingToDrillError(ConflictError):
    """A log with too little in it."""

    template = "There is too little in the log for a drill: seal at least one accepted or submitted assignment first."


@dataclass(frozen=True, slots=True)
class Exercise:
    """One way to corrupt, by SQL (`statements`) or in a file of the log."""

    title: str
    statements: tuple[str, ...] = ()
    spoil: Callable[[Path], None] | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """The answer of verification. `faults` is empty where it says nothing: then the drill has failed."""

    title: str
    faults: tuple[Fault, ...]


_FIRST = "(SELECT min(trail) FROM leaves WHERE trail LIKE 'assignment:%')"
_ONE = f"trail = {_FIRST} AND seq = 1"
_ROW = f"'assignment:' || id = {_FIRST}"


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)


def _flip_first(folder: Path, level: int | str) -> None:
    """In the first tile or bundle, however wide it is."""
    full = folder / Tile(level, 0).path
    partial = sorted((folder / Tile(level, 0, 1).path).parent.glob("*"), key=lambda each: int(each.name))
    _flip(full if full.exists() else partial[-1])


EXERCISES = (
    Exercise(N_("one byte of an entry is changed"), (f"UPDATE entries SET body = {{spoiled}} WHERE {_ONE}",)),
    Exercise(N_("the hash of an entry is changed"), (f"UPDATE entries SET hash = body WHERE {_ONE}",)),
    Exercise(N_("an entry is deleted"), (f"DELETE FROM entries WHERE {_ONE}",)),
    Exercise(N_("the time of an entry is set back"), (f"UPDATE entries SET at = '1999-01-01' WHERE {_ONE}",)),
    Exercise(N_("a disclosed text is replaced"), (f"UPDATE disclosures SET value = 'x' WHERE {_ONE}",)),
    Exercise(N_("a disclosed text is taken away"), (f"DELETE FROM disclosures WHERE {_ONE}",)),
    Exercise(N_("a deadline is moved in the table"), (f"UPDATE assignments SET due = '2099-01-01' WHERE {_ROW}",)),
    Exercise(N_("lateness is wiped out of the table"), (f"UPDATE assignments SET late = NOT late WHERE {_ROW}",)),
    Exercise(N_("an assignment is deleted from the table"), (f"DELETE FROM assignments WHERE {_ROW}",)),
    Exercise(N_("a count of the board is changed"), ("UPDATE tallies SET number = number + 1",)),
    Exercise(N_("an entry loses its place in the log"), (f"DELETE FROM leaves WHERE {_ONE}",)),
    Exercise(N_("the rules of the lifecycle are replaced"), ("UPDATE lifecycles SET declared = hash",)),
    Exercise(N_("an entry is changed in the log's files"), spoil=lambda folder: _flip_first(folder, BUNDLES)),
    Exercise(N_("a hash is changed in the log's files"), spoil=lambda folder: _flip_first(folder, 0)),
    Exercise(N_("the checkpoint is changed"), spoil=lambda folder: _flip(folder / "checkpoint")),
    Exercise(N_("the checkpoint is taken away"), spoil=lambda folder: (folder / "checkpoint").unlink()),
)


def drill(installation: Installation, folder: Path) -> Iterator[Alarm]:
    """Copy into an empty folder, corrupt, verify, put right, and again. Raises NothingToDrillError, OSError."""
    copied = _copied(installation, folder)
    for each in EXERCISES:
        yield Alarm(each.title, tuple(_tried(copied, each)))
    copied.database.close()


def _copied(installation: Installation, folder: Path) -> Installation:
    """An SQLite copy, whatever the database is, with a copy of the log's files and the same keys."""
    url = make_url(f"sqlite:///{folder / 'copy.db'}")
    database = Database(url)
    schema.upgrade(database)
    with installation.database.read() as session, _unguarded(database) as target:
        triggers = _dropped_triggers(target)
        _fill(session.connection(), target)
        for trigger in triggers:
            target.exec_driver_sql(trigger)
        target.commit()
    shutil.copytree(installation.settings.seal.tiles, folder / "tiles", dirs_exist_ok=True)
    seal = replace(installation.settings.seal, tiles=folder / "tiles")
    return replace(installation, database=database, settings=replace(installation.settings, seal=seal))


@contextmanager
def _unguarded(database: Database) -> Iterator[Connection]:
    """A connection that keys do not stop; what is not committed is undone."""
    with database.writer.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF").close()
        try:
            yield connection
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys = ON").close()


def _dropped_triggers(connection: Connection) -> list[str]:
    """Drop all triggers of a copy; the statements that make them anew."""
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [sql for _, sql in found]


def _fill(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:
        target.execute(table.delete())
        rows = source.execute(select(table).execution_options(yield_per=_ROWS)).mappings()
        for some in rows.partitions():
            target.execute(insert(table), [dict(row) for row in some])


def _tried(copied: Installation, exercise: Exercise) -> Iterator[Fault]:
    tiles = copied.settings.seal.tiles
    kept = tiles.with_name("kept")
    shutil.copytree(tiles, kept)
    try:
        if exercise.spoil:
            exercise.spoil(tiles)
        with _unguarded(copied.database) as connection:
            triggers = _dropped_triggers(connection)
            for statement in exercise.statements:
                spoiled = statement.replace("{spoiled}", "CAST(body || 'x' AS BLOB)")
                if not connection.exec_driver_sql(spoiled).rowcount:
                    raise NothingToDrillError
            for trigger in triggers:  # as whoever wants to stay unseen puts them back
                connection.exec_driver_sql(trigger)
            with Session(connection, join_transaction_mode="rollback_only") as session:
                tx = copied.transaction(session)
                yield from (each for each in verify(copied, tx) if not isinstance(each, int | Remark))
    finally:
        shutil.rmtree(tiles)
        kept.rename(tiles)
