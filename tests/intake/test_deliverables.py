"""Which decisions ask for a plan or a program, and which lead to each other."""

import pytest

from intake.deliverables import deliverable
from intake.protocol import read
from tests.programs import PROTOCOL


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("разработать и утвердить муниципальные планы и программы по поддержке школ", "program"),
        ("программы направить в министерство образования", "program"),
        ("План работы утвердить до 1 сентября", "plan"),
        ("разработать дорожную карту и план", "plan"),
        ("представить на согласование муниципальную программу", "program"),
        ("направить предложения для включения в региональный план работы", None),
        ("представить отчёт о реализации программы", None),
        ("обеспечить выполнение программы", None),
        ("внести изменения в программу", None),
        ("провести совещание с директорами школ", None),
    ],
)
def test_a_plan_or_program_is_asked_for_as_the_object_of_the_verb(text: str, asked: str | None) -> None:
    assert deliverable(text) == asked


def test_an_item_that_only_sends_follows_the_one_that_makes() -> None:
    told = {
        item.number: (item.deliverable, item.follows, item.builds_on) for item in read(PROTOCOL.encode(), "p.txt").items
    }
    assert told == {
        "1.1": ("program", None, None),
        "1.2": ("program", "1.1", None),
        "2.1": (None, None, None),
        "2.2": ("program", None, "2.1"),
    }


def test_nothing_follows_an_item_for_other_people() -> None:
    apart = PROTOCOL.replace("2.1 провести мониторинг", "2.1 программы прислать в отдел.\n\n2.3 провести мониторинг")
    (item,) = (each for each in read(apart.encode(), "p.txt").items if each.number == "2.1")
    assert (item.deliverable, item.follows) == ("program", None)


def test_the_programs_of_the_protocol_that_began_it_all_hang_together(protocol_text: str) -> None:
    items = read(protocol_text.encode(), "protocol.txt").items
    told = {item.number: (item.follows, item.builds_on) for item in items if item.deliverable}
    assert told == {"1.3": (None, None), "1.6": ("1.3", None), "2.2": (None, "2.1")}
