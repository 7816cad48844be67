"""Every page that a person reaches, in a real browser: all can read it, nothing scrolls, jumps or calls out."""

import os
import re
from collections.abc import Iterator
from itertools import cycle, product
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from commands.access.invitations import invite
from commands.context.actors import actor_for_login
from desk.request.grants import GRANTS
from states.assignment import State
from states.lifecycle import Role
from tests.desk.browsing import opened, served
from tests.desk.founding import gates
from tests.desk.gates import AUTHORITY, PERSONS, Gates

__all__ = ["gates"]
WIDTHS = (360, 1366, 1920)
LOOKS: list[tuple[int, str, str]] = [*product(WIDTHS, ("ru", "en"), ("light", "dark"))]
WHOLE = "PORUCHENIE_TORTURE" in os.environ
FILES = (
    *("/files/", ".xlsx", ".csv", "search.{kind}", "/receipts/{subject}"),
    *("/verifier/", "GET /log/export", "GET /events"),
)
"""What is saved or listened to, not read."""
NOWHERE = "/nowhere"
JUMPS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(each => { sum += each.hadRecentInput ? 0 : each.value; }))
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""


@pytest.fixture(scope="module")
def browser(gates: Gates) -> Iterator[Browser]:
    assert gates.numbers  # made before Playwright's loop runs in this thread
    with opened() as found:
        yield found


@pytest.fixture(scope="module")
def address(gates: Gates) -> Iterator[str]:
    with served(gates.app) as found:
        yield found


WHO = ("controller", "authority", "clerk", "admin", "reviewer", "leader", "nobody")


def shown_to(roles: frozenset[Role], role: Role) -> bool:
    """Whether a page is looked at in this role: in each that reaches it, or (not in torture) in the first of them."""
    reaching = [each for each in (PERSONS[who].role for who in WHO) if each in roles]
    return role in reaching if WHOLE else reaching[:1] == [role]


def pages_of(gates: Gates, role: Role) -> list[str]:
    """The address of every page that is looked at in a role, with parts from the world."""
    number = {"submit": State.ASSIGNED, "review": State.SUBMITTED, "accept": State.REVIEWED}
    action = {Role.EXECUTOR: "submit", Role.REGISTRAR: "submit", Role.REVIEWER: "review"}.get(role, "accept")
    places = {
        "number": str(gates.numbers[AUTHORITY, number[action]]),
        "action": action,
        "entry": "2",
        "login": "clerk",
        "index": "0",
        "subject": f"assignment:{gates.numbers[AUTHORITY, State.ACCEPTED]}",
    }
    if role is Role.ADMIN:
        places["subject"] = "account:4"
    found = []
    for operation, roles in GRANTS.items():
        if shown_to(roles, role) and operation.startswith("GET ") and not any(part in operation for part in FILES):
            at = places | ({} if "/assignments/" in operation else {"number": "1"})
            at |= {"number": str(gates.numbers[AUTHORITY, State.ACCEPTED])} if "{entry}" in operation else {}
            found.append(re.sub(r"{(\w+)}", lambda part, at=at: at[part[1]], operation.split()[1]))  # type: ignore[misc]  # mypy cannot see the default
    return found


def open_pages(gates: Gates) -> list[str]:
    """Those that nobody need sign in for: of a guest, of somebody who was invited, and of a reader of our mail."""
    with gates.world.installation.write() as tx:
        invited = invite(tx, actor_for_login(tx, "admin", "cli:test"), "clerk")
    link = next(iter(gates.links.values()))
    return ["/sign-in", f"/invitations/{invited.link.rpartition('/')[2]}", link]


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("who", WHO)
def test_every_page_of_a_role_is_good(browser: Browser, gates: Gates, address: str, who: str, script: bool) -> None:
    role, found = PERSONS[who].role, dict[str, Any]()
    looks = cycle(LOOKS[list(PERSONS).index(who) :] + LOOKS)
    for path in [*(pages_of(gates, role) if role else open_pages(gates)), NOWHERE]:
        for width, language, scheme in LOOKS if WHOLE else [next(looks)]:
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,  # type: ignore[arg-type]  # one of the two words it knows
                java_script_enabled=script,
                base_url=address,
            )
            context.add_cookies(
                [{"name": name, "value": value, "url": address} for name, value in gates.browsers[who].cookies.items()]
            )
            told = list(_faults(context, f"{path}?lang={language}", script))
            found |= {f"{path} {width} {language} {scheme}": told} if told else {}
    assert found == {}


def _faults(context: BrowserContext, path: str, script: bool) -> Iterator[str]:
    page, said = context.new_page(), list[str]()
    page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
    page.on("pageerror", lambda each: said.append(str(each)))
    page.on("request", lambda each: None if urlsplit(each.url).hostname == "127.0.0.1" else said.append(each.url))
    for _ in ("loaded", "renewed"):
        page.goto(path)
        yield from _placed(page) if script else ()
    yield from _reached(page) if script else ()
    nowhere = path.startswith(NOWHERE)
    yield from (each for each in said if not (nowhere and "404 (Not Found)" in each))
    context.close()


def _placed(page: Page) -> Iterator[str]:
    if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        yield "scrolls sideways"
    if (jumped := page.evaluate(JUMPS)) >= 0.05:
        yield f"jumps by {jumped}"


def _reached(page: Page) -> Iterator[str]:
    for each in Axe().run(page).response["violations"]:
        if each["impact"] in ("serious", "critical"):
            yield f"{each['id']}: {each['nodes'][0]['html']}"
