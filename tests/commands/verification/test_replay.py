"""A forger makes every hash fit: replay asks the lifecycle that an entry names, and no other."""

from typing import Any

import pytest
from sqlalchemy import insert, update

from audit.trails.tables import lifecycles
from states.assignment import ASSIGNMENT
from states.lifecycle import Edge, Lifecycle, Role
from states.subjects import PROTOCOL
from tests.commands.verification import forger
from tests.commands.verification.scene import Scene, faults

# Assignment 3: assign, acknowledge, request_extension, extend, submit, assign_reviewer, return, submit, review, accept.
TRAIL = "assignment:3"
EXECUTOR, SPECIALIST, CONTROLLER = 7, 5, 3
ILLEGAL = "the lifecycle it names does not allow it: "
ROLE = "The role “{}” may not take the action “{}”; it is for: "
SAME = "Policy “three” separates persons: whoever took “{}” may not take “{}” on the same report."


def rewritten(scene: Scene, seq: int, **parts: Any) -> list[str]:
    with scene.administrator() as connection:
        forger.rewrite(connection, TRAIL, seq, **parts)
        return faults(connection)


def appended(scene: Scene, trail: str, **parts: Any) -> list[str]:
    with scene.administrator() as connection:
        forger.append(connection, trail, **parts)
        return faults(connection)


def test_a_forger_who_changes_nothing_is_not_noticed(scene: Scene) -> None:
    assert rewritten(scene, 5) == []
    with scene.administrator() as connection:
        forger.comment(connection, "assignment:3", actor=3, person=3, role="controller")
        assert faults(connection) == []


@pytest.mark.parametrize(
    ("seq", "parts", "found"),
    [
        (9, {"role": "executor"}, ILLEGAL + ROLE.format("executor", "review")),
        (10, {"role": "leader"}, ILLEGAL + ROLE.format("leader", "accept")),
        (10, {"role": "tsar"}, ILLEGAL),
        (9, {"person": EXECUTOR}, ILLEGAL + SAME.format("submit", "review")),  # he judges his own report
        (9, {"for_person": EXECUTOR}, ILLEGAL + SAME.format("submit", "review")),  # through a substitute
        (10, {"person": EXECUTOR}, ILLEGAL + SAME.format("submit", "accept")),
        (10, {"person": SPECIALIST}, ILLEGAL + SAME.format("review", "accept")),
        (10, {"facts": {"separation": "none"}}, ILLEGAL),
        (10, {"facts": {}}, ILLEGAL),
        (10, {"to": "withdrawn"}, ILLEGAL + "“accept” leads to the state “accepted”, not to “withdrawn”"),
        (2, {"action": "approve"}, ILLEGAL + "There is no action “approve”."),
        (2, {"action": "check"}, ILLEGAL + ROLE.format("executor", "check")),
        (2, {"from_": "returned"}, "starts from the state “returned”, but the entry before it ended in “assigned”"),
        (2, {"lifecycle": PROTOCOL.hash.hex()}, "names the lifecycle of another kind of subject (“protocol”)"),
        (2, {"lifecycle": "00" * 32}, "names a lifecycle that the database does not hold"),
    ],
)  # fmt: skip
def test_an_illegal_step_is_found_though_all_hashes_fit(
    scene: Scene, seq: int, parts: dict[str, Any], found: str
) -> None:
    told = rewritten(scene, seq, **parts)
    assert told[0].startswith(f"{TRAIL}/{seq}: {found}")
    assert {line.partition("/")[0] for line in told} == {TRAIL}


@pytest.mark.parametrize(
    "parts",
    [
        {"facts": {"set": {"due": None}}},
        {"facts": {"set": {"late": True}}},
        {"facts": {"rows": {"items": [{"id": 1}]}}},
    ],
)
def test_values_told_otherwise_no_longer_match_the_row(scene: Scene, parts: dict[str, Any]) -> None:
    told = appended(scene, "assignment:4", action="escalate", **parts)
    assert [line for line in told if "says other than the trail" in line]
    assert any("which “escalate” never does" in line for line in told)
    assert all(line.startswith("assignment:4/5: ") for line in told)


@pytest.mark.parametrize(
    "facts",
    [
        {"set": 5},
        {"set": ["late"]},
        {"rows": []},
        {"rows": {"items": 5}},
        {"rows": {"items": [5]}},
        {"rows": {"ghosts": [{"id": 1}]}},
        {"rows": {"items": [{"id": True}]}},
        {"rows": {"items": [{"number": "1.1"}]}},
    ],
)
def test_an_entry_that_tells_in_a_strange_way_is_named(scene: Scene, facts: dict[str, Any]) -> None:
    told = appended(scene, "assignment:4", action="escalate", facts=facts)
    assert "assignment:4/5: tells of columns or rows in a way that this program never does" in told
    assert all(line.startswith("assignment:4/5: ") for line in told)


@pytest.mark.parametrize(
    "hashes", [{"prev": "AB" * 32}, {"lifecycle": "0", "prev": "0"}, {"prev": None}, {"prev": "0"}]
)
def test_hashes_that_are_none_are_named_not_stumbled_over(scene: Scene, hashes: dict[str, Any]) -> None:
    with scene.administrator() as connection:
        content = forger.bodies(connection, "assignment:4")[4] | hashes
        forger.put(connection, "assignment:4", 4, content)
        assert [line for line in faults(connection) if line.startswith("assignment:4/4: ")]


def foreign(digest: bytes) -> str:
    sentence = "the database holds a lifecycle that no version of this program had, or bytes that are not its own"
    return f"lifecycle:{digest.hex()[:16]}/0: {sentence}"


def test_a_lifecycle_whose_bytes_were_changed_is_trusted_no_more(scene: Scene) -> None:
    with scene.administrator() as connection:
        lax = ASSIGNMENT.declared.replace(b'"roles":["reviewer"]', b'"roles":["executor"]')
        assert lax != ASSIGNMENT.declared
        here = update(lifecycles).where(lifecycles.c.hash == ASSIGNMENT.hash)
        connection.execute(here.values(declared=lax))
        told = faults(connection)
    assert (
        f"{TRAIL}/1: names a lifecycle that the database does not hold, or that no version of this program had" in told
    )
    assert told[-1] == foreign(ASSIGNMENT.hash)


def test_a_lifecycle_of_the_forgers_own_making_is_found_even_where_its_hash_is_right(scene: Scene) -> None:
    own = Lifecycle("assignment", 1, (Edge("accept", ("assigned",), "accepted", (Role.EXECUTOR,)),))
    with scene.administrator() as connection:
        connection.execute(insert(lifecycles).values(hash=own.hash, declared=own.declared))
        unused = faults(connection)
        step = {"action": "accept", "to": "accepted", "role": "executor", "lifecycle": own.hash.hex()}
        forger.append(connection, "assignment:4", **step)
        used = faults(connection)
    assert unused == [foreign(own.hash)]
    assert used[0].startswith("assignment:4/5: names a lifecycle that the database does not hold, or that no version")
    assert used[-1] == foreign(own.hash)
