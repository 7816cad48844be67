"""Signing in through a real OpenID Connect provider, and everything that must not let anybody in."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from commands.context.language import use
from desk.server.app import create_app
from models.settings import OidcSettings
from tests.desk.town import Reader, Town
from tests.flows.machines import wait_for
from tests.world import free_port

PEOPLE = {
    "clerk-there": {"preferred_username": "Clerk", "email": "clerk@example.org", "email_verified": True},
    "stranger": {"preferred_username": "stranger"},
    "nameless": {"email": "clerk@example.org"},
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = free_port()
    running = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    there = f"http://localhost:{port}"
    wait_for(lambda: _answers(there), "the provider", Path())
    for person, claims in PEOPLE.items():
        httpx.put(f"{there}/users/{person}", json=claims).raise_for_status()
    yield there
    running.terminate()
    running.wait(30)


def _answers(there: str) -> bool:
    try:
        return httpx.get(f"{there}/.well-known/openid-configuration").is_success
    except httpx.HTTPError:
        return False


def browser(town: Town, issuer: str) -> Reader:
    settings = replace(town.settings, oidc=OidcSettings(issuer, "poruchenie", "secret", "preferred_username"))
    installation = replace(town.at(), settings=settings)
    return Reader(create_app(installation))


def set_out(reader: Reader, wanted: str = "/") -> str:
    """The provider's address to which the browser is sent."""
    answer = reader.ask("/sign-in/provider?" + urlencode({"next": wanted}))
    assert answer.status_code == 307
    return answer.headers["location"]


def let_in(address: str, person: str) -> str:
    """The address to which the provider sends the browser back."""
    answer = httpx.post(address, data={"sub": person})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def come_back(reader: Reader, address: str) -> httpx.Response:
    parts = urlsplit(address)
    return reader.ask(f"{parts.path}?{parts.query}")


def test_whom_the_provider_knows_by_a_login_of_ours_gets_in(town: Town, issuer: str) -> None:
    reader = browser(town, issuer)
    assert "localhost" in reader.text("/sign-in?lang=en")
    asked = parse_qs(urlsplit(set_out(reader)).query)
    assert (asked["code_challenge_method"], asked["response_type"]) == (["S256"], ["code"])
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/provider/back"]

    answer = come_back(reader, let_in(set_out(reader, "/protocols/1"), "clerk-there"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/protocols/1")
    assert "clerk" in reader.text("/account?lang=en")
    with town.at().read() as tx:
        from commands.trails.trail import trail  # noqa: PLC0415

        assert trail(tx, "account:4")[-1].facts["by"] == "provider"


def test_a_stranger_and_a_closed_account_stay_outside(town: Town, issuer: str) -> None:
    reader = browser(town, issuer)
    answer = come_back(reader, let_in(set_out(reader), "stranger"))
    assert answer.status_code == 403
    assert "stranger" in answer.text
    assert reader.ask("/account").status_code == 303


def test_without_the_claim_that_names_the_login_nobody_gets_in(town: Town, issuer: str) -> None:
    reader = browser(town, issuer)
    assert come_back(reader, let_in(set_out(reader), "nameless")).status_code == 403


def test_a_return_that_this_browser_did_not_set_out_for_is_refused(town: Town, issuer: str) -> None:
    mine, victim = browser(town, issuer), browser(town, issuer)
    back = let_in(set_out(mine), "clerk-there")
    assert come_back(victim, back).status_code == 403  # it never set out
    set_out(victim)
    assert come_back(victim, back).status_code == 403  # it set out on another journey
    assert victim.ask("/account").status_code == 303
    assert come_back(mine, back).status_code == 303
    assert come_back(mine, back).status_code == 403  # once


def test_a_failed_return_ends_its_journey(town: Town, issuer: str) -> None:
    reader = browser(town, issuer)
    set_out(reader)
    assert "poruchenie-journey" in reader.cookies
    assert reader.ask("/sign-in/provider/back?code=1&state=2").status_code == 403
    assert "poruchenie-journey" not in reader.cookies


def test_a_journey_that_nobody_began_here_asks_the_provider_nothing(town: Town) -> None:
    reader = browser(town, "http://127.0.0.1:1")  # who asked it would be told that it is away
    for cookie in ("a:b:c:d", "a:b:c:d:", f"a:b:c:d:{'0' * 64}", "a:b:c:d:e:f", ""):
        reader.cookies["poruchenie-journey"] = cookie
        assert reader.ask("/sign-in/provider/back?code=1&state=a").status_code == 403, cookie


def test_a_code_of_another_journey_does_not_fit_its_verifier_and_nonce(town: Town, issuer: str) -> None:
    mine, other = browser(town, issuer), browser(town, issuer)
    address = set_out(mine)
    stolen = parse_qs(urlsplit(let_in(set_out(other), "clerk-there")).query)["code"][0]
    state = parse_qs(urlsplit(address).query)["state"][0]
    answer = mine.ask("/sign-in/provider/back?" + urlencode({"code": stolen, "state": state}))
    assert answer.status_code == 403


def test_who_says_no_there_is_told_so_here(town: Town, issuer: str) -> None:
    reader = browser(town, issuer)
    answer = httpx.post(set_out(reader), data={"sub": "clerk-there", "action": "deny"})
    refused = come_back(reader, answer.headers["location"])
    assert refused.status_code == 403
    assert "access_denied" in refused.text


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_named(town: Town, issuer: str) -> None:
    assert browser(town, "http://localhost:1").ask("/sign-in/provider").status_code == 503
    answer = browser(town, f"{issuer}/").ask("/sign-in/provider?lang=en")
    assert answer.status_code == 503
    assert "calls itself" in answer.text


def test_without_a_provider_there_is_no_such_way(town: Town) -> None:
    use("en")
    reader = Reader(create_app(town.at()))
    assert reader.ask("/sign-in/provider").status_code == 404
    assert reader.ask("/sign-in/provider/back?code=1&state=2").status_code == 404
    assert "/sign-in/provider" not in reader.text("/sign-in")


@pytest.mark.parametrize("told", [[], None, 5, "x", {}, {"authorization_endpoint": 5, "token_endpoint": None}])
def test_a_provider_that_tells_nonsense_of_itself_is_named(town: Town, told: object) -> None:
    class Nonsense(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = f"http://{self.headers['host']}"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"issuer": where, **told} if isinstance(told, dict) else told).encode())

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Nonsense) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        answer = browser(town, f"http://127.0.0.1:{server.server_port}").ask("/sign-in/provider?lang=en")
        server.shutdown()
    assert answer.status_code == 503
    assert "does not answer as it should" in answer.text
