"""Items that wait for another's document: not late meanwhile, open when it is accepted, handed what was accepted."""

import pytest

from commands.assignments.documents import DocumentMissingError, NotOpenError
from tests.commands.sweeps.handing_in import approve, hand_in, number
from tests.programs import program
from tests.world import World


def accepted(world: World) -> None:
    one = number(world, "1.1")
    hand_in(world, "a", "1.1", "Authority A", program("Authority A"))
    approve(world)
    world.act("reviewer", one, "review", note="Good")
    world.act("controller", one, "accept")


def test_an_item_that_passes_a_document_on_opens_when_that_is_accepted_and_inherits_it(ministry: World) -> None:
    two = number(ministry, "1.2")
    with pytest.raises(NotOpenError, match="opens when assignment 1 of the same addressee is accepted"):
        ministry.act("a", two, "submit", note="Here it is")
    accepted(ministry.at("2020-06-10 10:00"))
    assert approve(ministry)["opened"] == 1
    assert ministry.line(two).due == ministry.one("1.1", "Authority A").due  # enough time is left

    ministry.act("a", two, "submit", note="As accepted")
    assert (
        ministry.trail(f"assignment:{two}")[-1].files
        == ministry.trail(f"assignment:{number(ministry, '1.1')}")[1].files
    )
    approve(ministry)
    assert ministry.faults() == []


def test_while_it_waits_it_is_not_overdue_and_nobody_is_chased_for_it(ministry: World) -> None:
    hand_in(ministry.at("2020-06-30 12:00"), "a", "1.1", "Authority A", program("Authority A"))
    ministry.at("2020-07-20 09:00").sweep()
    two = number(ministry, "1.2")
    assert not ministry.line(two).overdue
    assert ministry.actions(two) == ["assign"]
    # The ministry took its time: what opens now gets a term of its own, and a ladder anew.
    ministry.act("reviewer", number(ministry, "1.1"), "review", note="Good")
    ministry.act("controller", number(ministry, "1.1"), "accept")
    ministry.sweep()
    assert str(ministry.line(two).due) == "2020-07-23 21:00:00+00:00"
    for day in (22, 24):
        ministry.at(f"2020-07-{day} 01:00").sweep()
    assert ministry.actions(two) == ["assign", "redate", "remind", "escalate"]
    assert ministry.faults() == []


def test_what_waits_for_something_withdrawn_opens_and_must_bring_its_own_document(ministry: World) -> None:
    ministry.act("controller", number(ministry, "1.1"), "withdraw", note="Order 7")
    approve(ministry)
    with pytest.raises(DocumentMissingError):
        ministry.act("a", number(ministry, "1.2"), "submit", note="None")
    hand_in(ministry, "a", "1.2", "Authority A", program("Authority A"))


def test_what_is_restored_after_its_predecessor_closed_opens_too(ministry: World) -> None:
    two = number(ministry, "1.2")
    ministry.act("controller", two, "withdraw", note="Order 7")
    accepted(ministry)
    approve(ministry)
    ministry.act("controller", two, "restore", note="Order 8")
    assert approve(ministry)["opened"] == 1
    ministry.act("a", two, "submit", note="As accepted")
