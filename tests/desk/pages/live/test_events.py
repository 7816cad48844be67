"""`/events`: whoever watches hears at once that something has changed, and nothing else."""

import html
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from playwright.sync_api import expect

from commands.access.accounts import account_named
from commands.access.sessions import actor_of, sign_out_everywhere
from commands.context.actors import itself
from commands.registers.change_marker import still_open, version
from desk.pages.live.watcher import Watch
from desk.server.app import create_app
from states.lifecycle import Role
from tests.desk.browsing import opened, served, sign_in
from tests.desk.town import LETTER, Town
from tests.world import World

TIMEOUT = httpx.Timeout(20)


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with served(create_app(town.at())) as found:
        yield found


@contextmanager
def watching(town: Town, address: str, login: str = "controller") -> Iterator[httpx.Response]:
    """A stream that is open: its first word has come."""
    cookies = {"poruchenie-session": town.session(login)}
    with httpx.stream("GET", f"{address}/events", cookies=cookies, timeout=TIMEOUT) as answer:
        yield answer


def test_an_act_is_heard_of_by_everybody_who_watches(town: Town, address: str) -> None:
    with watching(town, address) as first, watching(town, address, "clerk") as second:
        heard = [answer.iter_lines() for answer in (first, second)]
        assert all("event: changed" in lines for lines in heard)  # they came without having seen anything
        town.act("2020-06-02T10:00", "clerk", 1, "submit", "Отчёт представлен письмом.", (LETTER,))
        assert all("event: changed" in lines for lines in heard)


def test_whoever_has_seen_all_hears_nothing_until_something_happens(town: Town, address: str) -> None:
    cookies = {"poruchenie-session": town.session("controller")}
    page = httpx.get(f"{address}/board", cookies=cookies, timeout=TIMEOUT).text
    stream = html.unescape(page.partition('data-events="')[2].partition('"')[0])
    with httpx.stream("GET", address + stream, cookies=cookies, timeout=TIMEOUT) as knowing:
        lines = knowing.iter_lines()
        assert next(lines) == ": open"
        with httpx.stream("GET", f"{address}/events", cookies=cookies, timeout=TIMEOUT) as ignorant:
            assert "event: changed" in ignorant.iter_lines()
        town.session("reviewer")  # who signs in leaves an entry
        assert [next(lines) for _ in range(3)] == ["", "event: changed", "data: -"]


def test_a_stream_is_kept_by_nobody_on_the_way(town: Town, address: str) -> None:
    with watching(town, address) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Accel-Buffering"] == "no"


def test_a_session_that_ends_ends_its_streams_and_no_other(town: Town, address: str) -> None:
    with watching(town, address) as staying, watching(town, address, "clerk") as leaving:
        with town.at().write() as tx:
            account = account_named(tx, "clerk")
            sign_out_everywhere(tx, itself(tx, account.id, "web:0"))
        assert ": still here" not in leaving.iter_lines()  # it ends before it would say so
        lines = staying.iter_lines()
        town.session("reviewer")
        assert "event: changed" in lines


def test_a_server_that_stops_waits_for_no_stream(town: Town) -> None:
    with ExitStack() as streams:
        with served(create_app(town.at())) as address:
            lines = streams.enter_context(watching(town, address)).iter_lines()
            assert next(lines) == ": open"
        assert list(lines)[-1] == ""


def test_a_crowd_is_kept_out_in_words(town: Town, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Watch, "MOST", 1)
    with watching(town, address) as first:
        lines = first.iter_lines()
        assert next(lines) == ": open"
        with watching(town, address, "clerk") as second:
            assert second.status_code == 503
            assert "сама обновляться" in second.read().decode()


def test_one_session_has_so_many_streams_and_whoever_leaves_makes_room(
    town: Town, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "MOST_OF_ONE", 1)
    cookies = {"poruchenie-session": town.session("controller")}
    for _ in range(2):
        with httpx.stream("GET", f"{address}/events", cookies=cookies, timeout=TIMEOUT) as answer:
            lines = answer.iter_lines()
            assert next(lines) == ": open"
            with httpx.stream("GET", f"{address}/events", cookies=cookies, timeout=TIMEOUT) as refused:
                assert refused.status_code == 503


def test_the_head_of_a_stream_is_answered_at_once(town: Town) -> None:
    answer = town.reader().ask("/events", "HEAD")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")


def test_a_page_shows_what_happened_long_before_it_would_have_asked(varied: Town) -> None:
    with opened() as browser, served(create_app(varied.at(), refresh=600)) as address:
        page = browser.new_context().new_page()
        sign_in(page, varied, address)
        with page.expect_response("**/events?*"):
            page.goto(f"{address}/protocols/1")
        number = varied.line("1.1", 6).id
        expect(page.locator(f"#cell-{number}")).to_have_attribute("data-state", "overdue")
        varied.act("2020-06-04T10:00", "clerk", number, "submit", "Отчёт представлен письмом.", (LETTER,))
        expect(page.locator(f"#cell-{number}")).to_have_attribute("data-state", "submitted")


def test_the_version_changes_with_every_entry_and_not_with_its_sealing(world: World) -> None:
    world.register()
    world.seal()  # the first sealing tells of the log itself
    seen = [_version(world)]
    world.act("a", 1, "acknowledge")
    seen.append(_version(world))
    world.account("late", Role.REGISTRAR)
    seen.append(_version(world))
    assert len(set(seen)) == 3
    world.seal()
    assert _version(world) == seen[-1]


def _version(world: World) -> tuple[int, int]:
    with world.installation.read() as tx:
        return version(tx)


def test_open_sessions_are_told_from_ended_ones(town: Town) -> None:
    secrets = [town.session(login) for login in ("controller", "clerk")]
    with town.at().write() as tx:
        known = [actor_of(tx, secret) for secret in secrets]
        numbers = [found[0] for found in known if found]
        account = account_named(tx, "clerk")
        sign_out_everywhere(tx, itself(tx, account.id, "web:0"))
        assert still_open(tx, {*numbers, 99}) == {numbers[0]}
