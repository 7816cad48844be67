"""Every page and operation is open to the roles it was granted to, and to nobody else; pages and programs alike."""

import re

import pytest

from commands.access.api_tokens import Scope
from desk.api.grants import GRANTS as OPERATIONS
from desk.request.grants import GRANTS, TRAILS
from states.assignment import State
from states.lifecycle import Role
from tests.desk.asking import PARAMETERS
from tests.desk.founding import gates
from tests.desk.gates import AUTHORITY, DOOR, OPERATION, PERSONS, Gates, opens

__all__ = ["gates"]
VALUES = PARAMETERS | {"session": "99", "subject": "assignment:1"}
STREAMS = ("GET /events",)  # they end only with their head asked for


@pytest.mark.parametrize("who", [who for who, person in PERSONS.items() if person.login])
def test_the_trail_of_every_other_subject_is_read_by_its_roles_alone(gates: Gates, who: str) -> None:
    person = PERSONS[who]
    own = gates.accounts()[person.login]
    for kind, roles in TRAILS.items():
        if kind != "assignment":
            answer = gates.ask(who, f"/trails/{kind}:1")
            assert answer.status_code == (200 if person.role in roles else 403), kind
    assert gates.ask(who, f"/trails/account:{own}").status_code == 200


@pytest.mark.parametrize("who", PERSONS)
def test_every_page_lets_through_whom_it_was_granted_to_and_nobody_else(gates: Gates, who: str) -> None:
    person, before = PERSONS[who], gates.written()
    for operation in GRANTS:
        method, path = operation.split()
        path = re.sub(r"{(\w+)}", lambda found: VALUES[found[1]], path)
        answer = gates.ask(who, path, "HEAD" if operation in STREAMS else method, params={"lang": "en"})
        if person.role is None:
            assert answer.status_code == (401 if method == "POST" else 303), operation
            continue
        denied = answer.status_code == 403 and (
            operation in STREAMS or "does not reach this" in answer.text or "leads to one assignment" in answer.text
        )
        about_one = "/assignments/" in operation or "{subject}" in operation
        here = (AUTHORITY, State.ASSIGNED) if about_one else ()
        through = opens(person, operation, *here) and not (person.only and "{action}" in operation)
        by_subject = "{subject}" in operation and person.role is Role.ADMIN
        assert denied == (not through or by_subject), operation
    assert gates.written() == before  # a form without its token does nothing, whoever sends it


@pytest.mark.parametrize("who", [who for who, person in PERSONS.items() if person.login and not person.instead])
def test_every_operation_lets_through_its_roles_and_nobody_else(gates: Gates, who: str) -> None:
    before = gates.written()
    for operation, (_, roles) in OPERATIONS.items():
        method, path = operation.split()
        path = path.replace("{number}", "999999").replace("{login}", "ghost")
        if path != "/token/revocation":
            answer = gates.call(gates.tokens[who], path, method, json={})
            denied = answer.status_code == 403 and answer.json()["type"] == "urn:poruchenie:not-granted"
            assert denied == (PERSONS[who].role not in roles), operation
    assert gates.written() == before


ALIKE = {
    "GET /protocols/{number}": "GET /protocols/{number}",
    "GET /assignments/{number}": "GET /assignments/{number}",
    "GET /assignments/{number}/trail": "GET /assignments/{number}",
    OPERATION: DOOR,
    "POST /drafts": "POST /register/draft",
    "POST /protocols": "POST /register",
    "GET /organisations": "GET /roster",
    "POST /rosters": "POST /roster",
    "GET /accounts": "GET /accounts",
    "POST /accounts": "POST /accounts",
    "POST /accounts/table": "POST /accounts/table",
    "POST /accounts/{login}/closing": "POST /accounts/{login}/close",
    "POST /accounts/{login}/invitations": "POST /accounts/{login}/invite",
    "POST /accounts/{login}/substitutions": "POST /accounts/{login}/substitute",
    "GET /entries": "GET /search",
    "GET /assignments/{number}/files/{sha256}": "GET /assignments/{number}/files/{sha256}",
}


def test_page_and_program_are_granted_to_the_same_roles() -> None:
    for operation, page in ALIKE.items():
        assert OPERATIONS[operation][1] == GRANTS[page], operation
    writing = {each for each, (scope, _) in OPERATIONS.items() if scope is not Scope.READ}
    assert writing - ALIKE.keys() == {"POST /protocols/{number}/withdrawal"}  # the command line's, and a program's
