"""A history under torture: people act, machines fail, and in the end of each turn one sweep gets through."""

import os
import random
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from commands.sweeps.sweeps import SWEEPS
from models.database import Database
from models.outbox import Message, Notice
from tests.torture import mortal
from tests.torture.conftest import Cluster
from tests.world import World

TIMES = 200 if "PORUCHENIE_TORTURE" in os.environ else 10
"""How many histories, each with a fate of its own."""
LINES = 2_500
"""About as many lines of ours as a sweep over this small world runs through."""
EXECUTORS = {
    "Authority A": "a", "Authority B": "b", "School 1": "s1", "School 2": "s2", "School 3": "s3",
}  # fmt: skip
_DISK = 600
"""Bytes that a file may grow to while the disk is full: less than a mail has."""


@dataclass
class History(ABC):
    """Some weeks of one world, with a random number generator for fate."""

    world: World
    cluster: Cluster
    fate: random.Random
    now: datetime
    suffered: Counter[str] = field(default_factory=Counter)

    @abstractmethod
    def people(self) -> None:
        """What people do in this turn."""

    @abstractmethod
    def looked(self) -> None:
        """The simulation's own idea of what a sweep does."""

    def live(self, until: datetime) -> None:
        while self.now < until:
            # An hour, a day, or a week in which nothing swept at all.
            self.now += timedelta(hours=self.fate.choice((1, 7, 13, 24, 24, 31, 168)))
            self.turn(self.now)
            self.people()
            self.trouble()
            self.sweep()
        # Two hours of retries later whatever mail was held back is out.
        for _ in range(8):
            self.now += timedelta(hours=5)
            self.turn(self.now)
            self.sweep()

    def turn(self, now: datetime) -> None:
        self.world.installation = replace(self.world.installation, system=lambda: now)

    def trouble(self) -> None:
        """Sweeps that die or run side by side, a database that goes away, a full disk, a clock set back."""
        self.world.installation.database.close()  # children must not share our connections
        kind = self.fate.choice(("kill", "kill", "side by side", "restart", "mail", "disk", "clock"))
        if kind == "clock":
            self.turn(self.now - timedelta(hours=1))
        lives: list[int | None] = [None] if kind in ("restart", "mail", "disk") else [self.fate.randrange(1, LINES)]
        if kind == "side by side":
            lives += [None, None]
        work = partial(self._child, mail=kind != "mail")
        children = [mortal.run(work, lines, _DISK if kind == "disk" else None) for lines in lives]
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
        order = list(SWEEPS.values())
        random.Random(os.getpid()).shuffle(order)
        for each in order:
            each(installation)

    def sweep(self) -> None:
        """In the end one sweep gets through, and the simulation looks at its own list."""
        self.world.installation.database.close()
        self.world.sweep()
        self.looked()

    def check_told_once(self) -> None:
        """Nobody has two notices of one entry; each ripe notice has its message, each message its one mail."""
        with self.world.installation.read() as tx:
            session = tx.session
            doubled = select(Notice.assignment_id).group_by(Notice.assignment_id, Notice.entry, Notice.recipient)
            assert session.execute(doubled.having(func.count() > 1)).all() == []
            ripe = (Notice.message_id.is_(None), Notice.send_after <= tx.now)
            assert session.scalar(select(func.count()).select_from(Notice).where(*ripe)) == 0
            messages = list(session.scalars(select(Message)))
            mails = {path.name for path in self.world.installation.settings.mail.glob("*.eml")}
        addressed = [each for each in messages if each.failure != "no e-mail address in the roster"]
        assert all(each.sent_at for each in addressed)
        assert {name.split("-")[1] for name in mails} == {str(each.id) for each in addressed}
        assert not list(self.world.installation.settings.mail.glob("*.part"))
