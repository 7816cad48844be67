"""`/assignments/{id}`: how an assignment stands, how it came to, what may follow."""

import re

import pytest

from desk.pages.screens.assignment import possible
from states.assignment import ASSIGNMENT, PERSONAL
from states.lifecycle import Role
from tests.desk.town import Reader, Town


def test_a_page_tells_the_due_and_where_it_comes_from(varied: Town, reader: Reader) -> None:
    page = reader.text(f"/assignments/{varied.line('1.1', 6).id}?lang=en")
    assert "3 June 2020, 24:00" in page
    assert "the protocol names 3 June 2020, that day included" in page


def test_an_overdue_assignment_says_so_before_anything_else(varied: Town, reader: Reader) -> None:
    page = reader.text(f"/assignments/{varied.line('1.1', 6).id}?lang=en")
    assert page.index('class="badge is-overdue"') < page.index('class="badge is-assigned"')


def test_what_came_late_keeps_the_word(varied: Town, reader: Reader) -> None:
    assert "Came late" in reader.text(f"/assignments/{varied.line('1.1', 5).id}?lang=en")
    assert "Came late" not in reader.text(f"/assignments/{varied.line('1.1', 3).id}?lang=en")


def test_the_history_runs_from_the_oldest_entry(varied: Town, reader: Reader) -> None:
    page = reader.text(f"/assignments/{varied.line('1.1', 3).id}?lang=en")
    actions = re.findall(r'<p class="what"><b>(\w+)</b>', page)
    assert actions == ["Assign", "Submit", "Review", "Accept"]
    assert "<b>clerk</b> (registrar) · cli:test" in page
    assert "Замечаний нет." in page


def test_a_file_shows_its_name_size_and_hash(varied: Town, reader: Reader) -> None:
    page = reader.text(f"/assignments/{varied.line('1.1', 3).id}?lang=en")
    assert "письмо.pdf" in page
    assert "17 byte" in page
    assert "861e8bc5e68f55cc5d2b635ca7e5a79a942e3ef30a0e81c7bca73e4b68147df5" in page


@pytest.mark.parametrize("state", ASSIGNMENT.states)
def test_what_may_follow_is_what_the_lifecycle_permits(state: str) -> None:
    wanted = {action for role in Role for action in ASSIGNMENT.permitted(state, role)} & set(PERSONAL)
    assert {edge.action for edge in possible(state)} == wanted


def test_the_page_leads_to_protocol_and_trail(varied: Town, reader: Reader) -> None:
    number = varied.line("1.1").id
    page = reader.text(f"/assignments/{number}")
    assert f'href="/trails/assignment:{number}"' in page
    assert 'href="/protocols/1"' in page


def test_what_people_wrote_is_text_never_markup(town: Town) -> None:
    number = town.line("1.1").id
    town.act("2020-06-02T10:00", "clerk", number, "comment", "<script>alert(1)</script>")
    for path in (f"/assignments/{number}", f"/trails/assignment:{number}"):
        page = town.reader().text(path)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
