"""What an entry needs and writes: a decision without its reason, a column that is none of the action's business."""

from typing import Any

import pytest

from audit.trails.commitments import commit
from states.separation import Separation
from states.subjects import PAST
from tests.commands.verification import forger
from tests.commands.verification.scene import Scene, faults
from tests.world import World

TRAIL = "assignment:3"  # accepted at entry 10, by the controller
CONTROLLER: dict[str, Any] = {"actor": 3, "person": 3, "role": "controller"}
NOTE = {"fields": {"note": "0" * 64}}


def appended(scene: Scene, **parts: Any) -> list[str]:
    with scene.administrator() as connection:
        forger.append(connection, TRAIL, **{**CONTROLLER, **parts})
        return faults(connection)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"action": "reopen", "to": "returned"}, "“reopen” needs its basis"),
        ({"action": "comment", "to": "accepted"}, "“comment” needs a text, and the entry has none"),
        ({"action": "comment", "to": "accepted", **NOTE, "facts": {"set": {"late": False}}}, "writes late, which"),
        (
            {"action": "comment", "to": "accepted", **NOTE, "facts": {"set": {"reviewer_id": None}}},
            "writes reviewer_id",
        ),
        ({"action": "comment", "to": "accepted", **NOTE, "facts": {"rows": {"tokens": []}}}, "writes tokens, which"),
        ({"action": "comment", "to": "accepted", "fields": {"note": "0" * 64, "items/1": "0" * 64}}, "writes items"),
    ],
)
def test_what_is_lacking_or_beside_the_point_is_named(scene: Scene, parts: dict[str, Any], found: str) -> None:
    assert [line for line in appended(scene, **parts) if line.startswith(f"{TRAIL}/11: ") and found in line]


def test_an_empty_reason_is_none(scene: Scene) -> None:
    with scene.administrator() as connection:
        forger.comment(connection, TRAIL, note=" \n", **CONTROLLER)
        (told,) = faults(connection)
    assert "“comment” needs a text, and the entry has none" in told


@pytest.mark.parametrize("old", sorted(each.hex() for each in PAST))
def test_nobody_goes_back_to_rules_that_declared_less(scene: Scene, old: str) -> None:
    with scene.administrator() as connection:
        written = commit("note", "Noted")
        forger.append(
            connection,
            TRAIL,
            action="comment",
            to="accepted",
            fields={"note": written.digest},
            lifecycle=old,
            **CONTROLLER,
        )
        told = faults(connection)
    assert [line for line in told if line.startswith(f"{TRAIL}/11: names")], told


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"rules": {}}, "adopts something that is no policy"),
        (None, "adopts something that is no policy"),
        ({}, "adopts a policy under the hash of another"),
    ],
)
def test_an_adoption_is_of_a_policy_and_under_its_hash(scene: Scene, content: Any, found: str) -> None:
    with scene.administrator() as connection:
        last = forger.bodies(connection, "policy:1")
        told = last[max(last)]["facts"]["set"]
        lax = (
            told["content"] | {"rules": told["content"]["rules"] | {"separation": "two"}} if content == {} else content
        )
        facts = {"set": {"content": lax, "content_hash": told["content_hash"]}}
        forger.append_any(connection, "policy:1", "policies", {}, action="adopt", to="in_force", facts=facts)
        seq = max(last) + 1
        assert [line for line in faults(connection) if line.startswith(f"policy:1/{seq}: {found}")]


def test_a_policy_that_was_in_force_for_an_hour_only_is_remarked(world: World) -> None:
    world.offer(separation=Separation.TWO)
    world.at("2020-06-01 10:00").sweep()
    assert world.remarks() == []
    world.offer(separation=Separation.THREE)
    assert [line for line in world.remarks() if "another policy than the files" in line]
    world.at("2020-06-01 11:00").sweep()
    (told,) = world.remarks()
    assert told.startswith("policy:1/2: a policy was in force from 2020-06-01 07:00")
    assert world.faults() == []
