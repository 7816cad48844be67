"""The lifecycle of an assignment as a picture: places of states and paths between them, out of its declaration."""

from dataclasses import dataclass
from functools import cache

from states.assignment import ACCEPTED, ASSIGNMENT
from states.lifecycle import NEW

WIDE, HIGH = 274, 72
_STEP, _FALL = 330, 142
_APART = 22
"""Between the ends of two paths at one side of a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """A state at its place; `x` and `y` are of its upper left corner."""

    state: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it. `paths`: SVG path data, and whether they lead there and back."""

    boxes: tuple[Box, ...]
    paths: tuple[tuple[str, bool], ...]
    width: int
    height: int


@cache
def picture() -> Picture:
    """Straight on above, from assigned to closed; below whatever leads off that way."""
    above = _straight_on()
    below = sorted((state for state in ASSIGNMENT.states if state not in above), key=lambda each: _middle(each, above))
    boxes = {state: Box(state, 4 + column * _STEP, 4) for column, state in enumerate(above)}
    first = (len(above) - len(below)) / 2
    boxes |= {state: Box(state, 4 + round((first + n) * _STEP), 4 + _FALL) for n, state in enumerate(below)}
    moves = ((source, dest) for _, source, dest in ASSIGNMENT.legal() if source not in (dest, NEW))
    pairs = list(dict.fromkeys(moves))
    paths = tuple(
        (_path(boxes, pairs, source, dest), (dest, source) in pairs)
        for number, (source, dest) in enumerate(pairs)
        if (dest, source) not in pairs[:number]
    )
    width = 8 + (len(above) - 1) * _STEP + WIDE
    return Picture(tuple(boxes.values()), paths, width, 8 + _FALL + HIGH)


def _straight_on() -> tuple[str, ...]:
    """The shortest way to being accepted."""
    ways: list[tuple[str, ...]] = [(NEW,)]
    for way in ways:
        if way[-1] == ACCEPTED:
            return way[1:]
        ways += ((*way, dest) for _, source, dest in ASSIGNMENT.legal() if source == way[-1] and dest not in way)
    return ()


def _middle(state: str, above: tuple[str, ...]) -> float:
    columns = [above.index(source) for _, source, dest in ASSIGNMENT.legal() if dest == state and source in above]
    return sum(columns) / len(columns)


def _path(boxes: dict[str, Box], pairs: list[tuple[str, str]], source: str, dest: str) -> str:
    start, end = boxes[source], boxes[dest]
    if start.y == end.y:
        forward = start.x < end.x
        edge, point = (start.x + WIDE, end.x - 2) if forward else (start.x, end.x + WIDE + 2)
        return f"M{edge} {start.y + HIGH // 2}H{point}"
    down = start.y < end.y
    bottom, top = (start.y + HIGH, end.y - 2) if down else (start.y, end.y + HIGH + 2)
    return f"M{_end(boxes, pairs, source, dest)} {bottom}L{_end(boxes, pairs, dest, source)} {top}"


def _end(boxes: dict[str, Box], pairs: list[tuple[str, str]], here: str, there: str) -> int:
    """The end, on this box's long side, of the path to or from another: side by side, in the order of the others."""
    ways = [(a, b) for a, b in pairs if here in (a, b) and boxes[a].y != boxes[b].y]
    others = sorted({b if a == here else a for a, b in ways}, key=lambda each: boxes[each].x)
    return boxes[here].x + WIDE // 2 + round((others.index(there) - (len(others) - 1) / 2) * _APART)
