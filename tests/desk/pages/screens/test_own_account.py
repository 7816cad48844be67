"""One's own account, and acting in an absent person's name, as a browser does them."""

import re

import pytest

from commands.access.passwords import give_password
from commands.context.actors import actor_for_login
from commands.reports.form_tables import as_csv
from commands.verification.verify import verify
from desk.server.app import create_app
from states.lifecycle import Role
from tests.desk.town import Reader, Town

NOON = "2020-06-04T12:00"


@pytest.fixture
def deputy(varied: Town) -> Town:
    """The deputy stands in for the controller from 4 to 6 June."""
    varied.account("deputy", Role.LEADER)
    keeper = varied.reader(NOON, "controller")
    done = keeper.send(
        "/accounts/controller/substitute", deputy="deputy", since="2020-06-04", until="2020-06-06", basis="Приказ № 5"
    )
    assert done.status_code == 303, done.text
    assert "deputy may act for controller" in keeper.text("/accounts/controller?lang=en")
    return varied


def stand_in(reader: Reader) -> None:
    assert "You stand in for “controller”" in reader.text("/?lang=en")
    assert reader.send("/account/name", absent="controller").status_code == 303


@pytest.mark.journey
def test_a_substitute_acts_with_the_role_of_the_absent_and_every_entry_says_so(deputy: Town) -> None:
    reader, third = deputy.reader(NOON, "deputy"), deputy.line("1.1", 2)
    assert reader.ask(f"/assignments/{third.id}/accept").status_code == 403
    stand_in(reader)
    page = reader.text(f"/assignments/{third.id}/accept?lang=en")
    assert "You act in the name of “controller”" in page
    done = reader.send(f"/assignments/{third.id}/accept", version=str(third.version))
    assert done.status_code == 303, done.text
    assert deputy.line("1.1", 2).state == "accepted"
    trail = reader.text(f"/trails/assignment:{third.id}?lang=en")
    assert re.search(r"deputy</b> in the name of <b>controller", trail)


def test_in_ones_own_name_again_the_lent_role_is_gone(deputy: Town) -> None:
    reader = deputy.reader(NOON, "deputy")
    stand_in(reader)
    assert reader.send("/account/name").status_code == 303
    assert "You act in the name" not in reader.text("/?lang=en")
    assert reader.ask("/accounts").status_code == 403


def test_a_form_drawn_in_another_name_does_nothing(deputy: Town) -> None:
    reader, third = deputy.reader(NOON, "deputy"), deputy.line("1.1", 2)
    own = reader.token()
    stand_in(reader)
    fields = {"form": own, "version": str(third.version)}
    answer = reader.ask(f"/assignments/{third.id}/accept?lang=en", "POST", data=fields)
    assert answer.status_code == 403
    assert "in another name" in answer.text
    assert deputy.line("1.1", 2).state == "reviewed"


def test_after_the_last_day_the_browser_is_told_so_once_and_acts_as_its_person(deputy: Town) -> None:
    reader = deputy.reader(NOON, "deputy")
    stand_in(reader)
    later = Reader(create_app(deputy.at("2020-06-07T00:01")), reader.cookies)
    told = later.ask("/board?lang=en")
    assert told.status_code == 403
    assert "“deputy” is not appointed as a substitute for “controller” today" in told.text
    assert "You act in the name" not in later.text("/board?lang=en")


@pytest.mark.parametrize("absent", ["controller", "reviewer", "nobody", "system", "\u202e", "x" * 500])
def test_a_cookie_alone_lends_no_role(varied: Town, absent: str) -> None:
    varied.account("deputy", Role.LEADER)
    reader = varied.reader(NOON, "deputy")
    reader.cookies["poruchenie-instead-of"] = absent.encode("unicode_escape").decode()
    assert reader.ask("/accounts").status_code == 403
    assert reader.send("/account/name", absent=absent).status_code == 403


def test_ones_own_account_stays_ones_own_while_one_acts_for_another(deputy: Town) -> None:
    reader = deputy.reader(NOON, "deputy")
    stand_in(reader)
    page = reader.text("/account?lang=en")
    assert "<p>deputy, leader" in page
    assert page.count("Firefox") == 1
    assert reader.send("/account/tokens", called="Report", scope="read", days="5").status_code == 200
    own = re.search(r'href="(/trails/account:\d+)"', page)
    assert own
    assert "in the name of" not in deputy.reader(NOON, "deputy").text(f"{own[1]}?lang=en")
    assert reader.send("/sign-out").status_code == 303
    assert "poruchenie-instead-of" not in reader.cookies
    with deputy.at(NOON).read() as tx:
        assert [found for found in verify(deputy.at(NOON), tx) if not isinstance(found, int)] == []


def test_a_token_is_shown_once_and_opens_until_it_is_ended(varied: Town) -> None:
    reader = varied.reader(NOON, "clerk")
    made = reader.send("/account/tokens?lang=en", called="Отчёты школьной системы", scope="read", days="30")
    secret = re.search(r"poruchenie_[\w-]+", made.text)
    assert secret
    headers = {"authorization": f"Bearer {secret[0]}"}
    assert reader.ask("/api/v1/me", headers=headers).json()["login"] == "clerk"
    page = reader.text("/account")
    assert "Отчёты школьной системы" in page
    assert secret[0] not in page
    number = re.search(r"/account/tokens/(\d+)/end", page)
    assert number
    assert reader.send(number[0]).status_code == 303
    assert reader.ask("/api/v1/me", headers=headers).status_code == 401


def test_a_token_that_cannot_be_made_is_refused_and_the_form_keeps_what_was_typed(varied: Town) -> None:
    reader = varied.reader(NOON, "clerk")
    answer = reader.send("/account/tokens?lang=en", called="Отчёты", scope=["act", "keep"], days="9999")
    assert answer.status_code == 422
    assert "A token lives 1 to" in answer.text
    assert 'value="Отчёты"' in answer.text
    assert re.findall(r'value="(\w+)" checked', answer.text) == ["act", "keep"]


def test_nobody_ends_the_token_of_another(varied: Town) -> None:
    varied.reader(NOON, "clerk").send("/account/tokens", called="Отчёты", scope="read", days="30")
    assert varied.reader(NOON, "controller").send("/account/tokens/1/end").status_code == 404
    assert "Отчёты" in varied.reader(NOON, "clerk").text("/account")


def test_a_table_of_accounts_is_taken_and_links_without_an_address_are_shown(varied: Town) -> None:
    reader = varied.reader(NOON, "admin")
    rows = [["login", "role", "email"], ["first", "leader", "first@example.org"], ["second", "leader", ""]]
    page = reader.send("/accounts/table?lang=en", files={"file": ("people.csv", as_csv(rows))})
    assert page.status_code == 200
    assert "Created: 2, updated: 0, unchanged: 0." in page.text
    assert page.text.count("/invitations/") == 1
    again = reader.send("/accounts/table?lang=en", files={"file": ("people.csv", as_csv([*rows, ["!", "leader", ""]]))})
    assert again.status_code == 422
    assert "Line 4: “!” can&#39;t be a login" in again.text
    assert reader.send("/accounts/table").status_code == 422


def test_accounts_are_found_and_come_in_pages(varied: Town) -> None:
    rows = [["login", "role", "name"], *([f"person{number:03}", "leader", f"Имя {number}"] for number in range(150))]
    reader = varied.reader(NOON, "admin")
    reader.send("/accounts/table", files={"file": ("people.csv", as_csv(rows))})
    first = reader.text("/accounts?lang=en")
    further = re.search(r'href="(/accounts\?[^"]*after=[^"]+)"', first)
    assert further
    second = reader.text(further[1].replace("&amp;", "&"))
    logins = [re.findall(r'<a href="/accounts/(\w+)"', page) for page in (first, second)]
    assert (len(logins[0]), logins[0] + logins[1]) == (100, sorted(logins[0] + logins[1]))
    assert re.findall(r'/accounts/(person\w+)"', reader.text("/accounts?find=имя+149")) == ["person149"]
    assert "No account is like that" in reader.text("/accounts?find=nobody-here&lang=en")


def test_particulars_that_are_refused_stay_typed(varied: Town) -> None:
    answer = varied.reader(NOON, "admin").send(
        "/accounts/clerk/update?lang=en", name="Лисицын И.И.", email="нет адреса"
    )
    assert answer.status_code == 422
    assert 'value="Лисицын И.И."' in answer.text
    assert 'value="нет адреса"' in answer.text


def test_whoever_signs_in_next_acts_in_nobodys_name(deputy: Town) -> None:
    reader = deputy.reader(NOON, "deputy")
    stand_in(reader)
    with deputy.at(NOON).write() as tx:
        give_password(tx, actor_for_login(tx, "admin", "cli:test"), "clerk", "сосна не спорит с ветром")
    del reader.cookies["poruchenie-session"]
    reader.send("/sign-in", login="clerk", password="сосна не спорит с ветром")
    assert "poruchenie-instead-of" not in reader.cookies
    assert reader.ask("/").status_code == 200
