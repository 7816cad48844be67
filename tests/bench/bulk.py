"""Bulk work: registration, an idle sweep over a million, verification of a million entries."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from audit.trails.entries import Head, Record, seal
from audit.trails.entry_store import store
from audit.trails.tables import entries, pending
from commands.context.actors import system
from commands.recording.tallies import recount
from commands.sweeps.escalation import escalate
from models.base import table_of
from models.protocols import Assignment
from states.assignment import ASSIGNMENT
from tests.bench.ground import protocol, schools, timed, unguarded
from tests.world import World

CHUNK = 10_000


def registration(make: Callable[[], World], items: int, addressees: int) -> float:
    """Seconds for register and expand, audited."""
    world = make()
    world.import_roster(schools(addressees))
    return timed(lambda: world.register(protocol(items)))


def idle_sweep(make: Callable[[], World], rows: int) -> tuple[float, float]:
    """Seconds of a sweep with nothing due over so many open assignments (median of 21), and over seven."""
    world = make()
    world.register()
    few = _median(world)
    unguarded(world)
    _fill(world, rows)
    return _median(world), few


def _median(world: World) -> float:
    def once() -> None:
        with world.installation.write() as tx:
            assert not escalate(tx, system(tx, "flow:escalation")).more

    return sorted(timed(once) for _ in range(21))[10]


def _fill(world: World, rows: int) -> None:
    later = datetime(2030, 1, 1, tzinfo=UTC)
    table = table_of(Assignment)
    with world.installation.database.write() as session:
        like = dict(session.execute(select(table).limit(1)).mappings().one())
        like |= {"next_check_at": later, "due": later}
        for start in range(1, rows, CHUNK):
            numbers = range(start, min(start + CHUNK, rows))
            session.execute(insert(table), [like | {"id": 1000 + n, "period": n} for n in numbers])
    with world.installation.database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


@dataclass(frozen=True, slots=True)
class Verified:
    """Seconds of `audit verify` in a process of its own, of hashing the same bytes once, and its peak memory in MB."""

    verify: float
    hashing: float
    megabytes: int


def verification(make: Callable[[], World], count: int) -> Verified:
    """Over so many entries, ten to a trail."""
    world = make()
    world.register()
    unguarded(world)
    write_trails(world, count)
    with world.at("2020-06-03 09:00").installation.write() as tx:
        recount(tx)
    settings = world.installation.settings
    environment = os.environ | {
        "PORUCHENIE_HOME": str(settings.home),
        "PORUCHENIE_DATABASE_URL": settings.database_url.render_as_string(hide_password=False),
    }
    timing = [sys.executable, "-m", "tests.bench.peak", "audit", "verify"]
    done = subprocess.run(timing, env=environment, capture_output=True, text=True, check=True)
    seconds, megabytes = done.stdout.split()[-2:]
    return Verified(float(seconds), timed(lambda: _hash(world)), int(megabytes))


def write_trails(world: World, count: int) -> None:
    """Assignments with an assign and nine comments each, as the commands would have written them."""
    table = table_of(Assignment)
    database = world.installation.database
    with database.read() as session:
        like = dict(session.execute(select(table).where(table.c.id == 1)).mappings().one())
        told = {name: like[name] for name in ("late", "report_version", "asked_late", "organisation_id", "item_id")}
    told |= dict.fromkeys(("assignee_id", "reviewer_id", "review_due", "extension_asked", "due", "derivation"))
    for start in range(0, count // 10, CHUNK // 10):
        with database.write() as session:
            rows, sealed = [], []
            for number in range(start + 1000, start + 1000 + CHUNK // 10):
                head = Head(0, b"")
                for step in range(10):
                    entry = seal(_record(number, step, told | {"period": number}), head)
                    sealed.append(entry)
                    head = entry.head
                row = like | told | {"id": number, "period": number, "next_check_at": None}
                rows.append(row | {"state": "assigned", "seq": head.seq, "entry_hash": head.hash})
            store(session, sealed)
            # The trigger that would do this is among the sleeping ones.
            session.execute(insert(pending), [{"trail": each.record.trail, "seq": each.head.seq} for each in sealed])
            session.execute(insert(table), rows)


def _record(number: int, step: int, told: dict[str, Any]) -> Record:
    return Record(
        trail=f"assignment:{number}",
        lifecycle=ASSIGNMENT.hash,
        action="comment" if step else "assign",
        source="assigned" if step else "new",
        state="assigned",
        actor=3,
        person=3,
        role="controller" if step else "system",
        channel="web:1",
        at=datetime(2020, 6, 2, step, tzinfo=UTC),
        facts={} if step else {"set": told},
    )


def _hash(world: World) -> None:
    with world.installation.database.engine.connect() as connection:
        for (body,) in connection.execution_options(yield_per=5000).execute(select(entries.c.body)):
            hashlib.sha256(b"\x00" + body).digest()
