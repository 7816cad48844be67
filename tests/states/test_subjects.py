"""The small lifecycles, and the promise that rules once named in a log are never forgotten."""

import pytest

from states.lifecycle import NEW, Lifecycle, Need, Role, WrongRoleError, WrongStateError
from states.subjects import ACCOUNT, GROUP, KNOWN, LIFECYCLES, LOG, ORGANISATION, PAST, POLICY, PROTOCOL

# Audit entries name these hashes for ever. If one of them differs, a lifecycle was changed: raise its version,
# put the hash that stands here into states.subjects.PAST, and only then write the new hash here.
HASHES = {
    "assignment": "62a47647c3fdd1037c979004eced17c86ffc93549f7bfc9aa0044d6e76e8272a",
    "protocol": "0f6dc2d0618465e7494d36de8ad7f84eefb5cc7360e79f03fd84b7cc5abd2230",
    "organisation": "695abbd3b821a2d3137a6fa0f5cdaa84807ad25d5030fce84819db6f6f0aa1e3",
    "group": "2c98153996cfe0f2edb431581cdc988e2214697c48c80f9000281f69f23fb2d6",
    "account": "ad18d10cd67aeee8752daf9f46e0b10dd5754ed7926192ad689d8e0faacd4cc2",
    "policy": "99c969c92b51b221075276a21c1be72f36db944ce97b76aaef3d9ccc47ded4a3",
    "log": "460dc7f86298bbe6e998c260013530a04c09d4d6b351838c6774403ed3ad9c93",
}

KEEPERS = {Role.REGISTRAR, Role.CONTROLLER, Role.ADMIN}
GRANTORS = {Role.ADMIN, Role.CONTROLLER}
PERSONS = set(Role) - {Role.SYSTEM}
EDGES: list[tuple[Lifecycle, str, dict[str, str], set[Role], set[Need]]] = [
    (PROTOCOL, "register", {NEW: "under_control"}, {Role.REGISTRAR}, set()),
    (PROTOCOL, "expand", {"under_control": "under_control"}, {Role.REGISTRAR, Role.SYSTEM}, set()),
    (PROTOCOL, "withdraw", {"under_control": "withdrawn"}, {Role.CONTROLLER}, {Need.BASIS}),
    (ORGANISATION, "create", {NEW: "current"}, KEEPERS, set()),
    (ORGANISATION, "update", {"current": "current"}, KEEPERS, set()),
    (GROUP, "create", {NEW: "current"}, KEEPERS, set()),
    (GROUP, "update", {"current": "current"}, KEEPERS, set()),
    (ACCOUNT, "create", {NEW: "active"}, {*GRANTORS, Role.SYSTEM}, set()),
    (ACCOUNT, "update", {"active": "active"}, GRANTORS, set()),
    (ACCOUNT, "invite", {"active": "active"}, GRANTORS, set()),
    (ACCOUNT, "set_password", {"active": "active"}, PERSONS, set()),
    (ACCOUNT, "send_code", {"active": "active"}, {Role.SYSTEM}, set()),
    (ACCOUNT, "sign_in", {"active": "active"}, PERSONS, set()),
    (ACCOUNT, "refuse_sign_in", {"active": "active"}, {Role.SYSTEM}, set()),
    (ACCOUNT, "sign_out", {"active": "active"}, PERSONS, set()),
    (ACCOUNT, "issue_token", {"active": "active"}, PERSONS, set()),
    (ACCOUNT, "revoke_token", {"active": "active"}, PERSONS, set()),
    (ACCOUNT, "substitute", {"active": "active"}, GRANTORS, {Need.BASIS}),
    (ACCOUNT, "close", {"active": "closed"}, GRANTORS, {Need.BASIS}),
    (POLICY, "adopt", {NEW: "in_force", "in_force": "in_force"}, {Role.SYSTEM}, set()),
    (LOG, "begin", {NEW: "kept"}, {Role.SYSTEM}, set()),
    (LOG, "rotate", {"kept": "kept"}, {Role.ADMIN}, {Need.BASIS}),
    (LOG, "erase", {"kept": "kept"}, {Role.CONTROLLER, Role.LEADER}, {Need.BASIS}),
    (LOG, "resume", {"kept": "kept"}, {Role.CONTROLLER}, {Need.BASIS}),
    (LOG, "upgrade", {"kept": "kept"}, {Role.SYSTEM}, set()),
    (LOG, "fill_place", {"kept": "kept"}, {Role.CONTROLLER, Role.ADMIN}, {Need.BASIS}),
    (LOG, "adopt_witnesses", {"kept": "kept"}, {Role.SYSTEM, Role.ADMIN}, set()),
    (LOG, "ask_erasure", {"kept": "kept"}, {Role.CONTROLLER}, {Need.BASIS}),
    (LOG, "repair", {"kept": "kept"}, {Role.CONTROLLER, Role.ADMIN}, {Need.BASIS}),
    (LOG, "proceed", {"kept": "kept"}, {Role.CONTROLLER}, {Need.BASIS}),
]


@pytest.mark.parametrize(("kind", "digest"), HASHES.items())
def test_the_rules_in_force_are_those_that_logs_name(kind: str, digest: str) -> None:
    assert LIFECYCLES[kind].hash.hex() == digest


def test_every_kind_of_subject_has_its_lifecycle_under_its_own_name() -> None:
    assert {kind: lifecycle.name for kind, lifecycle in LIFECYCLES.items()} == {kind: kind for kind in HASHES}


def test_no_two_kinds_share_rules() -> None:
    assert len({each.hash for each in LIFECYCLES.values()}) == len(LIFECYCLES)


def test_a_log_may_name_the_rules_of_today_and_of_the_past_and_no_others() -> None:
    today = {bytes.fromhex(digest) for digest in HASHES.values()}
    assert today | PAST == KNOWN
    assert not today & PAST


@pytest.mark.parametrize(("lifecycle", "action", "follows", "roles", "needs"), EDGES)
def test_a_small_lifecycle_is_open_exactly_where_it_should_be(
    lifecycle: Lifecycle, action: str, follows: dict[str, str], roles: set[Role], needs: set[Need]
) -> None:
    assert set(lifecycle.edge(action).needs) == needs
    for state in (NEW, *lifecycle.states):
        for role in Role:
            if role in roles and state in follows:
                assert lifecycle.move(state, action, role) == follows[state]
            else:
                with pytest.raises((WrongRoleError, WrongStateError)):
                    lifecycle.move(state, action, role)


def test_no_small_lifecycle_has_an_action_besides() -> None:
    told = {(lifecycle.name, action) for lifecycle, action, *_ in EDGES}
    declared = {(each.name, edge.action) for each in LIFECYCLES.values() for edge in each.edges}
    assert {(kind, action) for kind, action in declared if kind != "assignment"} == told


@pytest.mark.parametrize(("lifecycle", "last"), [(PROTOCOL, "withdrawn"), (ACCOUNT, "closed")])
def test_what_is_withdrawn_or_closed_stays_so(lifecycle: Lifecycle, last: str) -> None:
    assert [lifecycle.permitted(last, role) for role in Role] == [()] * len(Role)
