"""Columns may hold what none should: SQLite anything at all, PostgreSQL infinity. It is named, not stumbled over."""

import pytest
from sqlalchemy import Date

from audit.trails.tables import Moment
from models.schema import metadata
from tests.commands.verification.scene import ON_POSTGRESQL, ON_SQLITE, Scene, faults
from tests.commands.verification.statements import ROW, table

ODD = ("5", "1.5", "CAST(x'ff' AS TEXT)", "x'ff'")  # the third is text that is not UTF-8
NO_TIMES = ("'infinity'", "'-infinity'", "'0044-03-15 BC'", "'20000-01-01'")
DEEP = "'" + "[" * 3000 + "]" * 3000 + "'"
LOG = [(name, column.name) for name in ("entries", "disclosures", "lifecycles") for column in table(name).columns]
CHECKED = {("assignments", "state")}  # a CHECK constraint stands before the administrator too
FREE = {
    ("assignments", "rung"),
    ("assignments", "to_check"),
    ("assignments", "id"),
    ("items", "run_id"),
    ("items", "published"),
    ("items", "id"),
}
TABLES = [(name, column.name) for name in ("assignments", "items") for column in table(name).columns]
TIMES = [
    (name, column.name)
    for name in ROW
    for column in metadata.tables[name].columns
    if isinstance(column.type, Moment | Date) and column.name != "next_check_at"
]


def found(scene: Scene, name: str, column: str, value: str) -> list[str]:
    with scene.administrator() as connection:
        change = f"UPDATE {name} SET {column} = {value} WHERE {ROW[name]}"
        assert connection.exec_driver_sql(change).rowcount == 1
        return faults(connection)


@ON_SQLITE
@pytest.mark.parametrize(("name", "column"), [each for each in LOG + TABLES if each not in FREE | CHECKED])
def test_a_value_of_another_type_is_named(scene: Scene, name: str, column: str) -> None:
    for value in ODD:
        assert found(scene, name, column, value), value


@ON_POSTGRESQL
@pytest.mark.parametrize(("name", "column"), TIMES)
def test_a_time_that_python_cannot_hold_is_named(scene: Scene, name: str, column: str) -> None:
    for value in NO_TIMES:
        assert found(scene, name, column, value), value


@pytest.mark.parametrize(
    ("name", "column"), [("assignments", "derivation"), ("items", "span"), ("disclosures", "value")]
)
def test_nesting_without_bottom_is_named(scene: Scene, name: str, column: str) -> None:
    assert found(scene, name, column, DEEP)


def test_a_disclosed_row_of_nesting_without_bottom_is_named(scene: Scene) -> None:
    with scene.administrator() as connection:
        connection.exec_driver_sql(f"UPDATE disclosures SET value = {DEEP} WHERE field = 'items/1'")
        assert "protocol:1/1: the text disclosed as “items/1” is not what the entry committed to" in faults(connection)


def test_one_row_that_cannot_be_read_does_not_hide_the_others(scene: Scene) -> None:
    with scene.administrator() as connection:
        connection.exec_driver_sql(f"UPDATE assignments SET derivation = {DEEP} WHERE id = 4")
        connection.exec_driver_sql("UPDATE assignments SET late = NOT late WHERE id = 3")
        assert faults(connection) == [
            "assignment:3/10: the column “late” of assignments says other than the trail",
            "assignment:4/4: the row of assignments holds something that its columns can't hold",
        ]
