"""A small world for tests written as histories: who did what when, and what came of it."""

import socket
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from audit.trails.verify import Remark
from commands.access.accounts import AddAccount, account_named, add_account
from commands.access.sessions import Client, begin
from commands.assignments.locked_assignment import TakeAction
from commands.assignments.transitions import take_action
from commands.bootstrap import initialise
from commands.context.actors import actor_for_login
from commands.context.evidence_store import Attachment
from commands.context.installation import Installation
from commands.log.sealing import seal_all
from commands.protocols.expansion import expand
from commands.protocols.registration import Register, register
from commands.protocols.withdrawal import withdraw
from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.filters import AssignmentFilter
from commands.rosters.roster_import import import_roster
from commands.sweeps import sweeps
from commands.trails.trail import Line, trail
from commands.verification.verify import verify
from models import policy
from models.database import Database
from models.settings import Settings
from states.lifecycle import Role

MOSCOW = ZoneInfo("Europe/Moscow")


def moment(when: str) -> datetime:
    return datetime.fromisoformat(when).replace(tzinfo=MOSCOW).astimezone(UTC)


START = moment("2020-06-01 09:00")

ROSTER = """organisation,superior,email,head,group,aliases,since,until
Ministry,,ministry@example.org,,,,,
Control department,Ministry,control@example.org,,,,,
Authority A,Ministry,a@example.org,,Authorities,Главам районов,,
Authority B,Ministry,b@example.org,,Authorities,,,
School 1,Authority A,s1@example.org,,Schools,Директорам школ,,
School 2,Authority A,s2@example.org,,Schools,,,
School 3,Authority B,s3@example.org,,Schools,,,
"""

PROTOCOL = """Министерство образования Озёрной области

ПРОТОКОЛ № 5

совещания с руководителями районов

1 июня 2020 года

РЕШИЛИ:

1. Главам районов:

1.1 представить сведения о методических службах.

Срок – 3 июня 2020 года.

1.2 обеспечить поддержку школ.

Срок – до 30 июня 2020 года.

2. Директорам школ:

2.1 провести внутренний мониторинг.

Срок – 30 июня 2020 года.

Директор департамента

О.П. Камышова
"""


@dataclass
class World:
    """An installation whose clock the test moves. Times are given as `2020-06-02 10:00`, in Moscow.

    The desk's tests have it as a `Town` with browsers.
    """

    installation: Installation

    ZONE: ClassVar = MOSCOW

    @classmethod
    def found(cls, database: Database, home: Path, clock: str = "test") -> "World":
        """With its accounts: admin, controller, clerk, reviewer, director, a (Authority A), b, s1, s2, s3."""
        world = cls.of(database, home, START if clock == "test" else None)
        initialise(world.installation, "admin", "controller", clock=clock, system_time=lambda: START)
        world.import_roster(ROSTER)
        world.account("clerk", Role.REGISTRAR)
        world.account("reviewer", Role.REVIEWER, by="controller")
        world.account("director", Role.LEADER)
        for login, name in (("a", "Authority A"), ("b", "Authority B")):
            world.account(login, Role.EXECUTOR, name)
        for number in (1, 2, 3):
            world.account(f"s{number}", Role.EXECUTOR, f"School {number}")
        return world

    @classmethod
    def of(cls, database: Database, home: Path, given: datetime | None = START) -> "World":
        """The world that a database holds, on 1 June 2020, 09:00."""
        settings = Settings.read({"PORUCHENIE_HOME": str(home), "PORUCHENIE_LANGUAGE": "en"})
        settings = replace(settings, database_url=database.url)
        return cls(Installation(settings, policy.load(), database, given, lambda: START))

    def at(self, when: str) -> "World":
        """Move the clock."""
        self.installation = replace(self.installation, given=moment(when))
        return self

    def account(self, login: str, role: Role, organisation: str | None = None, by: str = "admin", **more: Any) -> None:
        more.setdefault("email", f"{login}@example.org")
        with self.installation.write() as tx:
            command = AddAccount(login, role, organisation, **more)
            add_account(tx, actor_for_login(tx, by, "cli:tester"), command)

    def import_roster(self, text: str, name: str = "roster.csv", by: str = "controller") -> Any:
        with self.installation.write() as tx:
            return import_roster(tx, actor_for_login(tx, by, "cli:tester"), text.encode(), name)

    def register(self, text: str = PROTOCOL, name: str = "protocol.txt", by: str = "clerk", **more: Any) -> int:
        """Put a protocol under control, assignments and all; its number."""
        protocol = self.confirm(text.encode(), name, by, **more)
        for _ in self.installation.batches(lambda tx: expand(tx, actor_for_login(tx, by, "cli:tester"), protocol)):
            pass
        return protocol

    def confirm(self, document: bytes, name: str = "protocol.txt", by: str = "clerk", **more: Any) -> int:
        """Put a protocol under control whose assignments the next sweep makes; its number."""
        with self.installation.write() as tx:
            return register(tx, actor_for_login(tx, by, "cli:tester"), Register(document, name, **more)).protocol

    def withdraw(self, protocol: int, basis: str = "Order 1", by: str = "controller", batch: int = 1_000) -> None:
        """Withdraw a protocol as a whole, so many assignments at a time."""
        done = self.installation.batches(
            lambda tx: withdraw(tx, actor_for_login(tx, by, "cli:tester"), protocol, basis, batch)
        )
        assert not list(done)[-1].more

    def act(self, login: str, assignment: int, action: str, instead_of: str | None = None, **more: Any) -> int:
        """Take an action; the new version. `files` may be given as {name: bytes}."""
        if isinstance(more.get("due"), str):
            more["due"] = date.fromisoformat(more["due"])
        if isinstance(more.get("received"), str):
            more["received"] = moment(more["received"])
        files = tuple(Attachment(name, data) for name, data in more.pop("files", {}).items())
        with self.installation.write() as tx:
            actor = actor_for_login(tx, login, "cli:tester", instead_of)
            return take_action(tx, actor, TakeAction(assignment, action, files=files, **more))

    def offer(self, **rules: Any) -> None:
        """Give this process a policy file that says other; `sweep` puts it in force."""
        offered = self.installation.policy.rules.model_copy(update=rules)
        self.installation = replace(self.installation, policy=replace(self.installation.policy, rules=offered))

    def seal(self) -> list[int]:
        """Seal what waits; the sizes of the checkpoints."""
        return [checkpoint.size for checkpoint in seal_all(self.installation, "cli:tester")]

    def sweep(self) -> dict[str, int]:
        return sweeps.sweep(self.installation)

    def session(self, login: str) -> str:
        """The secret of a new session, as a browser keeps it."""
        client = Client("Firefox/1 (Windows)", "127.0.0.1")
        with self.installation.write() as tx:
            return begin(tx, account_named(tx, login), client, "password").secret

    def assignments(self, **wanted: Any) -> list[AssignmentLine]:
        with self.installation.read() as tx:
            return assignments(tx, AssignmentFilter(**wanted))

    def one(self, item: str, addressee: str) -> AssignmentLine:
        """The assignment of an item and an addressee."""
        (line,) = self.assignments(item=item, addressee=addressee)
        return line

    def line(self, assignment: int) -> AssignmentLine:
        (line,) = self.assignments(assignment=assignment)
        return line

    def trail(self, subject: str) -> list[Line]:
        with self.installation.read() as tx:
            return trail(tx, subject)

    def actions(self, assignment: int) -> list[str]:
        return [line.action for line in self.trail(f"assignment:{assignment}")]

    def faults(self) -> list[str]:
        """What verification finds, as sentences; empty when the log holds."""
        with self.installation.read() as tx:
            return [str(found) for found in verify(self.installation, tx) if not isinstance(found, int | Remark)]

    def remarks(self) -> list[str]:
        """What verification remarks, as sentences."""
        with self.installation.read() as tx:
            return [str(found) for found in verify(self.installation, tx) if isinstance(found, Remark)]


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
