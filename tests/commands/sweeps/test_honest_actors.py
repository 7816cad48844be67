"""Sixty-four honest people at once, by the machine's own clock: whatever they meet, verification finds no fault."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from commands.assignments.locked_assignment import StaleVersionError
from commands.sweeps import sweeps
from models.clock import system_clock
from models.database import Database
from states.lifecycle import Role
from states.refusal import RefusedError
from tests.world import World

ACTORS, ROUNDS = 64, 6


@pytest.mark.slow
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_honest_history_is_a_fault(database: Database, tmp_path: Path) -> None:
    world = World.found(database, tmp_path, clock="system")
    world.installation = replace(world.installation, system=system_clock)
    world.account("second", Role.REVIEWER, by="controller")
    world.register()
    world.seal()
    numbers = [line.id for line in world.assignments()]

    def person(number: int) -> int:
        fate, done = Random(number), 0
        for _ in range(ROUNDS):
            assignment = fate.choice(numbers)
            login, action, more = fate.choice(DEEDS)
            with suppress(RefusedError):
                world.act(login, assignment, action, **more)
                done += 1
            if number % 16 == 0:
                with suppress(StaleVersionError):
                    sweeps.escalation(world.installation)
                    sweeps.program_approval(world.installation)
        return done

    with ThreadPoolExecutor(ACTORS) as pool:
        assert sum(pool.map(person, range(ACTORS))) > ACTORS
    world.seal()
    assert world.faults() == []
    assert world.remarks() == []


DEEDS = (
    *((login, "acknowledge", {}) for login in ("a", "b", "s1", "s2", "s3")),
    *((login, "submit", {"note": "Done"}) for login in ("a", "b", "s1", "s2", "s3")),
    *((login, "comment", {"note": "Question"}) for login in ("a", "b", "controller", "reviewer", "second")),
    ("reviewer", "return", {"note": "No dates"}),
    ("second", "review", {"note": "Complete"}),
    ("controller", "accept", {}),
    ("controller", "assign_reviewer", {"to": "second"}),
    ("controller", "withdraw", {"note": "Order 1"}),
    ("controller", "restore", {"note": "Order 2"}),
    ("controller", "reopen", {"note": "Order 3"}),
    ("a", "request_extension", {"note": "Illness", "due": "2030-01-01"}),
    ("controller", "extend", {"note": "Order 4", "due": "2030-02-01"}),
)
