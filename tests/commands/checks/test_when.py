"""When: nothing is dated back, neither within a trail nor among the places of the log."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.commands.verification import forger
from tests.commands.verification.scene import Scene, faults
from tests.world import World

CONTROLLER: dict[str, Any] = {"actor": 3, "person": 3, "role": "controller"}


def test_within_a_trail_time_does_not_run_backwards(scene: Scene) -> None:
    with scene.administrator() as connection:
        told = forger.bodies(connection, "assignment:3")
        before = datetime.fromisoformat(told[max(told)]["at"]) - timedelta(microseconds=1)
        at = before.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        forger.comment(connection, "assignment:3", at=at, **CONTROLLER)
        assert [line for line in faults(connection) if "time does not run backwards" in line]


def test_an_entry_dated_back_behind_later_ones_is_named_in_every_trail(scene: Scene) -> None:
    """The last entry of this trail is of June, those of others are of July: his is to look as if it were of June."""
    with scene.administrator() as connection:
        forger.comment(connection, "assignment:5", at="2020-06-22T06:00:00.000000Z", **CONTROLLER)
        told = faults(connection)
    assert [line for line in told if line.startswith("assignment:5/") and "it was dated back" in line], told


@pytest.mark.parametrize(("minutes", "found"), [(1.9, False), (2.1, True)])
def test_transactions_at_once_may_differ_by_so_much_and_no_more(world: World, minutes: float, found: bool) -> None:
    world.register()
    world.act("a", 1, "acknowledge")
    with Scene(world, 1, 2).administrator() as connection:
        at = datetime.fromisoformat(forger.bodies(connection, "assignment:1")[2]["at"]) + timedelta(minutes=minutes)
        forger.comment(connection, "assignment:1", at=at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), **CONTROLLER)
        forger.comment(connection, "assignment:2", **CONTROLLER)
        assert bool([line for line in faults(connection) if "it was dated back" in line]) is found
