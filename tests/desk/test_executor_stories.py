"""An executor's files, a reviewer's ticked reasons, a school that comes by mail: with JavaScript and without it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from desk.server.app import create_app
from states.lifecycle import Role
from tests.desk.browsing import opened, served, sign_in, ways, windows
from tests.desk.letters import code, link
from tests.desk.town import Town

WAYS = ways(360, 1366)
PLAIN: list[BrowserContext] = []
"""Windows without JavaScript."""
PDF = b"%PDF-1.4 a report"
Person = Callable[[str | None], Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as found:
        yield found


@pytest.fixture
def school(linked: Town) -> Town:
    linked.account("office", Role.EXECUTOR, linked.line("1.2", 0).addressee)
    return linked


@pytest.fixture
def address(school: Town) -> Iterator[str]:
    with served(create_app(school.at())) as found:
        yield found


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def person(browser: Browser, school: Town, address: str, request: pytest.FixtureRequest) -> Iterator[Person]:
    _, script = request.param
    with windows(browser, school, address, request.param, "Failed to load resource") as sit_down:

        def sit(login: str | None) -> Page:
            page = sit_down(login, "/sign-in?lang=en")
            if not script:
                PLAIN.append(page.context)
            return page

        yield sit


def scripted(page: Page) -> bool:
    return page.locator(".drop").count() > 0


def passes(page: Page) -> None:
    """Nothing to be said against it; without JavaScript the checker can't run."""
    if page.context in PLAIN:
        return
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


def files(folder: Path, **named: bytes) -> list[str]:
    made = []
    for name, data in named.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(data)
        made.append(str(path))
    return made


def submit(page: Page, school: Town, item: str = "1.2") -> None:
    page.goto(f"/assignments/{school.line(item, 0).id}/submit?lang=en")


def send(page: Page, name: str = "Submit") -> None:
    page.locator("main form").get_by_role("button", name=name, exact=True).click()


def test_several_files_are_chosen_looked_over_and_handed_in(person: Person, school: Town, tmp_path: Path) -> None:
    page = person("office")
    submit(page, school)
    one, two, three = files(tmp_path, one_pdf=PDF, two_txt=b"text", three_txt=b"more")
    page.get_by_label("Report").fill("Исполнено")
    if scripted(page):
        page.get_by_label("Files").set_input_files([one, two])
        page.get_by_label("Files").set_input_files([three])
        expect(page.locator(".chosen li")).to_have_count(3)
        expect(page.locator(".upload")).to_contain_text("Chosen files: 3")
        passes(page)
        page.get_by_role("button", name="Remove two.txt").click()
        expect(page.get_by_role("button", name="Remove three.txt")).to_be_focused()
        expect(page.locator(".upload")).to_contain_text("“two.txt” is removed. Chosen files: 2")
    else:
        page.get_by_label("Files").set_input_files([one, three])
    send(page)
    expect(page.locator("h1")).to_have_text("Receipt")
    expect(page.locator(".files .file")).to_have_text(["one.pdf", "three.txt"])
    passes(page)


def test_what_the_policy_does_not_take_is_said_before_anything_is_sent(
    person: Person, school: Town, tmp_path: Path
) -> None:
    page = person("office")
    submit(page, school)
    if not scripted(page):
        pytest.skip("the server says it then")
    page.get_by_label("Files").set_input_files(files(tmp_path, virus_exe=b"MZ", empty_txt=b"", good_txt=b"x"))
    expect(page.locator(".upload.bad")).to_contain_text("“virus.exe” is not taken: it is of another type")
    expect(page.locator(".upload.bad")).to_contain_text("“empty.txt” is not taken: it is empty.")
    expect(page.locator(".chosen li")).to_have_count(1)
    page.locator("[data-drop]").evaluate("each => { each.dataset.totalBytes = 3; }")
    page.get_by_label("Files").set_input_files(files(tmp_path, large_txt=b"1234"))
    expect(page.locator(".upload.bad")).to_contain_text("“large.txt” is not taken: at most")


def test_files_are_dropped_on_the_form(person: Person, school: Town) -> None:
    page = person("office")
    submit(page, school)
    if not scripted(page):
        pytest.skip("dropping is for those with JavaScript")
    dropped = page.evaluate_handle(
        "() => { const held = new DataTransfer(); held.items.add(new File(['text'], 'dropped.txt')); return held; }"
    )
    page.dispatch_event("[data-drop]", "dragenter", {"dataTransfer": dropped})
    expect(page.locator(".drop.over")).to_have_count(1)
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    expect(page.locator(".drop.over")).to_have_count(0)
    expect(page.locator(".chosen .file")).to_have_text(["dropped.txt"])
    page.get_by_label("Report").fill("Исполнено")
    send(page)
    expect(page.locator(".files .file")).to_have_text(["dropped.txt"])


def test_an_upload_that_fails_loses_nothing_and_is_sent_once_more(person: Person, school: Town, tmp_path: Path) -> None:
    page = person("office")
    submit(page, school)
    if not scripted(page):
        pytest.skip("the browser says it then")
    page.get_by_label("Report").fill("Исполнено")
    page.get_by_label("Files").set_input_files(files(tmp_path, one_pdf=PDF))
    page.route("**/submit*", lambda route: route.abort())
    send(page)
    expect(page.locator(".upload.bad")).to_contain_text("The files did not arrive, and nothing was done.")
    expect(page.get_by_label("Report")).to_have_value("Исполнено")
    page.unroute("**/submit*")
    page.context.clear_cookies()
    send(page)
    expect(page.locator(".upload.bad")).to_contain_text("You are not signed in")
    sign_in(page, school, page.url.partition("/assignments")[0], "office")
    send(page)
    expect(page.locator("#refused")).to_contain_text("Look it over and send it once more")
    expect(page.get_by_label("Report")).to_have_value("Исполнено")
    send(page)
    expect(page.locator(".files .file")).to_have_text(["one.pdf"])


def test_a_refused_report_comes_back_with_its_files(person: Person, school: Town, tmp_path: Path) -> None:
    page = person("office")
    submit(page, school, "1.1")
    page.get_by_label("Files").set_input_files(files(tmp_path, one_pdf=PDF))
    page.locator("input[name=cell]").first.fill("Центр")
    send(page)
    expect(page.locator("#refused")).to_contain_text("The table can't be handed in yet")
    expect(page.get_by_label("one.pdf")).to_be_checked()
    expect(page.locator(".chosen li")).to_have_count(0)
    expect(page.locator("input[name=cell]").first).to_have_value("Центр")
    passes(page)
    send(page, "Check first")
    expect(page.get_by_label("one.pdf")).to_be_checked()


def test_a_reviewer_ticks_reasons_and_the_school_reads_them(person: Person, school: Town) -> None:
    number = school.line("1.2", 0).id
    school.act("2020-06-02T10:00", "office", number, "submit", "Отчёт")
    page = person("reviewer")
    page.goto(f"/assignments/{number}/return?lang=en")
    passes(page)
    page.get_by_label("Документ не подписан руководителем").check()
    page.get_by_label("In your own words").fill("Звоните.")
    send(page, "Return")
    expect(page.locator(".timeline .note").last).to_have_text("– Документ не подписан руководителем\nЗвоните.")
    page.goto("/several/return?lang=en")
    passes(page)


def test_a_school_comes_by_mail_and_takes_its_receipt(person: Person, school: Town) -> None:
    path, number = link(school)
    page = person(None)
    page.goto(f"{path}?lang=en")
    passes(page)
    page.get_by_role("button", name="Send a code to the organisation").click()
    expect(page.get_by_role("status").filter(has_text="A code is on its way")).to_be_visible()
    passes(page)
    page.get_by_label("The code from the letter").fill("AAAAAAAAAA")
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("alert")).to_contain_text("The code does not fit")
    page.get_by_label("The code from the letter").fill(code(school.at()).lower().replace("-", " "))
    page.get_by_role("button", name="Enter").click()
    expect(page).to_have_url(re.compile(f"/assignments/{number}$"))
    passes(page)
    page.get_by_role("link", name="Submit", exact=True).click()
    page.get_by_label("Report").fill("Исполнено")
    send(page)
    expect(page.locator("h1")).to_have_text("Receipt")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"/assignments/{number}")
    expect(page.locator("h1")).to_have_text("Signing in")
    expect(page.locator("main")).to_contain_text("You came by a link from a letter?")
