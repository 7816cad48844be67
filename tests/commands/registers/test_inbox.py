"""What lies before each role, what hurts first at the top."""

from commands.context.actors import actor_for_login
from commands.registers.inbox import Task, inbox
from tests.world import World


def tasks(world: World, login: str) -> list[Task]:
    with world.installation.read() as tx:
        return inbox(tx, actor_for_login(tx, login, "cli:tester")).tasks


def told(world: World, login: str) -> list[tuple[str, str, str | None, bool]]:
    return [(task.line.item, task.line.addressee, task.action, task.late) for task in tasks(world, login)]


def test_an_executor_has_his_own_with_what_is_overdue_first(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    assert told(world, "a") == [
        ("1.1", "Authority A", "acknowledge", False),
        ("1.2", "Authority A", "acknowledge", False),
    ]
    world.at("2020-06-05 10:00").act("a", world.one("1.2", "Authority A").id, "acknowledge")
    assert told(world, "a") == [("1.1", "Authority A", "submit", True), ("1.2", "Authority A", "submit", False)]
    assert told(world, "s1") == [("2.1", "School 1", "acknowledge", False)]


def test_a_report_moves_from_desk_to_desk(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id
    world.at("2020-06-08 10:00").act("a", number, "submit", note="Done")
    assert ("1.2", "Authority A") not in [(item, name) for item, name, *_ in told(world, "a")]
    assert told(world, "reviewer") == [("1.2", "Authority A", "review", False)]
    assert told(world, "controller") == [("1.2", "Authority A", "assign_reviewer", False)]
    world.act("controller", number, "assign_reviewer", to="reviewer")
    assert told(world, "controller") == []
    world.act("reviewer", number, "return", note="No dates")
    assert told(world, "a")[1][:3] == ("1.2", "Authority A", "submit")
    world.act("a", number, "submit", note="Dates")
    world.act("reviewer", number, "review", note="Complete")
    assert (told(world, "reviewer"), told(world, "controller")) == ([], [("1.2", "Authority A", "accept", False)])
    world.act("controller", number, "accept")
    assert told(world, "controller") == []


def test_a_controller_decides_on_an_extension_that_was_asked_for(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id
    world.act("a", number, "request_extension", note="Illness", due="2020-07-10")
    assert told(world, "controller") == [("1.2", "Authority A", "extend", False)]


def test_a_slow_reviewer_is_late_and_a_leader_sees_whatever_is(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    assert told(world, "director") == []
    world.act("a", world.one("1.2", "Authority A").id, "submit", note="Done")
    world.at("2020-06-15 10:00")
    assert told(world, "reviewer") == [("1.2", "Authority A", "review", True)]
    assert told(world, "director") == [
        ("1.1", "Authority A", None, True),
        ("1.1", "Authority B", None, True),
        ("1.2", "Authority A", None, True),
    ]


def test_a_clerk_sees_what_falls_due_and_an_administrator_nothing(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    assert {item for item, *_ in told(world, "clerk")} == {"1.1"}
    assert told(world, "admin") == []
