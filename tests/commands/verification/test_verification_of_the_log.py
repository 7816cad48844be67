"""An administrator drops the triggers and tampers with the log: verification names the entry."""

import pytest

from tests.commands.verification import forger
from tests.commands.verification.scene import Scene, faults
from tests.commands.verification.statements import copied, head

BYTES = "the stored bytes do not give the stored hash: the entry was changed after it was written"
UNREADABLE = "the stored bytes are not an entry in canonical form"
CHAIN = "does not follow the entry before it: an entry was removed, replaced or put in between"
COLUMN = "the column “{}” says other than the entry's bytes"
DISCLOSED = "the text disclosed as “{}” is not what the entry committed to"
STRAY = "a text is disclosed as “{}”, but the entry has no such field"
ORPHAN = "a disclosed text, or a place in the Merkle log or in the queue, stands without its entry"
OLD_HEAD = "the row of assignments points to entry 4, the trail ends at another"
NO_ENTRY = "the row of assignments has no audit entry"
NO_ROW = "the trail has no row in the table assignments"
UNKNOWN = "is the trail of no subject that there can be"
FOLLOWS = "starts from the state “assigned”, but the entry before it ended in “new”"

# Assignment 4 stands at its beginning: assign, remind, escalate, escalate. Its second entry is tampered with.
HERE = "trail = 'assignment:4' AND seq = 2"


def test_a_clean_log_with_a_rich_history_has_no_faults(scene: Scene) -> None:
    assert scene.two == 4
    assert scene.world.actions(scene.two) == ["assign", "remind", "escalate", "escalate"]
    assert scene.world.actions(scene.one) == [
        "assign", "acknowledge", "request_extension", "extend", "submit", "assign_reviewer", "return", "submit",
        "review", "accept",
    ]  # fmt: skip
    assert scene.world.faults() == []


def tampered(scene: Scene, *statements: str) -> list[str]:
    with scene.administrator() as connection:
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount, statement
        return faults(connection)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        pytest.param("UPDATE entries SET body = {other}", [f"/2: {BYTES}"], id="one byte of the body"),
        pytest.param("UPDATE entries SET body = {nothing}", [f"/2: {BYTES}", f"/2: {UNREADABLE}"], id="no body"),
        pytest.param("UPDATE entries SET hash = {nothing}", [f"/2: {BYTES}", f"/3: {CHAIN}"], id="the hash"),
        pytest.param("UPDATE entries SET action = 'escalate'", [f"/2: {COLUMN.format('action')}"], id="the action"),
        pytest.param("UPDATE entries SET source = 'returned'", [f"/2: {COLUMN.format('source')}"], id="from where"),
        pytest.param("UPDATE entries SET state = 'accepted'", [f"/2: {COLUMN.format('state')}"], id="whereto"),
        pytest.param("UPDATE entries SET at = '2020-06-01'", [f"/2: {COLUMN.format('at')}"], id="the time"),
        pytest.param("UPDATE entries SET lifecycle = hash", [f"/2: {COLUMN.format('lifecycle')}"], id="the rules"),
    ],
)
def test_a_changed_entry_is_named(scene: Scene, statement: str, found: list[str]) -> None:
    other = "CAST(replace(CAST(body AS TEXT), '\"v\":1', '\"v\":2') AS BLOB)"
    if not scene.sqlite:
        other = "set_byte(body, 20, get_byte(body, 20) # 1)"
    nothing = "x''" if scene.sqlite else "''::bytea"
    told = tampered(scene, statement.format(other=other, nothing=nothing) + " WHERE " + HERE)
    assert [line for line in told if "unreadable" not in line][: len(found)] == [
        f"assignment:4{each}" for each in found
    ]
    assert {line.partition("/")[0] for line in told} == {"assignment:4"}


def test_an_entry_taken_out_of_the_middle_leaves_a_gap(scene: Scene) -> None:
    told = tampered(scene, "DELETE FROM entries WHERE " + HERE)
    assert told == [f"assignment:4/3: {CHAIN}", f"assignment:4/2: {ORPHAN}"]


def test_a_gap_that_was_chained_over_is_told_by_the_numbers(scene: Scene) -> None:
    with scene.administrator() as connection:
        connection.exec_driver_sql("DELETE FROM entries WHERE " + HERE)
        connection.exec_driver_sql("DELETE FROM pending WHERE " + HERE)
        forger.rewrite(connection, "assignment:4", 3)
        assert faults(connection) == [f"assignment:4/3: {CHAIN}"]


def test_an_entry_taken_off_the_end_leaves_its_row_ahead(scene: Scene) -> None:
    told = tampered(scene, "DELETE FROM entries WHERE trail = 'assignment:4' AND seq = 4")
    assert {f"assignment:4/4: {ORPHAN}", f"assignment:4/3: {OLD_HEAD}"} <= set(told)
    assert all(
        line.startswith(("assignment:4/3: its row says rung", "assignment:4/3: its rung of"))
        for line in told
        if ORPHAN not in line and OLD_HEAD not in line
    )


def test_a_whole_trail_taken_away_leaves_its_row_alone(scene: Scene) -> None:
    gone = "FROM {} WHERE trail = 'assignment:4'"
    clean = tampered(scene, *("DELETE " + gone.format(each) for each in ("entries", "pending", "disclosures")))
    assert clean == [f"assignment:4/0: {NO_ENTRY}"]


def test_a_row_taken_away_leaves_its_trail_alone(scene: Scene) -> None:
    assert tampered(scene, "DELETE FROM assignments WHERE id = 4") == [f"assignment:4/4: {NO_ROW}"]


def test_an_entry_put_on_the_end_does_not_follow(scene: Scene) -> None:
    told = tampered(scene, copied("entries", HERE, seq="5"))
    assert f"assignment:4/5: {CHAIN}" in told
    assert f"assignment:4/5: {COLUMN.format('seq')}" in told


def test_an_entry_moved_to_another_trail_is_told_by_its_own_bytes(scene: Scene) -> None:
    told = tampered(scene, copied("entries", "trail = 'assignment:4' AND seq = 1", trail="'assignment:9999'"))
    assert f"assignment:9999/1: {COLUMN.format('trail')}" in told


def test_a_trail_of_nothing_that_there_is_is_named(scene: Scene) -> None:
    told = tampered(scene, copied("entries", "trail = 'assignment:4' AND seq = 1", trail="'ghost:1'"))
    assert f"ghost:1/1: {COLUMN.format('trail')}" in told


def test_two_entries_that_changed_places_are_named_both(scene: Scene) -> None:
    swap = "UPDATE entries SET seq = {} WHERE trail = 'assignment:4' AND seq = {}"
    told = tampered(scene, swap.format(9, 2), swap.format(2, 3), swap.format(3, 9))
    assert {f"assignment:4/{number}: {CHAIN}" for number in (2, 3, 4)} <= set(told)


NOTE = "trail = 'assignment:3' AND seq = 3 AND field = 'note'"
NO_SALT = {True: "x'00'", False: r"'\x00'::bytea"}


def test_a_changed_disclosed_text_or_salt_is_named(scene: Scene) -> None:
    found = [f"assignment:3/3: {DISCLOSED.format('note')}"]
    assert tampered(scene, "UPDATE disclosures SET value = 'Health' WHERE " + NOTE) == found
    assert tampered(scene, f"UPDATE disclosures SET salt = {NO_SALT[scene.sqlite]} WHERE {NOTE}") == found


def test_a_text_disclosed_to_nothing_is_named(scene: Scene) -> None:
    stray = copied("disclosures", NOTE, field="'praise'")
    assert tampered(scene, stray) == [f"assignment:3/3: {STRAY.format('praise')}"]
    lost = copied("disclosures", NOTE, seq="99")
    assert tampered(scene, lost) == [f"assignment:3/99: {ORPHAN}"]


def test_a_text_taken_away_without_an_act_is_named(scene: Scene) -> None:
    taken = "the text “note” was taken away without an act of destruction"
    assert tampered(scene, "DELETE FROM disclosures WHERE " + NOTE) == [f"assignment:3/3: {taken}"]


def test_a_queue_row_without_its_entry_is_named(scene: Scene) -> None:
    assert tampered(scene, "INSERT INTO pending (id, trail, seq) VALUES (999999, 'assignment:4', 77)") == [
        f"assignment:4/77: {ORPHAN}"
    ]


def test_an_entry_taken_out_of_the_queue_is_named(scene: Scene) -> None:
    unqueued = "has no place in the Merkle log and does not wait for one"
    assert tampered(scene, "DELETE FROM pending WHERE " + HERE) == [f"assignment:4/2: {unqueued}"]


def test_a_hash_made_to_fit_the_changed_bytes_breaks_the_chain(scene: Scene) -> None:
    # The bytes of the third entry under its own hash in the place of the second.
    third = "SELECT {} FROM entries WHERE trail = 'assignment:4' AND seq = 3"
    change = f"UPDATE entries SET body = ({third.format('body')}), hash = {head('assignment:4', 3)} WHERE {HERE}"
    told = tampered(scene, change)
    assert {f"assignment:4/2: {CHAIN}", f"assignment:4/2: {COLUMN.format('seq')}", f"assignment:4/3: {CHAIN}"} <= set(
        told
    )
