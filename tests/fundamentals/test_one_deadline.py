"""Lesson 2. A deadline is words in a protocol; when it ends exactly is counted, and the counting explains itself."""

from commands.registers.assignments import explained
from states.assignment import State
from tests.world import PROTOCOL, World, moment


def test_a_deadline_on_a_day_off_ends_at_midnight_of_the_working_day_before(world: World) -> None:
    """Nobody works on Sunday, 28 June 2020. By the custom of assignment rules the term ends earlier, not later."""
    world.at("2020-06-01 16:30").register(PROTOCOL.replace("до 30 июня", "до 28 июня"))
    line = world.one("1.2", "Authority A")

    # Friday the 26th belongs to the term, to its last minute. Moments are kept in UTC, Moscow is three hours ahead.
    assert line.due == moment("2020-06-27 00:00")
    assert line.due.isoformat() == "2020-06-26T21:00:00+00:00"

    # Why that is so is kept beside it, and said to whoever asks, in his language.
    why = explained(line.derivation, line.literal)
    assert why.startswith("«до 28 июня 2020 года»: ")
    assert "28 June 2020 is not a working day" in why
    assert why.endswith("due by the end of 26 June 2020 (24:00)")


def test_overdue_is_a_fact_of_the_clock_and_late_is_one_of_the_report(world: World) -> None:
    """Neither is a state: nobody takes an action “overdue”, and no sweep need run for it to be so."""
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id  # due when 30 June is over
    assert not world.at("2020-06-30 23:59").line(number).overdue
    assert world.at("2020-07-01 00:00").line(number).overdue
    assert world.line(number).state == State.ASSIGNED

    # Handed in, it is overdue no more; that it came late stays true for good.
    world.at("2020-07-02 10:00").act("a", number, "submit", note="At last")
    assert not world.line(number).overdue
    assert world.line(number).late
