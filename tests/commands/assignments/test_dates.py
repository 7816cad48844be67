"""Dates that people set: possible ones, and no way to undo lateness."""

from datetime import date
from typing import Any

import pytest

from commands.assignments.due_changes import DateError, FarDateError
from commands.assignments.effects import ReceivedEarlyError
from tests.world import World


@pytest.fixture
def one(world: World) -> int:
    world.at("2020-06-01 16:30").register()
    return world.one("1.2", "Authority A").id


@pytest.mark.parametrize("action", ["redate", "extend"])
def test_a_deadline_is_set_neither_before_the_protocol_nor_past_all_lives(world: World, one: int, action: str) -> None:
    for day in (date.min, date(2020, 5, 31)):
        with pytest.raises(DateError):
            world.act("controller", one, action, due=day, note="Order 1")
    for day in (date.max, date(2071, 1, 1)):
        with pytest.raises(FarDateError, match=r"it must be \d{4}-\d\d-\d\d or earlier"):
            world.act("controller", one, action, due=day, note="Order 1")
    world.act("controller", one, action, due="2069-12-31", note="Order 1")
    world.sweep()


def test_nor_is_one_asked_for_or_given_with_a_rework(world: World, one: int) -> None:
    with pytest.raises(FarDateError):
        world.act("a", one, "request_extension", due=date.max, note="Illness")
    world.act("a", one, "submit", note="Done")
    world.act("reviewer", one, "review", note="Complete")
    world.act("controller", one, "accept")
    for day, error in ((date.max, FarDateError), (date.min, DateError)):
        with pytest.raises(error):
            world.act("controller", one, "reopen", due=day, note="Order 1")


def test_a_person_who_redates_what_is_overdue_does_not_undo_its_lateness(world: World, one: int) -> None:
    world.at("2020-07-02 10:00").act("controller", one, "redate", due="2020-07-31", note="Order 1")
    world.act("a", one, "submit", note="Done")
    assert world.line(one).late
    assert world.faults() == []


def test_redated_in_time_it_is_not_late(world: World, one: int) -> None:
    world.at("2020-06-30 23:00").act("controller", one, "redate", due="2020-07-31", note="Order 1")
    world.at("2020-07-10 10:00").act("a", one, "submit", note="Done")
    assert not world.line(one).late


def test_a_report_submitted_in_time_is_not_late_by_a_redating_after_its_due(world: World, one: int) -> None:
    world.act("a", one, "submit", note="Done")
    world.at("2020-07-02 10:00").act("controller", one, "redate", due="2020-07-31", note="Order 1")
    assert not world.line(one).late


def test_a_rework_handed_in_late_cannot_be_dated_back_before_its_return(world: World, one: int) -> None:
    world.at("2020-06-10 10:00").act("a", one, "submit", note="Done")
    world.at("2020-06-11 10:00").act("reviewer", one, "return", note="No dates")
    world.at("2020-06-25 10:00")
    letter: dict[str, Any] = {"on_behalf": "Authority A", "files": {"letter.pdf": b"x"}}
    with pytest.raises(ReceivedEarlyError, match="awaited none before 2020-06-11"):
        world.act("clerk", one, "submit", received="2020-06-10 10:00", **letter)
    world.act("clerk", one, "submit", received="2020-06-24 10:00", **letter)
    assert world.line(one).late


def test_nor_a_first_report_before_the_protocol(world: World, one: int) -> None:
    letter: dict[str, Any] = {"on_behalf": "Authority A", "files": {"letter.pdf": b"x"}}
    with pytest.raises(ReceivedEarlyError):
        world.act("clerk", one, "submit", received="2020-05-31 23:59", **letter)
    world.act("clerk", one, "submit", received="2020-06-01 10:00", **letter)
