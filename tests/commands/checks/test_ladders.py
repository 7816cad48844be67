"""What steers the sweeps: whatever is written there by hand is found, and derived anew from the entries."""

import pytest

from commands.context.actors import actor_for_login
from commands.sweeps.rearming import NothingToRepairError, Repaired, repair
from states.lifecycle import WrongRoleError
from tests.commands.verification.scene import ON_SQLITE_DATABASE, Scene, faults
from tests.world import World


def said(scene: Scene, columns: str, where: str) -> list[str]:
    with scene.administrator() as connection:
        assert connection.exec_driver_sql(f"UPDATE assignments SET {columns} WHERE {where}").rowcount
        return faults(connection)


@pytest.mark.parametrize(
    "columns",
    [
        "next_check_at = NULL, rung = 99",
        "next_check_at = NULL",
        "rung = 99",
        "rung = rung + 1",
        "rung = 0",
        "next_check_at = '2031-01-01 00:00:00'",
    ],
)
def test_an_assignment_that_the_sweeps_would_pass_over_is_named(scene: Scene, columns: str) -> None:
    (told,) = said(scene, columns, "id = 4")
    assert told.startswith("assignment:4/4: its row says rung")


def test_to_look_too_early_harms_nobody(scene: Scene) -> None:
    assert said(scene, "next_check_at = '2020-01-01 00:00:00'", "id = 4") == []


def test_a_repair_derives_it_anew_and_the_log_tells_of_it(world: World) -> None:
    world.register()
    world.seal()
    world.at("2020-06-25 09:00").sweep()
    with world.installation.database.write() as session:
        session.connection().exec_driver_sql("UPDATE assignments SET next_check_at = NULL, rung = 99")
    assert len(world.faults()) == len(world.assignments())
    with pytest.raises(WrongRoleError), world.installation.write() as tx:
        repair(tx, actor_for_login(tx, "clerk", "cli:tester"), "Order 3")
    with world.installation.write() as tx:
        done = repair(tx, actor_for_login(tx, "controller", "cli:tester"), "Order 3")
    assert done == Repaired(len(world.assignments()), 0)
    assert world.faults() == []
    last = world.trail("log:1")[-1]
    assert (last.action, last.note, last.facts["number"]) == ("repair", "Order 3", len(world.assignments()))
    with pytest.raises(NothingToRepairError), world.installation.write() as tx:
        repair(tx, actor_for_login(tx, "controller", "cli:tester"), "Order 3")
    reminded = world.at("2020-06-29 09:00").sweep()["reminded"]
    assert reminded > 0


def test_another_ladder_adopted_is_climbed_from_where_one_stands(world: World) -> None:
    """Ladders of another policy have their own moments: no assignment waits for those of the old."""
    world.register()
    world.seal()
    world.at("2020-06-22 09:00").sweep()
    ladders = world.installation.policy.rules.ladders
    order = (*ladders.order[1:3], *(each.model_copy(update={"days": each.days + 1}) for each in ladders.order[3:]))
    world.offer(ladders=ladders.model_copy(update={"order": order}))
    world.sweep()
    assert world.faults() == []
    world.at("2020-07-20 09:00").sweep()
    assert world.faults() == []


@pytest.mark.parametrize("taken", ["DELETE FROM notices WHERE", "UPDATE notices SET entry = entry + 90 WHERE"])
def test_a_reminder_whose_notice_was_taken_away_is_named(scene: Scene, taken: str) -> None:
    with scene.administrator() as connection:
        assert connection.exec_driver_sql(f"{taken} assignment_id = 4 AND rung < 0").rowcount
        told = faults(connection)
    assert told
    assert all(line.endswith("the notice of that is not there any more") for line in told)


@ON_SQLITE_DATABASE
def test_rows_hidden_from_the_sweeps_by_an_index_made_to_lie_are_named(world: World) -> None:
    """The text of the schema is put back: only the index itself, and the rung that never fired, tell of it."""
    world.register()
    world.seal()
    with world.installation.database.write() as session:
        lying = session.connection()
        name, sql = lying.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE name = 'ix_assignments_next_check_at'"
        ).one()
        lying.exec_driver_sql("PRAGMA writable_schema = ON")
        lying.exec_driver_sql(f"DROP INDEX {name}")
        lying.exec_driver_sql(f"{sql} AND id > 3")
        lying.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))
        lying.exec_driver_sql("PRAGMA schema_version = 99999")
    world.installation.database.close()
    assert [line for line in world.faults() if "does not hold together: row 1 missing from index" in line]
    world.at("2020-07-20 09:00").sweep()
    told = [line.partition("/")[0] for line in world.faults() if "was never fired, though a sweep" in line]
    assert told == ["assignment:1", "assignment:2", "assignment:3"]
