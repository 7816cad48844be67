"""Decisions one by one: each number with the lines that belong to it, sorted by what they say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from intake.lines import Line
from intake.sections import FAR_NUMBER, LABEL, ROMAN

GOVERNS_NUMBER = re.compile(r"(?:пункт\w*|\bпп?\.?|№|стать\w*|част\w*|раздел\w*|\bи|,|[–—-]|\bдо|\bот)$", re.IGNORECASE)
LIKE_A_YEAR = 1_000
"""From here on a number is one only where it was to be expected."""
INLINE_LABEL = re.compile(rf"(?<=[.;:)])\s+(?={LABEL.pattern})", re.IGNORECASE)
Path = tuple[int, ...]


class Says(Enum):
    """Kinds of what a line of a decision says."""

    WORDS = "words"
    DEADLINE = "deadline"
    RESPONSIBLE = "responsible"
    OTHERS = "others"


@dataclass(slots=True)
class Decision:
    """A numbered decision or the head of a group of them, while it is being read."""

    number: str
    path: Path
    parent: "Decision | None" = None
    previous: str | None = None
    is_unexpected: bool = False
    said: dict[Says, list[Line]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    columns: tuple[str, ...] | None = None
    children: int = 0
    is_section: bool = False
    is_numbered: bool = True

    def may_hold(self, other: "Decision") -> bool:
        """Whether `other` belongs under this one by its number."""
        if self.is_section or other.is_section:
            return not other.is_section
        return len(self.path) < len(other.path) and other.path[: len(self.path)] == self.path

    def add(self, says: Says, line: Line, whole: Line) -> None:
        """Take a line: `whole` as it stands, `line` without its number or label."""
        self.said.setdefault(says, []).append(line)
        self.lines.append(whole)


def read(lines: Sequence[Line]) -> list[Decision]:
    """The decisions in order. Paragraphs without any number among them are each a decision of their own."""
    pieces = [piece for line in lines for piece in _unfold(line)]
    numbered, unnumbered = _Reading(), _Reading()
    for piece in pieces:
        numbered.take(piece)
    if not numbered.decisions:
        for piece in pieces:
            unnumbered.take_unnumbered(piece)
    return numbered.decisions or unnumbered.decisions


class _Reading:
    """The state of reading: the decisions so far, those still open above the last, what its last line said."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.above: list[Decision] = []
        self.last: Decision | None = None
        self.previous: Line | None = None
        self.says = Says.WORDS
        self.bracketed: bool | None = None

    def take(self, line: Line) -> None:
        """Take the next line of a document that numbers its decisions."""
        if roman := ROMAN.match(line.text):
            self._open(Decision(roman["number"], (), is_section=True), line, roman.end())
        elif (number := FAR_NUMBER.match(line.text)) and self._is_number(number, line):
            self._open(Decision(number["number"], _path(number)), line, number.end())
        elif self.decisions:
            self._continue(self.decisions[-1], line)
        self.previous = line

    def take_unnumbered(self, line: Line) -> None:
        """Take the next line of a document that does not."""
        if (line.opens or self.previous is None) and not LABEL.match(line.text) and len(line.cells) == 1:
            path = (len(self.decisions) + 1,)
            self._open(Decision(str(path[0]), path, is_numbered=False), line, 0)
        elif self.decisions:
            self._continue(self.decisions[-1], line)
        self.previous = line

    def _open(self, decision: Decision, line: Line, end: int) -> None:
        while self.above and not self.above[-1].may_hold(decision):
            self.above.pop()
        if self.above:
            decision.parent = self.above[-1]
            decision.parent.children += 1
        if not decision.is_section:
            self._number(decision)
        decision.add(Says.WORDS, line.part(end), line)
        self.says = Says.WORDS
        self.above.append(decision)
        self.decisions.append(decision)

    def _number(self, decision: Decision) -> None:
        decision.previous = self.last.number if self.last else None
        decision.is_unexpected = decision.path not in self._expected() and bool(self.last or decision.path[-1] != 1)
        section = next((held for held in self.above[:1] if held.is_section), None)
        decision.number = f"{section.number}.{decision.number}" if section else decision.number
        self.last = decision

    def _expected(self) -> set[Path]:
        fresh = {(1,)} if not self.decisions or self.decisions[-1].is_section else set()
        return fresh | (_successors(self.last.path) if self.last else set())

    def _continue(self, decision: Decision, line: Line) -> None:
        if label := LABEL.match(line.text):
            self.says = Says(label.lastgroup)
            decision.add(self.says, line.part(label.end()), line)
        elif len(line.cells) > 1:
            decision.columns = decision.columns or line.cells
            decision.lines.append(line)
        else:
            ended = line.opens or (self.previous is not None and self.previous.finished)
            self.says = Says.WORDS if ended else self.says
            decision.add(self.says, line, line)

    def _is_number(self, match: re.Match[str], line: Line) -> bool:
        """Whether a number at a line's beginning opens a decision, or the line only happens to begin with it."""
        path, bracketed = _path(match), match["mark"].endswith(")")
        if len(path) == 1 and not match["mark"]:
            return False
        if max(path) >= LIKE_A_YEAR and path not in self._expected():
            return False
        self.bracketed = bracketed if self.bracketed is None else self.bracketed
        if bracketed != self.bracketed or (len(line.cells) > 1 and self.decisions and self.decisions[-1].columns):
            return False
        if self.previous is None or line.opens:
            return True
        if GOVERNS_NUMBER.search(self.previous.text[-30:]):
            return False
        begins = self.previous.finished or len(self.previous.cells) > 1 or line.text[match.end() :][:1].isupper()
        return begins or path in self._expected()


def _path(match: re.Match[str]) -> Path:
    return tuple(map(int, match["number"].split(".")))


def _successors(path: Path) -> set[Path]:
    """The numbers that may follow one: its first child, or the next on any level."""
    return {(*path, 1), *((*path[:i], path[i] + 1) for i in range(len(path)))}


def _unfold(line: Line) -> Iterator[Line]:
    """A line cut before each label («Срок – …») that stands inside it after a finished sentence."""
    start = 0
    for label in INLINE_LABEL.finditer(line.text):
        yield line.part(start, label.start())
        start = label.end()
    yield line.part(start)
