"""How an item stands, from how its assignments stand."""

import pytest

from states.rollup import roll_up


@pytest.mark.parametrize(
    ("counts", "stands"),
    [
        ({}, "assigned"),  # nothing expanded yet
        ({"assigned": 3}, "assigned"),
        ({"returned": 1, "submitted": 5}, "assigned"),  # a returned report counts as none
        ({"assigned": 1, "accepted": 25}, "assigned"),  # the least advanced decides
        ({"submitted": 1, "reviewed": 2, "accepted": 3}, "submitted"),
        ({"reviewed": 1, "accepted": 3}, "reviewed"),
        ({"accepted": 4}, "accepted"),
        ({"accepted": 1, "withdrawn": 9}, "accepted"),  # one accepted is enough once all are closed
        ({"submitted": 1, "withdrawn": 9}, "submitted"),
        ({"withdrawn": 2}, "withdrawn"),
        ({"assigned": 0, "accepted": 2}, "accepted"),  # a count of none is none
    ],
)
def test_the_least_advanced_open_assignment_decides(counts: dict[str, int], stands: str) -> None:
    assert roll_up(counts, overdue=0) == stands


@pytest.mark.parametrize("counts", [{"assigned": 1}, {"returned": 1, "accepted": 25}])
def test_one_overdue_makes_the_item_overdue(counts: dict[str, int]) -> None:
    assert roll_up(counts, overdue=1) == "overdue"
