"""Items that wait for another's document: not late meanwhile, open when it is accepted, handed what was accepted."""

import pytest

from commands.assignments.documents import DocumentMissingError, NotOpenError
from tests.commands.sweeps.test_program_approval import approve, hand_in, number, town
from tests.programs import program
from tests.world import World

__all__ = ["town"]


def accepted(world: World) -> None:
    one = number(world, "1.1")
    hand_in(world, "a", "1.1", "Authority A", program("Authority A"))
    approve(world)
    world.act("reviewer", one, "review", note="Good")
    world.act("controller", one, "accept")


def test_an_item_that_passes_a_document_on_opens_when_that_is_accepted_and_inherits_it(town: World) -> None:
    two = number(town, "1.2")
    with pytest.raises(NotOpenError, match="opens when assignment 1 of the same addressee is accepted"):
        town.act("a", two, "submit", note="Here it is")
    accepted(town.at("2020-06-10 10:00"))
    assert approve(town)["opened"] == 1
    assert town.line(two).due == town.one("1.1", "Authority A").due  # enough time is left

    town.act("a", two, "submit", note="As accepted")
    assert town.trail(f"assignment:{two}")[-1].files == town.trail(f"assignment:{number(town, '1.1')}")[1].files
    approve(town)
    assert town.faults() == []


def test_while_it_waits_it_is_not_overdue_and_nobody_is_chased_for_it(town: World) -> None:
    hand_in(town.at("2020-06-30 12:00"), "a", "1.1", "Authority A", program("Authority A"))
    town.at("2020-07-20 09:00").sweep()
    two = number(town, "1.2")
    assert not town.line(two).overdue
    assert town.actions(two) == ["assign"]
    # The ministry took its time: what opens now gets a term of its own, and a ladder anew.
    town.act("reviewer", number(town, "1.1"), "review", note="Good")
    town.act("controller", number(town, "1.1"), "accept")
    town.sweep()
    assert str(town.line(two).due) == "2020-07-23 21:00:00+00:00"
    for day in (22, 24):
        town.at(f"2020-07-{day} 01:00").sweep()
    assert town.actions(two) == ["assign", "redate", "remind", "escalate"]
    assert town.faults() == []


def test_what_waits_for_something_withdrawn_opens_and_must_bring_its_own_document(town: World) -> None:
    town.act("controller", number(town, "1.1"), "withdraw", note="Order 7")
    approve(town)
    with pytest.raises(DocumentMissingError):
        town.act("a", number(town, "1.2"), "submit", note="None")
    hand_in(town, "a", "1.2", "Authority A", program("Authority A"))


def test_what_is_restored_after_its_predecessor_closed_opens_too(town: World) -> None:
    two = number(town, "1.2")
    town.act("controller", two, "withdraw", note="Order 7")
    accepted(town)
    approve(town)
    town.act("controller", two, "restore", note="Order 8")
    assert approve(town)["opened"] == 1
    town.act("a", two, "submit", note="As accepted")
