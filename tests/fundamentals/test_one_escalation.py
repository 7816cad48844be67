"""Lesson 4. Time passes, nobody answers, and step by step those higher up hear of it."""

from tests.world import World


def test_silence_climbs_the_ladder_one_rung_after_another(world: World) -> None:
    """A ladder is a list of rungs in the policy: so many working days before or after the due, and who then hears.

    No timer runs anywhere: each row says when to look at it again, and a sweep looks at those whose time has come.
    """
    world.at("2020-06-01 16:30").register()
    number = world.one("2.1", "School 1").id  # due on Tuesday, 30 June
    heard: dict[str, list[tuple[str, int]]] = {}
    for day in ("06-22", "06-23", "06-29", "07-01", "07-03", "07-07", "07-09", "07-10"):
        known = len(world.trail(f"assignment:{number}"))
        world.at(f"2020-{day} 08:00").sweep()
        heard[day] = [(line.action, line.facts["rung"]) for line in world.trail(f"assignment:{number}")[known:]]

    assert heard == {
        "06-22": [("remind", -5)],  # five working days before: the school (24 June is off by decree)
        "06-23": [],
        "06-29": [("remind", -1)],
        "07-01": [("escalate", 0)],  # midnight has passed: the school and the controller
        "07-03": [("escalate", 1)],  # Authority A, to which the school belongs (1 July is off by decree as well)
        "07-07": [("escalate", 3)],  # the director of the department
        "07-09": [("escalate", 5)],  # the minister, and there the ladder ends
        "07-10": [],
    }

    # It was told of, not changed: still the same assignment, in the same state, waiting for its report.
    assert world.line(number).state == "assigned"
    assert world.line(number).overdue
