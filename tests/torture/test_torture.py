"""Whatever happens to the machines, everybody hears exactly what he should: checked against a naive simulation."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from commands.rounds import ROUNDS
from models import schema
from models.database import Database
from models.outbox import Message, Notice
from tests.torture import mortal
from tests.torture.conftest import Cluster
from tests.torture.naive import MOSCOW, Task
from tests.world import World, moment

ROUNDS_OF_TORTURE = 200 if "PORUCHENIE_TORTURE" in os.environ else 10
LINES = 2_500
"""About as many lines of ours as a sweep over this small world runs through."""


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    cluster.administer("CREATE DATABASE tortured")
    database = Database(cluster.url.set(database="tortured"))
    schema.upgrade(database)
    database.close()
    return "tortured"


@pytest.fixture
def world(cluster: Cluster, template: str, tmp_path: Path) -> Iterator[World]:
    name = f"t{uuid4().hex[:12]}"
    cluster.administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    database = Database(cluster.url.set(database=name))
    yield World.found(database, tmp_path, clock="system")
    database.close()
    cluster.administer(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass
class History:
    """One month of one world, with a random number generator for fate."""

    world: World
    cluster: Cluster
    fate: random.Random
    tasks: dict[int, Task]
    now: datetime
    suffered: Counter[str] = field(default_factory=Counter)

    def live(self) -> None:
        while self.now < moment("2020-07-17 12:00"):
            # An hour, a day, or a week in which nothing swept at all.
            self.now += timedelta(hours=self.fate.choice((1, 7, 13, 24, 24, 31, 168)))
            self.turn(self.now)
            self.people()
            self.trouble()
            self.sweep()

    def turn(self, now: datetime) -> None:
        self.world.installation = replace(self.world.installation, system=lambda: now)

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
                logins = {"submit": _EXECUTORS[line.addressee], "accept": "controller"}
                self.world.act(logins.get(move[0], "reviewer"), line.id, move[0], note="Note")
                self.tasks[line.id].act(move[0], self.now)

    def trouble(self) -> None:
        """Sweeps that die or run side by side, a database that goes away, a full disk, a clock set back."""
        self.world.installation.database.close()  # children must not share our connections
        kind = self.fate.choice(("kill", "kill", "side by side", "restart", "mail", "clock"))
        if kind == "clock":
            self.turn(self.now - timedelta(hours=1))
        lives: list[int | None] = [None] if kind in ("restart", "mail") else [self.fate.randrange(1, LINES)]
        if kind == "side by side":
            lives += [None, None]
        children = [mortal.run(partial(self._child, mail=kind != "mail"), lines) for lines in lives]
        if kind == "restart":
            self.cluster.restart()
        self.suffered.update(f"{kind}: {mortal.ended(child)}" for child in children)
        self.turn(self.now)

    def _child(self, *, mail: bool) -> None:
        """One pass of every round, in an order of its own, with connections of its own."""
        installation = self.world.installation
        installation = replace(installation, database=Database(installation.database.url))
        if not mail:
            settings = replace(installation.settings, home=Path("/dev/null"))
            installation = replace(installation, settings=settings)
        order = list(ROUNDS.values())
        random.Random(os.getpid()).shuffle(order)
        for each in order:
            each(installation)

    def sweep(self) -> None:
        """In the end one sweep gets through, and the simulation looks at its own list."""
        self.world.installation.database.close()
        self.world.sweep()
        for task in self.tasks.values():
            task.look(self.now)


_EXECUTORS = {
    "Authority A": "a", "Authority B": "b", "School 1": "s1", "School 2": "s2", "School 3": "s3",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(ROUNDS_OF_TORTURE))
def test_everybody_hears_exactly_what_he_should(world: World, cluster: Cluster, seed: int) -> None:
    start = moment("2020-06-01 16:30")
    history = History(world, cluster, random.Random(seed), {}, start)
    history.turn(start)
    world.register()
    for line in world.assignments():
        assert line.due
        history.tasks[line.id] = task = Task((line.due - timedelta(seconds=1)).astimezone(MOSCOW).date())
        task.begin("order", task.last, start)
    history.live()

    # Two hours of retries later whatever mail was held back is out.
    for _ in range(8):
        history.now += timedelta(hours=5)
        history.turn(history.now)
        history.sweep()
    fired = {number: _fired(world, number) for number in history.tasks}
    assert fired == {number: task.fired for number, task in history.tasks.items()}, history.suffered
    _everything_was_told_once(world)
    assert world.faults() == []
    assert any(outcome.endswith("killed") for outcome in history.suffered), history.suffered


def _fired(world: World, number: int) -> list[tuple[str, int]]:
    told = world.trail(f"assignment:{number}")
    return [(line.facts["ladder"], line.facts["rung"]) for line in told if line.action in ("remind", "escalate")]


def _everything_was_told_once(world: World) -> None:
    """Nobody has two notices of one entry; each ripe notice has its message, each message its one mail."""
    with world.installation.read() as office:
        session = office.session
        doubled = select(Notice.assignment_id).group_by(Notice.assignment_id, Notice.entry, Notice.recipient)
        assert session.execute(doubled.having(func.count() > 1)).all() == []
        left = (
            select(func.count()).select_from(Notice).where(Notice.message_id.is_(None), Notice.send_after <= office.now)
        )
        assert session.scalar(left) == 0
        messages = list(session.scalars(select(Message)))
        mails = {path.name for path in world.installation.settings.mail.glob("*.eml")}
    addressed = [each for each in messages if each.failure != "no e-mail address in the roster"]
    assert all(each.sent_at for each in addressed)
    assert {name.split("-")[1] for name in mails} == {str(each.id) for each in addressed}
    assert not list(world.installation.settings.mail.glob("*.part"))


def test_the_simulation_would_notice_a_rung_too_many_or_too_few() -> None:
    """The checker checked: it is no use if it agrees with everything."""
    task = Task(moment("2020-06-30 12:00").date())
    task.begin("order", task.last, moment("2020-06-01 16:30"))
    for day in ("06-22", "06-29", "07-01", "07-20"):
        task.look(moment(f"2020-{day} 08:00"))
    assert task.fired == [("order", -5), ("order", -1), ("order", 0), ("order", 1), ("order", 3), ("order", 5)]
