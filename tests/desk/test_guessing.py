"""Whoever guesses numbers, hashes and secrets finds what he may see anyway, and nothing of anybody else's."""

import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from commands.access.accounts import close_account
from commands.access.api_tokens import issue_token, revoke_token
from commands.access.sessions import sign_out_everywhere
from commands.context.actors import actor_for_login
from desk.api.grants import GRANTS as OPERATIONS
from desk.request.grants import GRANTS, OPEN
from models.access import Session, Token
from states.assignment import State
from tests.desk.founding import gates
from tests.desk.gates import AUTHORITY, FOREIGN, PERSONS, STATES, Gates
from tests.desk.town import Reader

__all__ = ["gates"]
STRANGERS = ["authority", "school", "substitute", "link-submitted", "admin", "nobody"]
NUMBERS = [str(number) for number in (*range(32), -1, 2**31, 2**63, 2**64)]
SPELLINGS = [
    "02",
    "+2",
    " 2",
    "2 ",
    "2.0",
    "2e0",
    "0x2",
    "1_0",
    "٢",
    "２",
    "²",
    "2%00",
    "2%0a",
    "2;3",
    "2,3",
    "*",
    "%25",
    "'",
    "2 OR 1=1",
]
SUBJECTS = [
    f"{kind}:{number}" for kind in ("assignment", "protocol", "account", "organisation", "log") for number in range(14)
]


def reads() -> list[str]:
    """Every address that is read by a guessable part."""
    return [each.split()[1] for each in (*GRANTS, *sorted(OPEN)) if each.startswith("GET ") and "{" in each]


def guesses(gates: Gates, template: str) -> list[str]:
    """The address with everything that one might think of in the place of its parts."""
    files = [gates.file_of(place, state) for place in (AUTHORITY, FOREIGN) for state in STATES]
    values = {
        "number": NUMBERS + SPELLINGS,
        "subject": [*SUBJECTS, "assignment:0x2", "assignment:*", "session:1", "token:1", "../entries"],
        "sha256": files[:8],
        "entry": ["1", "2", "3"],
        "action": ["submit", "comment"],
        "kind": ["csv", "xlsx", "json"],
        "login": ["b", "admin", "system", "mail:4", "%25"],
        "index": NUMBERS[:6],
        "tool": ["verifier.html", "log-key.txt", "none", "%25", "..%2Fmain.py", "a" * 5000],
        "secret": ["none", "%25", "_" * 43, "a" * 5000],
        "key": ["none", "%25", "_" * 32],
    }
    first, *more = re.findall(r"{(\w+)}", template)
    shorter = values[first] if not more else [*NUMBERS[:14], "02", "+2"]
    paths = [template.replace(f"{{{first}}}", value) for value in shorter]
    for name in more:
        paths = [path.replace(f"{{{name}}}", value) for path in paths for value in values[name]]
    return paths


@pytest.mark.parametrize("template", reads())
def test_guessed_addresses_tell_nothing_of_others(gates: Gates, template: str) -> None:
    before = gates.written()
    for who in STRANGERS:
        hidden = gates.secrets_from(PERSONS[who])
        for path in guesses(gates, template):
            answer = gates.raw(who, path)
            assert answer.status < 500, (who, path)
            told = answer.text + str(answer.headers)
            assert [each for each in hidden if each in told] == [], (who, path)
    assert gates.written() == before


@pytest.mark.parametrize("who", ["authority", "school", "admin"])
def test_a_program_that_guesses_is_told_nothing_either(gates: Gates, who: str) -> None:
    hidden = gates.secrets_from(PERSONS[who])
    for operation in OPERATIONS:
        method, path = operation.split()
        if method == "GET":
            queries = ["", "?limit=1000", "?organisation=4", "?organisation=4&organisation=3", "?within=4", "?item=1.2"]
            numbers = [path.replace("{number}", number) for number in NUMBERS]
            for address in numbers if "{number}" in path else [path + query for query in queries]:
                answer = gates.call(gates.tokens[who], address)
                assert answer.status_code < 500, address
                assert [each for each in hidden if each in answer.text] == [], address


def test_what_the_database_keeps_of_a_secret_opens_nothing(gates: Gates) -> None:
    with gates.world.installation.read() as tx:
        sessions = list(tx.session.scalars(select(Session.secret)))
        tokens = list(tx.session.scalars(select(Token.secret)))
    real = gates.browsers["controller"].cookies["poruchenie-session"]
    near = [real[:-1], real + "A", real.swapcase(), f'"{real}', "%", "", "1", "null", "a" * 9000]
    for secret in (*sessions, *near):
        answer = gates.by(Reader(gates.app, {"poruchenie-session": secret}), "/board")
        assert answer.status_code == 303, secret
    bearer = gates.tokens["controller"]
    near = [bearer[:-1], bearer + "A", bearer.swapcase(), bearer.removeprefix("poruchenie_"), "%", "poruchenie_%", real]
    for secret in (*tokens, *near):
        assert gates.call(secret, "/me").status_code == 401, secret


def test_a_session_of_another_installation_is_none_here(gates: Gates) -> None:
    told = "poruchenie-session=" + "A" * 43
    real = gates.browsers["controller"].cookies["poruchenie-session"]
    for cookies in (
        told,
        f"__Host-poruchenie-session={real}",
        f"poruchenie-session={real}{'A' * 43}",
        "poruchenie-session",
    ):
        assert gates.raw("nobody", "/board", headers=[("cookie", cookies)]).status == 303, cookies
    school = gates.browsers["school"].cookies["poruchenie-session"]
    lent = f"poruchenie-instead-of=controller; poruchenie-session={school}"
    assert gates.raw("nobody", "/board", headers=[("cookie", lent)]).status == 403


def test_a_token_ends_with_its_revocation_its_day_and_its_account(gates: Gates) -> None:
    world = gates.world
    with world.installation.write() as tx:
        actor = actor_for_login(tx, "s3", "cli:test")
        tokens = [issue_token(tx, actor, "t", ["read"], 1) for _ in range(3)]
        revoke_token(tx, actor, tokens[0].token)
    answers = [gates.call(each.secret, "/me").status_code for each in tokens]
    assert answers == [401, 200, 200]
    later = replace(world.installation, system=lambda: tokens[1].until)
    from desk.server.app import create_app  # noqa: PLC0415 - the same world, a day later

    tomorrow = replace(gates, app=create_app(later))
    assert tomorrow.call(tokens[1].secret, "/me").status_code == 401
    just = replace(world.installation, system=lambda: tokens[1].until - timedelta(seconds=1))
    assert replace(gates, app=create_app(just)).call(tokens[1].secret, "/me").status_code == 200
    with world.installation.write() as tx:
        close_account(tx, actor_for_login(tx, "admin", "cli:test"), "s3", "Order 9")
    assert gates.call(tokens[2].secret, "/me").status_code == 401
    gates.back()


def test_a_closed_account_and_an_ended_appointment_close_every_way_in(gates: Gates) -> None:
    number = gates.numbers[AUTHORITY, State.ASSIGNED]
    assert gates.ask("substitute", f"/assignments/{number}").status_code == 200
    with gates.world.installation.write() as tx:
        close_account(tx, actor_for_login(tx, "admin", "cli:test"), "a", "Order 9")
    assert gates.ask("authority", "/").status_code == 303
    assert gates.ask("substitute", f"/assignments/{number}").status_code == 403  # nobody left to stand in for
    assert gates.call(gates.tokens["authority"], "/me").status_code == 401
    assert gates.ask("link-assigned", f"/assignments/{number}").status_code == 200  # the organisation's own way
    gates.back()
    with gates.world.installation.write() as tx:
        sign_out_everywhere(tx, actor_for_login(tx, "a", "cli:test"), 0)
    assert gates.ask("authority", "/").status_code == 303
    gates.back()


def test_a_link_is_for_its_own_assignment_and_letter(gates: Gates) -> None:
    number, other = gates.numbers[AUTHORITY, State.ASSIGNED], gates.numbers[FOREIGN, State.ASSIGNED]
    link = gates.links[number]
    assert gates.raw("nobody", link).status == 200
    before = gates.written()
    key = link.rpartition("/")[2]
    for path in (
        f"/mail/{other}/{key}",
        f"/mail/{number}/{key[:-1]}",
        f"/mail/{number}/{key}x",
        f"/mail/{number}/{key.swapcase()}",
        f"/mail/{number}/{sha256(key.encode()).hexdigest()}",
    ):
        answer = gates.raw("nobody", path)
        assert answer.status == 410, path
        assert "Authority" not in answer.text
    assert gates.written() == before
