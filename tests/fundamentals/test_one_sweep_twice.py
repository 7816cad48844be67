"""Lesson 8. Flows are killed, restarted, run late and side by side. A sweep done twice is a sweep done once."""

from sqlalchemy import func, select

from models.outbox import Message, Notice
from tests.world import World


def written(world: World) -> list[int | None]:
    """How many entries, notices and letters there are."""
    with world.installation.read() as tx:
        counted = [tx.session.scalar(select(func.count()).select_from(each)) for each in (Notice, Message)]
    return [sum(len(world.actions(line.id)) for line in world.assignments()), *counted]


def test_a_sweep_repeated_at_once_writes_nothing_and_sends_no_letter_again(world: World) -> None:
    """A sweep asks the rows what is due, does it, and notes that in the same transaction. It remembers nothing else,
    so nothing is lost or doubled, wherever it stops. After an outage it catches up with what still matters.
    """
    world.at("2020-06-01 16:30").register()

    # Nothing swept for six weeks. Then once:
    first = world.at("2020-07-13 09:00").sweep()
    assert first["escalated"] > 0
    assert first["sent"] > 0
    before = written(world)

    # And again, in the same minute. Not one entry, not one notice, not one letter more.
    second = world.sweep()
    assert (second["reminded"], second["escalated"], second["messages"], second["sent"]) == (0, 0, 0, 0)
    assert written(world) == before

    # Nor in the afternoon, for no other rung of any ladder has come.
    third = world.at("2020-07-13 17:00").sweep()
    assert (third["escalated"], third["sent"]) == (0, 0)
    assert written(world) == before
    assert world.faults() == []
