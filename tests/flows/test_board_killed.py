"""Whoever publishes the board may die at any line: each item has one run then, which tells each step once."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client

from flows.board import publish, publish_situations
from models.database import Database
from tests.torture import mortal
from tests.torture.history import EXECUTORS, TIMES
from tests.world import World

pytestmark = pytest.mark.xdist_group("prefect")
LINES = 1_200
"""About as many lines of ours as a publish of three items runs through."""


@pytest.mark.parametrize("seed", range(0, TIMES, 5))
def test_a_publish_that_dies_leaves_nothing_doubled(world: World, client: SyncPrefectClient, seed: int) -> None:
    fate = random.Random(seed)
    world.at("2020-06-01 16:30").register()
    before = _boards_runs(client)
    ends: Counter[str] = Counter()
    for day in range(2, 8):
        world.at(f"2020-06-0{day} 10:00")
        for line in world.assignments(state="assigned"):
            if fate.random() < 0.2:
                world.act(EXECUTORS[line.addressee], line.id, "submit", note="Done")
        world.installation.database.close()  # children must not share our connections
        ends[mortal.ended(mortal.run(lambda: _publish(world), fate.randrange(1, LINES)))] += 1
    _publish(world)

    runs = {line.item: line.run_id for line in world.assignments()}
    assert _boards_runs(client) - before == set(runs.values())
    assert len(runs) == 3
    for item, run_id in runs.items():
        logs = {"logs": {"flow_run_id": {"any_": [run_id]}}, "sort": "TIMESTAMP_ASC"}
        said = Counter(log["message"] for log in client.request("POST", "/logs/filter", json=logs).json())
        entries = sum(line.version for line in world.assignments(item=item))
        assert (set(said.values()), said.total()) == ({1}, entries), ends
    assert ends["killed"]
    assert not ends["failed"]


def _boards_runs(client: SyncPrefectClient) -> set[str]:
    """The newest runs of items on this server, which other tests use too."""
    newest = {"flows": {"name": {"any_": ["protocol-item"]}}, "sort": "ID_DESC", "limit": 200}
    return {run["id"] for run in client.request("POST", "/flow_runs/filter", json=newest).json()}


def _publish(world: World) -> None:
    """With connections of its own."""
    installation = replace(world.installation, database=Database(world.installation.database.url))
    with get_client(sync_client=True) as client:
        publish(installation, client)
        publish_situations(installation, client)
    installation.database.close()
