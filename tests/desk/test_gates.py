"""Who may do what: everybody at every door of every state, near and far, by page and by program.

What should come is reckoned from the declarations alone: grants, the lifecycle's edges, the roster's superiors.
"""

import os
import re
from collections.abc import Iterator
from http import HTTPStatus
from itertools import product
from typing import Any

import httpx
import pytest

from commands.mail.links import BY_MAIL
from desk.api.grants import GRANTS as OPERATIONS
from states.assignment import ASSIGNMENT, PERSONAL, State
from states.lifecycle import Role
from tests.desk.founding import gates
from tests.desk.gates import (
    AUTHORITY,
    DOOR,
    FOREIGN,
    OPERATION,
    PAGE,
    PERSONS,
    PLACES,
    SCHOOL,
    STATES,
    Gates,
    Person,
    below,
    opens,
)

__all__ = ["gates"]
WHOLE = "PORUCHENIE_TORTURE" in os.environ
SEEING_ALL = {Role.REGISTRAR, Role.REVIEWER, Role.CONTROLLER, Role.LEADER}
ACTIONS = (*PERSONAL, "assign", "remind", "nonsense")
READ = ("", "/receipts/2", "/table.xlsx", "/files/{file}")


def sees(person: Person, place: str) -> bool:
    if person.role in SEEING_ALL:
        return True
    return person.role is Role.EXECUTOR and below(person.place, place)


def refusals(person: Person, place: str, state: State, action: str) -> set[int]:
    """Every reason that the lifecycle and the scope have against it, as a status. None at all: it is done."""
    edge = next((each for each in ASSIGNMENT.edges if each.action == action), None)
    if not sees(person, place):
        return {HTTPStatus.NOT_FOUND}
    if edge is None:
        return {HTTPStatus.UNPROCESSABLE_ENTITY}
    found = set()
    if person.role not in edge.roles or action not in PERSONAL:
        found.add(HTTPStatus.FORBIDDEN)
    if state not in edge.sources:
        found.add(HTTPStatus.CONFLICT)
    if person.role is Role.EXECUTOR and person.place != place:
        found.add(HTTPStatus.FORBIDDEN)
    return {int(each) for each in found}


def at_the_page(person: Person, operation: str, place: str, state: State, action: str) -> set[int]:
    if person.role is None:
        return {HTTPStatus.SEE_OTHER if operation == PAGE else HTTPStatus.UNAUTHORIZED}
    if not opens(person, operation, place, state) or (person.only and action not in BY_MAIL):
        return {HTTPStatus.FORBIDDEN}
    return refusals(person, place, state, action)


def places_of(person: Person) -> tuple[str, ...]:
    if WHOLE or (person.place and person.only is None):
        return tuple(PLACES)
    return (AUTHORITY,)


def cells(who: str) -> Iterator[tuple[str, State, str]]:
    """Where a person has no say whatever the state, two states stand for all: `make torture` takes every one."""
    person = PERSONS[who]
    for place in places_of(person):
        mute = person.place not in (None, place) and not WHOLE
        yield from product((place,), STATES[:2] if mute else STATES, ACTIONS)


def told(gates: Gates, place: str, state: State, action: str, role: Role | None) -> dict[str, Any]:
    """All that any action needs, so that nothing but who, what and where decides."""
    target = {"assign_reviewer": "reviewer", "reassign": PLACES[place], "transfer": "Control department"}
    more: dict[str, Any] = {"note": "Order 1", "due": "2020-07-20", "to": target.get(action)}
    if action == "submit" and role is Role.REGISTRAR:
        more |= {"on_behalf": place, "received": "2020-06-02T12:00:00+03:00"}
    more["version"] = gates.versions[gates.numbers[place, state]]
    return more


def unleaked(gates: Gates, person: Person, answer: httpx.Response) -> None:
    """Nothing of what this person does not see stands in what he is answered."""
    text = answer.text + str(answer.headers)
    assert [each for each in gates.secrets_from(person) if each in text] == [], answer.url


CHOSEN = [who for who in PERSONS if WHOLE or who not in ("link-accepted", "link-reviewed", "link-withdrawn")]


@pytest.mark.parametrize("who", CHOSEN)
def test_a_form_opens_exactly_where_lifecycle_and_scope_say_so(gates: Gates, who: str) -> None:
    person = PERSONS[who]
    for place, state, action in cells(who):
        answer = gates.ask(who, f"/assignments/{gates.numbers[place, state]}/{action}")
        expected = at_the_page(person, PAGE, place, state, action) or {HTTPStatus.OK}
        assert answer.status_code in expected, (place, state, action)
        unleaked(gates, person, answer)


@pytest.mark.parametrize("who", CHOSEN)
def test_a_form_is_taken_exactly_where_lifecycle_and_scope_say_so(gates: Gates, who: str) -> None:
    person, before = PERSONS[who], gates.written()
    for place, state, action in cells(who):
        more = told(gates, place, state, action, person.role)
        data = {"note": more["note"], "day": more["due"], "target": more["to"] or "", "version": more["version"]}
        data |= {"received": "2020-06-02T12:00"} if "received" in more else {}
        files = [("files", ("letter.pdf", b"%PDF-1.4 a letter"))] if action == "submit" else None
        answer = gates.send(who, f"/assignments/{gates.numbers[place, state]}/{action}", data=data, files=files)
        expected = at_the_page(person, DOOR, place, state, action)
        assert answer.status_code in (expected or {HTTPStatus.SEE_OTHER}), (place, state, action, answer.text)
        unleaked(gates, person, answer)
        _unchanged_or_done(gates, before, done=not expected)


@pytest.mark.parametrize("who", [who for who, person in PERSONS.items() if person.login and not person.instead])
def test_a_program_may_exactly_what_its_person_may(gates: Gates, who: str) -> None:
    person, before = PERSONS[who], gates.written()
    for place, state, action in cells(who):
        granted = person.role in OPERATIONS[OPERATION][1]
        expected = refusals(person, place, state, action) if granted else {int(HTTPStatus.FORBIDDEN)}
        answer = _act(gates, gates.tokens[who], place, state, action, person.role)
        assert answer.status_code in (expected or {HTTPStatus.CREATED}), (place, state, action, answer.text)
        unleaked(gates, person, answer)
        _unchanged_or_done(gates, before, done=not expected)


def test_a_token_without_the_scope_moves_nothing(gates: Gates) -> None:
    before = gates.written()
    for state, action in product(STATES, PERSONAL):
        answer = _act(gates, gates.tokens["controller without act"], AUTHORITY, state, action, Role.CONTROLLER)
        assert answer.json()["type"] == "urn:poruchenie:scope-missing"
    for login, (operation, (scope, roles)) in product(("clerk", "controller", "admin"), OPERATIONS.items()):
        method, path = operation.split()
        path = path.replace("{number}", "1").replace("{login}", "clerk")
        if PERSONS[login].role in roles:
            answer = gates.call(gates.tokens[f"{login} without {scope}"], path, method, json={})
            assert answer.status_code in (403, 422), (login, operation)  # the body may be read first
    assert gates.written() == before


def _act(gates: Gates, token: str, place: str, state: State, action: str, role: Role | None) -> httpx.Response:
    more = told(gates, place, state, action, role)
    if action == "submit":
        more["files"] = [{"name": "letter.pdf", "content": "JVBERg=="}]
    seen = {"If-Match": f'"{more.pop("version")}"'}
    path = f"/assignments/{gates.numbers[place, state]}/actions"
    return gates.call(token, path, "POST", json={"action": action, **more}, headers=seen)


@pytest.mark.parametrize("who", [who for who, person in PERSONS.items() if person.role in SEEING_ALL or person.place])
def test_the_buttons_of_a_page_are_what_its_reader_may_do(gates: Gates, who: str) -> None:
    person = PERSONS[who]
    for place, state in product(places_of(person), STATES):
        if sees(person, place) and opens(person, DOOR, place, state) | (person.role is Role.LEADER):
            page = gates.ask(who, f"/assignments/{gates.numbers[place, state]}").text
            buttons = set(re.findall(r'class="button[^"]*" href="/assignments/\d+/(\w+)"', page))
            able = {each for each in PERSONAL if not at_the_page(person, DOOR, place, state, each)}
            assert buttons == able, (place, state)


def _unchanged_or_done(gates: Gates, before: list[Any], *, done: bool) -> None:
    assert (gates.written() != before) == done
    if done:
        gates.back()


@pytest.mark.parametrize("who", PERSONS)
def test_an_assignment_is_read_by_whoever_sees_it_and_is_to_all_others_not_there(gates: Gates, who: str) -> None:
    person = PERSONS[who]
    for place, state in product(places_of(person), STATES):
        number = gates.numbers[place, state]
        reads = {f"/assignments/{number}{each}": f"GET /assignments/{{number}}{each}" for each in READ}
        reads |= {f"/trails/assignment:{number}": "GET /trails/{subject}"}
        reads |= {f"/receipts/assignment:{number}": "GET /receipts/{subject}"}
        for path, operation in reads.items():
            answer = gates.ask(who, path.replace("{file}", gates.file_of(place, state)))
            template = operation.replace("{file}", "{sha256}").replace("/2", "/{entry}")
            assert answer.status_code in _read(person, template, place, state), (path, state)
            unleaked(gates, person, answer)


def _read(person: Person, operation: str, place: str, state: State) -> set[int]:
    if person.role is None:
        return {HTTPStatus.SEE_OTHER}
    if not opens(person, operation, place, state) or (person.role is Role.ADMIN and "subject" in operation):
        return {HTTPStatus.FORBIDDEN}
    if not sees(person, place):
        return {HTTPStatus.NOT_FOUND}
    without = state in (State.ASSIGNED, State.WITHDRAWN) and ("receipts/{e" in operation or "files" in operation)
    return {HTTPStatus.NOT_FOUND if without else HTTPStatus.OK}


@pytest.mark.parametrize("who", [who for who, person in PERSONS.items() if person.login and not person.instead])
def test_a_program_reads_exactly_what_its_person_sees(gates: Gates, who: str) -> None:
    person = PERSONS[who]
    for place, state, more in product(PLACES, STATES, ("", "/trail")):
        answer = gates.call(gates.tokens[who], f"/assignments/{gates.numbers[place, state]}{more}")
        granted = person.role in OPERATIONS["GET /assignments/{number}" + more][1]
        seen = HTTPStatus.OK if sees(person, place) else HTTPStatus.NOT_FOUND
        assert answer.status_code == (seen if granted else HTTPStatus.FORBIDDEN), (place, state, more)
        unleaked(gates, person, answer)


def test_who_is_a_stranger_stands_in_the_roster() -> None:
    assert below(AUTHORITY, SCHOOL)
    assert not below(AUTHORITY, FOREIGN)
    assert not below(SCHOOL, AUTHORITY)
