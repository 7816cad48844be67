"""The flows in a resident process: CPU and memory over many runs, on a real Prefect server."""

import os
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from prefect.testing.utilities import prefect_test_harness

from tests.world import World

EARLY = 50
"""Runs after which memory is first taken: until then libraries are still being loaded."""


@dataclass(frozen=True, slots=True)
class Resident:
    """CPU seconds of one run of the five flows together, and resident memory (MB) early and late."""

    cpu: float
    early: float
    late: float

    @property
    def share_of_core(self) -> float:
        """What the flows take of one core when each runs once a minute (registration once in five), in per cent."""
        return 100 * self.cpu * 4.2 / 5 / 60


def measure(make: Callable[[], World], runs: int) -> Resident:
    """So many runs in all, the flows in turn, nothing due."""
    world = make()
    world.register()
    settings = world.installation.settings
    environment = {
        "PORUCHENIE_HOME": str(settings.home),
        "PORUCHENIE_DATABASE_URL": settings.database_url.render_as_string(hide_password=False),
    }
    with patch.dict(os.environ, environment), prefect_test_harness(server_startup_timeout=120):
        from flows import sweeps  # noqa: PLC0415 - the harness must stand first

        flows = (sweeps.monitoring, sweeps.registration, sweeps.program_approval, sweeps.escalation, sweeps.delivery)
        for number in range(EARLY):
            flows[number % len(flows)]()
        early, before = _memory(), _cpu()
        for number in range(runs - EARLY):
            flows[number % len(flows)]()
        return Resident((_cpu() - before) / (runs - EARLY) * len(flows), early, _memory())


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _memory() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20
