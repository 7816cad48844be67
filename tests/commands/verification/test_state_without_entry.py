"""State without an audit entry can't be stored: not by any client, on either database."""

from collections.abc import Callable
from itertools import chain

import pytest

from models.guards import _guarded_tables
from tests.commands.verification.scene import ON_POSTGRESQL, ON_SQLITE, Scene
from tests.commands.verification.statements import changed, copied, entry, head, table

TOLD = "change only with the audit entry that tells of it"
COMES = "comes with the audit entry that tells of it"
FREE = {
    ("assignments", "rung"), ("assignments", "next_check_at"), ("assignments", "to_check"), ("items", "run_id"),
    ("items", "published"), ("protocols", "situation"),
}  # fmt: skip
GUARDED = (
    "accounts", "addressings", "assignments", "codes", "groups", "invitations", "items", "logs", "memberships",
    "organisations", "policies", "protocols", "sessions", "substitutions", "tokens",
)  # fmt: skip
COLUMNS = [(name, column.name) for name in GUARDED for column in table(name).columns]


def test_these_are_all_the_tables_with_a_trail() -> None:
    assert sorted(each.name for each in _guarded_tables()) == sorted(GUARDED)


@pytest.mark.parametrize(("name", "column"), [each for each in COLUMNS if each not in FREE])
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
@pytest.mark.parametrize("name", [*GUARDED, "entries", "lifecycles", "edges", "pending", "leaves", "instance"])
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
        ("sessions", "id = 1", {"id": "9999", "secret": "'stolen'"}),
        ("invitations", "id = 1", {"id": "9999", "secret": "'stolen'", "seq": "4"}),
        ("tokens", "id = 1", {"id": "9999", "secret": "'stolen'"}),
        ("codes", "id = 1", {"id": "9999", "secret": "'stolen'"}),
        # The last entry of the subject, which tells of other rows.
        ("items", "id = 1", {"id": "9999", "seq": "2"}),
        ("addressings", "item_id = 1", {"group_id": "2", "seq": "2"}),
        ("memberships", "group_id = 1 AND organisation_id = 3", {"organisation_id": "7"}),
        ("substitutions", "id = 1", {"id": "9999"}),
    ],
)
def test_an_attached_row_needs_an_entry_that_its_subject_has_not_reached(
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
def test_an_attached_row_does_not_ride_on_an_entry_that_its_subject_stands_on(scene: Scene, change: str) -> None:
    scene.refuses(f"UPDATE items SET {change} WHERE id = 1", sentence=f"items {TOLD}")


def test_between_an_entry_and_its_subjects_row_attached_rows_may_be_written_and_not_after_it(scene: Scene) -> None:
    told = entry("protocol:1", 3, action="'expand'")
    stepped = f"UPDATE protocols SET seq = 3, entry_hash = {head('protocol:1', 3)} WHERE id = 1"
    with scene.client() as client:
        client.execute(told)
        assert client.execute("UPDATE items SET text = 'new', seq = 3 WHERE id = 1").rowcount == 1
        client.execute(stepped)
    scene.refuses(told, stepped, "UPDATE items SET text = 'new', seq = 3 WHERE id = 1", sentence=f"items {TOLD}")


@pytest.mark.parametrize("changes", [{"seq": "0"}, {"seq": "0", "state": "'new'"}, {"seq": "2"}])
def test_only_a_subject_with_attached_rows_begins_before_its_entry_and_quite_new(
    scene: Scene, changes: dict[str, str]
) -> None:
    born = copied("entries", "trail = 'group:1' AND seq = 1", trail="'group:9999'")
    row = copied("groups", "id = 1", id="9999", name="'Born'", **changes)
    scene.refuses(born, row, sentence=f"groups {COMES}")
    empty = "x''" if scene.sqlite else "''::bytea"
    fresh = {"id": "9999", "name": "'Born'", "seq": "0", "state": "'new'", "entry_hash": empty}
    scene.refuses(copied("groups", "id = 1", **fresh), sentence=f"groups {COMES}")
    with scene.client() as client:
        client.execute(born)
        client.execute(copied("groups", "id = 1", **fresh))
    organisation = copied("organisations", "id = 1", **fresh)
    told = copied("entries", "trail = 'organisation:1' AND seq = 1", trail="'organisation:9999'")
    scene.refuses(told, organisation, sentence=f"organisations {COMES}")


@pytest.mark.parametrize("change", ["clock = 'system'", "clock = 'demo'", "id = 2", "created_at = '1999-01-01'"])
def test_a_database_keeps_the_clock_that_it_was_made_with(scene: Scene, change: str) -> None:
    scene.refuses(f"UPDATE instance SET {change}", sentence="keeps the clock|one")


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR REPLACE"])
def test_a_database_is_made_only_once(scene: Scene, verb: str) -> None:
    if "REPLACE" in verb and not scene.sqlite:
        return
    scene.refuses(copied("instance", "id = 1", verb), sentence="a database is made only once")
    scene.refuses("DELETE FROM instance", sentence="rows of instance are never deleted")


@pytest.mark.parametrize("change", ["trail = 'ghost:1'", "seq = 1", "id = id + 1000"])
def test_nothing_in_the_queue_is_changed_or_taken_out(scene: Scene, change: str) -> None:
    scene.refuses(f"UPDATE pending SET {change} WHERE id = 5", sentence="rows of pending are never changed")
    scene.refuses("DELETE FROM pending WHERE id = 5", sentence="an entry leaves the queue for a place")


@ON_SQLITE
@pytest.mark.parametrize("number", ["5", "9999", "0"])
def test_nobody_chooses_a_place_in_the_queue(scene: Scene, number: str) -> None:
    scene.refuses(copied("pending", "id = 5", "INSERT OR REPLACE", id=number), sentence="the queue is not chosen")


def _placed(scene: Scene, index: str = "0", seq: str = "1", verb: str = "INSERT") -> str:
    return f"{verb} INTO leaves (leaf_index, trail, seq) VALUES ({index}, '{scene.trail(scene.two)[0]}', {seq})"


def test_places_in_the_log_follow_each_other_and_stay(scene: Scene) -> None:
    first = _placed(scene)
    scene.refuses(_placed(scene, "1"), sentence="follows the last one")
    scene.refuses(first, _placed(scene, "2", "2"), sentence="follows the last one")
    scene.refuses(first, _placed(scene, "-1", "2"), sentence="follows the last one")
    scene.refuses(first, _placed(scene, "1"), sentence="follows the last one|nique")
    scene.refuses(first, "UPDATE leaves SET seq = 2", sentence="rows of leaves are never changed")
    scene.refuses(first, "DELETE FROM leaves", sentence="rows of leaves are never deleted")
    scene.refuses(first, "DELETE FROM pending WHERE id = 5", sentence="an entry leaves the queue for a place")


@ON_SQLITE
def test_a_place_in_the_log_is_not_taken_over(scene: Scene) -> None:
    scene.refuses(_placed(scene), _placed(scene, "0", "2", "INSERT OR REPLACE"), sentence="follows the last one")
    scene.refuses(_placed(scene), _placed(scene, "1", "1", "INSERT OR REPLACE"), sentence="follows the last one")


def test_an_entry_that_no_bundle_would_take_is_refused(scene: Scene) -> None:
    trail, last = scene.trail(scene.two)
    long = "zeroblob(65536)" if scene.sqlite else "decode(repeat('00', 65536), 'hex')"
    scene.refuses(entry(trail, last + 1, body=long), sentence="too long for the Merkle log")


def test_what_was_refused_left_nothing_behind(scene: Scene) -> None:
    told = list(chain.from_iterable(scene.world.trail(f"assignment:{each}") for each in (scene.one, scene.two)))
    assert "accepted" in {line.state for line in told}
    assert scene.world.faults() == []
