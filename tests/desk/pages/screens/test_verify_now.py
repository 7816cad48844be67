"""“Verify now” on the page of the log: one at a time, beside the desk, its result on the page for everybody."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import text

from desk.pages.screens.log_state import verifying_of
from desk.request.grants import GRANTS
from states.lifecycle import Role
from tests.desk.town import Reader, Town


@pytest.fixture
def officer(town: Town) -> Iterator[Reader]:
    """A control officer before a log that is sealed."""
    town.seal()
    reader = town.reader()
    yield reader
    verifying_of(reader.app).close()


def ended(town: Town) -> None:
    """Wait for whoever holds the lock."""
    with (town.settings.home / "verifying").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)


@contextmanager
def under_way(town: Town, **told: object) -> Iterator[IO[str]]:
    """Somebody else's verification."""
    with (town.settings.home / "verifying").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        json.dump({"asked": "deputy", "since": "2099-01-01T00:00:00+00:00", **told}, file)
        file.flush()
        yield file


def test_the_page_shows_what_was_verified_when_and_by_whom(town: Town, officer: Reader) -> None:
    assert "The whole log was not verified yet." in officer.text("/log?lang=en")
    answer = officer.send("/log")
    assert (answer.status_code, answer.headers["location"]) == (303, "/log")
    ended(town)
    page = officer.text("/log?lang=en")
    assert "The log held: " in page
    assert "(less than a minute ago)" in page
    assert "<dt>Asked for by</dt><dd>controller</dd>" in page
    assert "To anybody who does not trust it, it proves nothing" in page
    assert "under way" not in page


def test_while_one_goes_on_its_progress_is_shown_and_a_second_is_refused(town: Town, officer: Reader) -> None:
    with under_way(town, done=30, total=120):
        page = officer.text("/log?lang=en")
        assert "A verification is under way, asked for by deputy." in page
        assert '<progress id="steps" max="120" value="30"' in page
        assert 'data-refresh="2"' in page
        assert "Verify now" not in page
        answer = officer.send("/log?lang=en")
        assert answer.status_code == 409
        assert "A verification is under way already." in answer.text


def test_one_that_was_broken_off_is_not_under_way_for_ever(town: Town, officer: Reader) -> None:
    with under_way(town, done=30, total=120):
        pass
    page = officer.text("/log?lang=en")
    assert "The verification that deputy began came to no result: It was broken off before its end." in page
    assert officer.send("/log").status_code == 303
    ended(town)
    assert "The log held: " in officer.text("/log?lang=en")


def test_a_desk_that_stops_breaks_it_off(town: Town, officer: Reader) -> None:
    officer.send("/log")
    verifying_of(officer.app).close()
    with (town.settings.home / "verifying").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)


def test_faults_make_the_page_red_and_are_named(town: Town, officer: Reader) -> None:
    with town.at().database.writer.begin() as connection:
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'assignments'"
        guards = connection.exec_driver_sql(named).all()
        for name, _ in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(text("UPDATE assignments SET late = NOT late WHERE id = 1"))
        for _, made in guards:
            connection.exec_driver_sql(made)
    officer.send("/log")
    ended(town)
    page = officer.text("/log?lang=en")
    assert "The log needs attention." in page
    assert "does not hold: faults 1" in page
    assert "assignment:1, entry 1: the column “late” of assignments says other than the trail." in page
    assert "столбец «late»" in officer.text("/log?lang=ru")


def test_a_verification_that_failed_says_why(town: Town, officer: Reader) -> None:
    with town.at().database.writer.begin() as connection:
        connection.execute(text("DROP TABLE verifications"))
        connection.execute(text("CREATE TABLE verifications AS SELECT 1 AS id WHERE false"))
    officer.send("/log")
    ended(town)
    told = json.loads((town.settings.home / "verifying").read_text())
    assert "could not be kept in the database" in told["failed"]["en"]
    assert "не удалось сохранить" in told["failed"]["ru"]


def test_a_home_that_can_not_be_written_is_said_in_a_sentence(town: Town, officer: Reader) -> None:
    Path(town.settings.home / "verifying").mkdir()
    answer = officer.send("/log?lang=en")
    assert answer.status_code == 503
    assert "No verification can be started: Is a directory." in answer.text


def test_a_leader_sees_the_result_and_starts_nothing(town: Town, officer: Reader) -> None:
    town.account("minister", Role.LEADER)
    leader = town.reader(login="minister")
    assert "Verify now" not in leader.text("/log?lang=en")
    assert leader.send("/log").status_code == 403
    assert GRANTS["POST /log"] == {Role.CONTROLLER, Role.ADMIN}
    assert officer.ask("/log", "POST", data={"form": "forged"}).status_code == 403
