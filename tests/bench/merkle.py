"""The Merkle log: how fast entries are sealed, how soon a receipt holds, how long the whole log takes to verify."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from audit.merkle.checkpoints import Signed
from audit.merkle.sequencer import bodies_of, size
from audit.offline_verifier import key_of, verify_receipt
from audit.trails.tables import entries
from commands.log.receipts import receipt_of
from commands.log.sealing import EVERY_S, begin, follow, keys_of, seal_all, store_of
from commands.verification.verify import outside_heads, verify_log
from tests.bench.bulk import write_trails
from tests.bench.ground import protocol, schools, timed
from tests.world import World

A_SECOND = 20
"""Transitions while latency is measured."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Entries sealed a second, hashed alone a second; seconds of verifying bytes, chains and roots, and of reading
    and hashing the same bytes once.
    """

    sealing: float
    hashing: float
    fsck: float
    reading: float


def sealing(make: Callable[[], World], count: int) -> Sealed:
    """Of so many entries that wait."""
    world = make()
    write_trails(world, count)
    world.at("2020-06-03 09:00")
    begin(world.installation, "cli:bench")
    seconds = timed(lambda: list(seal_all(world.installation, "cli:bench")))
    with world.installation.read() as tx:
        connection = tx.session.connection()
        count = size(connection)
        bodies = bodies_of(connection, 0, min(count, 100_000))
        hashing = len(bodies) / timed(lambda: [hashlib.sha256(b"\x00" + body).digest() for body in bodies])
        faults: list[object] = []
        outside = outside_heads(tx.settings)
        fsck = timed(lambda: faults.extend(verify_log(world.installation, tx, connection, outside)))
        assert all(isinstance(each, int) for each in faults), faults[-1]
        reading = timed(lambda: _read(world))
    return Sealed(count / seconds, hashing, fsck, reading)


def _read(world: World) -> None:
    with world.installation.database.engine.connect() as connection:
        for (body,) in connection.execution_options(yield_per=5000).execute(select(entries.c.body)):
            hashlib.sha256(b"\x00" + body).digest()


def latency(make: Callable[[], World], transitions: int) -> float:
    """Seconds from a transition's commit until a receipt of it verifies, 99th percentile, the sequencer beside."""
    world = make()
    world.import_roster(schools(transitions))
    world.register(protocol(1))
    list(seal_all(world.installation, "cli:bench"))
    numbers = [line.id for line in world.assignments()][:transitions]
    stop = threading.Event()
    sequencer = threading.Thread(target=follow, args=(world.installation, "cli:bench", stop, EVERY_S))
    committed: list[float] = []
    reached: list[float] = []
    watching = threading.Thread(target=_watch, args=(world, transitions, reached))
    for each in (sequencer, watching):
        each.start()
    for number in numbers:
        world.act("controller", number, "comment", note="Noted")
        committed.append(time.perf_counter())
        time.sleep(1 / A_SECOND)
    watching.join()
    stop.set()
    sequencer.join()
    with world.installation.read() as tx:
        receipt, key = receipt_of(tx, f"assignment:{numbers[-1]}"), keys_of(tx.session)[0]
    verify_receipt(receipt.data, [key_of(str(key))])
    waited = sorted(there - then for there, then in zip(reached, committed, strict=True))
    return waited[round(0.99 * transitions) - 1]


def _watch(world: World, transitions: int, reached: list[float]) -> None:
    """Notes when the published checkpoint takes in each of the coming entries."""
    begun = _published(world)
    while len(reached) < transitions:
        there = min(_published(world) - begun, transitions)
        reached.extend([time.perf_counter()] * (there - len(reached)))
        time.sleep(0.01)


def _published(world: World) -> int:
    with world.installation.read() as tx:
        note = store_of(tx.settings).checkpoint()
        return Signed.open(note or b"", keys_of(tx.session)).checkpoint.size
