"""Lesson 3. What may not be done is refused in a sentence that says what may be, and nothing at all is written."""

import pytest

from commands.recording.requirements import NeedError
from states.lifecycle import WrongRoleError, WrongStateError
from states.refusal import ConflictError, ForbiddenError, InvalidError
from tests.world import World


def test_a_refused_action_says_why_and_leaves_no_trace(world: World) -> None:
    """Rules are edges of a lifecycle (`states/assignment.py`): from which state, by which role, with what beside."""
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id
    world.act("a", number, "submit", note="Done")

    # By state: nothing is accepted before it was reviewed.
    with pytest.raises(WrongStateError, match=r"not possible while the state is “submitted”; possible now: .*review"):
        world.act("controller", number, "accept")

    # By role: an executor judges no report, in whatever state.
    with pytest.raises(WrongRoleError, match="The role “executor” may not take the action “review”"):
        world.act("a", number, "review", note="Very good")

    # By need: whoever returns a report says why.
    with pytest.raises(NeedError, match="needs a reason"):
        world.act("reviewer", number, "return")

    # Each refusal is of a kind, and by that alone pages and API choose how to answer: 409, 403, 422.
    assert issubclass(WrongStateError, ConflictError)
    assert issubclass(WrongRoleError, ForbiddenError)
    assert issubclass(NeedError, InvalidError)

    # Of all these attempts nothing stands anywhere.
    assert world.actions(number) == ["assign", "submit"]
    assert world.line(number).version == 2
