"""One audited transition, beside the same statements through SQLAlchemy Core and beside a DBOS one-step workflow."""

import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Column, DateTime, Executable, Integer, MetaData, Table, Text, event, insert
from sqlalchemy.orm import Session

from audit.trails.entries import Entry
from commands.assignments.locked_assignment import TakeAction
from commands.assignments.transitions import take_action
from commands.context.actors import actor_for_login
from tests.bench.ground import protocol, schools, timed, unguarded
from tests.conftest import POSTGRES
from tests.world import World

Statements = list[tuple[Executable, Any]]


def measure(make: Callable[[], World], count: int) -> tuple[float, float, float]:
    """Audited transitions a second; the same statements replayed through a Core connection; the same command with a
    plain audit row in place of chain, commitments and guards.
    """
    world = make()
    world.import_roster(schools(3 * count))
    world.register(protocol(1))
    numbers = [line.id for line in world.assignments()]
    assert len(numbers) >= 3 * count
    _each(partial(_withdraw, world), numbers[:20])
    own = timed(lambda: _each(partial(_withdraw, world), numbers[20:count]))
    captured = [_captured(world, number) for number in numbers[count : 2 * count - 20]]
    bare = timed(lambda: _each(partial(_replay, world), captured))
    unguarded(world)
    with world.installation.database.writer.begin() as connection:
        _PLAIN.create(connection)
    with patch("commands.recording.writer.store", _keep_plainly):
        plain = timed(lambda: _each(partial(_withdraw, world), numbers[2 * count : 3 * count - 20]))
    done = count - 20
    return done / own, done / bare, done / plain


_COLUMNS = (Column("id", Integer, primary_key=True), Column("at", DateTime), Column("told", Text))
_PLAIN = Table("plain", MetaData(), *_COLUMNS)


def _keep_plainly(session: Session, sealed: Sequence[Entry]) -> None:
    """An audit log as most programs keep it: a row that says what was done; no chain, commitments or guards."""
    rows = [{"at": each.record.at.replace(tzinfo=None), "told": repr(each.record)} for each in sealed]
    session.execute(insert(_PLAIN), rows)


def _each(work: Callable[[Any], None], values: Sequence[Any]) -> None:
    for value in values:
        work(value)


def _withdraw(world: World, number: int) -> None:
    with world.installation.write() as tx:
        take_action(
            tx,
            actor_for_login(tx, "controller", "cli:bench"),
            TakeAction(number, "withdraw", note="Order 1 of 1 June 2020"),
        )


def _captured(world: World, number: int) -> Statements:
    """The statements of one transition, taken back."""
    statements: Statements = []

    def note(_c: object, statement: Executable, many: Any, one: Any, _o: object) -> None:
        statements.append((statement, many or one))

    engine = world.installation.database.engine
    event.listen(engine, "before_execute", note)
    try:
        _undone(world, number)
    finally:
        event.remove(engine, "before_execute", note)
    return statements


def _undone(world: World, number: int) -> None:
    with world.installation.database.write() as session, session.begin_nested() as savepoint:
        tx = world.installation.transaction(session)
        actor = actor_for_login(tx, "controller", "cli:bench")
        take_action(tx, actor, TakeAction(number, "withdraw", note="Order 1 of 1 June 2020"))
        savepoint.rollback()


def _replay(world: World, statements: Statements) -> None:
    with world.installation.database.writer.begin() as connection:
        for statement, parameters in statements:
            result = connection.execute(statement, parameters)
            if result.returns_rows:
                result.all()


def dbos(count: int) -> float | None:
    """DBOS one-step workflows a second on the same PostgreSQL; None where it is not installed (`make bench` does)."""
    python = Path(".venv-bench/bin/python")
    if not python.exists():
        return None
    script = Path(__file__).with_name("dbos_workflow.py")
    run = partial(subprocess.run, capture_output=True, text=True, check=True)
    url = POSTGRES.render_as_string(hide_password=False).replace("+psycopg", "")
    return float(run([str(python), str(script), url, str(count)]).stdout.split()[-1])
