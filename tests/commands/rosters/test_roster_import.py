"""Rosters: imported whole or not at all, updated without doubles, under audit."""

import pytest
from sqlalchemy import select

from commands.context.actors import actor_for_login
from commands.rosters.hierarchy import LoopError, RootError, SuperiorError
from commands.rosters.renaming import NameTakenError, rename
from commands.rosters.roster_import import PeriodError
from intake.roster_faults import BadRosterError
from models.rosters import Organisation
from states.lifecycle import WrongRoleError
from tests.world import ROSTER, World


def test_the_same_file_again_changes_nothing(world: World) -> None:
    again = world.import_roster(ROSTER)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 9)


def test_a_changed_row_updates_one_organisation(world: World) -> None:
    again = world.import_roster(ROSTER.replace("a@example.org", "new@example.org"))
    assert (again.created, again.updated) == (0, 1)
    assert [line.action for line in world.trail("organisation:3")] == ["create", "update"]
    assert world.trail("organisation:3")[-1].fields == {"email": "new@example.org"}
    assert world.faults() == []


def test_a_partial_file_deletes_nobody(world: World) -> None:
    world.import_roster(
        "organisation,superior,email,head,group,aliases,since,until\nSchool 9,Authority A,,,Schools,,,\n"
    )
    world.register()
    assert len(world.assignments(item="2.1")) == 4


def test_a_bad_row_is_named_by_its_line_and_nothing_is_imported(world: World) -> None:
    bad = ROSTER + "School 8,Authority A,not-an-address,,Schools,,,\n"
    with pytest.raises(BadRosterError, match="9"):
        world.import_roster(bad)
    assert world.import_roster(ROSTER).unchanged == 9


def test_a_superior_nobody_knows_a_loop_and_a_second_root_are_refused(world: World) -> None:
    head = "organisation,superior,email,head,group,aliases,since,until\n"
    with pytest.raises(SuperiorError, match=r"Line 2.*Nowhere"):
        world.import_roster(head + "School 8,Nowhere,,,,,,\n")
    with pytest.raises(LoopError, match="its own superior"):
        world.import_roster(head + "Authority A,School 1,a@example.org,,,,,\n")
    with pytest.raises(RootError, match="Ministry"):
        world.import_roster(head + "Second ministry,,,,,,,\n")
    assert world.import_roster(ROSTER).unchanged == 9


def test_an_executor_imports_nothing(world: World) -> None:
    with pytest.raises(WrongRoleError):
        world.import_roster(ROSTER.replace("School 3", "School 4"), by="a")


HEAD = "organisation,superior,email,head,group,aliases,since,until\n"


def organisations(world: World) -> dict[str, tuple[str | None, str | None]]:
    """Name → address and head."""
    with world.installation.read() as tx:
        return {each.name: (each.email, each.head_name) for each in tx.session.scalars(select(Organisation))}


def test_the_second_line_of_an_organisation_in_two_groups_erases_nothing(world: World) -> None:
    world.import_roster(HEAD + "Authority A,,,,Authorities,,,\nAuthority A,,,Petrov,Pilots,,,\n")
    assert organisations(world)["Authority A"] == ("a@example.org", "Petrov")
    world.import_roster(HEAD + "School 4,,,,Schools,,,\nSchool 4,Authority B,s4@example.org,,Pilots,,,\n")
    assert organisations(world)["School 4"] == ("s4@example.org", None)
    assert world.faults() == []


def test_what_the_file_has_no_column_for_stays(world: World) -> None:
    again = world.import_roster("organisation,group\nSchool 1,Schools\nAuthority A,Authorities\n")
    assert (again.created, again.updated) == (0, 0)
    assert organisations(world)["School 1"] == ("s1@example.org", None)
    again = world.import_roster("organisation,superior\nMinistry,\nSchool 1,Authority B\n")
    assert (again.updated, organisations(world)["School 1"]) == (1, ("s1@example.org", None))


def test_a_line_without_days_keeps_those_of_the_membership(world: World) -> None:
    world.import_roster(HEAD + "School 1,,,,Schools,,2019-09-01,2020-05-31\n")
    assert world.import_roster(ROSTER).updated == 0
    world.register()
    assert {line.addressee for line in world.assignments(item="2.1")} == {"School 2", "School 3"}


def test_a_period_of_before_is_not_lost_to_a_later_one(world: World) -> None:
    world.import_roster(HEAD + "School 1,,,,Schools,,2019-09-01,2020-05-31\n")
    with pytest.raises(PeriodError, match=r"Line 2: “School 1” was in the group “Schools” on other days"):
        world.import_roster(HEAD + "School 1,,,,Schools,,2020-09-01,\n")
    assert world.import_roster(HEAD + "School 1,,,,Schools,,2019-09-01,2020-08-31\n").updated == 1


@pytest.mark.slow
def test_a_chain_of_two_thousand_superiors_is_no_trouble(world: World) -> None:
    lines = [f"Office {number},{f'Office {number + 1}' if number < 2_000 else 'Ministry'}" for number in range(2_001)]
    assert world.import_roster("organisation,superior\n" + "\n".join(lines)).created == 2_001
    with pytest.raises(LoopError):
        world.import_roster("organisation,superior\nOffice 2000,Office 0\n")


def test_a_renamed_organisation_is_found_by_its_new_name(world: World) -> None:
    world.register()
    with world.installation.write() as tx:
        assert rename(tx, actor_for_login(tx, "controller", "cli:tester"), "School 1", " Lyceum  1 ") == 5
    again = world.import_roster(HEAD + "Lyceum 1,Authority B,,,Schools,,,\n")
    assert (again.created, again.updated) == (0, 1)
    assert world.one("2.1", "Lyceum 1").id
    assert [line.action for line in world.trail("organisation:5")] == ["create", "update", "update"]
    assert world.faults() == []


@pytest.mark.parametrize("name", ["School 2", "School 1", " "])
def test_a_name_that_is_empty_or_anothers_is_refused(world: World, name: str) -> None:
    with world.installation.write() as tx, pytest.raises(NameTakenError):
        rename(tx, actor_for_login(tx, "controller", "cli:tester"), "School 1", name)
