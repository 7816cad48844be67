"""Pages count by tallies, which triggers keep: whatever happens, they say what counting would."""

import re
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select

from commands.recording.tallies import recount, sum_up
from commands.registers.filters import AssignmentFilter
from commands.registers.items import items
from commands.registers.progress import COUNTED, altogether, among
from commands.registers.protocols import protocols, protocols_paged
from models.protocols import Assignment, Tally
from tests.world import World


def counted(world: World) -> tuple[dict[str, int], int]:
    lines = world.assignments()
    return dict(Counter(line.state for line in lines)), sum(line.overdue for line in lines)


def tallied(world: World, within: int | None = None) -> tuple[dict[str, int], int]:
    with world.installation.read() as tx:
        told = altogether(tx, within)
    return dict(told.counts), told.overdue


def rows(world: World) -> Counter[tuple[Any, ...]]:
    sums: Counter[tuple[Any, ...]] = Counter()
    with world.installation.read() as tx:
        for row in tx.session.execute(select(Tally.item_id, Tally.state, Tally.due, Tally.number)):
            sums[tuple(row[:3])] += row[3]
    return +sums


def history(world: World) -> None:
    """Every state, a due moved, something overdue."""
    world.register()
    numbers = [line.id for line in world.assignments()]
    first, second, third = numbers[:3]
    for number, login in ((first, "a"), (second, "b")):
        world.act(login, number, "submit", note="Done.", files={"report.txt": b"Done."})
    world.act("reviewer", first, "return", note="Not all.", due="2020-06-05")
    world.act("reviewer", second, "review", note="Complete.")
    world.act("controller", second, "accept")
    world.act("controller", third, "withdraw", note="Order 1 of 1 June 2020")
    world.act("controller", numbers[3], "extend", note="Order 2 of 1 June 2020", due="2020-07-10")
    world.at("2020-06-08 10:00").sweep()


def test_tallies_say_what_counting_says(world: World) -> None:
    history(world)
    counts, overdue = counted(world)
    assert len(counts) == 4
    assert overdue
    assert tallied(world) == (counts, overdue)
    with world.installation.read() as tx:
        columns = (Assignment.item_id, Assignment.state, Assignment.due)
        query = select(*columns, func.count()).group_by(*columns)
        there = {tuple(row[:3]): row[3] for row in tx.session.execute(query)}
    assert rows(world) == there


def test_summing_up_leaves_one_row_for_each_and_changes_no_sum(world: World) -> None:
    history(world)
    before = rows(world)
    with world.installation.write() as tx:
        sum_up(tx)
    assert rows(world) == before
    with world.installation.write() as tx:
        assert sum_up(tx) == 0
        assert tx.session.scalar(select(func.count()).where(Tally.number > 0)) == len(before)


def test_whoever_sees_a_part_is_told_of_that_part(world: World) -> None:
    history(world)
    lines = [line for line in world.assignments() if line.addressee in {"Authority A", "School 1", "School 2"}]
    within = next(line.organisation_id for line in lines if line.addressee == "Authority A")
    assert tallied(world, within) == (dict(Counter(line.state for line in lines)), sum(line.overdue for line in lines))


def test_a_filter_is_counted_until_it_finds_too_much(world: World, monkeypatch: Any) -> None:
    history(world)
    with world.installation.read() as tx:
        assert among(tx, AssignmentFilter(item="2.1"))
        assert len(world.assignments()) < COUNTED
        monkeypatch.setattr("commands.registers.progress.COUNTED", 2)
        assert among(tx, AssignmentFilter(item="2.1")) is None


def test_protocols_come_in_pages_either_way(world: World) -> None:
    for number in range(1, 4):
        world.register(DOCUMENT.format(number=number))
    with world.installation.read() as tx:
        newest = protocols_paged(tx, None, 2)
        assert [line.id for line in newest] == [3, 2]
        assert [line.id for line in protocols_paged(tx, None, 2, before=2)] == [1]
        assert [line.id for line in protocols_paged(tx, None, 2, after=1)] == [3, 2]
        assert protocols_paged(tx, None, 9, before=99) == protocols(tx)
        assert protocols_paged(tx, 0, 9) == []
        assert sum(item.progress.total for item in items(tx, 3)) == newest[0].progress.total


DOCUMENT = """Министерство образования Озёрной области

ПРОТОКОЛ № {number}

совещания с руководителями районов

{number} июня 2020 года

РЕШИЛИ:

1. Главам районов:

1.1 представить сведения о методических службах.

Срок – 30 июня 2020 года.

Директор департамента

О.П. Камышова
"""


def spoiled(world: World, statement: str) -> list[str]:
    """A database administrator makes the board lie; what verification says."""
    with world.installation.database.writer.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount
    return world.faults()


ONE = "WHERE id = (SELECT min(id) FROM tallies WHERE state = 'assigned' AND number > 0)"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tallies SET number = number + 1 WHERE id = (SELECT max(id) FROM tallies)",
        f"UPDATE tallies SET state = 'accepted' {ONE}",
        f"UPDATE tallies SET due = NULL {ONE}",
        f"DELETE FROM tallies {ONE}",
        "INSERT INTO tallies (item_id, state, number) SELECT min(item_id), 'accepted', 5 FROM tallies",
    ],
)
def test_a_board_that_was_made_to_lie_is_named_and_counted_anew(world: World, statement: str) -> None:
    history(world)
    before = rows(world)
    (told,) = spoiled(world, statement)
    assert re.fullmatch(r"protocol:1/0: the board miscounts the assignments of the item \d\.\d; .* anew", told)
    with world.installation.write() as tx:
        assert recount(tx) == 1
    assert world.faults() == []
    assert rows(world) == before
    with world.installation.write() as tx:
        assert recount(tx) == 0
