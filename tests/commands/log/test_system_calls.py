"""`poruchenie audit seal` killed, or told of an error, at system calls that touch a disk, SQLite's own among them.

By strace, which puts the fault in the kernel's place; only `make torture` runs it.
"""

import os
import re
import shutil
import subprocess
import sys

import pytest

from commands.log.sealing import begin
from tests.commands.log.sealing import holds
from tests.conftest import missing
from tests.world import World

CALLS = "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,ftruncate,flock"
FAULTS = ("signal=KILL", "error=EIO", "error=ENOSPC")
SWEEPS = 200 if "PORUCHENIE_TORTURE" in os.environ else 0
Call = tuple[str, int]
"""A system call, and how many times it was made till then."""

if not SWEEPS:
    pytest.skip("run by “make torture”", allow_module_level=True)


def seal(world: World, *options: str) -> list[Call]:
    """In a process under strace; the calls that it made, in order."""
    strace = shutil.which("strace")
    if strace is None:
        missing("no strace")
    settings = world.installation.settings
    environment = os.environ | {
        "PORUCHENIE_HOME": str(settings.home),
        "PORUCHENIE_DATABASE_URL": settings.database_url.render_as_string(hide_password=False),
    }
    command = [str(strace), "-f", "-qq", "-e", f"trace={CALLS}", *options]
    command += [sys.executable, "-m", "desk", "audit", "seal"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    names = re.findall(r"^(?:\[pid +\d+\] )?(\w+)\(", done.stderr, re.MULTILINE)
    return [(name, names[: at + 1].count(name)) for at, name in enumerate(names)]


@pytest.fixture(scope="module")
def known() -> dict[str, list[Call]]:
    """What one seal calls, by the kind of database."""
    return {}


@pytest.mark.parametrize("turn", range(SWEEPS))
def test_after_a_fault_the_same_bytes_come_out(world: World, known: dict[str, list[Call]], turn: int) -> None:
    world.register()
    begin(world.installation, "cli:tester")
    kind = world.installation.database.engine.dialect.name
    world.installation.database.close()
    if kind not in known:
        known[kind] = seal(world)
        assert len(known[kind]) > 30
        world.installation.database.close()
    else:
        name, number = known[kind][turn * len(known[kind]) // SWEEPS]
        seal(world, "-e", f"inject={name}:{FAULTS[turn % len(FAULTS)]}:when={number}")
    world.seal()
    holds(world)
