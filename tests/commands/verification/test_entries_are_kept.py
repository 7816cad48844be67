"""Entries are written once, in order, along the edges of their lifecycle; nothing takes their place."""

import pytest

from tests.commands.verification.scene import ON_SQLITE, Scene
from tests.commands.verification.statements import changed, copied, entry, head, table

KEPT = ("entries", "lifecycles", "edges")


@pytest.mark.parametrize(("name", "column"), [(name, each.name) for name in KEPT for each in table(name).columns])
def test_nothing_in_the_log_is_changed(scene: Scene, name: str, column: str) -> None:
    value = changed(table(name).columns[column], sqlite=scene.sqlite)
    scene.refuses(f"UPDATE {name} SET {column} = {value}", sentence=f"rows of {name} are never changed")


@pytest.mark.parametrize(
    "which",
    ["trail = 'assignment:1' AND seq = 1", "seq > 1", "trail LIKE 'assignment:%'", "1 = 1"],
    ids=["one entry", "all but the first of each trail", "whole trails", "everything"],
)
def test_no_entry_is_deleted(scene: Scene, which: str) -> None:
    scene.refuses(f"DELETE FROM entries WHERE {which}", sentence="rows of entries are never deleted")


@pytest.mark.parametrize("name", ["lifecycles", "edges"])
def test_no_rule_is_deleted(scene: Scene, name: str) -> None:
    scene.refuses(f"DELETE FROM {name}", sentence=f"rows of {name} are never deleted")


def test_a_trail_has_no_gaps(scene: Scene) -> None:
    trail, last = scene.trail(scene.two)
    scene.refuses(entry(trail, last + 2), sentence="an entry follows the last entry of its trail")
    scene.refuses(entry(trail, 0), sentence="an entry follows the last entry of its trail")


def test_a_place_in_a_trail_is_taken_once(scene: Scene) -> None:
    trail, last = scene.trail(scene.two)
    scene.refuses(entry(trail, last), sentence="follows the last entry|duplicate key")


@pytest.mark.parametrize(
    "edge",
    [
        {"action": "'accept'", "state": "'accepted'"},  # accepted without a report
        {"action": "'submit'", "state": "'accepted'"},  # an action that leads elsewhere
        {"action": "'submit'", "source": "'accepted'", "state": "'submitted'"},  # from where it does not start
        {"action": "'approve'"},  # an action that there is not
        {"action": "'update'", "source": "'current'", "state": "'current'"},  # of another lifecycle
        {"lifecycle": "body"},  # of a lifecycle that nobody declared
    ],
)
def test_an_entry_takes_an_edge_of_the_lifecycle_it_names(scene: Scene, edge: dict[str, str]) -> None:
    trail, last = scene.trail(scene.two)
    # On SQLite a trigger sees to it: foreign keys hold only for clients that ask for them.
    scene.refuses(entry(trail, last + 1, **edge), sentence="takes an edge of the lifecycle|fk_entries_lifecycle")


def test_every_entry_waits_for_the_merkle_log_whoever_wrote_it(scene: Scene) -> None:
    trail, last = scene.trail(scene.two)
    with scene.client() as client:
        client.execute(entry(trail, last + 1))
        newest = client.execute("SELECT trail, seq FROM pending ORDER BY id DESC LIMIT 1").fetchone()
    assert tuple(newest) == (trail, last + 1)


REPLACE = "INSERT OR REPLACE"
FIRST = "trail = 'assignment:{two}' AND seq = 1"
NUMBERED = (
    "INSERT OR REPLACE INTO entries (rowid, trail, seq, hash, lifecycle, action, source, state, at, body) "
    "SELECT ROWID, trail, {last} + 1, hash, lifecycle, 'comment', state, state, at, body FROM entries WHERE " + FIRST
)
TAKEN = f"login = 'controller', seq = 2, entry_hash = {head('account:7', 2)}"
OTHER = {"id": "9999", "seq": "1", "entry_hash": head("assignment:9999", 1), "late": "1"}
UNNUMBERED = {"id": "NULL", "period": "9", "seq": "1", "entry_hash": head("assignment:-1", 1)}
OTHER_WAYS = {
    "a row by its number": [copied("assignments", "id = {two}", REPLACE, late="NOT late")],
    "a row by another key of it": [
        copied("entries", FIRST, trail="'assignment:9999'"),
        copied("assignments", "id = {two}", REPLACE, **OTHER),
    ],
    "another's row by an update": [
        entry("account:7", 2, action="'update'"),
        f"UPDATE OR REPLACE accounts SET {TAKEN} WHERE id = 7",
    ],
    "an attached row": [copied("memberships", "group_id = 1", REPLACE, since="'2020-01-01'")],
    "a row that numbers itself": [
        copied("entries", FIRST, trail="'assignment:-1'"),
        copied("assignments", "id = {two}", REPLACE, **UNNUMBERED),
    ],
    "an entry by its place": [copied("entries", FIRST, REPLACE, body="x'00'")],
    "an entry by its rowid": [NUMBERED.replace("ROWID", "1")],
    "an entry by a rowid below all": [NUMBERED.replace("ROWID", "-1")],
    "an entry by an update": ["UPDATE OR REPLACE entries SET seq = 2 WHERE " + FIRST],
    "a lifecycle": [copied("lifecycles", "1 = 1", REPLACE, declared="x'00'")],
    "an edge": [copied("edges", "action = 'accept'", REPLACE)],
}


@ON_SQLITE
@pytest.mark.parametrize("statements", OTHER_WAYS.values(), ids=OTHER_WAYS)
def test_nothing_is_replaced(scene: Scene, statements: list[str]) -> None:
    _, last = scene.trail(scene.two)
    told = [statement.format(two=scene.two, last=last) for statement in statements]
    scene.refuses(
        *told,
        sentence="comes with the|change only with|never replaced|never changed|follows the last|choose its rowid",
    )


@pytest.mark.parametrize(
    ("name", "where", "clause"),
    [
        ("assignments", "id = 1", "(id) DO UPDATE SET late = NOT excluded.late"),
        ("entries", "trail = 'assignment:1' AND seq = 1", "(trail, seq) DO UPDATE SET action = 'comment'"),
        ("lifecycles", "1 = 1", "(hash) DO UPDATE SET declared = excluded.hash"),
    ],
)
def test_an_upsert_changes_nothing_either(scene: Scene, name: str, where: str, clause: str) -> None:
    scene.refuses(
        f"{copied(name, where)} ON CONFLICT {clause}",
        sentence="comes with the|change only with|never replaced|never changed|follows the last",
    )


_NEXT = "(SELECT coalesce(max(leaf_index) + 1, 0) FROM leaves)"


@pytest.mark.parametrize(
    "entry", ["NULL, NULL", "'assignment:1', NULL", "NULL, 1"], ids=["none", "no number", "no trail"]
)
def test_a_place_in_the_merkle_log_is_not_left_empty(scene: Scene, entry: str) -> None:
    # It stopped the sealing for ever: there were no bytes to seal in that place, and none could follow it.
    statement = f"INSERT INTO leaves (leaf_index, trail, seq) VALUES ({_NEXT}, {entry})"
    scene.refuses(statement, sentence="a place in the Merkle log is taken by an entry")


def test_a_place_in_the_merkle_log_is_not_for_an_entry_that_is_not_there(scene: Scene) -> None:
    statement = f"INSERT INTO leaves (leaf_index, trail, seq) VALUES ({_NEXT}, 'assignment:1', 999)"
    scene.refuses(statement, sentence="taken by an entry" if scene.sqlite else "fk_leaves")
