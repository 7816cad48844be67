"""A second row where there may be one is named by verification and the doctor; whoever needs the one row refuses."""

import pytest
from sqlalchemy import select

from commands.log.sealing import log_of
from commands.verification.runs import verified
from desk.doctor import examine
from models.clock import instance
from models.database import NotAloneError
from models.only_row import SeveralRowsError
from models.protocols import Assignment
from tests.commands.verification.scene import unstopped
from tests.commands.verification.statements import copied
from tests.world import World

SINGLE = ("instance", "logs", "policies")


def second(world: World, name: str) -> None:
    with unstopped(world) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE instance DROP CONSTRAINT ck_instance_one")
        connection.exec_driver_sql(copied(name, "id = 1", id="2"))


@pytest.mark.parametrize("name", SINGLE)
def test_a_second_row_is_named(world: World, name: str) -> None:
    world.register()
    world.seal()
    second(world, name)
    *_, run = verified(world.installation, "cli:tester")
    assert f"the table {name} holds 2 rows, where there may be one" in [
        each.template.format(**each.values) for each in run.faults
    ]
    amiss = [each.says for each in examine(world.installation) if not each.ok]
    assert any(f"The table “{name}” holds several rows" in each for each in amiss), amiss


@pytest.mark.parametrize("name", SINGLE[:2])
def test_a_command_that_needs_the_one_row_refuses(world: World, name: str) -> None:
    world.seal()
    second(world, name)
    with world.installation.database.read() as session, pytest.raises(SeveralRowsError, match=name):
        (instance if name == "instance" else log_of)(session)


def test_a_number_that_two_rows_have_is_named(world: World) -> None:
    world.register()
    number = world.one("1.2", "Authority A").id
    with unstopped(world) as connection:
        if connection.dialect.name == "postgresql":
            keys = (
                "SELECT conname FROM pg_constraint WHERE conrelid = 'assignments'::regclass AND contype IN ('p', 'u')"
            )
            for key in connection.exec_driver_sql(keys).scalars().all():
                connection.exec_driver_sql(f"ALTER TABLE assignments DROP CONSTRAINT {key} CASCADE")
        else:
            connection.exec_driver_sql("CREATE TABLE other AS SELECT * FROM assignments")
            connection.exec_driver_sql("DROP TABLE assignments")
            connection.exec_driver_sql("ALTER TABLE other RENAME TO assignments")
        connection.exec_driver_sql(copied("assignments", f"id = {number}", state="'accepted'"))
    *_, run = verified(world.installation, "cli:tester")
    assert f"assignment:{number}/1: 2 rows of assignments have this number" in [str(each) for each in run.faults]
    number_of_two = select(Assignment).where(Assignment.id == number)
    with pytest.raises(NotAloneError, match="several rows"), world.installation.read() as tx:
        tx.session.execute(number_of_two).one()
