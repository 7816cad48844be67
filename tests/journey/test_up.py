"""`poruchenie up`: refuses before it starts anything, starts everything, stops everything."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from commands.access.accounts import account_named
from commands.access.sessions import Client, begin
from commands.context.installation import Installation
from models.settings import Settings
from tests.sentences import ROOT
from tests.world import free_port

pytestmark = pytest.mark.xdist_group("prefect")
PATIENCE_S = 240


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return os.environ | {"PORUCHENIE_HOME": str(tmp_path / "home"), "PORUCHENIE_LANGUAGE": "en"}


def refused(environment: dict[str, str], *words: object) -> str:
    """Run to the end, which must be a refusal; the sentence."""
    done = subprocess.run(
        [sys.executable, "-m", "desk", *map(str, words)],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_taken_port_is_named_before_anything_is_made(environment: dict[str, str], taken: int, tmp_path: Path) -> None:
    assert f"Port {taken} is taken" in refused(environment, "up", "--port", taken)
    said = refused(environment, "up", "--port", free_port(), "--prefect-port", taken)
    assert "--prefect-port" in said
    assert not (tmp_path / "home").exists()


def test_a_broken_database_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "poruchenie.db").write_text("not a database at all, but long enough to be read as one" * 50)
    said = refused(environment, "up", "--port", free_port(), "--prefect-port", free_port())
    assert "does not answer" in said
    assert "poruchenie.db" in said


def test_a_database_in_earnest_use_becomes_no_demo(environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "desk", "init"], env=environment, cwd=ROOT, check=True, capture_output=True)
    said = refused(environment, "up", "--demo", "--port", free_port(), "--prefect-port", free_port())
    assert "in earnest use" in said


def test_it_starts_everything_and_stops_everything(environment: dict[str, str], tmp_path: Path) -> None:
    port, prefect = free_port(), free_port()
    words = ["up", "--port", str(port), "--prefect-port", str(prefect)]
    log = tmp_path / "up.log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", "desk", *words], env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(lambda: "Ctrl-C stops everything" in log.read_text("utf-8"), log)
        assert httpx.get(f"http://127.0.0.1:{port}/", follow_redirects=True).url.path == "/sign-in"
        link = re.search(rf"http://127.0.0.1:{port}/invitations/\S+", log.read_text("utf-8"))
        assert link
        assert "admin" in httpx.get(link[0]).text
        assert httpx.get(f"http://127.0.0.1:{prefect}/api/health").is_success
        # The flows catch up at once: soon each has finished its first round.
        _wait(lambda: "last finished" in _doctor(environment) and "has not run" not in _doctor(environment), log)
        watching = _watch(environment, port)
    finally:
        running.send_signal(signal.SIGINT)
        code = running.wait(90)
    assert list(watching)[-1] == ""  # a stream that was cut short, and not ended, raises
    assert code == 0, log.read_text("utf-8")
    for number in (port, prefect):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", number)) != 0, f"something still listens on {number}"


def _watch(environment: dict[str, str], port: int) -> Iterator[str]:
    """A page's stream of events, which nobody closes."""
    with Installation.open(Settings.read(environment)).write() as tx:
        browser = Client("Firefox/1 (Windows)", "127.0.0.1")
        secret = begin(tx, account_named(tx, "controller"), browser, "password").secret
    client = httpx.Client(cookies={"poruchenie-session": secret}, timeout=120)
    answer = client.send(client.build_request("GET", f"http://127.0.0.1:{port}/events"), stream=True)
    lines = answer.iter_lines()
    assert next(lines) == ": open"
    return lines


def _doctor(environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "desk", "doctor"]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def _wait(found: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if found():
            return
        time.sleep(1)
    raise AssertionError(log.read_text("utf-8"))
