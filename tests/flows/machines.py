"""Real processes for tests of the flows: a Prefect server that can be killed and started again, workers likewise."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.sentences import ROOT
from tests.world import World, free_port

PATIENCE_S = 240
_T = TypeVar("_T")


def wait_for(found: Callable[[], _T], what: str, logs: Path) -> _T:
    """The first answer that is not nothing; with the ends of the logs if none comes."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if answer := found():
            return answer
        time.sleep(0.25)
    ends = "\n".join(f"--- {log.name}\n{log.read_text('utf-8', 'replace')[-3000:]}" for log in logs.glob("*.log"))
    raise AssertionError(f"{what}: not within {PATIENCE_S} s\n{ends}")


@dataclass
class Machines:
    """One installation's processes. `home` also holds their logs."""

    world: World
    home: Path
    port: int = field(default_factory=free_port)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PORUCHENIE_HOME": str(self.home),
            "PORUCHENIE_DATABASE_URL": self.world.installation.database.url.render_as_string(hide_password=False),
            "PORUCHENIE_LANGUAGE": "en",
            "PORUCHENIE_LOG": "text",
            "PREFECT_HOME": str(self.home / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION": "30",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_WORKER_HEARTBEAT_SECONDS": "2",
            "DO_NOT_TRACK": "1",
        }

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.home / f"{name}.log").open("ab") as output:
            made = subprocess.Popen(
                [sys.executable, *arguments], env=self.environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
            )
        self.running.append(made)
        return made

    def server(self) -> subprocess.Popen[bytes]:
        words = ("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        made = self.start("server", *words)
        self.wait_for(self._answers, "Prefect's server")
        return made

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start("flows", "-m", "tests.flows.hasty")

    def sealer(self) -> subprocess.Popen[bytes]:
        """Without it the flow that watches the log raises the alarm."""
        return self.start("seal", "-m", "desk", "audit", "seal", "--follow")

    def verified(self) -> None:
        """Without it the same flow says that nobody has looked for years: a world begins in 2020."""
        self.wait_for((self.home / "tiles" / "checkpoint").exists, "a checkpoint")
        assert self.start("verify", "-m", "desk", "audit", "verify").wait(60) == 0

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait(30)

    def wait_for(self, found: Callable[[], _T], what: str) -> _T:
        return wait_for(found, what, self.home)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.api}/health", timeout=5).is_success
        except httpx.HTTPError:
            return False

    def runs(self, *types: str, flow: str | None = None) -> list[dict[str, Any]]:
        """Runs that the server's scheduler made, of these types of state."""
        wanted: dict[str, Any] = {"sort": "ID_DESC", "flow_runs": {"state": {"type": {"any_": list(types)}}}}
        if flow:
            wanted["flows"] = {"name": {"any_": [flow]}}
        try:
            found = httpx.post(f"{self.api}/flow_runs/filter", json=wanted, timeout=60).json()
        except httpx.HTTPError:
            return []
        return [run for run in found if run["auto_scheduled"]]

    def stop(self) -> None:
        for process in reversed(self.running):  # one after another: a worker that ends still needs its server
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill(process)


@contextmanager
def machines(world: World, home: Path) -> Iterator[Machines]:
    made = Machines(world, home)
    try:
        yield made
    finally:
        made.stop()
