"""A lifecycle is the bytes it declares: they are read back exactly or not at all, and walking it changes nothing."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.assignment import ASSIGNMENT
from states.lifecycle import Lifecycle, Role
from states.subjects import LIFECYCLES

WORDS = ASSIGNMENT.declared


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=LIFECYCLES)
def test_what_is_declared_is_read_back_exactly(lifecycle: Lifecycle) -> None:
    read = Lifecycle.parse(lifecycle.declared)
    assert read == lifecycle
    assert read.hash == lifecycle.hash == hashlib.sha256(lifecycle.declared).digest()


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=LIFECYCLES)
def test_rules_read_back_decide_as_those_that_were_declared(lifecycle: Lifecycle) -> None:
    read = Lifecycle.parse(lifecycle.declared)
    for action, source, after in lifecycle.legal():
        for role in lifecycle.edge(action).roles:
            assert read.move(source, action, role) == after


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"null", id="null"),
        pytest.param(b"\xff", id="no UTF-8"),
        pytest.param(WORDS + b"\n", id="a line break after the end"),
        pytest.param(WORDS[:-1], id="cut off"),
        pytest.param(WORDS.replace(b'":', b'": ', 1), id="a space that does not belong there"),
        pytest.param(WORDS.replace(b'{"edges"', b'{"aside":1,"edges"'), id="something besides"),
        pytest.param(WORDS.replace(b'"version":2', b'"version":2,"version":2'), id="a key given twice"),
        pytest.param(WORDS.replace(b'"registrar"', b'"tsar"', 1), id="a role that nobody has"),
        pytest.param(WORDS.replace(b'"report"', b'"bribe"', 1), id="a need that nobody can meet"),
        pytest.param(WORDS.replace(b'"needs":[],', b"", 1), id="an edge without its needs"),
        pytest.param(WORDS.replace(b'"from":["new"]', b'"from":"new"'), id="a source that is no list"),
        pytest.param(WORDS.replace(b"assigned", b"assi\\u0067ned", 1), id="the same word spelled otherwise"),
    ],
)
def test_any_other_bytes_are_refused(declared: bytes) -> None:
    assert declared != WORDS
    with pytest.raises(ValueError, match=r".+"):
        Lifecycle.parse(declared)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WORDS) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_gives_other_rules_with_another_hash(place: int, byte: int) -> None:
    changed = WORDS[:place] + bytes([byte]) + WORDS[place + 1 :]
    try:
        read = Lifecycle.parse(changed)
    except ValueError:
        return
    assert read.declared == changed
    assert (read.hash == ASSIGNMENT.hash) is (changed == WORDS)


def test_a_lifecycle_cannot_be_changed_in_passing() -> None:
    with pytest.raises(FrozenInstanceError):
        ASSIGNMENT.version = 3  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        ASSIGNMENT.edges[0].dest = "accepted"  # type: ignore[misc]


def test_the_shared_machine_remembers_nothing_of_what_passed_through_it() -> None:
    def picture() -> dict[str, Any]:
        machine = ASSIGNMENT._machine
        events = {
            name: {
                source: [(each.source, each.dest, each.conditions, each.before, each.after) for each in transitions]
                for source, transitions in event.transitions.items()
            }
            for name, event in machine.events.items()
        }
        return {"events": events, "models": list(machine.models), "states": list(machine.states)}

    before = picture()
    for action, source, _ in ASSIGNMENT.legal():
        ASSIGNMENT.move(source, action, ASSIGNMENT.edge(action).roles[0])
    with pytest.raises(Exception, match="not possible"):
        ASSIGNMENT.move("accepted", "submit", Role.EXECUTOR)
    assert picture() == before
    assert before["models"] == []


def test_threads_that_share_the_machine_do_not_see_each_others_states() -> None:
    moves = list(ASSIGNMENT.legal()) * 20

    def move(legal: tuple[str, str, str]) -> str:
        action, source, _ = legal
        return ASSIGNMENT.move(source, action, ASSIGNMENT.edge(action).roles[0])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(move, moves)) == [after for _, _, after in moves]
