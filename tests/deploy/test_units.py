"""The very commands of the units, started by hand on PostgreSQL: the desk answers, the flows run, viewers only read."""

import configparser
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import yaml

from commands.access.accounts import UpdateAccount, update_account
from commands.context.actors import actor_for_login
from commands.sweeps.liveness import last_sweeps
from models.database import Database
from tests.conftest import POSTGRES, missing
from tests.flows.machines import Machines
from tests.postgres import administer
from tests.sentences import ROOT
from tests.world import World, free_port

pytestmark = pytest.mark.xdist_group("prefect")
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"


def unit(name: str) -> configparser.SectionProxy:
    """The [Service] part of a unit."""
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    read.read(UNITS / name, encoding="utf-8")
    return read["Service"]


def settings() -> dict[str, str]:
    """The environment file, as systemd would read it."""
    lines = (DEPLOY / "poruchenie.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@dataclass
class Site(Machines):
    """One's own server: everything as the units and the environment file say, but for ports, names and folders."""

    pages: int = field(default_factory=free_port)
    prefect_database: str = ""

    @property
    def environment(self) -> dict[str, str]:
        own = super().environment
        prefect = POSTGRES.set(drivername="postgresql+asyncpg", database=self.prefect_database)
        here = {
            "PREFECT_API_DATABASE_CONNECTION_URL": prefect.render_as_string(hide_password=False),
            "PREFECT_UI_API_URL": self.api,
        }
        ours = {name: own[name] for name in own if name not in settings() or name in _OF_THIS_MACHINE}
        return settings() | ours | here

    def run(self, name: str, command: str) -> "subprocess.Popen[bytes]":
        """Start a unit's command, its paths and ports changed for those of this machine."""
        here = command.replace("--port 4200", f"--port {self.port}").replace("--port 8000", f"--port {self.pages}")
        program, *rest = here.split()
        if program.endswith("/python"):
            return self.start(name, *rest)
        assert program.endswith("/poruchenie"), command
        return self.start(name, "-m", "desk", *rest)


_OF_THIS_MACHINE = (
    "PORUCHENIE_HOME",
    "PORUCHENIE_DATABASE_URL",
    "PORUCHENIE_LANGUAGE",
    "PREFECT_HOME",
    "PREFECT_API_URL",
)


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Iterator[Site]:
    world = World.found(database, tmp_path, clock="system")
    with world.installation.write() as tx:
        controller = actor_for_login(tx, "controller", "cli:tester")
        update_account(tx, controller, UpdateAccount("controller", email="c@example.org"))
    world.register()
    name = f"poruchenie_prefect_{uuid4().hex[:8]}"
    administer(POSTGRES, f"CREATE DATABASE {name}")
    made = Site(world, tmp_path, prefect_database=name)
    yield made
    made.stop()
    administer(POSTGRES, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_units_commands_run_everything_and_viewers_change_nothing(site: Site, tmp_path: Path) -> None:
    site.run("prefect", unit("poruchenie-prefect.service")["ExecStart"])
    site.run("desk", unit("poruchenie-desk.service")["ExecStart"])
    worker = unit("poruchenie-worker@.service")
    assert site.run("migrate", worker["ExecStartPre"]).wait(60) == 0
    site.wait_for(site._answers, "Prefect's server")
    sealing = site.run("sequencer", unit("poruchenie-sequencer.service")["ExecStart"])
    running = site.run("flows", worker["ExecStart"])
    site.wait_for(lambda: _healthy(site.pages), "the desk")
    site.wait_for(lambda: site.runs("COMPLETED"), "a scheduled run")
    site.wait_for(lambda: "board" in _ended(site), "the board")
    site.wait_for((site.home / "tiles" / "checkpoint").exists, "a checkpoint")
    assert site.run("verify", unit("poruchenie-verify.service")["ExecStart"]).wait(60) == 0
    assert site.run("doctor", unit("poruchenie-doctor.service")["ExecStart"]).wait(60) == 0
    _viewers_only_read(site, tmp_path)

    running.send_signal(signal.SIGTERM)
    assert running.wait(int(worker["TimeoutStopSec"])) == 0, "a worker that systemd stops ends its work"
    sealing.send_signal(signal.SIGTERM)
    assert sealing.wait(30) == 0


def _healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).is_success
    except httpx.HTTPError:
        return False


def _ended(site: Site) -> set[str]:
    with site.world.installation.read() as tx:
        return set(last_sweeps(tx))


def _viewers_only_read(site: Site, folder: Path) -> None:
    """Through the proxy's locations Prefect's pages show everything and take nothing."""
    if not shutil.which("nginx"):
        missing("no nginx")
    port = free_port()
    reads = (DEPLOY / "nginx" / "reads-of-prefect.conf").read_text("utf-8").replace(":4200", f":{site.port}")
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{}}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; {reads} }} }}\n"
    )
    proxy = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")])
    try:
        through = f"http://127.0.0.1:{port}/api"
        site.wait_for(lambda: _opens(f"{through}/health"), "the proxy")
        run = site.runs("COMPLETED")[0]["id"]
        for path in ("flow_runs/filter", "flows/filter", "artifacts/filter", "logs/filter", "deployments/filter"):
            assert httpx.post(f"{through}/{path}", json={}, timeout=60).status_code == 200, path
        assert httpx.get(f"{through}/flow_runs/{run}", timeout=60).status_code == 200
        cancelled = {"state": {"type": "CANCELLED"}, "force": True}
        for method, path, body in (
            ("POST", f"flow_runs/{run}/set_state", cancelled),
            ("POST", "flow_runs/bulk_set_state", cancelled),
            ("POST", "flow_runs/bulk_delete", {}),
            ("POST", "flow_runs/", {"flow_id": run}),
            ("DELETE", f"flow_runs/{run}", None),
            ("PATCH", f"flow_runs/{run}", {"name": "mine"}),
            ("POST", "work_pools/", {"name": "mine", "type": "process"}),
            ("DELETE", "work_pools/poruchenie", None),
            ("POST", "deployments/filter/../bulk_delete", {}),
            ("POST", "admin/database/clear", {"confirm": True}),
            ("PUT", "automations/filter", {}),
            ("POST", "variables/", {"name": "x", "value": "y"}),
            ("POST", "events", []),
        ):
            answer = httpx.request(method, f"{through}/{path}", json=body, timeout=60)
            assert answer.status_code == 403, f"{method} {path}: {answer.status_code}"
    finally:
        proxy.terminate()
        proxy.wait(30)


def _opens(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False


def test_the_compose_file_starts_what_the_units_start() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    started = {name: services[name]["command"] for name in ("prefect", "worker", "desk")}
    for name, file in (
        ("prefect", "poruchenie-prefect"),
        ("worker", "poruchenie-worker@"),
        ("desk", "poruchenie-desk"),
    ):
        command = unit(f"{file}.service")["ExecStart"].partition("/bin/")[2]
        assert command in started[name]
    assert "poruchenie migrate" in started["worker"]
    assert all("healthcheck" in services[name] for name in ("database", "prefect", "worker", "desk"))


def test_every_setting_of_the_environment_file_is_one_that_the_readme_tells_of() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in settings() if name.startswith("PORUCHENIE") and f"`{name}`" not in readme] == []


def test_units_name_no_other_settings_and_restart_what_ends() -> None:
    for file in UNITS.glob("*.service"):
        part = unit(file.name)
        assert part["EnvironmentFile"] == "/etc/poruchenie/poruchenie.env", file.name
        assert part["User"] == "poruchenie", file.name
        assert part.get("Restart") == "always" or part["Type"] == "oneshot", file.name
    analyse = shutil.which("systemd-analyze")
    if analyse:
        units = [str(file) for file in UNITS.iterdir()]
        done = subprocess.run(
            [analyse, "verify", "--recursive-errors=no", *units], capture_output=True, text=True, check=False
        )
        ours = [line for line in done.stderr.splitlines() if "not executable" not in line and "poruchenie" in line]
        assert not [line for line in ours if "Unknown" in line or "Invalid" in line or "Missing" in line], done.stderr
