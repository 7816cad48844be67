"""The pages in a real browser: they fit, ask no other host, show what is overdue, and renew themselves."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.filters import AssignmentFilter
from desk.server.app import create_app
from tests.desk.browsing import opened, served, sign_in
from tests.desk.town import LETTER, Town

NARROW, WIDE = (360, 800), (1920, 1080)


# Not for the whole session: while it is open its event loop runs in the thread of the tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as found:
        yield found


@dataclass
class Window:
    """A page that notes what it should not do."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def note_request(self, url: str) -> None:
        if not url.startswith(self.address):
            self.complaints.append(f"a request to another host: {url}")


@pytest.fixture
def address(varied: Town) -> Iterator[str]:
    with served(create_app(varied.at(), refresh=1)) as found:
        yield found


@pytest.fixture(params=[NARROW, WIDE], ids=["360", "1920"])
def window(browser: Browser, varied: Town, address: str, request: pytest.FixtureRequest) -> Iterator[Window]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU")
    shown = Window(context.new_page(), address)
    sign_in(shown.page, varied, address)
    shown.page.on("request", lambda asked: shown.note_request(asked.url))
    shown.page.on("console", lambda said: shown.complaints.append(said.text) if said.type == "error" else None)
    shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    yield shown
    context.close()
    assert shown.complaints == []


def test_no_page_scrolls_sideways_complains_or_asks_another_host(varied: Town, window: Window) -> None:
    number = varied.line("1.1", 3).id
    varied.seal()
    for path in (
        "/board",
        "/protocols/1",
        f"/assignments/{number}",
        f"/trails/assignment:{number}",
        "/trails/protocol:1",
        "/log",
        "/log/entries/1",
    ):
        for language in ("ru", "en"):
            page = window.open(f"{path}?lang={language}")
            for details in page.locator("details").all():
                details.evaluate("each => each.open = true")
            width, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert width <= room, path


def test_state_and_overdue_are_seen(varied: Town, window: Window) -> None:
    page = window.open("/protocols/1")
    expect(page.locator(".summary .badge.is-overdue")).to_be_visible()
    expect(page.locator(f"#cell-{varied.line('1.1', 6).id} .mark.is-overdue")).to_be_visible()
    expect(page.locator(f"#cell-{varied.line('1.1', 0).id} .mark.is-submitted")).to_be_visible()
    expect(page.locator("thead th").nth(1)).to_contain_text("1.1")


def test_addressees_and_heads_stay_in_sight_while_the_matrix_scrolls(window: Window) -> None:
    page = window.open("/protocols/1")
    box = page.locator("#matrix-box")
    box.evaluate("each => each.scrollTo(9999, 9999)")
    corner = page.locator("thead .first")
    inside, frame = corner.bounding_box(), box.bounding_box()
    assert inside
    assert frame
    assert (round(inside["x"] - frame["x"]), round(inside["y"] - frame["y"])) == (1, 1)  # the frame's line


def test_links_lead_from_the_board_to_the_trail(window: Window) -> None:
    page = window.open("/board?lang=en")
    page.locator(".protocols h3 a").click()
    page.locator("a.cell").first.click()
    page.locator("main").get_by_role("link", name="Audit trail").click()
    expect(page.locator("h1")).to_contain_text("assignment:")
    page.locator(".path a").first.click()
    expect(page).to_have_url(f"{window.address}/board")


def test_the_keyboard_reaches_the_content_first(window: Window) -> None:
    page = window.open("/board?lang=en")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_an_act_shows_by_itself_and_the_reader_keeps_his_place(varied: Town, window: Window) -> None:
    page = window.open("/protocols/1")
    page.evaluate("window.kept = true")
    box, number = page.locator("#matrix-box"), varied.line("1.2", 20).id
    page.locator(f"#cell-{number}").focus()
    before = box.evaluate("each => [each.scrollLeft, each.scrollTop]")
    varied.act("2020-06-04T10:00", "clerk", number, "submit", "Отчёт.", (LETTER,))
    expect(page.locator(f'#cell-{number}[data-state="submitted"].changed')).to_be_visible(timeout=10_000)
    assert page.evaluate("window.kept"), "the page was loaded anew"
    assert page.evaluate("document.activeElement.id") == f"cell-{number}"
    assert box.evaluate("each => [each.scrollLeft, each.scrollTop]") == before


def test_open_details_stay_open_when_the_page_renews_itself(varied: Town, window: Window) -> None:
    number = varied.line("1.1", 0).id
    page = window.open(f"/trails/assignment:{number}")
    page.locator("#bytes-2 summary").click()
    varied.act("2020-06-04T10:00", "reviewer", number, "review", "Замечаний нет.")
    expect(page.locator("#entry-3")).to_be_attached(timeout=10_000)
    expect(page.locator("#bytes-2 pre")).to_be_visible()
    expect(page.locator("#bytes-1 pre")).to_be_hidden()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_what_changed_is_shown_by_motion_only_to_those_who_want_it(browser: Browser, varied: Town, motion: str) -> None:
    with served(create_app(varied.at())) as address:
        page = browser.new_page(reduced_motion=motion)  # type: ignore[arg-type]  # one of the two words it knows
        sign_in(page, varied, address)
        page.goto(f"{address}/protocols/1")
        name = page.locator("a.cell").first.evaluate(
            "each => { each.classList.add('changed'); return getComputedStyle(each).animationName; }"
        )
        page.close()
    assert name == ("none" if motion == "reduce" else "changed")


def test_a_desk_that_stopped_says_that_the_page_may_be_old(browser: Browser, varied: Town) -> None:
    page = browser.new_page()
    with served(create_app(varied.at(), refresh=1)) as address:
        sign_in(page, varied, address)
        page.goto(f"{address}/board?lang=en")
    expect(page.get_by_role("status")).to_contain_text("may be out of date", timeout=10_000)
    expect(page.locator("h1")).to_have_text("Protocols under control")
    page.close()


def test_what_is_printed_fits_a4_and_a_matrix_lies(varied: Town, window: Window) -> None:
    upright, lying = (595, 842), (842, 595)
    for path, sizes in (
        ("/board", {upright}),
        ("/board?protocol=1", {upright}),
        ("/protocols/1", {upright, lying}),
    ):
        window.open(f"{path}{'&' if '?' in path else '?'}lang=en")
        pages = PdfReader(io.BytesIO(window.page.pdf(prefer_css_page_size=True))).pages
        assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == sizes
        text = " ".join(page.extract_text() for page in pages)
        assert "Sign out" not in text
        assert "Audit log" not in text
    table = [page.extract_text() for page in pages if page.mediabox.width > page.mediabox.height]
    assert all(line.addressee in " ".join(table).replace("\n", " ") for line in _addressed(varied))
    assert all("2.2" in each for each in table if "Школа" in each)  # the head is repeated, its last column is there


def _addressed(town: Town) -> list[AssignmentLine]:
    with town.at().read() as tx:
        return assignments(tx, AssignmentFilter(item="1.1"))


def test_the_filter_keeps_what_is_being_typed_while_the_page_renews_itself(varied: Town, window: Window) -> None:
    page = window.open("/board?lang=en")
    page.locator("#filter summary").click()
    page.get_by_label("Item").fill("1.2")
    varied.act("2020-06-04T10:00", "clerk", varied.line("1.1", 6).id, "submit", "Отчёт представлен письмом.", (LETTER,))
    expect(page.locator("#flow-submitted")).to_have_attribute("data-state", "2")
    expect(page.get_by_label("Item")).to_have_value("1.2")
    page.get_by_label("Item").press("Enter")
    expect(page).to_have_url(re.compile(r"item=1\.2"))
    expect(page.locator("#found")).to_contain_text("26 found.")


@pytest.mark.parametrize("path", ["/board", "/board?item=1.1&state=overdue", "/board?person=nobody", "/protocols/1"])
def test_nothing_keeps_anybody_from_reading_the_board(window: Window, path: str) -> None:
    page = window.open(path)
    for details in page.locator("details").all():
        details.evaluate("each => each.open = true")
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in violations] == []
