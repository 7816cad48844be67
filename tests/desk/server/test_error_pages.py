"""Whatever goes wrong is a page in words with the right status, never a traceback."""

import importlib
import pkgutil
import sqlite3
from http import HTTPStatus
from pathlib import Path
from types import ModuleType

import pytest

import commands
import desk
import intake
import models
import states
from audit.merkle.tree import ProofError
from commands.registers.lookup import UnknownProtocolError
from desk.errors import STATUS, status_of
from intake.file_text import UnknownFormatError
from models.settings import Settings
from states.refusal import RefusedError
from tests.desk.town import Reader, Town


def _refusals(package: ModuleType) -> set[type[RefusedError]]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, below = set(), [RefusedError]
    while below:
        error = below.pop()
        below += error.__subclasses__()
        found |= {error} if error.__module__.startswith(f"{package.__name__}.") else set()
    return found - {RefusedError}


@pytest.mark.journey
@pytest.mark.parametrize("package", [states, models, intake, commands, desk])
def test_every_refusal_is_of_one_kind_which_has_its_row_in_the_table(package: ModuleType) -> None:
    kinds = {error.__name__: [each for each in error.__mro__ if each in STATUS] for error in _refusals(package)}
    assert {name for name, found in kinds.items() if len(found) != 1} == set()
    assert kinds


def test_a_refusal_is_answered_by_its_kind() -> None:
    assert status_of(UnknownFormatError(filename="a", formats="TXT")) is HTTPStatus.UNPROCESSABLE_ENTITY
    assert status_of(UnknownProtocolError(protocol=1)) is HTTPStatus.NOT_FOUND
    assert status_of(ProofError()) is HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/protocols/99", "There is no protocol 99."),
        ("/assignments/9999", "There is no assignment 9999."),
        ("/trails/assignment:9999", "There is no assignment 9999."),
        ("/trails/nonsense", "There is no trail “nonsense”."),
        ("/trails/%00", "There is no page at this address."),
        ("/protocols/first", "There is no page at this address."),
        ("/protocols/99999999999999999999", "There is no page at this address."),
        ("/protocols/1?page=0", "There is no page at this address."),
        ("/nowhere", "There is no page at this address."),
        ("/docs", "There is no page at this address."),
        ("/openapi.json", "There is no page at this address."),
    ],
)
def test_what_is_not_there_is_said_in_words(reader: Reader, path: str, says: str) -> None:
    answer = reader.ask(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert answer.status_code == 404
    assert says in answer.text
    assert '<a href="/">To the start page</a>' in answer.text


def test_an_address_takes_only_the_requests_that_it_is_for(reader: Reader) -> None:
    answer = reader.ask("/protocols/1?lang=en", "POST")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert "takes no such request" in answer.text


def _away(reader: Reader, says: str) -> None:
    page, health = reader.ask("/board?lang=en"), reader.ask("/health")
    assert (page.status_code, health.status_code) == (503, 503)
    assert says in page.text
    assert says in health.json()["says"]
    assert "Traceback" not in page.text


def test_a_database_that_does_not_answer_is_said_in_words(tmp_path: Path) -> None:
    address = "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"
    town = Town.of(Settings.read({"PORUCHENIE_HOME": str(tmp_path), "PORUCHENIE_DATABASE_URL": address}))
    _away(town.reader(login=None), "does not answer")
    assert "secret" not in town.reader(login=None).ask("/board").text


def test_a_file_that_is_no_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "poruchenie.db").write_bytes(b"no database at all" * 100)
    _away(Town.of(Settings.read({"PORUCHENIE_HOME": str(tmp_path)})).reader(login=None), "does not answer")


def test_a_folder_without_a_database_stays_without_one(tmp_path: Path) -> None:
    _away(Town.of(Settings.read({"PORUCHENIE_HOME": str(tmp_path)})).reader(login=None), "poruchenie init")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_goes_away_while_pages_are_served(town: Town) -> None:
    reader = town.reader()
    assert reader.ask("/health").json() == {"ok": True}
    with sqlite3.connect(town.settings.home / "poruchenie.db") as vandal:
        vandal.execute("DROP TABLE sweeps")
    vandal.close()
    answer = reader.ask("/board?lang=en")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_an_error_of_our_own_shows_no_traceback(reader: Reader) -> None:
    def fail() -> None:
        raise RuntimeError("the secret of the desk")

    reader.app.add_api_route("/fail", fail)
    answer = reader.ask("/fail?lang=en")
    assert answer.status_code == 500
    assert "error of its own" in answer.text
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
