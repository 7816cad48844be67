"""Whatever happens to the machines, everybody hears exactly what he should: checked against a naive simulation."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.torture.conftest import Cluster
from tests.torture.history import EXECUTORS, TIMES, History
from tests.torture.naive import MOSCOW, Task
from tests.world import World, moment


@dataclass
class Month(History):
    """Reports are handed in, returned, reviewed, accepted; ladders are climbed."""

    tasks: dict[int, Task] = field(default_factory=dict)

    def people(self) -> None:
        for line in self.world.assignments():
            choice = self.fate.random()
            move = {
                "assigned": ("submit", choice < 0.12),
                "submitted": ("return" if choice < 0.1 else "review", choice < 0.35),
                "reviewed": ("accept", choice < 0.3),
                "returned": ("submit", choice < 0.3),
            }.get(line.state)
            if move and move[1]:
                logins = {"submit": EXECUTORS[line.addressee], "accept": "controller"}
                self.world.act(logins.get(move[0], "reviewer"), line.id, move[0], note="Note")
                self.tasks[line.id].act(move[0], self.now)

    def looked(self) -> None:
        for task in self.tasks.values():
            task.look(self.now)


@pytest.mark.parametrize("seed", range(TIMES))
def test_everybody_hears_exactly_what_he_should(world: World, cluster: Cluster, seed: int) -> None:
    start = moment("2020-06-01 16:30")
    month = Month(world, cluster, random.Random(seed), start)
    month.turn(start)
    world.register()
    for line in world.assignments():
        assert line.due
        month.tasks[line.id] = task = Task((line.due - timedelta(seconds=1)).astimezone(MOSCOW).date())
        task.begin("order", task.last, start)
    month.live(moment("2020-07-17 12:00"))

    fired = {number: _fired(world, number) for number in month.tasks}
    assert fired == {number: task.fired for number, task in month.tasks.items()}, month.suffered
    month.check_told_once()
    assert world.faults() == []
    assert any(outcome.endswith("killed") for outcome in month.suffered), month.suffered


def _fired(world: World, number: int) -> list[tuple[str, int]]:
    told = world.trail(f"assignment:{number}")
    return [(line.facts["ladder"], line.facts["rung"]) for line in told if line.action in ("remind", "escalate")]


def test_the_simulation_would_notice_a_rung_too_many_or_too_few() -> None:
    """The checker checked: it is no use if it agrees with everything."""
    task = Task(moment("2020-06-30 12:00").date())
    task.begin("order", task.last, moment("2020-06-01 16:30"))
    for day in ("06-22", "06-29", "07-01", "07-20"):
        task.look(moment(f"2020-{day} 08:00"))
    assert task.fired == [("order", -5), ("order", -1), ("order", 0), ("order", 1), ("order", 3), ("order", 5)]
