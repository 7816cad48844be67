"""`poruchenie serve`: the desk alone, in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from tests.sentences import ROOT
from tests.world import World, free_port

PATIENCE_S = 60


def started(world: World, port: int) -> subprocess.Popen[str]:
    url = world.installation.database.url.render_as_string(hide_password=False)
    own = {"PORUCHENIE_HOME": str(world.installation.settings.home), "PORUCHENIE_LANGUAGE": "en"}
    return subprocess.Popen(
        [sys.executable, "-m", "desk", "serve", "--port", str(port)],
        env=os.environ | own | {"PORUCHENIE_DATABASE_URL": url},
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_it_serves_until_stopped_and_says_nothing_of_that(world: World, sign: signal.Signals, code: int) -> None:
    port = free_port()
    serving = started(world, port)
    assert _health(serving, port) == {"ok": True}
    assert httpx.get(f"http://127.0.0.1:{port}/", follow_redirects=True).url.path == "/sign-in"
    serving.send_signal(sign)
    _, said = serving.communicate(timeout=PATIENCE_S)
    assert (serving.returncode, said) == (code, "")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_taken_port_is_a_sentence(world: World) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        serving = started(world, taken.getsockname()[1])
        _, said = serving.communicate(timeout=PATIENCE_S)
    assert serving.returncode == 1
    assert said.startswith("Port ")
    assert "--port" in said
    assert "Traceback" not in said


def _health(serving: subprocess.Popen[str], port: int) -> object:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert serving.poll() is None, serving.communicate()
        try:
            return httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).json()
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError(port)
