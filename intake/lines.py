"""Plain text as lines with their places: the one form that every document format is brought to.

A blank line separates paragraphs; tabs inside a line separate the cells of a table row.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.lemmas import is_known

SPACES = re.compile(r"[^\S\n\t]")
DROPPED = re.compile("\u00ad\n?|[\u200b-\u200f\u2060\ufeff]|\\*\\*|__")
BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
DASHED = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,60})-$")
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its margins; [start, end) is its place. `opens` means a paragraph begins with it."""

    start: int
    end: int
    text: str
    opens: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a table row, one for an ordinary line."""
        return tuple(collapse(cell) for cell in self.text.split("\t") if cell.strip())

    @property
    def finished(self) -> bool:
        """The sentence ends with this line."""
        return self.text.endswith((".", ";", ":", "!", "?", "…"))

    def part(self, start: int, end: int | None = None) -> "Line":
        """The stretch [start, end) of this line as a line of its own that continues what stands before it."""
        piece = self.text[start:end]
        at = self.start + start + len(piece) - len(piece.lstrip())
        return Line(at, at + len(piece.strip()), piece.strip(), opens=self.opens and start == 0)


def tidy(text: str) -> str:
    """Text in NFC with plain spaces and line ends, without emphasis marks and invisible characters."""
    return SPACES.sub(" ", DROPPED.sub("", BREAKS.sub("\n", unicodedata.normalize("NFC", text))))


def split(text: str) -> list[Line]:
    """The non-empty lines of a tidy text."""
    found: list[Line] = []
    start, opens = 0, True
    for raw in text.split("\n"):
        if stripped := raw.strip():
            at = start + len(raw) - len(raw.lstrip())
            found.append(Line(at, at + len(stripped), stripped, opens))
        opens = not stripped
        start += len(raw) + 1
    return found


def join(lines: Iterable[Line]) -> str:
    """The running text of lines, with words that were divided at a line's end made whole."""
    pieces: list[str] = []
    for line in lines:
        text = collapse(line.text)
        if pieces and (seam := _seam(pieces[-1], text)) is not None:
            pieces[-1] = pieces[-1][:-1]
            text = seam + text
        elif pieces:
            text = " " + text
        pieces.append(text)
    return "".join(pieces)


def cover(lines: Sequence[Line]) -> tuple[int, int]:
    """The place [start, end) from the first of the lines to the last."""
    return lines[0].start, lines[-1].end


def collapse(text: str) -> str:
    """Text with every run of white space made one space."""
    return " ".join(text.split())


def _seam(before: str, after: str) -> str | None:
    """The seam between the halves of a word divided by a hyphen; None where no word is divided."""
    head, tail = DASHED.search(before), WORD.match(after)
    if not head or not tail or not tail[0].islower():
        return None
    return "" if is_known(head[1] + tail[0]) else "-"
