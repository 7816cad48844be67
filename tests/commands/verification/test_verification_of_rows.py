"""An administrator leaves the log alone and changes the tables: verification holds them against the trails."""

import pytest

from models.base import Attached, Audited, table_of
from models.guards import _guarded
from tests.commands.verification.scene import Scene, faults
from tests.commands.verification.statements import changed, copied, table

# One row of each audited table, and the end of its trail.
ROWS = {
    "accounts": ("id = 7", "account:7/1"),
    "assignments": ("id = 3", "assignment:3/10"),
    "groups": ("id = 1", "group:1/1"),
    "logs": ("id = 1", "log:1/1"),
    "organisations": ("id = 7", "organisation:7/1"),
    "policies": ("id = 1", "policy:1/1"),
    "protocols": ("id = 1", "protocol:1/2"),
}
ATTACHED = {
    "addressings": ("item_id = 1", "protocol:1/1"),
    "codes": ("id = 1", "account:6/6"),
    "invitations": ("id = 1", "account:6/3"),
    "items": ("id = 1", "protocol:1/1"),
    "memberships": ("group_id = 1 AND organisation_id = 3", "group:1/1"),
    "sessions": ("id = 1", "account:6/4"),
    "substitutions": ("id = 1", "account:5/2"),
    "tokens": ("id = 1", "account:6/5"),
}
HEADS = {"state", "seq", "entry_hash"}


def columns(kind: type[Audited | Attached], rows: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """Every guarded column of these tables, but for the key."""
    models = [model for model in _guarded() if issubclass(model, kind)]
    assert {model.__tablename__ for model in models} == set(rows)
    found = []
    for model in models:
        key = {column.name for column in table_of(model).primary_key}
        named = [column.name for column in table_of(model).columns if column.name not in key]
        found += [(model.__tablename__, name) for name in named if name not in model.unguarded]
    return found


def tampered(scene: Scene, *statements: str) -> list[str]:
    with scene.administrator() as connection:
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount == 1, statement
        return faults(connection)


@pytest.mark.parametrize(("name", "column"), columns(Audited, ROWS))
def test_a_changed_column_is_named(scene: Scene, name: str, column: str) -> None:
    where, place = ROWS[name]
    possible = {"state": "'withdrawn'", "role": "'controller'", "organisation_id": "7"}
    value = possible.get(column) or changed(table(name).columns[column], sqlite=scene.sqlite)
    (told,) = tampered(scene, f"UPDATE {name} SET {column} = {value} WHERE {where}")
    if column in HEADS:
        assert told.startswith(f"{place}: the row of {name} points to entry")
    else:
        assert told == f"{place}: the column “{column}” of {name} says other than the trail"


@pytest.mark.parametrize(("name", "column"), columns(Attached, ATTACHED))
def test_a_changed_attached_row_is_named_by_the_entry_that_told_of_it(scene: Scene, name: str, column: str) -> None:
    where, place = ATTACHED[name]
    value = changed(table(name).columns[column], sqlite=scene.sqlite)
    told = tampered(scene, f"UPDATE {name} SET {column} = {value} WHERE {where}")
    assert {
        f"{place}: a row of {name} says other than the trail",
        f"{name}/0: 1 row(s) of {name} stand there without an audit entry",
    } <= set(told)


@pytest.mark.parametrize("name", sorted(ATTACHED.keys() - {"items"}))
def test_a_removed_attached_row_is_named_by_the_entry_that_told_of_it(scene: Scene, name: str) -> None:
    where, place = ATTACHED[name]
    assert tampered(scene, f"DELETE FROM {name} WHERE {where}") == [
        f"{place}: a row of {name} says other than the trail"
    ]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("memberships", {"organisation_id": "7"}),
        ("substitutions", {"id": "9999"}),
        ("addressings", {"group_id": "2"}),
        ("items", {"id": "9999"}),
        ("sessions", {"id": "9999", "secret": "'stolen'"}),
        ("invitations", {"id": "9999", "secret": "'stolen'"}),
        ("tokens", {"id": "9999", "secret": "'stolen'"}),
        ("codes", {"id": "9999", "secret": "'stolen'"}),
    ],
)
def test_an_added_attached_row_is_counted(scene: Scene, name: str, changes: dict[str, str]) -> None:
    told = tampered(scene, copied(name, ATTACHED[name][0], **changes))
    assert told == [f"{name}/0: 1 row(s) of {name} stand there without an audit entry"]


@pytest.mark.parametrize("name", ["accounts", "assignments", "groups", "organisations", "policies"])
def test_a_row_without_a_trail_is_named(scene: Scene, name: str) -> None:
    where, place = ROWS[name]
    changes = {"id": "9999", "login": "'mole'", "name": "'Mole'", "period": "9"}
    kind = place.partition(":")[0]
    assert tampered(scene, copied(name, where, **changes)) == [f"{kind}:9999/0: the row of {name} has no audit entry"]


def test_a_name_that_was_erased_from_the_log_but_stands_in_the_row_is_named(scene: Scene) -> None:
    erased = "DELETE FROM disclosures WHERE trail = 'account:7' AND field = 'email'"
    taken = "account:7/1: the text “email” was taken away without an act of destruction"
    assert tampered(scene, erased) == [
        taken,
        "account:7/1: the column “email” of accounts holds a text that nothing proves: it was erased from the trail",
    ]
    assert tampered(scene, erased, "UPDATE accounts SET email = NULL WHERE id = 7") == [taken]
