"""What was tampered with is refused in a sentence where somebody comes to read it or to rest a decision on it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from commands.recording.stored_entries import DamagedEntryError, DamagedRowError
from commands.registers.assignments import assignments
from commands.registers.matrix import matrix
from commands.trails.raw_entries import raw_entries
from commands.trails.trail import trail
from tests.world import World

Tamper = Callable[..., None]


@pytest.fixture
def one(world: World) -> int:
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id
    world.act("a", number, "submit", note="Done", files={"plan.pdf": b"plan"})
    return number


def unguarded(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


@pytest.fixture
def tamper(world: World) -> Tamper:
    def once(statement: str, **values: object) -> None:
        with world.installation.database.write() as session:
            unguarded(session.connection())
            session.execute(text(statement), values)

    return once


BODIES = [b"", b"no JSON", b"[]", b"{}", b'{"actor":1}']


@pytest.mark.parametrize("body", BODIES)
def test_an_entry_that_cannot_be_read_is_refused_by_trails_and_decisions(
    world: World, one: int, tamper: Tamper, body: bytes
) -> None:
    tamper(f"UPDATE entries SET body = :body WHERE trail = 'assignment:{one}' AND seq = 2", body=body)
    says = rf"Entry 2 of assignment:{one} is damaged.*audit verify"
    with world.installation.read() as tx:
        for reading in (trail, raw_entries):
            with pytest.raises(DamagedEntryError, match=says):
                reading(tx, f"assignment:{one}")
    with pytest.raises(DamagedEntryError, match=says):
        world.act("reviewer", one, "review", note="Complete")


def test_an_entry_whose_bytes_were_changed_is_refused_as_well(world: World, one: int, tamper: Tamper) -> None:
    here = f"WHERE trail = 'assignment:{one}' AND seq = 2"
    with world.installation.read() as tx:
        body = bytes(tx.session.scalar(text(f"SELECT body FROM entries {here}")) or b"")
    tamper(f"UPDATE entries SET body = :body {here}", body=body.replace(b'"role":"executor"', b'"role":"reviewer"'))
    with pytest.raises(DamagedEntryError):
        world.trail(f"assignment:{one}")
    with pytest.raises(DamagedEntryError):
        world.act("reviewer", one, "review", note="Complete")


@pytest.mark.parametrize("value", ["no JSON", "[1]", "{}", '[{"name": "x"}]'])
def test_a_disclosed_text_that_is_no_list_of_files_is_refused(
    world: World, one: int, tamper: Tamper, value: str
) -> None:
    tamper("UPDATE disclosures SET value = :value WHERE field = 'findings' OR field = 'files'", value=value)
    if value == "no JSON":
        with pytest.raises(DamagedEntryError):
            world.trail(f"assignment:{one}")
    assert world.faults()


@pytest.mark.parametrize("due", ["rubbish", b"\0", 17])
def test_a_due_that_is_no_moment_is_refused_by_registers_and_actions(
    world: World, one: int, tamper: Tamper, due: object
) -> None:
    if world.installation.database.engine.dialect.name != "sqlite":
        return  # PostgreSQL takes nothing but moments
    tamper(f"UPDATE assignments SET due = :due WHERE id = {one}", due=due)
    with world.installation.read() as tx:
        for reading in (assignments, lambda tx: matrix(tx, 1)):
            with pytest.raises(DamagedRowError, match="audit verify"):
                reading(tx)
    with pytest.raises(DamagedRowError, match="audit verify"):
        world.act("a", one, "comment", note="?")
