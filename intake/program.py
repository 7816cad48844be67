"""A plan or program as handed in: its text, and what in it a reviewer would look for first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake import dates, lemmas
from intake.addressees import PERSON
from intake.file_text import text_of
from intake.lines import Line, split, tidy

ANNEX = re.compile(r"Приложени[ея]\s*(?:№\s*)?(?P<number>\d{0,3}|[А-Я])\s*[.:]?(?:\s|$)", re.IGNORECASE)
TERM = re.compile(rf"(?:{dates.DATE}|{dates.MONTH}|\b[IVX1-4]+\s*(?:-й\s*)?квартал|\b20\d\d\b)", re.IGNORECASE)
PROBLEM_LINE = re.compile(
    r"(?:Проблем[аы]|Слаб(?:ое|ые)\s+мест[оа])\s*(?:№?\s*\d{1,3})?\s*[:.–—-]\s*(?P<what>.+)", re.IGNORECASE
)
WORD = re.compile(r"[^\W\d_]{3,}")
LEAST_ANNEX = 20
"""Fewer letters than this after an annex's heading, and the annex is empty."""
ALIKE = 0.6
"""The share of a problem's words that a place must have to speak of it."""
_RESPONSIBLE = frozenset({"ответственный", "исполнитель", "куратор"})
_PROBLEM = frozenset({"проблема", "дефицит", "риск", "недостаток"})
_MEASURE = frozenset({"мера", "мероприятие", "действие", "решение"})
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A plan or program as read. `problems` are those that it names; `rows` are its table rows, cells in order."""

    text: str
    lines: tuple[Line, ...]

    @classmethod
    def read(cls, data: bytes, filename: str) -> "Program":
        """Raises what `intake.file_text.text_of` raises."""
        text = tidy(text_of(data, filename))
        return cls(text, tuple(split(text)))

    @property
    def is_dated(self) -> bool:
        """Whether any term is written: a date, a month, a quarter, a year."""
        return bool(TERM.search(self.text))

    @property
    def names_responsible(self) -> bool:
        """Whether anybody is named as responsible: by the word, or by surname and initials."""
        words = {form for word in WORD.findall(self.text) for form in lemmas.lemmas(word)}
        return bool(words & _RESPONSIBLE or PERSON.search(self.text))

    def empty_annexes(self) -> list[str]:
        """The headings of annexes that nothing follows."""
        headed = [at for at, line in enumerate(self.lines) if ANNEX.match(line.text) and len(line.cells) == 1]
        places = pairwise([*headed, len(self.lines)])
        return [self.lines[at].text for at, end in places if self._is_bare(at, end)]

    def _is_bare(self, at: int, end: int) -> bool:
        heading = ANNEX.match(self.lines[at].text)
        rest = self.lines[at].text[heading.end() :] if heading else ""
        after = " ".join(
            [rest if len(rest) > 2 * LEAST_ANNEX else "", *(line.text for line in self.lines[at + 1 : end])]
        )
        return len("".join(after.split())) < LEAST_ANNEX

    def problems(self) -> list[str]:
        """The problems that a monitoring names: a column «Проблема» of a table, or lines «Проблема 1: …»."""
        told = [match["what"] for line in self.lines if (match := PROBLEM_LINE.match(line.text))]
        return list(dict.fromkeys([*self._column(_PROBLEM), *told]))

    def unanswered(self, problems: Sequence[str]) -> list[str]:
        """Those of the problems that no measure of this program answers."""
        return [problem for problem in problems if not any(_speaks_of(place, problem) for place in self._answers())]

    def _answers(self) -> Iterator[str]:
        """Places where measures stand: table rows whose measure is filled in, and plain lines that name no problem."""
        for rows, measure in self._tables():
            yield from (" ".join(row) for row in rows if len(row) > measure and row[measure].strip(" –—-"))
        yield from (line.text for line in self.lines if len(line.cells) == 1 and not PROBLEM_LINE.match(line.text))

    def _tables(self) -> Iterator[tuple[list[Row], int]]:
        """Tables that have a column of measures: the rows below the header, and the column's number."""
        for rows in self._rows():
            column = _column_of(rows[0], _MEASURE)
            if column is not None:
                yield rows[1:], column

    def _column(self, words: frozenset[str]) -> Iterator[str]:
        for rows in self._rows():
            column = _column_of(rows[0], words)
            if column is not None:
                yield from (row[column] for row in rows[1:] if len(row) > column and WORD.search(row[column]))

    def _rows(self) -> Iterator[list[Row]]:
        """Tables: runs of lines with several cells."""
        run: list[Row] = []
        for line in self.lines:
            cells = tuple(cell.strip() for cell in line.text.split("\t"))
            if len(cells) > 1:
                run.append(cells)
            elif run:
                yield run
                run = []
        if run:
            yield run


def _column_of(header: Row, words: frozenset[str]) -> int | None:
    for number, cell in enumerate(header):
        if any(lemmas.lemmas(word) & words for word in WORD.findall(cell)):
            return number
    return None


def _speaks_of(place: str, problem: str) -> bool:
    wanted = [lemmas.lemmas(word) for word in WORD.findall(problem)]
    there = frozenset(form for word in WORD.findall(place) for form in lemmas.lemmas(word))
    return bool(wanted) and sum(bool(word & there) for word in wanted) >= ALIKE * len(wanted)
