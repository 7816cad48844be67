"""By keyboard alone, once through: in, to the task, handed in, accepted, out; where one is can always be seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from commands.access.passwords import give_password
from commands.context.actors import actor_for_login
from desk.server.app import create_app
from states.lifecycle import Role
from tests.desk.browsing import opened, served, ways, windows
from tests.desk.town import Town

PASSWORD = "сосна не спорит с ветром"
MOST = 80
"""Steps to anything on a page."""
SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as found:
        yield found


@pytest.fixture
def peopled(varied: Town) -> Town:
    varied.account("office", Role.EXECUTOR, varied.line("1.1", 6).addressee)
    for login, by in (("office", "admin"), ("controller", "controller")):
        with varied.at().write() as tx:
            give_password(tx, actor_for_login(tx, by, "cli:test"), login, PASSWORD)
    return varied


@pytest.fixture
def page(browser: Browser, peopled: Town) -> Iterator[Page]:
    with (
        served(create_app(peopled.at())) as address,
        windows(browser, peopled, address, ways(1366)["1366-script"], "Failed to load resource") as sit_down,
    ):
        yield sit_down(None, "/sign-in?lang=en")


def go_to(page: Page, wanted: Locator) -> None:
    """Tab after tab; each stop shows where one is, none keeps one."""
    before = None
    page.wait_for_load_state()  # until its style sheet is there, a page shows the browser's own thin outline
    for _ in range(MOST):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.outerHTML")
        if here.startswith("<body"):  # past the end: the browser's own address bar
            continue
        assert page.evaluate(SEEN), here
        assert here != before or wanted.count() == 0, here
        if wanted.evaluate("each => each === document.activeElement"):
            return
        before = here
    pytest.fail(f"never came to {wanted}")


def come_in(page: Page, login: str) -> None:
    expect(page.get_by_label("Login")).to_be_visible()
    go_to(page, page.get_by_label("Login"))
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("My work")


def go_out(page: Page) -> None:
    go_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Login")).to_be_visible()


def test_a_report_is_handed_in_and_another_accepted(page: Page, peopled: Town) -> None:
    come_in(page, "office")
    go_to(page, page.locator("main").get_by_role("link", name="Submit", exact=True).first)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Submit")
    go_to(page, page.get_by_label("Report"))
    page.keyboard.type("Исполнено")
    go_to(page, page.locator("main").get_by_role("button", name="Submit", exact=True))
    page.keyboard.press("Space")
    expect(page.locator("h1")).to_have_text("Receipt")
    assert peopled.line("1.1", 6).state == "submitted"
    go_out(page)

    come_in(page, "controller")
    go_to(page, page.locator("main .act").get_by_role("link", name="Accept", exact=True).first)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Accept")
    go_to(page, page.locator("main").get_by_role("button", name="Accept", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator(".badge.is-accepted").first).to_be_visible()
    assert peopled.line("1.1", 2).state == "accepted"
    go_out(page)


def test_the_first_stop_leads_past_the_head_of_the_page(page: Page) -> None:
    come_in(page, "controller")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("To the content")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
