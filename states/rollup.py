"""Roll-up: the state of an item from those of its assignments."""

from collections.abc import Mapping

from states.assignment import ACCEPTED, ASSIGNED, RETURNED, REVIEWED, SUBMITTED, WITHDRAWN

OVERDUE = "overdue"


def roll_up(counts: Mapping[str, int], overdue: int) -> str:
    """A state, or `overdue` while anything is: the least advanced open assignment decides.

    All closed and one accepted: accepted; all withdrawn (or none made yet): withdrawn (assigned).
    """
    if overdue:
        return OVERDUE
    if counts.get(ASSIGNED, 0) or counts.get(RETURNED, 0):
        return ASSIGNED
    for state in (SUBMITTED, REVIEWED, ACCEPTED, WITHDRAWN):
        if counts.get(state, 0):
            return state
    return ASSIGNED
