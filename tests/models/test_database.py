"""One transaction, whole or not at all; a database that does not answer is said so, without its password."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import URL, insert, make_url, select, text
from sqlalchemy.exc import IntegrityError, InternalError
from sqlalchemy.orm import Session

from models import schema
from models.base import table_of
from models.database import Database, DatabaseAwayError, NulError
from models.instance import Counter
from tests.conftest import POSTGRES
from tests.world import free_port

COUNTERS = table_of(Counter)


def put(session: Session, kind: str) -> None:
    session.execute(insert(COUNTERS).values(kind=kind, last=1))


def kinds(session: Session) -> set[str]:
    return set(session.scalars(select(COUNTERS.c.kind)))


def seen(database: Database) -> set[str]:
    with database.read() as session:
        return kinds(session)


class Trouble(Exception):  # noqa: N818 - it is none of ours
    """Anything at all goes wrong."""


def _fail_in_the_middle(database: Database) -> None:
    with database.write() as session:
        put(session, "one")
        put(session, "two")
        raise Trouble


def test_what_was_written_is_there_when_the_block_ends(database: Database) -> None:
    with database.write() as session:
        put(session, "one")
    assert seen(database) == {"one"}


def test_a_failure_undoes_the_whole_block(database: Database) -> None:
    with pytest.raises(Trouble):
        _fail_in_the_middle(database)
    assert seen(database) == set()


def test_reading_writes_nothing(database: Database) -> None:
    with suppress(InternalError), database.read() as session:  # PostgreSQL says at once that it is read-only
        put(session, "one")
    assert seen(database) == set()


def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_its_work(database: Database) -> None:
    with database.write() as session:
        put(session, "one")
        assert seen(database) == set()
        put(session, "two")
    assert seen(database) == {"one", "two"}


def test_a_reader_sees_one_state_to_its_end(database: Database) -> None:
    with database.read() as reader:
        assert kinds(reader) == set()
        with database.write() as writer:
            put(writer, "one")
        assert kinds(reader) == set()
    assert seen(database) == {"one"}


def test_a_broken_rule_is_not_taken_for_a_database_that_is_away(database: Database) -> None:
    with database.write() as session:
        put(session, "one")
    with pytest.raises(IntegrityError), database.write() as session:
        put(session, "one")


def _nobody_listens() -> URL:
    return POSTGRES.set(host="127.0.0.1", port=free_port(), username="clerk", password="s3cret")


@pytest.mark.parametrize("url", [_nobody_listens(), POSTGRES.set(database="there_is_no_such", password="s3cret")])
def test_a_server_that_does_not_answer_is_named_without_its_password(url: URL) -> None:
    database = Database(url)
    with pytest.raises(DatabaseAwayError, match="does not answer") as refused, database.read() as session:
        session.execute(text("SELECT 1"))
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in str(refused.value.values)
    assert str(url.database) in str(refused.value)
    assert "\n" not in str(refused.value)


def _lose_the_connection(database: Database) -> None:
    with database.write() as session:
        put(session, "one")
        own = session.scalar(text("SELECT pg_backend_pid()"))
        with database.write() as other:
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        put(session, "two")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_that_goes_away_in_the_middle_has_written_nothing_and_is_found_again(database: Database) -> None:
    with pytest.raises(DatabaseAwayError):
        _lose_the_connection(database)
    assert seen(database) == set()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "poruchenie.db"


def open_(file: Path) -> Database:
    return Database(make_url(f"sqlite:///{file}"))


def test_a_locked_file_refuses_writers_in_a_sentence_and_lets_readers_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.upgrade(open_(file))
    monkeypatch.setattr("models.database.BUSY_MS", 20)
    database = open_(file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseAwayError, match="database is locked"), database.write() as session:
        put(session, "one")
    assert seen(database) == set()
    other.rollback()
    other.close()
    with database.write() as session:
        put(session, "one")


def test_a_file_that_is_no_database_is_said_so_and_left_alone(file: Path) -> None:
    file.write_bytes(b"Dear diary! " * 1000)
    for step in (schema.check, schema.upgrade):
        with pytest.raises(DatabaseAwayError, match="file is not a database"):
            step(open_(file))
    assert file.read_bytes() == b"Dear diary! " * 1000


def test_a_folder_in_the_place_of_the_file_is_said_so(file: Path) -> None:
    file.mkdir()
    with pytest.raises(DatabaseAwayError, match="unable to open database file"):
        schema.check(open_(file))


def test_a_file_in_the_place_of_the_folder_is_said_so(file: Path) -> None:
    file.write_text("in the way")
    with pytest.raises(DatabaseAwayError, match=r"File exists|Not a directory"):
        schema.upgrade(open_(file / "poruchenie.db"))


@contextmanager
def _nobody_in_particular() -> Iterator[None]:
    """Root may write anywhere; become somebody who may not."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_folder_that_may_not_be_written_or_entered_is_said_so(file: Path) -> None:
    file.parent.chmod(0o500)
    with _nobody_in_particular():
        with pytest.raises(DatabaseAwayError, match=r"Permission denied|unable to open"):
            schema.upgrade(open_(file))
        with pytest.raises(DatabaseAwayError, match=r"Permission denied|unable to open"):
            schema.upgrade(open_(file.parent / "deeper" / "poruchenie.db"))
    file.parent.chmod(0o700)
    assert list(file.parent.iterdir()) == []


def test_a_file_in_a_folder_that_may_not_be_entered_is_not_taken_for_missing(file: Path) -> None:
    schema.upgrade(open_(file))
    file.parent.chmod(0o000)
    try:
        with _nobody_in_particular(), pytest.raises(DatabaseAwayError, match="unable to open database file"):
            schema.check(open_(file))
    finally:
        file.parent.chmod(0o700)


def test_a_new_database_is_for_its_user_alone_and_an_old_one_keeps_its_modes(tmp_path: Path) -> None:
    os.umask(before := os.umask(0))
    file = tmp_path / "deep" / "home" / "new.db"
    database = Database(make_url(f"sqlite:///{file}"))
    os.umask(0o022)
    try:
        schema.upgrade(database)
        with database.write() as session:
            put(session, "kept")
            modes = {each.name: each.stat().st_mode & 0o777 for each in (file.parent.parent, *file.parent.iterdir())}
        assert modes == {"deep": 0o700, "new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}
        assert file.parent.stat().st_mode & 0o777 == 0o700
        file.chmod(0o640)
        schema.upgrade(database)
        assert file.stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(before)
        database.close()


def test_no_text_holds_a_nul_whatever_the_database(database: Database) -> None:
    with pytest.raises(NulError, match="one␀two"), database.write() as session:
        put(session, "one\0two")
    with pytest.raises(NulError), database.write() as session:
        session.execute(insert(COUNTERS), [{"kind": "one", "last": 1}, {"kind": "\0", "last": 1}])
    assert seen(database) == set()


def test_a_failed_statement_tells_no_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, database.write() as session:
        session.execute(insert(COUNTERS).values(kind="a secret", last=None))
    assert "a secret" not in str(caught.value).partition("DETAIL")[0]
