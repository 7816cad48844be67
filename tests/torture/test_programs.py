"""However sweeps die, each version of a program is checked once, and an accepted one opens its successor once."""

import random
from dataclasses import dataclass, field

import pytest

from tests.programs import MONITORING, PROTOCOL, program
from tests.torture.conftest import Cluster
from tests.torture.history import EXECUTORS, TIMES, History
from tests.world import World, moment

CHASING = ("remind", "escalate")


@dataclass
class Approval(History):
    """Programs on their way; what each trail should tell, chasing left out."""

    told: dict[int, list[str]] = field(default_factory=dict)
    awaited: dict[int, int] = field(default_factory=dict)

    def people(self) -> None:
        for line in self.world.assignments():
            choice = self.fate.random()
            executor = EXECUTORS[line.addressee]
            match line.state:
                case "assigned" | "returned" if choice < 0.5 and line.id not in self.awaited:
                    document = MONITORING.encode() if line.item == "2.1" else program(line.addressee)
                    self._act(executor, line.id, "submit", files={"document.txt": document})
                case "submitted" if choice < 0.4:
                    self._act("reviewer", line.id, "return" if choice < 0.2 else "review")
                case "submitted" if choice < 0.5:
                    self._act(executor, line.id, "submit")  # once more, before anybody has answered
                case "reviewed" if choice < 0.7:
                    self._act("controller", line.id, "accept")

    def _act(self, login: str, number: int, action: str, files: dict[str, bytes] | None = None) -> None:
        self.world.act(login, number, action, note="Note", files=files or {})
        self.told[number].append(action)

    def looked(self) -> None:
        programs = {line.id for line in self.world.assignments() if line.item != "2.1"}
        for number in programs:
            told = self.told[number]
            if told[-1] == "submit":
                told += ["check"] if "assign_reviewer" in told else ["check", "assign_reviewer"]
            if self.told.get(self.awaited.get(number, 0), [""])[-1] == "accept":
                del self.awaited[number]
                told.append("redate")


@pytest.mark.parametrize("seed", range(TIMES))
def test_each_version_is_checked_once_and_what_waited_opens_once(world: World, cluster: Cluster, seed: int) -> None:
    start = moment("2020-06-01 16:30")
    approval = Approval(world, cluster, random.Random(seed), start)
    approval.turn(start)
    world.register(PROTOCOL)
    approval.told = {line.id: ["assign"] for line in world.assignments()}
    approval.awaited = {
        world.one("1.2", addressee).id: world.one("1.1", addressee).id for addressee in ("Authority A", "Authority B")
    }
    approval.live(moment("2020-07-01 12:00"))

    trails = {number: [each for each in world.actions(number) if each not in CHASING] for number in approval.told}
    assert trails == approval.told, approval.suffered
    approval.check_told_once()
    assert world.faults() == []
