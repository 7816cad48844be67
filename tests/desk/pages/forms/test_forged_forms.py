"""Forms that no page of ours drew for this browser, session and name: every address that takes one refuses."""

import re
from hashlib import sha256
from typing import Any

import httpx
import pytest

from desk.request.grants import GRANTS
from desk.server.app import PAGES
from states.assignment import State
from tests.desk.founding import gates
from tests.desk.gates import AUTHORITY, PERSONS, Gates

__all__ = ["gates"]
POSTS = sorted(
    f"{method} {route.path}"
    for page in PAGES
    for route in page.router.routes
    for method in route.methods
    if method == "POST"
)
SAYS = "This form was drawn before you signed in here"
PLACES = {"action": "withdraw", "session": "1", "login": "reviewer", "secret": "none", "key": "none"}
FIELDS = {"note": "Order 1", "absent": "a", "called": "x", "scope": "read", "login": "new", "role": "leader"}


def sender(operation: str) -> str:
    """Somebody to whom it is granted, so that nothing but the form stands in the way."""
    if operation not in GRANTS:
        return "nobody"
    return next(who for who in ("controller", "clerk", "admin") if PERSONS[who].role in GRANTS[operation])


def path_of(gates: Gates, operation: str) -> str:
    places = PLACES | {"number": str(gates.numbers[AUTHORITY, State.ASSIGNED])}
    places |= {"number": "1"} if "/assignments/" not in operation else {}
    return re.sub(r"{(\w+)}", lambda found: places[found[1]], operation.split()[1]) + "?lang=en"


def fields(gates: Gates, operation: str) -> dict[str, Any]:
    number = gates.numbers[AUTHORITY, State.ASSIGNED]
    more = {"chosen": f"{number}:{gates.versions[number]}"}
    if operation == "POST /register":
        file = {"document": ("p.txt", (gates.file.parent / "p.txt").read_bytes())}
        page = gates.send("clerk", "/register/draft", files=file).text
        found = re.search(r'name="document" value="([^"]+)"', page)
        assert found, page
        more["document"] = found[1]
    return FIELDS | more


def sent(gates: Gates, operation: str, form: str | None, **headers: str) -> httpx.Response:
    data = fields(gates, operation) | ({} if form is None else {"form": form})
    return gates.ask(sender(operation), path_of(gates, operation), "POST", data=data, headers=headers)


@pytest.fixture(autouse=True)
def _document(gates: Gates) -> None:
    (gates.file.parent / "p.txt").write_text(gates.document.replace("1 июня", "2 июня"), encoding="utf-8")


def forgeries(gates: Gates, operation: str) -> dict[str, str | None]:
    session = gates.browsers[sender(operation)].cookies.get("poruchenie-session", "")
    return {
        "missing": None,
        "empty": "",
        "another session's": gates.form("reviewer"),
        "a guest's": gates.form("nobody"),
        "another name's": sha256(f"form:{session}:a".encode()).hexdigest(),
        "in capitals": gates.form(sender(operation)).upper(),
        "cut": gates.form(sender(operation))[:-1],
        "twice": gates.form(sender(operation)) * 2,
        "the session itself": session,
    }


SECRETS = ("/invitations/", "/mail/")
"""Addresses that are secrets themselves: without the right one there is no form to forge."""


@pytest.mark.parametrize("operation", [each for each in POSTS if not any(part in each for part in SECRETS)])
def test_a_forged_form_does_nothing_wherever_it_is_sent(gates: Gates, operation: str) -> None:
    before = gates.written()
    for kind, form in forgeries(gates, operation).items():
        answer = sent(gates, operation, form)
        assert answer.status_code == (422 if kind == "twice" else 403), kind  # no token of ours is so long
        assert SAYS in answer.text or kind == "twice", kind
    for origin in ("http://127.0.0.1:8001", "https://127.0.0.1", "http://example.org", "http://127.0.0.1:8000.example"):
        answer = sent(gates, operation, gates.form(sender(operation)), origin=origin)
        assert answer.status_code == 403, origin
        assert SAYS in answer.text
    assert gates.written() == before
    if sender(operation) != "nobody":  # whose cookie is made at the first page
        assert SAYS not in sent(gates, operation, gates.form(sender(operation))).text
        gates.back()


def test_a_form_of_ones_own_name_does_nothing_while_one_acts_in_anothers(gates: Gates) -> None:
    before, number = gates.written(), gates.numbers[AUTHORITY, State.ASSIGNED]
    own = sha256(f"form:{gates.browsers['substitute'].cookies['poruchenie-session']}".encode()).hexdigest()
    for path in (f"/assignments/{number}/comment", "/account/sessions/end", "/account/name", "/sign-out"):
        answer = gates.ask("substitute", f"{path}?lang=en", "POST", data={"form": own, "note": "x"})
        assert (answer.status_code, SAYS in answer.text) == (403, True), path
    assert gates.written() == before
