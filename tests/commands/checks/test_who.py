"""Who acted: a forger who makes every hash fit can't make an account be there, or be another's, or have a role."""

from typing import Any

import pytest
from sqlalchemy import Connection

from tests.commands.verification import forger
from tests.commands.verification.scene import Scene, faults

# admin 2, controller 3, clerk 4, reviewer 5, director 6, a 7, b 8, s1–s3 9–11, deputy 12.
CONTROLLER, CLERK, REVIEWER, A, B, DEPUTY = 3, 4, 5, 7, 8, 12


def forged(scene: Scene, trail: str = "assignment:4", **parts: Any) -> list[str]:
    """What is found of one more comment, told by somebody of the forger's choice."""
    with scene.administrator() as connection:
        forger.comment(connection, trail, **parts)
        return [line.partition(": ")[2] for line in faults(connection)]


def test_a_comment_by_somebody_whose_business_it_is_is_not_told_from_a_true_one(scene: Scene) -> None:
    assert forged(scene, actor=B, person=B, role="executor") == []
    assert forged(scene, actor=REVIEWER, person=REVIEWER, role="reviewer") == []


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (
            {"actor": 999, "person": 999, "role": "controller"},
            "account 999, which is to have written it, did not exist",
        ),
        ({"actor": CONTROLLER, "person": CLERK, "role": "controller"}, "names person 4 for account 3"),
        ({"actor": CLERK, "person": CLERK, "role": "controller"}, "account 4 had not the role “controller” then"),
        ({"actor": A, "person": A, "role": "executor"}, "account 7 did not act for the organisation"),
        ({"actor": 9, "person": 9, "role": "executor"}, "account 9 did not act for the organisation"),
        (
            {"actor": B, "person": B, "role": "controller", "for": CONTROLLER, "for_person": CONTROLLER},
            "account 8 was not appointed to act in the name of account 3 then",
        ),
        (
            {"actor": DEPUTY, "person": DEPUTY, "role": "reviewer", "for": REVIEWER, "for_person": CONTROLLER},
            "account 12 was not appointed to act in the name of account 5 then",
        ),
    ],
)
def test_somebody_who_was_not_there_or_not_he_is_named(scene: Scene, parts: dict[str, Any], found: str) -> None:
    (told,) = forged(scene, **parts)
    assert told.startswith(found)


def test_an_appointment_counts_on_its_days_only(scene: Scene) -> None:
    deputy: dict[str, Any] = {
        "actor": DEPUTY,
        "person": DEPUTY,
        "role": "reviewer",
        "for": REVIEWER,
        "for_person": REVIEWER,
    }
    assert forged(scene, **deputy, at="2020-07-31T20:00:00.000000Z") == []  # still the last day in Moscow
    (told,) = forged(scene, **deputy, at="2020-08-01T00:00:00.000000Z")
    assert told.startswith("account 12 was not appointed")


def closed(connection: Connection, at: str) -> None:
    """Account 7 is closed by the controller's colleague, in order."""
    last = forger.bodies(connection, "account:7")[1]
    note = {"fields": {"note": "0" * 64}}
    forger.append_any(
        connection, "account:7", "accounts", last | {"at": at}, action="close", to="closed", role="admin", actor=2,
        person=2, **note,
    )  # fmt: skip


def test_an_account_that_was_closed_acts_no_more(scene: Scene) -> None:
    with scene.administrator() as connection:
        closed(connection, "2020-07-04T06:00:00.000000Z")
        forger.comment(connection, "assignment:3", actor=A, person=A, role="executor", at="2020-07-04T06:01:00.000000Z")
        assert not [line for line in faults(connection) if "did not exist" in line]  # transactions overlap
        forger.comment(connection, "assignment:3", actor=A, person=A, role="executor", at="2020-07-04T06:10:00.000000Z")
        assert [line for line in faults(connection) if "account 7, which is to have written it, did not exist" in line]


@pytest.mark.parametrize(
    ("action", "by", "found"),
    [
        ("set_password", (CLERK, "registrar"), "the role “registrar” keeps no accounts with the role “executor”"),
        (
            "set_password",
            (CONTROLLER, "controller"),
            "the role “controller” keeps no accounts with the role “executor”",
        ),
        ("sign_out", (2, "admin"), "only the person of the account can do that, not account 2"),
        ("issue_token", (CONTROLLER, "controller"), "only the person of the account can do that, not account 3"),
        ("close", (CONTROLLER, "controller"), "the role “controller” keeps no accounts with the role “executor”"),
    ],
)
def test_what_is_done_to_an_account_is_done_by_whoever_may(
    scene: Scene, action: str, by: tuple[int, str], found: str
) -> None:
    actor, role = by
    with scene.administrator() as connection:
        last = forger.bodies(connection, "account:7")[1]
        to = "closed" if action == "close" else "active"
        forger.append_any(
            connection, "account:7", "accounts", last, action=action, to=to, role=role, actor=actor, person=actor,
            fields={"note": "0" * 64} if action == "close" else {}, at="2020-07-04T06:00:00.000000Z",
        )  # fmt: skip
        assert [line for line in faults(connection) if found in line]
