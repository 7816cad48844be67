"""Rosters: imported whole or not at all, updated without doubles, under audit."""

import pytest

from commands.rosters import LoopError, RootError, SuperiorError
from intake import BadRosterError
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
