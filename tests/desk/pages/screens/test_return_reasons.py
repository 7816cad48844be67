"""Returning with standing reasons: ticked from the policy's list, kept as one note with what was written."""

import html
import re

import pytest

from tests.desk.pages.screens.bulk_forms import DAY, offered, send
from tests.desk.town import Reader, Town


def listed(reader: Reader, path: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'name="reason" value="([^"]*)"', reader.text(path))]


@pytest.fixture
def reviewer(busy: Town) -> Reader:
    return busy.reader(DAY, login="reviewer")


def returned(town: Town, number: int) -> str | None:
    page = town.reader(DAY).text(f"/assignments/{number}")
    return next((html.unescape(each) for each in reversed(re.findall(r'class="note">([^<]*)<', page))), None)


def test_what_is_ticked_comes_in_the_lists_order_before_what_is_written(busy: Town, reviewer: Reader) -> None:
    number = busy.line("1.2", 0).id
    path = f"/assignments/{number}/return"
    first, second, *_ = listed(reviewer, path)
    assert reviewer.send(path, reason=[second, first], note=" Звоните. ").status_code == 303
    assert returned(busy, number) == f"– {first} – {second} Звоните."


def test_reasons_alone_are_enough_and_nothing_at_all_is_not(busy: Town, reviewer: Reader) -> None:
    one, other = busy.line("1.2", 0).id, busy.line("1.2", 1).id
    first = listed(reviewer, f"/assignments/{one}/return")[0]
    assert reviewer.send(f"/assignments/{one}/return", reason=first).status_code == 303
    refused = reviewer.send(f"/assignments/{other}/return?lang=en", note=" ")
    assert refused.status_code == 422
    assert "needs a reason." in refused.text


def test_a_reason_that_is_not_listed_is_refused_and_what_was_ticked_stays(busy: Town, reviewer: Reader) -> None:
    path = f"/assignments/{busy.line('1.2', 0).id}/return"
    first = listed(reviewer, path)[0]
    refused = reviewer.send(f"{path}?lang=en", reason=[first, "Просто так"], note="Ещё")
    assert refused.status_code == 422
    assert "“Просто так” is no standing reason" in html.unescape(refused.text)
    assert refused.text.count(" checked>") == 1
    assert ">Ещё</textarea>" in refused.text
    assert busy.line("1.2", 0).state == "submitted"


def test_several_are_returned_with_the_same_reasons(busy: Town, reviewer: Reader) -> None:
    chosen = offered(reviewer, "/several/return")[:2]
    first = listed(reviewer, "/several/return")[0]
    assert send(reviewer, "/several/return", chosen, reason=first)[0] == 200
    for each in chosen:
        assert returned(busy, int(each.partition(":")[0])) == f"– {first}"


def test_only_a_return_lists_them(busy: Town) -> None:
    controller = busy.reader(DAY)
    assert listed(controller, f"/assignments/{busy.line('1.2', 0).id}/withdraw") == []
    assert listed(controller, "/several/withdraw") == []
