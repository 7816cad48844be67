"""An administrator drops the triggers and tampers with what the whole installation rests on."""

import re

import pytest

from tests.commands.verification import forger
from tests.commands.verification.scene import ON_SQLITE, Scene, faults
from tests.commands.verification.statements import copied


def tampered(scene: Scene, *statements: str) -> list[str]:
    with scene.administrator() as connection:
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount, statement
        return faults(connection)


@pytest.mark.parametrize("clock", ["system", "demo"])
def test_another_clock_than_the_first_entry_tells_is_named(scene: Scene, clock: str) -> None:
    assert tampered(scene, f"UPDATE instance SET clock = '{clock}'") == [
        f"account:1/1: the database was made with the clock “test”, and goes by “{clock}” now"
    ]
    assert tampered(scene, "DELETE FROM instance") == [
        "account:1/1: the database was made with the clock “test”, and goes by “None” now"
    ]


@pytest.mark.parametrize("expanded", ["7", "-1", "'yes'", "x'01'"])
@ON_SQLITE
def test_a_truth_that_is_neither_true_nor_false_is_named(scene: Scene, expanded: str) -> None:
    (told,) = tampered(scene, f"UPDATE protocols SET expanded = {expanded}")
    assert told == "protocol:1/2: the column “expanded” of protocols says other than the trail"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE edges SET state = 'accepted' WHERE action = 'comment' AND source = 'assigned'",
        "DELETE FROM edges WHERE action = 'adopt' AND source = 'new'",
        copied("edges", "action = 'accept'", state="'withdrawn'"),
    ],
)
def test_another_table_of_legal_moves_than_the_lifecycles_is_named(scene: Scene, statement: str) -> None:
    (told,) = tampered(scene, statement)
    assert re.fullmatch("lifecycle:[0-9a-f]{16}/0: the table of legal moves says other than the lifecycle", told)


def test_a_separation_that_was_not_in_force_is_named(scene: Scene) -> None:
    with scene.administrator() as connection:
        forger.rewrite(connection, "assignment:3", 9, facts={"separation": "two"})
        (told,) = [each for each in faults(connection) if "separation" in each]
        assert told.startswith("assignment:3/9: the lifecycle it names does not allow it: ")
        assert told.endswith("it names the separation of persons “two”, but in force was: three")
