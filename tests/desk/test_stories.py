"""Five people do their work in a real browser: narrow, usual and wide, with JavaScript and without it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from desk.server.app import create_app
from states.lifecycle import Role
from tests.desk.browsing import opened, served, ways, windows
from tests.desk.town import Town

WAYS = ways(360, 1366, 1920)
Person = Callable[[str], Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as found:
        yield found


@pytest.fixture
def peopled(varied: Town) -> Town:
    varied.account("director", Role.LEADER)
    varied.account("office", Role.EXECUTOR, varied.line("1.1", 6).addressee)
    return varied


@pytest.fixture
def address(peopled: Town) -> Iterator[str]:
    with served(create_app(peopled.at())) as found:
        yield found


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def person(browser: Browser, peopled: Town, address: str, request: pytest.FixtureRequest) -> Iterator[Person]:
    with windows(browser, peopled, address, request.param, "409 (Conflict)") as sit_down:  # that one is told by a test
        yield lambda login: sit_down(login, "/?lang=en")


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def test_a_report_goes_from_the_school_to_the_archive(peopled: Town, person: Person, tmp_path: Path) -> None:
    report = tmp_path / "отчёт.pdf"
    report.write_bytes(b"%PDF the report")
    executor = person("office")
    expect(executor.locator(".tasks li").first).to_contain_text("Overdue")
    follow(executor, "Submit")
    executor.get_by_label("Report").fill("Исполнено")
    executor.get_by_label("Files").set_input_files(report)
    press(executor, "Submit")
    expect(executor.locator("h1")).to_have_text("Receipt")
    expect(executor.locator(".receipt")).to_contain_text("отчёт.pdf")

    number = peopled.line("1.1", 6).id
    reviewer = person("reviewer")
    reviewer.goto(f"/assignments/{number}")
    follow(reviewer, "Return")
    expect(reviewer.locator("#report + .note")).to_have_text("Исполнено")
    expect(reviewer.locator(".beside").get_by_role("link", name="отчёт.pdf")).to_be_visible()
    reviewer.get_by_label("In your own words").fill("Нет телефонов")
    press(reviewer, "Return")

    executor.goto("/")
    executor.locator(".tasks li", has=executor.locator(".badge.is-returned")).get_by_role("link", name="Submit").click()
    expect(executor.locator(".beside")).to_contain_text("Нет телефонов")
    executor.get_by_label("Report").fill("Телефоны добавлены")
    press(executor, "Submit")

    reviewer.goto(f"/assignments/{number}/review")
    reviewer.get_by_label("Conclusion").fill("Замечаний нет")
    press(reviewer, "Review")

    controller = person("controller")
    controller.goto(f"/assignments/{number}")
    follow(controller, "Accept")
    expect(controller.locator(".beside")).to_contain_text("Замечаний нет")
    press(controller, "Accept")
    expect(controller.get_by_role("status").filter(has_text="Done:")).to_contain_text("Accept")
    assert peopled.line("1.1", 6).state == "accepted"

    leader = person("director")
    expect(leader.locator(".tasks li").first).to_contain_text("Overdue")
    leader.goto(f"/assignments/{number}")
    expect(leader.locator(".offers")).to_have_count(0)


def test_what_was_typed_outlives_a_conflict(peopled: Town, person: Person) -> None:
    number = peopled.line("1.1", 0).id
    reviewer = person("reviewer")
    reviewer.goto(f"/assignments/{number}/review")
    reviewer.get_by_label("Conclusion").fill("Долго писал это заключение")
    peopled.act("2020-06-04T10:00", "clerk", number, "comment", "Пока он писал")
    press(reviewer, "Review")
    expect(reviewer.locator(".versions")).to_contain_text("Пока он писал")
    expect(reviewer.get_by_label("Conclusion")).to_have_value("Долго писал это заключение")
    press(reviewer, "Review")
    expect(reviewer.get_by_role("status").filter(has_text="Done:")).to_be_visible()
    assert peopled.line("1.1", 0).state == "reviewed"


def test_the_keyboard_alone_gets_a_comment_through(peopled: Town, person: Person) -> None:
    number = peopled.line("1.1", 0).id
    page = person("clerk")
    page.goto(f"/assignments/{number}/comment")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.locator("#note:focus").count():
            break
    page.keyboard.type("Вопрос")
    while not page.locator("main form button:focus").count():
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Done:")).to_be_visible()
