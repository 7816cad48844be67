"""One decision on many assignments: each done or refused by itself, with the reason beside it."""

import html
import re

import pytest

from commands.registers.inbox import MOST
from desk.pages.screens.bulk_action import SEVERAL
from states.assignment import ASSIGNMENT
from states.lifecycle import Role
from tests.desk.pages.screens.bulk_forms import DAY, offered, send
from tests.desk.town import Town

pytestmark = pytest.mark.parametrize("kind", ["sqlite", "postgresql"], indirect=True)


@pytest.mark.journey
def test_a_reviewer_returns_several_with_one_reason(busy: Town) -> None:
    reader = busy.reader(DAY, login="reviewer")
    chosen = offered(reader, "/several/return")
    assert len(chosen) == 6
    status, page = send(reader, "/several/return", chosen[1:4], note="Нет подписи", day="2020-06-15")
    assert status == 200
    assert "3 assignments" in page
    assert len(offered(reader, "/several/return")) == 3
    for each in chosen[1:4]:
        number = int(each.partition(":")[0])
        assert "Нет подписи" in reader.text(f"/assignments/{number}")


def test_a_controller_accepts_several_and_is_told_of_the_one_that_changed(busy: Town) -> None:
    reviewer, controller = busy.reader(DAY, login="reviewer"), busy.reader(DAY)
    send(reviewer, "/several/review", offered(reviewer, "/several/review"), note="Замечаний нет")
    chosen = offered(controller, "/several/accept")
    assert len(chosen) == 7  # with the one that stood reviewed before
    stale = int(chosen[0].partition(":")[0])
    busy.act(DAY, "clerk", stale, "comment", "Пока он выбирал")
    status, page = send(controller, "/several/accept", chosen)
    assert status == 409
    assert "6 assignments" in page
    assert page.count("has changed since you saw it") == 1
    assert re.search(rf'value="{stale}:\d+" checked', page)
    assert send(controller, "/several/accept", offered(controller, "/several/accept"))[0] == 200


def test_nothing_is_done_without_a_reason_and_what_was_ticked_stays(busy: Town) -> None:
    reader = busy.reader(DAY)
    path = "/several/withdraw?protocol=1&item=1.4"
    chosen = offered(reader, path)
    assert len(chosen) == 26
    status, page = send(reader, path, chosen[:2], note=" ")
    assert status == 422
    assert page.count("needs its basis") == 2
    assert page.count(" checked>") == 2
    assert busy.line("1.4", 0).state == "assigned"
    assert send(reader, path, chosen[:2], note="Приказ № 7")[0] == 200
    assert len(offered(reader, path)) == 24


def test_all_can_be_ticked_at_once(busy: Town) -> None:
    page = busy.reader(DAY).text("/several/withdraw?protocol=1&item=1.4")
    assert " checked>" not in page
    link = re.search(r'<a href="(/several/withdraw[^"]*all=true)"', page)
    assert link
    assert busy.reader(DAY).text(html.unescape(link[1])).count(" checked>") == 26


def test_what_was_unticked_after_all_were_ticked_stays_so(busy: Town) -> None:
    reader = busy.reader(DAY, login="reviewer")
    chosen = offered(reader, "/several/return?all=true")
    _, page = send(reader, "/several/return?all=true", chosen[:2], note=" ")
    assert re.findall(r'name="chosen" value="(\d+:\d+)" checked', page) == chosen[:2]


def test_a_form_of_another_site_decides_nothing(busy: Town) -> None:
    reader = busy.reader(DAY, login="reviewer")
    chosen = offered(reader, "/several/return")
    answer = reader.ask("/several/return", "POST", data={"chosen": chosen, "note": "x"})
    assert answer.status_code == 403
    assert offered(reader, "/several/return") == chosen


def test_nonsense_is_passed_over_or_refused(busy: Town) -> None:
    reader, before = busy.reader(DAY), busy.line("1.1", 0).version
    for chosen in ("x", "1", "9" * 30 + ":1", "1:" + "9" * 30, ":", "0:0"):
        assert reader.send("/several/withdraw", chosen=chosen, note="Приказ").status_code in (200, 404, 409), chosen
    assert busy.line("1.1", 0).version == before


def test_a_number_too_long_is_cut_down_to_no_other(busy: Town) -> None:
    line = busy.line("1.1", 0)
    padded = f"{line.id:018}9:{line.version}"
    assert busy.reader(DAY).send("/several/withdraw", chosen=padded, note="Приказ").status_code == 200
    assert busy.line("1.1", 0).version == line.version


def test_more_than_one_form_decides_on_are_refused_in_a_sentence_and_stay_ticked(busy: Town) -> None:
    reader = busy.reader(DAY)
    path = "/several/withdraw?protocol=1&item=1.4"
    chosen = offered(reader, path)
    status, page = send(reader, path, [*chosen, *(f"{number}:1" for number in range(10_000, 10_000 + MOST))], note="x")
    assert status == 422
    assert f"{len(chosen) + MOST} are ticked, at most {MOST} are decided on at once" in page
    assert page.count(" checked>") == len(chosen)
    assert offered(reader, path) == chosen


def test_no_more_are_read_than_are_offered_and_the_page_says_that_there_are_more(
    busy: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.pages.screens.bulk_action.MOST", 10)
    page = busy.reader(DAY).text("/several/withdraw?protocol=1&item=1.4&lang=en")
    assert len(re.findall('name="chosen"', page)) == 10
    assert "There are more" in page


@pytest.mark.parametrize("action", SEVERAL)
def test_only_the_roles_of_an_action_decide_on_several(busy: Town, action: str) -> None:
    for role in (Role.REVIEWER, Role.CONTROLLER):
        answer = busy.reader(DAY, login=role.value).ask(f"/several/{action}")
        assert (answer.status_code == 200) == (role in ASSIGNMENT.edge(action).roles)


def test_a_filter_by_an_unknown_state_is_said_so(busy: Town) -> None:
    answer = busy.reader(DAY).ask("/several/withdraw?state=lost&lang=en")
    assert answer.status_code == 422
    assert "There is no state “lost”" in answer.text
