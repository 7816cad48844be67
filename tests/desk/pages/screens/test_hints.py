"""The reviewer's page says what a report shares with others, and where; nobody else's does."""

import pytest

from states.lifecycle import Role
from tests.desk.pages.screens.report_forms import DAY, path, send
from tests.desk.town import Reader, Town

SAME = ["Центр", "Осокина Р.Л.", "математика", "+7 000, c@example.org"]
OTHER = ["Служба", "Ивушкин А.А.", "физика", "+7 001, d@example.org"]


@pytest.fixture
def alike(school: Town, office: Reader) -> Town:
    """Two tables of item 1.1 that share a row."""
    school.account("second", Role.EXECUTOR, school.line("1.1", 1).addressee)
    send(office, path(school), cell=SAME)
    second = school.reader(DAY, login="second")
    send(second, f"/assignments/{school.line('1.1', 1).id}/submit", cell=[*OTHER, *(each.upper() for each in SAME)])
    return school


def test_a_reviewer_is_led_to_the_report_with_the_same_row(alike: Town) -> None:
    first, second = alike.line("1.1", 0), alike.line("1.1", 1)
    for page in (f"/assignments/{second.id}", f"/assignments/{second.id}/review"):
        text = alike.reader(DAY, login="reviewer").text(f"{page}?lang=en")
        assert "Rows of the table that are equal: 1." in text
        assert f'<a href="/assignments/{first.id}">{first.addressee}, item 1.1' in text


def test_an_executor_is_told_of_none(alike: Town) -> None:
    page = alike.reader(DAY, login="second").text(f"/assignments/{alike.line('1.1', 1).id}?lang=en")
    assert "Like other reports" not in page


def test_a_report_like_none_says_nothing(school: Town, office: Reader) -> None:
    send(office, path(school), cell=SAME)
    page = school.reader(DAY, login="reviewer").text(f"/assignments/{school.line('1.1', 0).id}?lang=en")
    assert "Like other reports" not in page
