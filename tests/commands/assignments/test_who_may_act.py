"""Scope and separation: whose assignment it is, and that nobody judges his own work."""

from datetime import date

import pytest

from commands.access.accounts import GrantError, LoginError, LoginTakenError, OrganisationNeededError
from commands.access.substitutions import Substitute, substitute
from commands.assignments.effects import PersonError, ReceivedError
from commands.assignments.locked_assignment import StaleVersionError
from commands.assignments.transitions import ForeignAssignmentError, OtherReviewerError, OwnOrganisationError
from commands.context.actors import NotSubstituteError, SystemLoginError, UnknownLoginError, actor_for_login
from commands.registers.lookup import UnknownAssignmentError
from commands.sweeps.sweeps import sweep
from states.lifecycle import Role
from states.separation import SamePersonError, Separation
from tests.world import World


@pytest.fixture
def one(world: World) -> int:
    world.at("2020-06-01 16:30").register()
    return world.one("1.2", "Authority A").id


def test_an_executor_acts_for_his_own_organisation_only(world: World, one: int) -> None:
    with pytest.raises(ForeignAssignmentError, match="Authority A"):
        world.act("b", one, "submit", note="Done")


@pytest.mark.usefixtures("one")
def test_not_even_for_a_school_below_it(world: World) -> None:
    with pytest.raises(ForeignAssignmentError):
        world.act("a", world.one("2.1", "School 1").id, "submit", note="Done")


def test_a_stale_version_is_a_conflict_and_changes_nothing(world: World, one: int) -> None:
    world.act("a", one, "acknowledge")
    with pytest.raises(StaleVersionError, match=r"you saw version 1, now it is version 2 in the state “assigned”"):
        world.act("a", one, "submit", note="Done", version=1)
    assert world.line(one).version == 2
    world.act("a", one, "submit", note="Done", version=2)


@pytest.mark.usefixtures("one")
def test_an_unknown_assignment_is_said_so(world: World) -> None:
    with pytest.raises(UnknownAssignmentError, match="9999"):
        world.act("a", 9999, "submit", note="Done")


def test_under_policy_three_the_reviewer_may_not_accept_under_another_account(world: World, one: int) -> None:
    world.account("second-hat", Role.CONTROLLER, by="controller", same_person_as="reviewer")
    world.act("a", one, "submit", note="Done")
    world.act("reviewer", one, "review", note="Complete")
    with pytest.raises(SamePersonError, match="three"):
        world.act("second-hat", one, "accept")
    world.act("controller", one, "accept")


def test_under_policy_two_he_may_but_the_submitter_never(world: World, one: int) -> None:
    world.offer(separation=Separation.TWO)
    world.sweep()
    world.account("second-hat", Role.CONTROLLER, by="controller", same_person_as="reviewer")
    world.account("a-reviewer", Role.REVIEWER, by="controller", same_person_as="a")
    world.act("a", one, "submit", note="Done")
    with pytest.raises(SamePersonError):
        world.act("a-reviewer", one, "review", note="Splendid")
    world.act("reviewer", one, "review", note="Complete")
    world.act("second-hat", one, "accept")
    assert world.trail(f"assignment:{one}")[-1].facts["separation"] == "two"
    assert world.faults() == []


def test_a_lenient_policy_file_counts_for_nothing_until_it_is_adopted_under_audit(world: World, one: int) -> None:
    world.account("second-hat", Role.CONTROLLER, by="controller", same_person_as="reviewer")
    world.act("a", one, "submit", note="Done")
    world.act("reviewer", one, "review", note="Complete")
    world.offer(separation=Separation.TWO)
    with pytest.raises(SamePersonError, match="three"):
        world.act("second-hat", one, "accept")
    sweep(world.installation, "cli:tester")
    world.act("second-hat", one, "accept")
    adopted = world.trail("policy:1")
    assert [(line.action, line.channel) for line in adopted] == [("adopt", "init"), ("adopt", "cli:tester")]
    assert world.faults() == []


def test_a_process_whose_file_is_no_longer_in_force_works_by_what_is(world: World, one: int) -> None:
    stale = world.installation
    world.offer(separation=Separation.TWO)
    world.sweep()
    world.installation = stale
    world.act("a", one, "submit", note="Done")
    world.act("reviewer", one, "review", note="Complete")
    assert world.trail(f"assignment:{one}")[-1].facts["separation"] == "two"


def test_a_substitute_acts_in_the_absent_persons_name_within_the_dates(world: World, one: int) -> None:
    world.account("deputy", Role.CONTROLLER, by="controller")
    with world.installation.write() as tx:
        command = Substitute("reviewer", "deputy", date(2020, 6, 10), date(2020, 6, 12), "Leave, order 5")
        substitute(tx, actor_for_login(tx, "controller", "cli:tester"), command)
    world.act("a", one, "submit", note="Done")

    with pytest.raises(NotSubstituteError):
        world.at("2020-06-09 23:00").act("deputy", one, "review", instead_of="reviewer", note="Complete")
    world.at("2020-06-12 10:00").act("deputy", one, "review", instead_of="reviewer", note="Complete")

    entry = world.trail(f"assignment:{one}")[-1]
    assert (entry.actor, entry.actor_for, entry.role) == ("deputy", "reviewer", "reviewer")
    with pytest.raises(SamePersonError):  # the deputy judged already, whatever hat he wears now
        world.act("deputy", one, "accept")
    assert world.faults() == []


def test_a_reviewer_is_assigned_and_then_nobody_else_reviews(world: World, one: int) -> None:
    world.account("other-reviewer", Role.REVIEWER, by="controller")
    world.act("a", one, "submit", note="Done")
    world.act("controller", one, "assign_reviewer", to="reviewer")
    with pytest.raises(OtherReviewerError):
        world.act("other-reviewer", one, "review", note="Complete")
    with pytest.raises(PersonError, match="reviewer from another organisation"):
        world.act("controller", one, "assign_reviewer", to="a")
    world.act("reviewer", one, "review", note="Complete")


def test_nobody_reviews_for_his_own_organisation(world: World, one: int) -> None:
    world.account("inside", Role.REVIEWER, "Authority A", by="controller")
    world.act("a", one, "submit", note="Done")
    with pytest.raises(OwnOrganisationError):
        world.act("inside", one, "review", note="Complete")


def test_nor_does_a_substitute_from_the_organisation_itself(world: World, one: int) -> None:
    world.account("inside", Role.EXECUTOR, "Authority A")
    day = date(2020, 6, 1)
    with world.installation.write() as tx:
        command = Substitute("reviewer", "inside", day, day, "Leave")
        substitute(tx, actor_for_login(tx, "controller", "cli:tester"), command)
    world.act("a", one, "submit", note="Done")
    with pytest.raises(OwnOrganisationError):
        world.act("inside", one, "review", note="Complete", instead_of="reviewer")


def test_an_assignment_is_handed_on_within_the_organisation_only(world: World, one: int) -> None:
    world.account("a2", Role.EXECUTOR, "Authority A")
    world.act("a", one, "reassign", to="a2")
    with pytest.raises(PersonError, match="executor of the addressee"):
        world.act("a", one, "reassign", to="b")


def test_a_paper_report_is_entered_on_behalf_with_its_letter_and_its_time_counts(world: World, one: int) -> None:
    world.at("2020-07-02 10:00")
    with pytest.raises(ReceivedError, match="the time of receipt"):
        world.act("clerk", one, "submit", note="By post")
    with pytest.raises(ReceivedError):
        world.act(
            "clerk", one, "submit", on_behalf="Authority B", received="2020-06-30 10:00", files={"letter.pdf": b"x"}
        )
    world.act("clerk", one, "submit", on_behalf="Authority A", received="2020-06-30 10:00", files={"letter.pdf": b"x"})
    assert not world.line(one).late


def test_roles_are_granted_by_whom_the_design_names(world: World) -> None:
    with pytest.raises(GrantError, match="ask an account with the role “controller”"):
        world.account("mole", Role.CONTROLLER, by="admin")
    with pytest.raises(GrantError, match="admin"):
        world.account("friend", Role.REGISTRAR, by="controller")
    with pytest.raises(GrantError):
        world.account("flow", Role.SYSTEM, by="admin")


def test_accounts_are_refused_with_a_reason(world: World) -> None:
    with pytest.raises(LoginTakenError):
        world.account("clerk", Role.REGISTRAR)
    with pytest.raises(LoginError):
        world.account("Иван Петров", Role.REGISTRAR)
    with pytest.raises(OrganisationNeededError):
        world.account("nowhere", Role.EXECUTOR)


def test_nobody_signs_in_as_the_flows_or_as_nobody(world: World) -> None:
    with world.installation.write() as tx:
        with pytest.raises(SystemLoginError):
            actor_for_login(tx, "system", "cli:tester")
        with pytest.raises(UnknownLoginError):
            actor_for_login(tx, "ghost", "cli:tester")
