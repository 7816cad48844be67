"""The resident worker on a real server: scheduled, cancelled, killed, without its server, beside another worker."""

import os
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from commands.sweeps.liveness import last_sweeps
from models.clock import system_clock
from models.database import Database
from tests.flows.machines import Machines, machines
from tests.world import World, free_port

pytestmark = [pytest.mark.xdist_group("prefect"), pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
FLOWS = {"monitoring", "escalation", "program_approval", "delivery", "registration"}


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Iterator[Machines]:
    """An installation with a protocol under control, whose clock is the machine's; nothing runs yet."""
    world = World.found(database, tmp_path, clock="system")
    world.register()
    with machines(world, tmp_path) as made:
        made.sealer()
        made.verified()
        yield made


def deployments(place: Machines) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.post(f"{place.api}/deployments/filter", json={}, timeout=60).json()
    return found


def sweeps_ended(place: Machines) -> dict[str, datetime]:
    with place.world.installation.read() as tx:
        return last_sweeps(tx)


def flows_of(place: Machines, *types: str) -> set[str]:
    return {flow for flow in FLOWS if place.runs(*types, flow=flow)}


def numbers(place: Machines, *types: str) -> set[str]:
    return {run["id"] for run in place.runs(*types)}


def test_what_is_scheduled_runs_ends_whole_when_cancelled_and_is_buried_when_killed(place: Machines) -> None:
    place.server()
    worker = place.worker()
    place.wait_for(lambda: flows_of(place, "COMPLETED") == FLOWS, "a scheduled run of every flow")
    place.wait_for(lambda: all(line.run_id for line in place.world.assignments()), "the board")

    # Cancelled in the middle of its work, a run ends it and is cancelled then.
    with held(place) as since:
        run = place.wait_for(lambda: waiting(place, since), "a run that waits for the database")[0]
        state = {"state": {"type": "CANCELLING", "name": "Cancelling"}, "force": True}
        httpx.post(f"{place.api}/flow_runs/{run['id']}/set_state", json=state, timeout=60).raise_for_status()
    place.wait_for(lambda: run["id"] in numbers(place, "CANCELLED"), "its end")

    # Killed in the middle of its work, a worker leaves a run that the next one buries.
    with held(place) as since:
        place.wait_for(lambda: waiting(place, since), "a run that waits for the database")
        place.kill(worker)
        left = numbers(place, "RUNNING")
    place.worker()
    place.wait_for(lambda: left <= numbers(place, "CRASHED", "COMPLETED"), "a burial")  # some were just ending
    assert left & numbers(place, "CRASHED")
    place.wait_for(goes_on(place), "further sweeps")
    assert faults(place) == []


def faults(place: Machines) -> list[str]:
    """What verification finds; the flows have written by the machine's clock."""
    place.world.installation = replace(place.world.installation, system=system_clock)
    return place.world.faults()


@contextmanager
def held(place: Machines) -> Iterator[datetime]:
    """Nobody else can write within the block, so no sweep that began in it can end. Since when."""
    with place.world.installation.database.write() as session:
        session.execute(text("UPDATE sweeps SET name = name"))
        yield datetime.now(UTC)


def waiting(place: Machines, since: datetime) -> list[dict[str, Any]]:
    return [run for run in place.runs("RUNNING") if datetime.fromisoformat(run["start_time"]) > since]


def goes_on(place: Machines, but: Collection[str] = ()) -> Callable[[], bool]:
    """Whether every round has ended once more since now."""
    ended = sweeps_ended(place)
    return lambda: all(sweeps_ended(place)[name] > at for name, at in ended.items() if name not in but)


@pytest.mark.skipif("PORUCHENIE_TORTURE" not in os.environ, reason="takes two minutes more: make torture")
def test_neither_a_click_nor_an_outage_in_prefect_stops_the_sweeps(place: Machines) -> None:
    server = place.server()
    place.worker()
    place.wait_for(lambda: flows_of(place, "COMPLETED") == FLOWS, "a scheduled run of every flow")

    # Whoever pauses the schedules stops nothing: the sweeps go on, and the schedules are put right.
    for each in deployments(place):
        httpx.post(f"{place.api}/deployments/{each['id']}/pause_deployment", timeout=60).raise_for_status()
    place.wait_for(goes_on(place, but={"board"}), "sweeps without schedules")
    place.wait_for(lambda: not any(each["paused"] for each in deployments(place)), "schedules put right")

    # Without its server the worker does the sweeps by itself; afterwards the flows run again.
    place.kill(server)
    place.wait_for(goes_on(place, but={"board"}), "sweeps without Prefect")
    place.server()
    known = numbers(place, "COMPLETED")
    place.wait_for(lambda: numbers(place, "COMPLETED") - known, "a scheduled run after the return")
    place.wait_for(goes_on(place), "every round, the board among them")
    assert faults(place) == []


@pytest.mark.skipif("PORUCHENIE_TORTURE" not in os.environ, reason="takes a minute more: make torture")
def test_two_workers_share_the_pool_and_no_run_is_taken_twice(place: Machines) -> None:
    place.server()
    place.worker()
    place.worker()
    place.wait_for(lambda: len(place.runs("COMPLETED")) > 15, "fifteen scheduled runs")
    log = (place.home / "flows.log").read_text("utf-8")
    ended = [line.split("'")[1] for line in log.splitlines() if "Finished in state Completed" in line]
    assert len(ended) == len(set(ended))
    assert faults(place) == []


def test_a_pool_of_another_kind_is_named_before_anything_runs(place: Machines) -> None:
    place.server()
    pool = {"name": "poruchenie", "type": "process", "base_job_template": {}}
    httpx.post(f"{place.api}/work_pools/", json=pool, timeout=60).raise_for_status()
    worker = place.worker()
    assert worker.wait(60) == 1
    said = (place.home / "flows.log").read_text("utf-8")
    assert "The work pool “poruchenie” in Prefect is of the type “process”" in said
    assert "Traceback" not in said


class _OldServer(BaseHTTPRequestHandler):
    """Prefect's API as another version would answer."""

    def do_GET(self) -> None:
        body = b'"2.20.1"'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


def test_a_server_of_another_version_is_named_before_anything_runs(place: Machines) -> None:
    place.port = free_port()
    with HTTPServer(("127.0.0.1", place.port), _OldServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        worker = place.worker()
        assert worker.wait(60) == 1
        server.shutdown()
    said = (place.home / "flows.log").read_text("utf-8")
    assert "has version 2.20.1, this program works with" in said
    assert "Traceback" not in said
