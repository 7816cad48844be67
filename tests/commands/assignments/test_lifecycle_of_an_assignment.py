"""One assignment from assigned to accepted, and the ways back."""

from datetime import date

import pytest

from commands.assignments.transitions import SystemActionError
from commands.recording.requirements import NeedError
from commands.registers.assignments import explained
from states.lifecycle import UnknownActionError, WrongRoleError, WrongStateError
from tests.world import World


@pytest.fixture
def one(world: World) -> int:
    """Item 1.2 (due 30 June) at Authority A."""
    world.at("2020-06-01 16:30").register()
    return world.one("1.2", "Authority A").id


def test_a_report_is_submitted_reviewed_and_accepted(world: World, one: int) -> None:
    world.at("2020-06-02 10:00").act("a", one, "acknowledge")
    world.at("2020-06-02 11:00").act("a", one, "submit", note="Done", files={"report.pdf": b"%PDF report"})
    world.at("2020-06-03 11:00").act("reviewer", one, "review", note="Complete")
    world.at("2020-06-04 11:00").act("controller", one, "accept")

    assert world.line(one).state == "accepted"
    assert not world.line(one).late
    assert world.actions(one) == ["assign", "acknowledge", "submit", "review", "accept"]
    assert world.faults() == []


def test_a_return_sets_a_rework_term_and_the_report_comes_again(world: World, one: int) -> None:
    world.at("2020-06-29 10:00").act("a", one, "submit", note="Done")
    world.at("2020-06-29 12:00").act("reviewer", one, "return", note="No dates in it")

    returned = world.line(one)
    assert returned.state == "returned"
    assert returned.due is not None
    # Three working days from 29 June, 1 July being off by decree: 30 June, 2 and 3 July.
    assert returned.due.isoformat() == "2020-07-03T21:00:00+00:00"

    world.at("2020-07-02 10:00").act("a", one, "submit", note="With dates")
    world.act("reviewer", one, "review", note="Complete")
    world.act("controller", one, "accept")
    assert not world.line(one).late


def test_a_report_after_the_due_moment_is_late_for_good(world: World, one: int) -> None:
    world.at("2020-07-01 00:00").act("a", one, "submit", note="Done")
    assert world.line(one).late
    world.act("reviewer", one, "review", note="Complete")
    world.act("controller", one, "accept")
    assert world.line(one).late


def test_a_report_in_the_last_minute_of_the_day_is_in_time(world: World, one: int) -> None:
    world.at("2020-06-30 23:59").act("a", one, "submit", note="Done")
    world.at("2020-07-10 10:00")
    assert not world.line(one).late


def test_a_rework_handed_in_late_makes_the_assignment_late(world: World, one: int) -> None:
    world.at("2020-06-02 10:00").act("a", one, "submit", note="Done")
    world.act("reviewer", one, "return", note="Mend it", due="2020-06-05")
    world.at("2020-06-06 09:00").act("a", one, "submit", note="Mended")
    assert world.line(one).late


def test_an_extension_asked_for_in_time_leaves_no_lateness(world: World, one: int) -> None:
    world.at("2020-06-30 18:00").act("a", one, "request_extension", note="The council meets later", due="2020-07-10")
    world.at("2020-07-03 09:00").act("controller", one, "extend", note="Order 12 of 3 July")

    assert world.line(one).due is not None
    assert not world.line(one).overdue
    world.at("2020-07-10 12:00").act("a", one, "submit", note="Done")
    assert not world.line(one).late


def test_an_extension_asked_for_too_late_removes_no_lateness(world: World, one: int) -> None:
    world.at("2020-07-02 18:00").act("a", one, "request_extension", note="Forgot", due="2020-07-10")
    world.at("2020-07-03 09:00").act("controller", one, "extend", note="Order 12 of 3 July")
    world.at("2020-07-09 12:00").act("a", one, "submit", note="Done")
    assert world.line(one).late


def test_a_submission_cancels_a_pending_request(world: World, one: int) -> None:
    world.at("2020-06-20 18:00").act("a", one, "request_extension", note="Later", due="2020-07-10")
    world.act("a", one, "submit", note="Done after all")
    world.act("reviewer", one, "return", note="Mend it")
    with pytest.raises(Exception, match="nothing to refuse"):
        world.act("controller", one, "refuse_extension", note="Order 13")


def test_a_withdrawn_assignment_is_restored_and_an_accepted_one_reopened(world: World, one: int) -> None:
    world.at("2020-06-10 10:00").act("controller", one, "withdraw", note="Order 1")
    world.act("controller", one, "restore", note="Order 2")
    world.act("a", one, "submit", note="Done")
    world.act("reviewer", one, "review", note="Complete")
    world.act("controller", one, "accept")
    world.act("controller", one, "reopen", note="Order 3: found to be untrue", due="2020-06-20")

    assert world.line(one).state == "returned"
    assert world.faults() == []


def test_a_transfer_goes_to_the_successor_and_the_old_trail_keeps_the_old_name(world: World, one: int) -> None:
    world.at("2020-06-10 10:00").act("controller", one, "transfer", to="Control department", note="Merger")

    assert world.line(one).addressee == "Control department"
    first, *_, last = world.trail(f"assignment:{one}")
    assert first.facts["set"]["organisation_id"] == last.facts["from_organisation"]
    assert world.faults() == []


def test_a_new_report_supersedes_the_one_not_yet_reviewed(world: World, one: int) -> None:
    world.at("2020-06-10 10:00").act("a", one, "submit", note="First")
    world.act("a", one, "submit", note="Second")
    versions = [line.facts["set"]["report_version"] for line in world.trail(f"assignment:{one}")[1:]]
    assert versions == [1, 2]


def test_an_awaited_date_is_set_by_redating(world: World, one: int) -> None:
    world.at("2020-06-10 10:00").act("controller", one, "redate", note="The event is on 15 July", due="2020-07-15")
    assert world.line(one).due is not None
    assert world.line(one).derivation is not None
    assert date.fromisoformat(world.line(one).derivation["day"]) == date(2020, 7, 15)  # type: ignore[index]  # asserted above


@pytest.mark.parametrize(
    ("action", "login", "need"),
    [
        ("submit", "a", "a text"),
        ("withdraw", "controller", "basis"),
        ("request_extension", "a", "a date|a reason"),
        ("transfer", "controller", "organisation"),
        ("reassign", "controller", "person"),
        ("redate", "controller", "a date|a reason"),
        ("comment", "a", "a text"),
        ("extend", "controller", "basis"),
    ],
)
def test_what_an_action_needs_is_named_when_it_is_missing(
    world: World, one: int, action: str, login: str, need: str
) -> None:
    with pytest.raises(NeedError, match=need):
        world.act(login, one, action)
    assert world.actions(one) == ["assign"]


def test_a_note_of_blanks_is_no_note(world: World, one: int) -> None:
    with pytest.raises(NeedError):
        world.act("controller", one, "withdraw", note="  \n ")


def test_wrong_state_wrong_role_and_unknown_action_are_refused(world: World, one: int) -> None:
    with pytest.raises(WrongStateError, match="possible now"):
        world.act("controller", one, "accept")
    with pytest.raises(WrongRoleError, match="it is for: reviewer"):
        world.act("a", one, "review", note="I find myself excellent")
    with pytest.raises(UnknownActionError, match="Actions:"):
        world.act("a", one, "celebrate")
    assert world.actions(one) == ["assign"]


@pytest.mark.parametrize("action", ["assign", "check", "remind", "escalate"])
def test_what_the_system_does_no_person_may_do(world: World, one: int, action: str) -> None:
    with pytest.raises(SystemActionError):
        world.act("controller", one, action, note="by hand")


def test_a_due_moment_explains_itself_by_the_protocols_words_only_while_it_comes_from_them(
    world: World, one: int
) -> None:
    line = world.line(one)
    assert explained(line.derivation, line.literal) == (
        "«до 30 июня 2020 года»: the protocol names 30 June 2020, that day included; "
        "due by the end of 30 June 2020 (24:00)"
    )
    world.at("2020-06-29 10:00").act("controller", one, "extend", note="Order 12", due="2020-07-10")
    line = world.line(one)
    assert explained(line.derivation, line.literal) == (
        "10 July 2020 was set by decision of 29 June 2020; due by the end of 10 July 2020 (24:00)"
    )
