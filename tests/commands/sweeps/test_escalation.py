"""The ladder: who hears what when, each rung once, whatever the sweeps do."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from commands.context.actors import system
from commands.sweeps.escalation import escalate
from models.outbox import Notice
from tests.world import PROTOCOL, World


def rungs(world: World, assignment: int) -> list[tuple[str, int]]:
    told = world.trail(f"assignment:{assignment}")
    return [(line.action, line.facts["rung"]) for line in told if line.action in ("remind", "escalate")]


def recipients(world: World, assignment: int, rung: int) -> list[str]:
    with world.installation.read() as tx:
        wanted = select(Notice.recipient).where(Notice.assignment_id == assignment, Notice.rung == rung)
        return sorted(tx.session.scalars(wanted))


@pytest.fixture
def one(world: World) -> int:
    """Item 1.2, due 30 June, at Authority A."""
    world.at("2020-06-01 16:30").register()
    return world.one("1.2", "Authority A").id


@pytest.mark.slow
def test_the_ladder_fires_day_by_day(world: World, one: int) -> None:
    fired = {}
    for day in range(15, 31):
        world.at(f"2020-06-{day} 08:00").sweep()
        fired[f"06-{day}"] = len(rungs(world, one))
    for day in range(1, 12):
        world.at(f"2020-07-{day:02} 08:00").sweep()
        fired[f"07-{day:02}"] = len(rungs(world, one))
    steps = [day for before, day in zip(fired, list(fired)[1:], strict=False) if fired[day] > fired[before]]
    # -5 and -1 working days; 24:00 of the 30th; +1, +3, +5 working days (1 July is off by decree).
    assert steps == ["06-22", "06-29", "07-01", "07-03", "07-07", "07-09"]
    assert rungs(world, one) == [
        ("remind", -5), ("remind", -1), ("escalate", 0), ("escalate", 1), ("escalate", 3), ("escalate", 5),
    ]  # fmt: skip
    assert world.faults() == []


@pytest.mark.usefixtures("one")
def test_repeated_sweeps_fire_nothing_twice(world: World) -> None:
    world.at("2020-07-20 09:00")
    first = world.sweep()
    second = world.sweep()
    assert first["escalated"] == 4 * 7
    assert (second["reminded"], second["escalated"], second["messages"]) == (0, 0, 0)


def test_after_an_outage_everybody_above_hears_but_no_stale_reminder_goes_out(world: World, one: int) -> None:
    world.at("2020-07-20 09:00").sweep()
    assert rungs(world, one) == [("escalate", 0), ("escalate", 1), ("escalate", 3), ("escalate", 5)]


@pytest.mark.usefixtures("one")
def test_each_rung_reaches_its_own_people(world: World) -> None:
    world.at("2020-07-20 09:00").sweep()
    school = world.one("2.1", "School 1").id
    assert recipients(world, school, 0) == ["account:3", "organisation:5"]  # School 1 and the controller
    assert recipients(world, school, 1) == ["organisation:3"]  # Authority A, its superior
    assert recipients(world, school, 3) == ["organisation:1"]  # the protocol's department, here the ministry
    assert recipients(world, school, 5) == ["organisation:1"]


def test_a_protocol_registered_after_its_deadline_fires_the_present_rung_only(world: World) -> None:
    world.at("2020-07-04 12:00").register()
    world.sweep()
    assert rungs(world, world.one("1.2", "Authority A").id) == [("escalate", 1)]
    assert rungs(world, world.one("1.1", "Authority A").id) == [("escalate", 5)]


def test_a_recommendation_never_reaches_the_minister(world: World) -> None:
    world.at("2020-06-01 16:30").register(PROTOCOL.replace("1. Главам районов:", "1. Рекомендовать главам районов:"))
    world.at("2020-07-20 09:00").sweep()
    assert rungs(world, world.one("1.2", "Authority A").id) == [("escalate", 0), ("escalate", 1)]


def test_a_submitted_report_puts_the_ministry_on_a_ladder_of_its_own(world: World, one: int) -> None:
    world.at("2020-06-10 10:00").act("a", one, "submit", note="Done")
    world.at("2020-07-20 09:00").sweep()
    fired = world.trail(f"assignment:{one}")[2:]
    # Review falls due five working days after 10 June, the 12th being a holiday: on the 18th.
    assert [(line.facts["ladder"], line.facts["rung"]) for line in fired] == [("review", 0), ("review", 3)]
    assert fired[0].facts["due"] == "2020-06-18T21:00:00Z"
    assert recipients(world, one, 0) == ["account:3"]  # no reviewer named yet: the controller


def test_a_return_begins_the_ladder_anew(world: World, one: int) -> None:
    world.at("2020-07-02 10:00").sweep()
    world.act("a", one, "submit", note="Done")
    world.act("reviewer", one, "return", note="Mend it", due="2020-07-03")
    world.at("2020-07-04 10:00").sweep()
    # +1 fires after 2 July has ended only, and by then the report was in.
    assert rungs(world, one) == [("escalate", 0), ("escalate", 0)]


def test_what_is_closed_is_left_alone(world: World, one: int) -> None:
    world.act("controller", one, "withdraw", note="Order 1")
    world.at("2020-07-20 09:00").sweep()
    assert rungs(world, one) == []


@pytest.mark.usefixtures("one")
def test_two_sweeps_at_once_fire_each_rung_once(world: World) -> None:
    world.at("2020-07-20 09:00")
    start = Barrier(2)

    def run() -> None:
        start.wait()
        for _ in world.installation.batches(lambda tx: escalate(tx, system(tx, "flow:escalation"), 2)):
            pass

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in world.installation.batches(lambda tx: escalate(tx, system(tx, "flow:escalation"), 2)):
        pass
    for line in world.assignments():
        assert rungs(world, line.id) == [("escalate", 0), ("escalate", 1), ("escalate", 3), ("escalate", 5)]
    assert world.faults() == []
