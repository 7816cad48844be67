"""The flows on a real server: scheduled, picked up, run. Direct calls would hide that nothing is scheduled."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.database import Database
from tests.sentences import ROOT
from tests.world import World, free_port

pytestmark = pytest.mark.xdist_group("prefect")
PATIENCE_S = 240


@contextmanager
def process(environment: dict[str, str], log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, *arguments], env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(60)


def wait_for(found: Any, what: str) -> Any:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if answer := found():
            return answer
        time.sleep(1)
    raise AssertionError(f"{what}: not within {PATIENCE_S} s")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_scheduled_run_escalates(database: Database, world: World, tmp_path: Path) -> None:
    world.at("2020-06-01 16:30").register()
    world.at("2020-06-02 10:00").act("a", world.one("1.1", "Authority A").id, "submit", note="Done")
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    environment = os.environ | {
        "PORUCHENIE_HOME": str(tmp_path),
        "PORUCHENIE_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "PORUCHENIE_LANGUAGE": "en",
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    serving = ("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
    with process(environment, tmp_path / "server.log", *serving):
        wait_for(lambda: _answers(f"{api}/health"), "Prefect's server")
        with process(environment, tmp_path / "flows.log", "-m", "flows"):
            runs = wait_for(lambda: _scheduled(api), "a scheduled run of each minute's flow")
    assert {run["state"]["type"] for run in runs} == {"COMPLETED"}
    assert all(line.run_id for line in world.assignments())


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False


def _scheduled(api: str) -> list[dict[str, Any]]:
    """Finished runs that the server's own scheduler made, once there is one of escalation and one of monitoring."""
    wanted = {"sort": "ID_DESC", "flow_runs": {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}}}
    runs = httpx.post(f"{api}/flow_runs/filter", json=wanted, timeout=10).json()
    mine = [run for run in runs if run["auto_scheduled"] and run["deployment_id"]]
    return mine if len({run["flow_id"] for run in mine}) >= 2 else []
