"""Going over from earlier rules: what they lacked is remarked below the entry that tells of it, and a fault above."""

from dataclasses import replace

import pytest

from audit.trails.declared_rules import declare
from commands.recording import writer
from commands.sweeps.rearming import rearm
from commands.upgrade import go_over
from states.actions import Action
from states.lifecycle import Lifecycle, Role
from states.subjects import LIFECYCLES, PAST
from tests.commands.verification import forger
from tests.commands.verification.scene import Scene
from tests.world import World

_NEW = (
    Action.UPGRADE,
    Action.FILL_PLACE,
    Action.ADOPT_WITNESSES,
    Action.ASK_ERASURE,
    Action.REPAIR,
    Action.PROCEED,
)


def before(rules: Lifecycle) -> Lifecycle:
    """The version before: its actions declared nothing of what they write."""
    edges = [replace(each, sets=None) for each in rules.edges if each.action not in _NEW]
    if rules.name == "log":
        edges = [replace(each, roles=(Role.CONTROLLER,)) if each.action == Action.ERASE else each for each in edges]
    return Lifecycle(rules.name, rules.version - 1, tuple(edges))


@pytest.fixture
def old(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A database of the version before, sealed, in which a trail runs backwards as that version allowed."""
    earlier = {kind: before(rules) for kind, rules in LIFECYCLES.items()}
    assert {each.hash for each in earlier.values()} <= PAST
    with world.installation.database.write() as session:
        declare(
            session,
            {each.hash: each.declared for each in earlier.values()},
            {each.hash: each.legal() for each in earlier.values()},
        )
    with monkeypatch.context() as patched:
        patched.setattr(writer, "LIFECYCLES", earlier)
        world.register()
        world.act("a", 1, "acknowledge")
        world.at("2020-06-03 10:00").act("b", 2, "acknowledge")
        with Scene(world, 1, 2).unguarded() as connection:
            forger.comment(connection, "assignment:2", actor=8, person=8, at="2020-06-03T06:50:00.000000Z")
        world.seal()
    return world


def test_before_it_has_gone_over_what_is_lacking_is_a_fault(old: World) -> None:
    told = old.faults()
    assert [line for line in told if "names rules of before actions declared" in line]
    assert [line for line in told if "time does not run backwards" in line]


def test_gone_over_it_is_remarked_and_the_log_goes_on(old: World) -> None:
    go_over(old.installation, "cli:tester")
    assert old.faults() == []
    told = old.remarks()
    assert [line for line in told if "names rules of before actions declared" in line]
    assert [line for line in told if "time does not run backwards" in line]
    last = old.trail("log:1")[-1]
    assert (last.action, last.facts["derived"]) == ("upgrade", 0)
    go_over(old.installation, "cli:tester")
    assert old.trail("log:1")[-1].seq == last.seq
    old.act("a", 1, "submit", note="Done")
    old.seal()
    assert old.faults() == []


def test_above_it_nobody_goes_back_to_what_was_allowed_before(old: World) -> None:
    go_over(old.installation, "cli:tester")
    rules = before(LIFECYCLES["assignment"]).hash.hex()
    with Scene(old, 1, 2).unguarded() as connection:
        forger.comment(connection, "assignment:1", actor=7, person=7, lifecycle=rules)
    old.seal()
    assert [line for line in old.faults() if "names rules of before actions declared" in line]


def test_what_steers_the_sweeps_is_derived_anew_on_the_way(old: World) -> None:
    with old.installation.database.write() as session:
        session.connection().exec_driver_sql("UPDATE assignments SET next_check_at = NULL WHERE id IN (1, 2)")
    go_over(old.installation, "cli:tester")
    assert old.trail("log:1")[-1].facts["derived"] == 2
    assert old.faults() == []
    with old.installation.write() as tx:
        assert rearm(tx).assignments == []


def test_a_new_log_begins_under_the_rules_of_today(world: World) -> None:
    go_over(world.installation, "cli:tester")
    world.register()
    world.seal()
    assert [line.action for line in world.trail("log:1")] == ["begin"]
    assert world.faults() == []
    assert world.remarks() == []
