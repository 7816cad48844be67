"""Who gets in, and by which door: passwords, invitations, forms of ours, sessions."""

import re
from dataclasses import replace

import pytest

from commands.access.invitations import invite
from commands.access.passwords import give_password
from commands.context.actors import actor_for_login
from desk.server.app import create_app
from tests.desk.town import Reader, Town

GOOD = "сосна не спорит с ветром"


@pytest.fixture
def town(town: Town) -> Town:
    """The town, with a password for the clerk."""
    with town.at().write() as tx:
        give_password(tx, actor_for_login(tx, "admin", "cli:test"), "clerk", GOOD)
    return town


def knock(reader: Reader, password: str = GOOD, **more: str) -> int:
    return reader.send("/sign-in?lang=en", login="clerk", password=password, **more).status_code


@pytest.mark.journey
def test_nobody_sees_anything_before_he_has_signed_in_and_then_what_he_asked_for(town: Town) -> None:
    reader = town.reader(login=None)
    asked = reader.ask("/protocols/1?overdue=true")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Fprotocols%2F1%3Foverdue%3Dtrue")
    page = reader.text(asked.headers["location"])
    assert 'name="next" value="/protocols/1?overdue=true"' in page
    done = reader.send("/sign-in", login=" Clerk ", password=GOOD, next="/protocols/1?overdue=true")
    assert (done.status_code, done.headers["location"]) == (303, "/protocols/1?overdue=true")
    assert "clerk" in reader.text("/protocols/1?overdue=true")


@pytest.mark.parametrize(
    "wanted", ["https://example.org/", "//example.org", "/\\example.org", "javascript:1", "", "/\r\nX: y"]
)
def test_signing_in_leads_to_no_other_host(town: Town, wanted: str) -> None:
    done = town.reader(login=None).send("/sign-in", login="clerk", password=GOOD, next=wanted)
    assert (done.status_code, done.headers["location"]) == (303, "/")


def test_a_wrong_password_is_said_so_and_the_login_stays_typed(town: Town) -> None:
    answer = town.reader(login=None).send("/sign-in?lang=en", login="clerk", password="wrong")
    assert answer.status_code == 403
    assert "The login or the password is wrong" in answer.text
    assert 'value="clerk"' in answer.text
    assert "wrong&#34;" not in answer.text


def test_after_five_wrong_ones_the_page_says_until_when_to_wait(town: Town) -> None:
    reader = town.reader(login=None)
    assert [knock(reader, "wrong") for _ in range(5)] == [403] * 4 + [429]
    answer = reader.send("/sign-in?lang=en", login="clerk", password=GOOD)
    assert answer.status_code == 429
    assert re.search(r"Try again after \d+ \w+ \d{4}, \d\d:\d\d", answer.text)
    assert "poruchenie-session" not in reader.cookies


@pytest.mark.parametrize("token", ["", "0" * 64, "nonsense"])
def test_a_form_that_is_not_ours_does_nothing(town: Town, token: str) -> None:
    reader = town.reader(login=None)
    reader.ask("/sign-in")
    answer = reader.ask("/sign-in?lang=en", "POST", data={"form": token, "login": "clerk", "password": GOOD})
    assert answer.status_code == 403
    assert "drawn before you signed in here or in another name" in answer.text
    assert "poruchenie-session" not in reader.cookies


def test_a_form_of_another_site_does_nothing_even_with_a_token(town: Town) -> None:
    reader = town.reader(login="clerk")
    headers = {"origin": "https://example.org"}
    answer = reader.ask("/sign-out", "POST", data={"form": reader.token()}, headers=headers)
    assert answer.status_code == 403
    assert reader.ask("/board").status_code == 200


def test_the_token_of_one_session_opens_no_form_of_another(town: Town) -> None:
    one, other = town.reader(login="clerk"), town.reader(login="reviewer")
    answer = other.ask("/account/sessions/end", "POST", data={"form": one.token()})
    assert answer.status_code == 403


def test_a_session_that_ended_opens_nothing_more(town: Town) -> None:
    reader = town.reader(login="clerk")
    kept = dict(reader.cookies)
    assert reader.send("/sign-out").status_code == 303
    assert "poruchenie-session" not in reader.cookies
    assert Reader(reader.app, kept).ask("/board").status_code == 303


def test_a_form_sent_after_the_session_ended_says_how_to_keep_what_was_typed(town: Town) -> None:
    answer = town.reader(login=None).send("/account/password?lang=en", old="x")
    assert answer.status_code == 401
    assert "what you typed is still in it" in answer.text
    assert 'target="_blank"' in answer.text


def test_signing_in_gives_another_secret_than_the_one_before(town: Town) -> None:
    reader = town.reader(login="clerk")
    before = reader.cookies["poruchenie-session"]
    assert knock(reader) == 303
    assert reader.cookies["poruchenie-session"] != before


def test_behind_tls_cookies_are_for_this_host_and_no_plain_connection(town: Town) -> None:
    settings = replace(town.settings, desk_url="https://poruchenie.example.org")
    app = create_app(Town.of(settings).at())
    answer = Reader(app, host="poruchenie.example.org").ask("/sign-in")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-poruchenie-form=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert Reader(app, host="example.com").ask("/sign-in").status_code == 400


def test_without_tls_nothing_is_promised_of_it(reader: Reader) -> None:
    assert "strict-transport-security" not in reader.ask("/board").headers


def test_ones_sessions_are_listed_and_end_one_by_one_or_all(town: Town) -> None:
    one, two, three = (town.reader(login="clerk") for _ in range(3))
    page = three.text("/account?lang=en")
    assert page.count("Firefox, Windows") == 3
    ends = re.findall(r'action="(/account/sessions/\d+/end)"', page)
    assert len(ends) == 2
    assert three.send(ends[1]).status_code == 303
    assert one.ask("/board").status_code == 303
    assert three.send("/account/sessions/end").status_code == 303
    assert (two.ask("/board").status_code, three.ask("/board").status_code) == (303, 200)
    assert three.send(ends[1]).status_code == 404


def test_one_changes_ones_password(town: Town) -> None:
    reader, other = town.reader(login="clerk"), town.reader(login="clerk")
    new = "пароль, которого никто не видел"
    assert reader.send("/account/password", old=GOOD, new=new, again="other").status_code == 422
    assert reader.send("/account/password", old="wrong", new=new, again=new).status_code == 403
    done = reader.send("/account/password", old=GOOD, new=new, again=new)
    assert (done.status_code, done.headers["location"]) == (303, "/account?done=password")
    assert (reader.ask("/board").status_code, other.ask("/board").status_code) == (200, 303)


def test_an_invitation_sets_a_password_once(town: Town) -> None:
    with town.at().write() as tx:
        link = invite(tx, actor_for_login(tx, "admin", "cli:test"), "clerk").link
    path = link.removeprefix("http://127.0.0.1:8000")
    reader = town.reader(login=None)
    assert "clerk" in reader.text(path)
    assert reader.send(path, password=GOOD, again="another").status_code == 422
    assert reader.send(path, password="short", again="short").status_code == 422
    assert reader.send(path, password=GOOD, again=GOOD).headers["location"] == "/"
    assert reader.ask("/board").status_code == 200
    for again in (reader.ask(f"{path}?lang=en"), reader.send(f"{path}?lang=en", password=GOOD, again=GOOD)):
        assert again.status_code == 410
        assert "Ask whoever sent it for a new one" in again.text


def test_a_demo_lets_in_by_one_click(demo: Town) -> None:
    reader = demo.reader(login=None)
    assert 'value="controller"' in reader.text("/sign-in")
    assert reader.send("/sign-in/demo", login="controller").status_code == 303
    assert reader.ask("/board").status_code == 200
    assert demo.reader(login=None).send("/sign-in/demo", login="system").status_code == 403


def test_people_in_earnest_need_their_password(town: Town) -> None:
    reader = town.reader(login=None)
    assert "/sign-in/demo" not in reader.text("/sign-in")
    answer = reader.send("/sign-in/demo?lang=en", login="controller")
    assert answer.status_code == 403
    assert "in earnest use" in answer.text


@pytest.mark.parametrize("length", ["200000000", "-1", "1e3", ""])
def test_a_request_too_large_is_refused_before_it_is_read(town: Town, length: str) -> None:
    headers = {"content-length": length, "content-type": "application/x-www-form-urlencoded"}
    answer = town.reader(login=None).ask("/sign-in?lang=en", "POST", content=b"", headers=headers)
    assert answer.status_code in (411, 413)
    assert "too large" in answer.text
