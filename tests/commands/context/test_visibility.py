"""Who sees what: an executor his organisation and those below it, the ministry everything, an administrator nothing."""

import pytest

from commands.context.actors import actor_for_login
from commands.context.visibility import scope_of
from commands.registers.assignments import assignments
from commands.registers.filters import AssignmentFilter
from commands.registers.items import items
from commands.registers.lookup import UnknownAssignmentError, UnknownProtocolError, one_assignment, one_protocol
from commands.registers.matrix import matrix
from commands.registers.protocols import protocols
from states.lifecycle import Role
from tests.world import World

SEES = {
    "a": {"Authority A", "School 1", "School 2"},
    "b": {"Authority B", "School 3"},
    "s1": {"School 1"},
    "admin": set(),
}
ALL = {"Authority A", "Authority B", "School 1", "School 2", "School 3"}
SEES |= dict.fromkeys(("clerk", "reviewer", "controller", "director"), ALL)


@pytest.mark.parametrize(("login", "seen"), SEES.items())
def test_each_register_shows_what_lies_within(world: World, login: str, seen: set[str]) -> None:
    world.register()
    with world.installation.read() as tx:
        within = scope_of(actor_for_login(tx, login, "cli:tester"))
        lines = assignments(tx, AssignmentFilter(within=within))
        assert {line.addressee for line in lines} == seen
        assert {row.addressee for row in matrix(tx, 1, wanted=AssignmentFilter(within=within)).rows} == seen
        assert {item.id for item in items(tx, within=within)} == {line.item_id for line in lines}
        assert sum(item.progress.total for item in items(tx, within=within)) == len(lines)
        for line in protocols(tx, within=within):
            assert (line.progress.total, line.items) == (len(lines), len({each.item_id for each in lines}))
        assert len(protocols(tx, within=within)) == bool(seen)


def test_what_lies_outside_is_not_there(world: World) -> None:
    world.register()
    foreign = world.one("1.2", "Authority B").id
    with world.installation.read() as tx:
        within = scope_of(actor_for_login(tx, "a", "cli:tester"))
        with pytest.raises(UnknownAssignmentError):
            one_assignment(tx, foreign, within)
        with pytest.raises(UnknownProtocolError):
            one_protocol(tx, 1, within=0)


def test_an_executor_of_the_root_sees_all(world: World) -> None:
    world.register()
    world.account("top", Role.EXECUTOR, "Ministry")
    with world.installation.read() as tx:
        within = scope_of(actor_for_login(tx, "top", "cli:tester"))
        assert {line.addressee for line in assignments(tx, AssignmentFilter(within=within))} == ALL
