"""Wrong input of every ordinary kind is a sentence, never a traceback; what nobody foresaw goes to the log."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from desk.cli.last_resort import last_resort
from desk.cli.main import root
from desk.cli.printing import printable
from models.database import Database
from tests.conftest import fresh
from tests.sentences import ROOT
from tests.world import World

Run = Callable[..., Result]


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """What is refused here is refused before any database is asked."""
    with fresh(request, tmp_path) as made:
        yield made


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command within this process; `code` is the exit code expected."""
    monkeypatch.setenv("PORUCHENIE_HOME", str(world.installation.settings.home))
    url = world.installation.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PORUCHENIE_DATABASE_URL", url)
    monkeypatch.setenv("PORUCHENIE_LANGUAGE", "en")

    def call(*words: object, code: int = 0, **more: str) -> Result:
        done = CliRunner().invoke(root, [*map(str, words)], env=more, prog_name="poruchenie")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == code, done.output
        return done

    return call


@pytest.mark.parametrize("number", ["99999999999999999999", "9223372036854775808", "-1", "0"])
def test_a_number_that_no_database_knows(run: Run, number: str) -> None:
    assert "range" in run("act", "--by", "a", "--note", "x", "--", number, "comment", code=2).output
    for command in ("items", "assignments"):
        assert "range" in run(command, f"--protocol={number}", code=2).output
    assert "range" in run("protocol", "withdraw", "--by", "a", "--note", "x", "--", number, code=2).output


@pytest.mark.parametrize("option", ["--note", "--to", "--on-behalf", "--instead-of", "--by", "--file"])
def test_bytes_that_are_no_text(run: Run, option: str) -> None:
    words = ["act", "1", "comment", "--note", "x", "--by", "a"]
    assert "is not text in UTF-8" in run(*words, option, "\udcff", code=2).output


@pytest.mark.parametrize("now", ["0001-01-01T00:00", "9999-12-31T23:59-05:00", "0500-01-01T00:00+00:00"])
def test_a_time_out_of_reason(run: Run, now: str) -> None:
    assert "years from 1990 to 2200" in run("--now", now, "protocols", code=2).output
    assert "years from 1990" in run("act", "1", "redate", "--by", "a", "--due", now[:10], code=2).output


def test_settings_that_are_wrong_besides_a_clock_that_is_set(run: Run) -> None:
    now = ("--now", "2020-06-01T09:30", "protocols")
    assert "PORUCHENIE_LANGUAGE" in run(*now, code=1, PORUCHENIE_LANGUAGE="xx").output
    assert "/nonexistent" in run(*now, code=1, PORUCHENIE_POLICY="/nonexistent").output
    run(*now)


def test_a_time_without_a_zone_is_the_regions(run: Run) -> None:
    told = json.loads(run("--now", "2020-06-01T09:30", "roster", "list", "--json").output)
    assert len(told["groups"]) == 2
    run("--now", "2020-06-01T09:30", "user", "update", "a", "--name", "Petrov", "--by", "admin")
    trail = json.loads(run("audit", "trail", "account:7", "--json").output)
    assert trail[-1]["at"] == "2020-06-01T06:30:00Z"


def test_a_file_without_an_end_and_a_home_that_is_no_folder(run: Run, tmp_path: Path) -> None:
    assert "larger than 20 MB" in run("read", "/dev/zero", code=1).output
    (tmp_path / "file").touch()
    home = {"PORUCHENIE_HOME": str(tmp_path / "file" / "home"), "PORUCHENIE_DATABASE_URL": ""}
    assert "does not answer: Not a directory" in run("init", code=1, **home).output
    assert "can't be used: Not a directory" in run("up", "--port", "1", "--prefect-port", "2", code=1, **home).output


def test_what_nobody_foresaw_is_one_sentence_and_a_traceback_in_the_log(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert callable(run)
    with pytest.raises(SystemExit) as left, last_resort():
        raise ZeroDivisionError("never foreseen")
    assert left.value.code == 1
    said = capfd.readouterr()
    assert said.err.startswith("The command has met an error of its own; it is in the log")
    assert "never foreseen" in (tmp_path / "log" / "command.log").read_text()
    monkeypatch.setenv("PORUCHENIE_HOME", "/dev/null/home")
    with pytest.raises(SystemExit), last_resort():
        raise ZeroDivisionError("never foreseen")


def test_an_output_that_is_full_is_said_so(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "desk", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PORUCHENIE_HOME": str(tmp_path), "PORUCHENIE_LANGUAGE": "en"},
            cwd=ROOT,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("The output can't be written (No space left on device)")
    assert done.stderr.count("\n") == 1


def test_what_a_terminal_would_obey_is_shown_instead(run: Run) -> None:
    assert printable("a\x1b[2Jb\u202ec\x9bd\xa0«ё»\n") == "a\\x1b[2Jb\\u202ec\\x9bd\xa0«ё»\n"
    run(
        "--now", "2020-06-01T10:00", "user", "close", "director", "--note", "Order\x1b[2J\n  9  forged", "--by", "admin"
    )
    shown = run("audit", "trail", "account:6").output
    assert "Order\\x1b[2J\n       9  forged" in shown
    assert "\x1b" not in run("audit", "trail", "account:6", "--json").output


def test_accounts_answer_in_json_too(run: Run) -> None:
    by = ("--by", "admin", "--json")
    assert json.loads(run("user", "update", "a", "--name", "Petrov", *by).output) == {"login": "a", "state": "active"}
    days = ("--since", "2020-06-01", "--until", "2020-06-02", "--note", "Leave")
    told = json.loads(run("user", "substitute", "a", "b", *days, *by).output)
    assert told == {"absent": "a", "deputy": "b", "since": "2020-06-01", "until": "2020-06-02"}
    assert json.loads(run("user", "close", "a", "--note", "Order 1", *by).output) == {"login": "a", "state": "closed"}


def test_a_file_is_read_before_the_transaction_begins(run: Run, world: World, tmp_path: Path) -> None:
    world.at("2020-06-01 16:30").register()
    pipe = tmp_path / "report.txt"
    os.mkfifo(pipe)
    waiting = threading.Thread(
        target=run, args=("act", world.one("1.2", "Authority A").id, "submit", "--by", "a", "--file", pipe)
    )
    waiting.start()
    # Opening its other end waits until the command has opened it to read.
    with pipe.open("w") as other:
        world.act("b", world.one("1.2", "Authority B").id, "acknowledge")
        other.write("Done")
    waiting.join()
    assert world.one("1.2", "Authority A").state == "submitted"


def test_no_command_takes_plain_text_or_numbers() -> None:
    def walk(command: click.Command) -> Iterator[click.Parameter]:
        yield from command.params
        for each in command.commands.values() if isinstance(command, click.Group) else ():
            yield from walk(each)

    ports = {"port", "prefect_port"}
    plain = [each.name for each in walk(root) if each.type in (click.STRING, click.INT) and each.name not in ports]
    assert plain == []
