"""Lesson 1. A decision's way from a meeting's paper to the day when nobody need think of it again.

Whoever reads these lessons meets one small ministry, `World` (`tests/world.py`). A test moves its clock, lets people
act, and looks at what came of it. Nothing is faked but the clock.
"""

from states.assignment import State
from tests.world import World


def test_a_decision_becomes_an_assignment_that_is_reported_on_returned_and_in_the_end_accepted(world: World) -> None:
    """One decision addressed to a group is one assignment for each of its members, and each lives a life of its own."""
    # The clerk puts the protocol of 1 June under control. Item 1.2, “support the schools”, is for the heads of
    # authorities; there are two of them.
    world.at("2020-06-01 16:30").register()
    assert [line.addressee for line in world.assignments(item="1.2")] == ["Authority A", "Authority B"]
    number = world.one("1.2", "Authority A").id
    assert world.line(number).state == State.ASSIGNED

    # The authority hands a report in. That is not the end: a reviewer of the ministry looks at it, and returns it.
    world.at("2020-06-10 10:00").act("a", number, "submit", note="The schools were supported", files={"a.txt": b"How"})
    assert world.line(number).state == State.SUBMITTED
    world.at("2020-06-11 10:00").act("reviewer", number, "return", note="Which schools?")
    assert world.line(number).state == State.RETURNED

    # A second version; the reviewer finds it complete; the controller, another person, accepts it.
    world.at("2020-06-12 10:00").act("a", number, "submit", note="Schools 1 and 2")
    world.at("2020-06-15 10:00").act("reviewer", number, "review", note="Complete")
    world.at("2020-06-16 10:00").act("controller", number, "accept")
    assert world.line(number).state == State.ACCEPTED

    # Authority B has done nothing yet, and of that the life of A's assignment says nothing.
    assert world.one("1.2", "Authority B").state == State.ASSIGNED
