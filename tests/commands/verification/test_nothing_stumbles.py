"""Whatever a column holds, and whatever is missing, verification and the doctor end in findings that are sentences."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, Integer, LargeBinary
from sqlalchemy.exc import DBAPIError

from audit.trails.tables import Moment
from commands.context.language import said
from commands.verification.runs import Run, verified
from desk.doctor import Finding, examine
from models.schema import metadata
from tests.commands.verification.scene import Scene
from tests.commands.verification.within import within

WHOLE = "PORUCHENIE_TORTURE" in os.environ
DEEP = "'" + "[" * 5000 + "]" * 5000 + "'"
ON_SQLITE = (
    "NULL", "'x'", "''", "-1", "9223372036854775807", "1e999", "-1e999", "1.5", "x''", "x'ff00'", "zeroblob(70000)",
    "CAST(x'ff' AS TEXT)", "CAST(x'610062' AS TEXT)", DEEP, "'{}'", "'null'", "'9999-12-31 23:59:59.999999'",
    "'0001-01-01'", "'9' || hex(zeroblob(3000))", "'{\"rules\": 3.0}'", "'[1e999]'",
)  # fmt: skip
TIMES = ("'infinity'", "'-infinity'", "'0044-03-15 BC'", "'20000-01-01'", "'9999-12-31'", "'0001-01-01'", "NULL")
CASES = [(table.name, column.name) for table in metadata.sorted_tables for column in table.columns]


def odd(column: Column[object], *, sqlite: bool) -> tuple[str, ...]:
    """What the column may be given that no command gives it."""
    if sqlite:
        return ON_SQLITE
    kind = column.type
    if isinstance(kind, Moment | Date):
        return TIMES
    if isinstance(kind, Boolean):
        return ("NULL", f"NOT {column.name}")
    if isinstance(kind, Integer):
        most = 2**63 - 1 if isinstance(kind, BigInteger) else 2**31 - 1
        return ("NULL", "0", "-1", str(most), str(-most))
    if isinstance(kind, LargeBinary):
        return ("NULL", "''::bytea", r"'\xff00'::bytea", "decode(repeat('00', 70000), 'hex')")
    if kind.compile().startswith("JSON"):
        return ("NULL", "'null'", "'3.0'", "'{}'", "'[]'", "'[1e400]'", DEEP, '\'{"rules": {"a": 1}}\'', "'\"x\"'")
    return ("NULL", "''", "'x'", "repeat('9', 70000)", "U&'\\0435\\0308'", "U&'\\FFFE\\+10FFFF'")


@contextmanager
def meddled(scene: Scene, *statements: str) -> Iterator[Connection]:
    with scene.administrator() as connection:
        for each in statements:
            with suppress(DBAPIError), connection.begin_nested():  # a check or a type that stands in the way
                connection.exec_driver_sql(each)
        scene.put_back(connection)
        yield connection


def examined(scene: Scene, connection: Connection) -> tuple[Run, list[Finding]]:
    installation = within(scene.world.installation, connection)
    *_, run = verified(installation, "cli:tester")
    for fault in run.faults:
        assert said(fault.template, fault.values)
    return run, examine(installation)


@pytest.mark.parametrize(("name", "column"), CASES)
def test_no_value_stops_it(scene: Scene, name: str, column: str) -> None:
    values = odd(metadata.tables[name].columns[column], sqlite=scene.sqlite)
    picked = values if WHOLE else random.Random(f"{name}.{column}").sample(values, 1)
    for value in picked:
        with meddled(scene, f"UPDATE {name} SET {column} = {value}") as connection:
            _, findings = examined(scene, connection)
            assert len(findings) > 1, value


@pytest.mark.parametrize("name", [*metadata.tables, "alembic_version"])
def test_a_missing_table_is_named_and_hides_nothing_else(scene: Scene, name: str) -> None:
    more = "" if scene.sqlite else " CASCADE"
    other = "UPDATE entries SET body = hash WHERE trail = 'assignment:4' AND seq = 1"
    with meddled(scene, other, f"DROP TABLE {name}{more}") as connection:
        run, findings = examined(scene, connection)
        told = [str(each) for each in run.faults]
        assert any(name in each for each in told), told
        if name != "entries":
            assert any(each.startswith("assignment:4/1: ") for each in told), told
        assert any(name in each.says for each in findings if not each.ok), findings


@pytest.mark.parametrize(("name", "column"), [each for i, each in enumerate(CASES) if WHOLE or i % 7 == 0])
def test_a_missing_column_is_named(scene: Scene, name: str, column: str) -> None:
    if scene.sqlite:
        renamed = f"ALTER TABLE {name} RENAME COLUMN {column} TO strange"
        statements = [renamed]
    else:
        statements = [f"ALTER TABLE {name} DROP COLUMN {column} CASCADE"]
    with meddled(scene, *statements) as connection:
        run, findings = examined(scene, connection)
        assert any(column in str(each) for each in run.faults)
        assert any(column in each.says for each in findings if not each.ok)
