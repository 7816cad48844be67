"""A scene with a rich history on each database, and two who meddle with it: a client and a database administrator.

Whatever they do is undone, so all tests share the scene.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from commands.access.accounts import account_named
from commands.access.api_tokens import issue_token
from commands.access.invitations import accept_invitation, invite
from commands.access.sessions import Client
from commands.access.substitutions import Substitute, substitute
from commands.context.actors import actor_for_login, system
from commands.context.installation import Transaction
from commands.log.sealing import begin
from commands.recording.changes import Change
from commands.recording.writer import numbers, record
from commands.verification.replay import verify
from models import guards
from models.access import Code
from states.actions import Action
from states.lifecycle import Role
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
ON_SQLITE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("scene", ["postgresql"], indirect=True)
REFUSED = (sqlite3.Error, psycopg.Error)


@dataclass(frozen=True)
class Scene:
    """`one` is an assignment that was accepted after a long way, `two` one that still stands at its beginning."""

    world: World
    one: int
    two: int

    @property
    def sqlite(self) -> bool:
        return self.world.installation.database.engine.dialect.name == "sqlite"

    def trail(self, assignment: int) -> tuple[str, int]:
        """The name of an assignment's trail and the number of its last entry."""
        return f"assignment:{assignment}", self.world.line(assignment).version

    def refuses(self, *statements: str, sentence: str) -> None:
        """A plain client gets through all statements but the last, and that one is refused with a sentence."""
        *before, last = statements
        with self.client() as client:
            for statement in before:
                client.execute(statement)
            with pytest.raises(REFUSED, match=sentence):
                client.execute(last)

    @contextmanager
    def client(self) -> Iterator[Any]:
        """Any client with the plain driver: on SQLite without foreign keys, as every new connection is."""
        url = self.world.installation.database.url
        plain: Any
        if self.sqlite:
            plain = sqlite3.connect(str(url.database), isolation_level=None)
            plain.execute("BEGIN")
        else:
            plain = psycopg.connect(host=url.host, port=url.port, user=url.username, dbname=url.database)
        try:
            yield plain
        finally:
            plain.rollback()
            plain.close()

    @contextmanager
    def unguarded(self) -> Iterator[Connection]:
        """Somebody who drops the triggers, does his work, commits it, and puts the triggers back as they were."""
        with self.world.installation.database.writer.begin() as connection:
            triggers: list[str] = []
            if self.sqlite:
                found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                for name, sql in found.all():
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
                    triggers.append(sql)
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            for each in triggers:
                connection.exec_driver_sql(each)

    def put_back(self, connection: Connection) -> None:
        """The triggers that an administrator has dropped on SQLite, as far as their tables are still there."""
        for statement in guards.statements("sqlite") if self.sqlite else ():
            with suppress(DatabaseError):
                connection.exec_driver_sql(statement)

    @contextmanager
    def administrator(self) -> Iterator[Connection]:
        """Somebody whom neither triggers nor foreign keys stop."""
        with self.world.installation.database.writer.connect() as connection:
            raw: Any = connection.connection.driver_connection
            if self.sqlite:
                raw.execute("PRAGMA foreign_keys = OFF").close()
            with connection.begin() as transaction:
                if self.sqlite:
                    triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                    for name in triggers.scalars().all():
                        connection.exec_driver_sql(f"DROP TRIGGER {name}")
                else:
                    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                try:
                    yield connection
                finally:
                    transaction.rollback()
            if self.sqlite:
                raw.execute("PRAGMA foreign_keys = ON").close()


def faults(connection: Connection) -> list[str]:
    """What verification finds, as sentences."""
    return [str(found) for found in verify(connection) if not isinstance(found, int)]


@contextmanager
def unstopped(world: World) -> Iterator[Connection]:
    """Somebody whom neither guards nor keys nor checks stop, and whose work is committed."""
    with world.installation.database.writer.connect() as connection:
        raw: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            raw.execute("PRAGMA ignore_check_constraints = ON").close()
            raw.execute("PRAGMA foreign_keys = OFF").close()
        with connection.begin():
            if connection.dialect.name == "sqlite":
                found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for trigger in found.scalars().all():
                    connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
        connection.invalidate()  # its pragmas with it


def played(world: World) -> Scene:
    begin(world.installation, "cli:tester")
    world.at("2020-06-01 16:30").register()
    one, two = world.one("1.2", "Authority A").id, world.one("1.2", "Authority B").id
    world.account("deputy", Role.CONTROLLER, by="controller")
    with world.installation.write() as tx:
        command = Substitute("reviewer", "deputy", date(2020, 7, 1), date(2020, 7, 31), "Leave, order 5")
        substitute(tx, actor_for_login(tx, "controller", "cli:tester"), command)
    world.act("a", one, "acknowledge")
    world.act("a", one, "request_extension", note="Illness", due="2020-07-10")
    world.act("controller", one, "extend", note="Order 12")
    world.at("2020-06-22 09:00").sweep()
    world.act("a", one, "submit", note="Done", files={"plan.pdf": b"plan"})
    world.act("controller", one, "assign_reviewer", to="reviewer")
    world.act("reviewer", one, "return", note="No dates")
    world.act("a", one, "submit", note="With dates")
    world.at("2020-07-03 10:00").act("deputy", one, "review", instead_of="reviewer", note="Complete")
    world.act("controller", one, "accept")
    third = world.one("2.1", "School 1").id
    world.act("controller", third, "withdraw", note="Order 13")
    world.act("controller", third, "restore", note="Order 14")
    world.sweep()
    with world.installation.write() as tx:
        link = invite(tx, actor_for_login(tx, "admin", "cli:tester"), "director").link
        accept_invitation(tx, link.rpartition("/")[2], "сосна не спорит с ветром", Client("Firefox", "10.0.0.1"))
        issue_token(tx, actor_for_login(tx, "director", "cli:tester"), "Figures", ["read"], 30)
        _code(tx, one)
    return Scene(world, one, two)


def _code(tx: Transaction, assignment: int) -> None:
    """A single-use code; of the director's account, which has a trail to hang on."""
    account = account_named(tx, "director")
    row: dict[str, Any] = {
        "id": numbers(tx.session, "code")[0],
        "account_id": account.id,
        "assignment_id": assignment,
        "secret": "hash",
        "mailed_to": "a@example.org",
        "until": tx.real,
        "used_at": None,
        "session_id": None,
    }
    change = Change(attached=[(Code, row)], facts={"assignment": assignment})
    record(tx, system(tx, "web:mail"), account, Action.SEND_CODE, change)
