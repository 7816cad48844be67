"""Towns in which reports are handed in, and decided on."""

import pytest

from states.lifecycle import Role
from tests.desk.pages.screens import bulk_forms, report_forms
from tests.desk.town import LETTER, Reader, Town


@pytest.fixture
def busy(varied: Town) -> Town:
    """Five more reports of item 1.2 lie before the reviewer."""
    for position in range(5):
        varied.act(bulk_forms.DAY, "clerk", varied.line("1.2", position).id, "submit", "Письмо", (LETTER,))
    return varied


@pytest.fixture
def school(town: Town) -> Town:
    """The town with the first addressee's executor."""
    town.account("office", Role.EXECUTOR, town.line("1.1", 0).addressee)
    return town


@pytest.fixture
def office(school: Town) -> Reader:
    return school.reader(report_forms.DAY, login="office")
