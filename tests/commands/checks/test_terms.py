"""Terms: due dates, lateness and the ministry's own terms are what policy and calendar made of the action then."""

from typing import Any

import pytest

from tests.commands.verification import forger
from tests.commands.verification.scene import Scene, faults

# assign, acknowledge, request_extension, extend, submit, assign_reviewer, return, submit, review, accept
TRAIL = "assignment:3"


def retold(scene: Scene, seq: int, **changed: Any) -> list[str]:
    """What is found when an entry tells other columns, and the row is made to agree."""
    with scene.administrator() as connection:
        facts = forger.bodies(connection, TRAIL)[seq]["facts"]
        forger.rewrite(connection, TRAIL, seq, facts=facts | {"set": facts["set"] | changed})
        return [line for line in faults(connection) if line.startswith(f"{TRAIL}/{seq}: ")]


@pytest.mark.parametrize(
    ("seq", "changed", "named"),
    [
        (1, {"late": True}, "late"),
        (1, {"report_version": 1}, "report_version"),
        (1, {"due": "2020-12-31T21:00:00.000000Z"}, "another due date than its item has"),
        (1, {"due": None, "derivation": None}, "another due date than its item has"),
        (4, {"due": "2021-07-10T21:00:00.000000Z"}, "due"),
        (4, {"late": True}, "late"),
        (5, {"late": True}, "late"),
        (5, {"report_version": 7}, "report_version"),
        (5, {"review_due": "2020-12-31T21:00:00.000000Z"}, "review_due"),
        (5, {"review_due": None}, "review_due"),
        (7, {"due": "2021-07-10T21:00:00.000000Z"}, "due"),
        (7, {"review_due": "2021-07-10T21:00:00.000000Z"}, "review_due"),
        (9, {"reviewer_id": 3}, "reviewer_id"),
        (9, {"review_due": "2021-07-10T21:00:00.000000Z"}, "review_due"),
        (10, {"review_due": "2021-07-10T21:00:00.000000Z"}, "review_due"),
    ],
)
def test_a_column_that_does_not_follow_is_named(scene: Scene, seq: int, changed: dict[str, Any], named: str) -> None:
    told = retold(scene, seq, **changed)
    assert [line for line in told if named in line and "then in force" in line], told


def test_a_due_date_with_reasons_made_to_fit_is_found_by_its_calendar(scene: Scene) -> None:
    """The forger moves day and moment alike: the reasons still come to the old day."""
    with scene.administrator() as connection:
        facts = forger.bodies(connection, TRAIL)[7]["facts"]
        due = facts["set"]["derivation"] | {"day": "2021-03-01", "due": "2021-03-01T21:00:00Z"}
        columns = facts["set"] | {"derivation": due, "due": "2021-03-01T21:00:00.000000Z"}
        forger.rewrite(connection, TRAIL, 7, facts=facts | {"set": columns})
        assert [
            line for line in faults(connection) if line.startswith(f"{TRAIL}/7: “return” leads to other values of due")
        ]


@pytest.mark.parametrize("submitted", ["2020-06-02T00:00:00Z", "2019-01-01T00:00:00Z", "soon", None])
def test_a_report_was_handed_in_when_its_entry_was_written(scene: Scene, submitted: object) -> None:
    with scene.administrator() as connection:
        facts = forger.bodies(connection, TRAIL)[5]["facts"]
        forger.rewrite(connection, TRAIL, 5, facts=facts | {"submitted_at": submitted})
        assert [line for line in faults(connection) if line.startswith(f"{TRAIL}/5: ")]


def test_a_rung_is_not_fired_before_its_time_nor_one_that_the_ladder_has_not(scene: Scene) -> None:
    with scene.administrator() as connection:
        told = forger.bodies(connection, "assignment:4")
        last = told[max(told)]
        assert last["action"] == "escalate"
        for days in (5, 4):
            facts = {**last["facts"], "rung": days}
            forger.append(connection, "assignment:4", action="escalate", facts=facts)
        found = [line for line in faults(connection) if "“escalate” leads to other values of rung" in line]
    assert len(found) == 2


def test_an_item_of_the_protocol_has_the_date_that_its_words_come_to(scene: Scene) -> None:
    with scene.administrator() as connection:
        forger.retell(connection, "protocol:1", 1, "items/1", lambda item: item | {"derivation": None})
        found = [line for line in faults(connection) if line.startswith("protocol:1/1: item 1.1 has another due date")]
    assert found


def test_a_report_is_not_received_before_it_was_awaited(scene: Scene) -> None:
    """The registrar's date of receipt may lie back, but not before the return that the report answers."""
    with scene.administrator() as connection:
        told = forger.bodies(connection, TRAIL)[8]
        before = "2020-06-02T06:00:00Z"
        parts = {"actor": 4, "person": 4, "role": "registrar", "fields": told["fields"] | {"files": "0" * 64}}
        forger.rewrite(connection, TRAIL, 8, facts=told["facts"] | {"submitted_at": before}, **parts)
        assert [
            line for line in faults(connection) if line.startswith(f"{TRAIL}/8: “submit” leads to other values of sub")
        ]
