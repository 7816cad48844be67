"""Two at once: one acts, the other hears of it; nothing is lost and nothing is doubled."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

from states.lifecycle import Role
from states.refusal import RefusedError
from tests.world import World


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run callables in threads that start together; their results or refusals, in order."""
    start = Barrier(len(works))
    outcomes: list[object] = [None] * len(works)

    def run(index: int) -> None:
        start.wait()
        try:
            outcomes[index] = works[index]()
        except RefusedError as error:
            outcomes[index] = error

    threads = [Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_two_actors_with_the_same_version_one_gets_a_conflict(world: World) -> None:
    world.register()
    one = world.one("1.1", "Authority A").id
    world.account("a2", Role.EXECUTOR, "Authority A")
    for round_number in range(5):
        version = world.line(one).version
        outcomes = at_once(
            partial(world.act, "a", one, "comment", note="mine", version=version),
            partial(world.act, "a2", one, "comment", note="mine", version=version),
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StaleVersionError", "int"]
        assert world.line(one).version == version + 1, round_number
    assert world.faults() == []


def test_many_actors_without_versions_all_get_through_one_after_the_other(world: World) -> None:
    world.register()
    one = world.one("1.1", "Authority A").id
    works = [partial(world.act, "a", one, "comment", note=f"comment {number}") for number in range(8)]
    versions = at_once(*works)
    assert sorted(versions, key=str) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert world.faults() == []


def test_the_same_protocol_registered_twice_at_once_is_registered_once(world: World) -> None:
    outcomes = at_once(world.register, world.register)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DuplicateError", "int"]
    assert len(world.assignments()) == 7
    assert world.faults() == []
