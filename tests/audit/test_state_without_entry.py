"""State without an audit entry can't be stored: not by any client, on either database."""

from collections.abc import Callable
from itertools import chain

import pytest

from models.guards import _guarded_tables
from tests.audit.conftest import ON_POSTGRESQL, Scene, faults
from tests.audit.statements import changed, copied, entry, head, table

TOLD = "change only with the audit entry that tells of it"
COMES = "comes with the audit entry that tells of it"
FREE = {
    ("assignments", "rung"), ("assignments", "next_check_at"), ("assignments", "to_check"), ("items", "run_id"),
    ("items", "published"), ("protocols", "situation"),
}  # fmt: skip
GUARDED = (
    "accounts", "addressings", "assignments", "groups", "items", "memberships", "organisations", "policies",
    "protocols", "substitutions",
)  # fmt: skip
# The last entry of a protocol is not the one that told of its items: they may ride on it (see below).
RIDING = {("items", "seq"), ("addressings", "seq")}
COLUMNS = [(name, column.name) for name in GUARDED for column in table(name).columns]


def test_these_are_all_the_tables_with_a_trail() -> None:
    assert sorted(each.name for each in _guarded_tables()) == sorted(GUARDED)


@pytest.mark.parametrize(("name", "column"), [each for each in COLUMNS if each not in FREE | RIDING])
def test_no_column_changes_alone(scene: Scene, name: str, column: str) -> None:
    value = changed(table(name).columns[column], sqlite=scene.sqlite)
    scene.refuses(f"UPDATE {name} SET {column} = {value}", sentence=f"{name} {TOLD}")


@pytest.mark.parametrize(("name", "column"), sorted(FREE))
def test_columns_that_only_serve_sweeps_are_free(scene: Scene, name: str, column: str) -> None:
    value = changed(table(name).columns[column], sqlite=scene.sqlite)
    with scene.client() as client:
        client.execute(f"UPDATE {name} SET {column} = {value}")


@pytest.mark.parametrize("name", GUARDED)
def test_no_row_is_deleted(scene: Scene, name: str) -> None:
    scene.refuses(f"DELETE FROM {name}", sentence=f"rows of {name} are never deleted")


@ON_POSTGRESQL
@pytest.mark.parametrize("name", [*GUARDED, "entries", "lifecycles", "edges"])
def test_no_table_is_emptied(scene: Scene, name: str) -> None:
    scene.refuses(f"TRUNCATE {name} CASCADE", sentence="is never emptied")


def test_two_entries_ahead_is_too_far_as_one_behind_is_too_late(scene: Scene) -> None:
    trail, last = scene.trail(scene.two)
    columns = f"late = NOT late, seq = {{}}, entry_hash = {head(trail, last)}"
    here = f"UPDATE assignments SET {columns} WHERE id = {scene.two}"
    scene.refuses(here.format(last + 1), sentence=TOLD)
    scene.refuses(here.format(last - 1), sentence=TOLD)
    scene.refuses(here.format(last), sentence=TOLD)


def _rewound(trail: str, last: int, _next: int) -> list[str]:
    return [f"seq = {last - 1}, entry_hash = {head(trail, last - 1)}"]


def _for_another_state(trail: str, _last: int, following: int) -> list[str]:
    return [entry(trail, following), f"state = 'accepted', seq = {following}, entry_hash = {head(trail, following)}"]


def _of_another_hash(trail: str, last: int, following: int) -> list[str]:
    return [entry(trail, following), f"late = NOT late, seq = {following}, entry_hash = {head(trail, last)}"]


def _not_the_last(trail: str, _last: int, following: int) -> list[str]:
    more = (entry(trail, following), entry(trail, following + 1))
    return [*more, f"late = NOT late, seq = {following}, entry_hash = {head(trail, following)}"]


def _moved_to_another_trail(trail: str, _last: int, following: int) -> list[str]:
    other = "assignment:9999"
    forged = (copied("entries", f"trail = '{trail}' ORDER BY seq", trail=f"'{other}'"), entry(other, following))
    return [*forged, f"id = 9999, seq = {following}, entry_hash = {head(other, following)}"]


Attack = Callable[[str, int, int], list[str]]


@pytest.mark.parametrize(
    "attack", [_rewound, _for_another_state, _of_another_hash, _not_the_last, _moved_to_another_trail]
)
def test_an_entry_that_does_not_tell_of_it_is_no_entry(scene: Scene, attack: Attack) -> None:
    trail, last = scene.trail(scene.two)
    *before, columns = attack(trail, last, last + 1)
    scene.refuses(*before, f"UPDATE assignments SET {columns} WHERE id = {scene.two}", sentence=TOLD)


def test_with_its_entry_a_change_goes_through(scene: Scene) -> None:
    trail, last = scene.trail(scene.two)
    with scene.client() as client:
        client.execute(entry(trail, last + 1))
        columns = f"late = NOT late, seq = {last + 1}, entry_hash = {head(trail, last + 1)}"
        assert client.execute(f"UPDATE assignments SET {columns} WHERE id = {scene.two}").rowcount == 1


@pytest.mark.parametrize("name", ["assignments", "protocols", "organisations", "groups", "accounts"])
def test_a_new_row_needs_a_trail_of_its_own(scene: Scene, name: str) -> None:
    scene.refuses(copied(name, "id = 2" if name != "protocols" else "id = 1", id="9999"), sentence=f"{name} {COMES}")


@pytest.mark.parametrize(
    ("name", "where", "changes"),
    [
        ("items", "id = 1", {"id": "9999"}),  # told by the protocol's first entry, which is not its last
        ("memberships", "group_id = 1 AND organisation_id = 3", {"organisation_id": "7", "seq": "2"}),
        ("addressings", "item_id = 1", {"group_id": "2"}),
        ("substitutions", "id = 1", {"id": "9999", "absent_id": "7"}),
    ],
)
def test_an_attached_row_needs_the_last_entry_of_its_subject(
    scene: Scene, name: str, where: str, changes: dict[str, str]
) -> None:
    scene.refuses(copied(name, where, **changes), sentence=f"{name} {COMES}")


def test_a_table_of_ones_own_with_the_name_of_the_log_deceives_nobody(scene: Scene) -> None:
    trail, last = scene.trail(scene.two)
    shadow = (
        "CREATE TEMPORARY TABLE entries AS SELECT * FROM {}.entries".format("main" if scene.sqlite else "public"),
        f"UPDATE entries SET seq = {last + 1}, state = 'accepted' WHERE trail = '{trail}' AND seq = {last}",
    )
    columns = f"state = 'accepted', seq = {last + 1}, entry_hash = {head(trail, last + 1)}"
    scene.refuses(*shadow, f"UPDATE assignments SET {columns} WHERE id = {scene.two}", sentence=TOLD)


@pytest.mark.parametrize("change", ["text = 'forged', seq = 2", "seq = 2"])
def test_an_attached_row_that_rides_on_its_subjects_last_entry_is_found_by_verification(
    scene: Scene, change: str
) -> None:
    # A trigger sees that the entry is new to the row, not what stands in its bytes.
    with scene.world.installation.database.engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql(f"UPDATE items SET {change} WHERE id = 1")
        assert "protocol:1/1: a row of items says other than the trail" in faults(connection)
        transaction.rollback()


def test_what_was_refused_left_nothing_behind(scene: Scene) -> None:
    told = list(chain.from_iterable(scene.world.trail(f"assignment:{each}") for each in (scene.one, scene.two)))
    assert "accepted" in {line.state for line in told}
    assert scene.world.faults() == []
