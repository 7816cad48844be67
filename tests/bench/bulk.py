"""Bulk work: registration, an idle sweep over a million, verification of a million entries."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select

from audit.trails.entries import Entry, Head, Record, seal
from audit.trails.entry_store import store
from audit.trails.tables import entries, pending
from commands.assignments.deadlines import LadderStage, ladder_position, review_due, rework, step_on
from commands.context.actors import system
from commands.protocols.expansion import NewAssignment
from commands.recording.changes import as_json
from commands.recording.tallies import recount
from commands.sweeps.escalation import escalate
from models.accounts import Account
from models.base import table_of
from models.policy import Policy
from models.protocols import Assignment, Item
from states.assignment import ASSIGNMENT
from states.deadlines import Derivation
from states.lifecycle import Role
from tests.bench.ground import guarded, protocol, schools, timed, unguarded
from tests.world import World

CHUNK = 10_000
ITEMS = 100
BEGUN = datetime(2020, 6, 2, 6, tzinfo=UTC)


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
    write_trails(world, count)
    guarded(world)
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
    """Assignments of a hundred items, ten entries each, as the commands would have written them: made, acknowledged
    seven times, reported on, returned.
    """
    places = max(count // 10 // ITEMS, 1)
    world.import_roster(schools(places))
    for number in range(places):
        world.account(f"place{number}", Role.EXECUTOR, f"Place {number}")
    world.confirm(protocol(ITEMS, 2).encode(), "second.txt")
    unguarded(world)
    with world.installation.read() as tx:
        policy = tx.policy
        items = tx.session.execute(select(Item.id, Item.derivation).order_by(Item.id.desc()).limit(ITEMS)).all()
        executors = tx.session.execute(
            select(Account.id, Account.organisation_id).order_by(Account.id.desc()).limit(places)
        ).all()
    pairs = [(item, *executor) for item in items for executor in executors]
    for start in range(0, len(pairs), CHUNK // 10):
        rows, sealed = [], []
        for number, (item, account, organisation) in enumerate(pairs[start : start + CHUNK // 10], start + 1000):
            trail = _Trail(number, policy)
            trail.live(item, account, organisation)
            sealed += trail.entries
            rows.append(trail.row)
        with world.installation.database.write() as session:
            store(session, sealed)
            # The trigger that would do this is among the sleeping ones.
            session.execute(insert(pending), [{"trail": each.record.trail, "seq": each.head.seq} for each in sealed])
            session.execute(insert(table_of(Assignment)), rows)


class _Trail:
    """The life of one assignment; each of all its entries is written ten milliseconds after the one before."""

    def __init__(self, number: int, policy: Policy) -> None:
        self.number, self.policy, self.entries = number, policy, list[Entry]()
        self.columns: dict[str, Any] = {}
        self.head = Head(0, b"")

    @property
    def at(self) -> datetime:
        return BEGUN + timedelta(milliseconds=10 * (10 * self.number + self.head.seq))

    def live(self, item: Row[Any], account: int, organisation: int) -> None:
        due = Derivation.read(item.derivation)
        place = NewAssignment(item.id, "order", organisation, 0, due)
        flows, executor, controller = (1, "system"), (account, "executor"), (3, "controller")
        self.write("assign", ("new", "assigned"), flows, place.columns(None))
        for _ in range(7):
            self.write("acknowledge", ("assigned", "assigned"), executor, {})
        handed = {"submitted_at": self.at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        report = {"report_version": 1, "late": False, "review_due": review_due(self.policy, self.at)}
        report |= {"extension_asked": None, "asked_late": False}
        self.write("submit", ("assigned", "submitted"), executor, report, facts=handed, note="Done")
        again = rework(self.policy, self.at, None)
        given = {"due": again.due, "derivation": again.stored(), "review_due": None}
        self.write("return", ("submitted", "returned"), controller, given, note="No dates")

    def write(
        self,
        action: str,
        moved: tuple[str, str],
        who: tuple[int, str],
        columns: dict[str, Any],
        *,
        facts: dict[str, Any] | None = None,
        note: str | None = None,
    ) -> None:
        self.columns |= columns
        told = {name: as_json(value) for name, value in columns.items()}
        record = Record(
            trail=f"assignment:{self.number}",
            lifecycle=ASSIGNMENT.hash,
            action=action,
            source=moved[0],
            state=moved[1],
            actor=who[0],
            person=who[0],
            role=who[1],
            channel="web:1",
            at=self.at,
            facts=(facts or {}) | ({"set": told} if told else {}),
            fields={"note": note} if note else {},
        )
        self.entries.append(seal(record, self.head))
        self.head = self.entries[-1].head

    @property
    def row(self) -> dict[str, Any]:
        last = self.entries[-1].record
        stage = LadderStage("order", last.state, self.columns["due"], None)
        sweep = step_on(ladder_position(self.policy, stage), last.at, self.policy.calendar)
        head = {"id": self.number, "state": last.state, "seq": self.head.seq, "entry_hash": self.head.hash}
        return self.columns | sweep | head | {"to_check": False}


def _hash(world: World) -> None:
    with world.installation.database.engine.connect() as connection:
        for (body,) in connection.execution_options(yield_per=5000).execute(select(entries.c.body)):
            hashlib.sha256(b"\x00" + body).digest()
