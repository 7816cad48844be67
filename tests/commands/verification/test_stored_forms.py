"""A value that is stored in another form than commands write is named, though it reads the same."""

import json
import unicodedata
from contextlib import suppress

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary
from sqlalchemy.exc import IntegrityError

from audit.trails.tables import Moment
from commands.verification.stored_forms import is_written_json, is_written_text, other_forms
from commands.verification.verify import verify
from models.schema import metadata
from tests.commands.verification.scene import ON_POSTGRESQL, ON_SQLITE, Scene
from tests.commands.verification.statements import ROW as SOME
from tests.commands.verification.within import within

ROW = {
    **SOME,
    "accounts": "id = 1",
    "addressings": "item_id = 3",
    "groups": "id = 1",
    "instance": "id = 1",
    "logs": "id = 1",
    "organisations": "id = 3",
    "pending": "id = 5",
    "policies": "id = 1",
}
AUDITED = sorted(ROW.keys() - {"lifecycles"})
NFD = unicodedata.normalize("NFD", "Дай ёлку")


def other(column: Column[object]) -> list[str]:
    """Expressions on SQLite for other forms of what the column holds, or of what it might hold."""
    kind, name = column.type, column.name
    if isinstance(kind, Boolean):
        return ["'t'", "2", "0.5"]
    if isinstance(kind, Integer):
        return ["'x'", "x'31'", "1.5"]
    if isinstance(kind, LargeBinary):
        return ["'x'", f"CAST({name} AS TEXT)", "5"]
    if isinstance(kind, Moment):
        return [
            "'2020-06-01T09:00:00.000000'", "'2020-06-01 09:00:00'", "'2020-06-01 09:00:00.000'", "1590000000",
            "'2020-06-01 09:00:00.000000+00:00'", "x'32'", "'2020-06-01 09:00:00.000000 '",
        ]  # fmt: skip
    if isinstance(kind, Date):
        return ["'20200601'", "'2020-6-1'", "'2020-W23-1'", "20200601"]
    if isinstance(kind, JSON):
        return ["""'{"a":1}'""", """'{"a": 1, "a": 1}'""", """'{"a": 3.0}'""", "5", f"CAST({name} AS BLOB)"]
    return [f"CAST({name} AS BLOB)", "x'31'", *([] if column.table.name == "entries" else [f"'{NFD}'"])]


CELLS = [(name, column.name) for name in AUDITED for column in metadata.tables[name].columns]


@ON_SQLITE
@pytest.mark.parametrize(("name", "column"), CELLS)
def test_another_form_is_named_on_sqlite(scene: Scene, name: str, column: str) -> None:
    for value in other(metadata.tables[name].columns[column]):
        with scene.administrator() as connection:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            held = f"{value} IS NOT NULL" if column in value else "1"
            change = f"UPDATE OR IGNORE {name} SET {column} = {value} WHERE {ROW[name]} AND {held}"
            changed = 0
            with suppress(IntegrityError):  # a key of SQLite takes nothing but numbers
                changed = connection.exec_driver_sql(change).rowcount
            told = [str(each) for each in other_forms(connection)]
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
            assert not changed or any(f"the column “{column}” of {name}, row " in each for each in told), value


NAMED = {
    "a salt with a NUL behind it": (
        "disclosures", "salt", "CAST(salt || x'00' AS BLOB)", r"salt || '\x00'::bytea",
    ),
    "3.0 for 3": (
        "policies", "content",
        "replace(content, '\"leeway_minutes\": 2', '\"leeway_minutes\": 2.0')",
        "replace(content::text, '\"leeway_minutes\": 2', '\"leeway_minutes\": 2.0')::jsonb",
    ),
    "a key twice": ("policies", "content", """replace(content, '{"rules"', '{"rules": 1, "rules"')""", ""),
    "spaces": ("policies", "content", "content || ' '", ""),
    "a T in a time": ("assignments", "due", "replace(due, ' ', 'T')", ""),
    "no fraction": ("entries", "at", "substr(at, 1, 19)", ""),
    "NFD": ("organisations", "name", f"'{NFD}'", f"'{NFD}'"),
    "NFD in JSON": ("items", "derivation", "", f"""'{{"a": "{NFD}"}}'"""),
    "infinity": ("assignments", "next_check_at", "", "'infinity'"),
}  # fmt: skip


@pytest.mark.parametrize("attack", NAMED)
def test_what_reads_the_same_is_named_by_verification(scene: Scene, attack: str) -> None:
    name, column, on_sqlite, on_postgresql = NAMED[attack]
    value = on_sqlite if scene.sqlite else on_postgresql
    if not value:
        return
    with scene.administrator() as connection:
        where = f"{ROW[name]} AND {column} IS NOT NULL" if "NFD" not in attack else ROW[name]
        assert connection.exec_driver_sql(f"UPDATE {name} SET {column} = {value} WHERE {where}").rowcount
        installation = within(scene.world.installation, connection)
        with installation.read() as tx:
            found = [str(each) for each in verify(installation, tx) if not isinstance(each, int)]
    assert any(f"the column “{column}” of {name}, row " in each for each in found), found


@ON_POSTGRESQL
@pytest.mark.parametrize("column", ["name", "email"])
def test_text_in_another_normal_form_is_named_on_postgresql(scene: Scene, column: str) -> None:
    with scene.administrator() as connection:
        connection.exec_driver_sql(f"UPDATE accounts SET {column} = '{NFD}' WHERE id = 1")
        assert [str(each) for each in other_forms(connection)] == [
            f"account:1/0: the column “{column}” of accounts, row 1, is stored in another form than this program writes"
        ]


def test_what_commands_wrote_stands_in_its_form(scene: Scene) -> None:
    with scene.world.installation.read() as tx:
        assert list(other_forms(tx.session.connection())) == []


@pytest.mark.parametrize("text", ["", "x", "Срок – 3 июня", "й"])
def test_text_of_commands_passes(text: str) -> None:
    assert is_written_text(text.encode())


@pytest.mark.parametrize("data", [b"\xff", b"a\0b", NFD.encode(), "\u212b".encode()])
def test_other_text_does_not(data: bytes) -> None:
    assert not is_written_text(data)


def test_json_of_commands_passes_and_other_does_not() -> None:
    assert is_written_json(json.dumps({"б": ["й", 1, None, True, {"a": -5}]}).encode())
    for data in (b"[1,2]", b"[3.0]", b"[1e3]", b"[NaN]", b"{", b"[" * 5000, b"\xff", json.dumps([NFD]).encode()):
        assert not is_written_json(data), data
