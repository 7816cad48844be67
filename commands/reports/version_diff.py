"""Differences between the last two versions of a report: lines of its documents, as far as a machine reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from commands.context.evidence_store import Evidence, EvidenceMissingError
from commands.context.installation import Transaction
from commands.reports.files import submitted
from intake.file_text import is_readable, text_of
from states.refusal import RefusedError

MOST = 200
_LONGEST = 1_000
"""Lines of one version that are compared; comparing costs their square."""


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One line that came or went."""

    came: bool
    text: str


def changes(tx: Transaction, assignment: int) -> list[ChangedLine]:
    """Changes from the version before to the latest, in order; at most `MOST`. Empty when nothing readable changed."""
    before, after = (_lines(tx, submitted(tx.session, assignment, skip)) for skip in (1, 0))
    return list(_changed(before, after))[:MOST]


def _changed(before: list[str], after: list[str]) -> Iterator[ChangedLine]:
    if not before:
        return
    for kind, from_, until, to_, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from (ChangedLine(came=False, text=line) for line in before[from_:until])
            yield from (ChangedLine(came=True, text=line) for line in after[to_:end])


def _lines(tx: Transaction, files: tuple[Evidence, ...]) -> list[str]:
    lines: list[str] = []
    for file in files:
        name = f"{file.name}.txt" if file.name.endswith(".csv") else file.name  # a table is compared row by row
        if is_readable(name):
            try:
                text = text_of(tx.evidence.read(file.sha256), name)
            except (RefusedError, EvidenceMissingError):
                continue
            lines += [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return lines[:_LONGEST]
