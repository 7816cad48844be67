"""A reviewer is told what a report shares with others: files, rows of the table, words. A hint refuses nothing."""

import pytest

from commands.registers.lookup import one_assignment
from commands.reports.similarity import hints
from tests.world import PROTOCOL, World

WORDS = "Методическая служба района провела две консультации для учителей математики и физики в очном порядке"


def found(world: World, number: int, within: int | None = None) -> list[tuple[int, str]]:
    with world.installation.read() as tx:
        line, item = one_assignment(tx, number)
        return [(each.assignment, each.says) for each in hints(tx, line, item, within)]


@pytest.fixture
def busy(world: World) -> World:
    world.register()
    return world.at("2020-06-02 10:00")


def test_the_same_file_is_found_with_another_addressee_and_under_another_item(busy: World) -> None:
    first, second, other = (
        busy.one("1.1", "Authority A").id,
        busy.one("1.1", "Authority B").id,
        busy.one("1.2", "Authority A").id,
    )
    busy.act("a", first, "submit", files={"one.pdf": b"%PDF same", "own.pdf": b"%PDF first"})
    busy.act("b", second, "submit", files={"two.pdf": b"%PDF same"})
    busy.act("a", other, "submit", files={"three.pdf": b"%PDF same"})
    assert found(busy, second) == [
        (other, "The very same file: two.pdf."),
        (first, "The very same file: two.pdf."),
    ]
    assert [number for number, _ in found(busy, first)] == [other, second]


def test_only_the_latest_report_counts(busy: World) -> None:
    first, second = busy.one("1.1", "Authority A").id, busy.one("1.1", "Authority B").id
    busy.act("a", first, "submit", files={"one.pdf": b"%PDF same"})
    busy.act("b", second, "submit", files={"two.pdf": b"%PDF same"})
    assert found(busy, second)
    busy.act("a", first, "submit", files={"one.pdf": b"%PDF mended"})
    assert found(busy, second) == []


def test_words_alike_are_told_from_the_policys_share_on(busy: World) -> None:
    first, second = busy.one("1.1", "Authority A").id, busy.one("1.1", "Authority B").id
    busy.act("a", first, "submit", note=WORDS)
    busy.act("b", second, "submit", note=WORDS.upper() + "!")
    assert found(busy, second) == [(first, "The text of the report is 100 % alike.")]
    busy.act(
        "b", second, "submit", note="Совсем другие слова о том, что сделано в районе за весь этот долгий и трудный год"
    )
    assert found(busy, second) == []


def test_a_few_words_that_everybody_writes_are_no_likeness(busy: World) -> None:
    for login, name in (("a", "Authority A"), ("b", "Authority B")):
        busy.act(login, busy.one("1.1", name).id, "submit", note="Исполнено, письмо приложено.")
    assert found(busy, busy.one("1.1", "Authority B").id) == []


def test_a_hint_leads_nowhere_that_its_reader_may_not_go(busy: World) -> None:
    first, second = busy.one("1.1", "Authority A"), busy.one("1.1", "Authority B")
    busy.act("a", first.id, "submit", note=WORDS, files={"one.pdf": b"%PDF same"})
    busy.act("b", second.id, "submit", note=WORDS, files={"two.pdf": b"%PDF same"})
    assert len(found(busy, second.id)) == 2
    assert found(busy, second.id, within=second.organisation_id) == []
    assert len(found(busy, second.id, within=first.organisation_id)) == 2


def test_equal_tables_are_told_beside_another_file_that_is_shared(world: World) -> None:
    asked = "представить сведения в виде таблицы:\n\nЦентр\tТелефон"
    world.register(PROTOCOL.replace("представить сведения о методических службах.", asked))
    world.at("2020-06-02 10:00")
    first, second = world.one("1.1", "Authority A").id, world.one("1.1", "Authority B").id
    for login, number, name in (("a", first, "Озёрный"), ("b", second, "Озёрный ")):
        table = f"Центр;Телефон\n{name};12-34\n".encode()
        world.act(login, number, "submit", files={"cover.pdf": b"%PDF same", "table-1.1.csv": table})
    assert [says for _, says in found(world, second)] == [
        "The very same file: cover.pdf.",
        "Rows of the table that are equal: 1.",
    ]
