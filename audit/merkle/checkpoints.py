"""Checkpoints (C2SP tlog-checkpoint): a log's name, size and root, as the text of a signed note."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from audit.errors import LogError
from audit.merkle.signed_notes import ED25519, Note, SignatureError, Verifier, decoded, encoded, open_note
from audit.merkle.tiles import HASH_BYTES

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
LINES = 3


class CheckpointError(LogError):
    """A text that is no checkpoint."""

    template = "this is not a checkpoint: it must hold the log's name, its size and its root, a line for each"


def number(text: str) -> int:
    """A number as C2SP writes them: decimal, without leading zeros, below 2**63. Raises ValueError."""
    if not _SIZE.fullmatch(text) or int(text) >= 2**63:
        raise ValueError(text)
    return int(text)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head. `more` are extension lines."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, encoded(self.root), *self.more))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises CheckpointError."""
        *lines, last = text.split("\n")
        try:
            origin, size, root = lines[:LINES]
            found = cls(origin, number(size), decoded(root), tuple(lines[LINES:]))
        except ValueError as error:
            raise CheckpointError from error
        if last or not all(lines) or len(found.root) != HASH_BYTES:
            raise CheckpointError
        return found


class ForeignLogError(SignatureError):
    """A checkpoint under a name that no trusted key has."""

    template = "it is a checkpoint of the log “{origin}”, and no key of a log of that name is trusted here"


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint with the note that it stands in."""

    checkpoint: Checkpoint
    note: Note

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Nothing is verified yet. Raises NoteError, CheckpointError."""
        note = Note.parse(data)
        return cls(Checkpoint.parse(note.text), note)

    @classmethod
    def open(cls, data: bytes, keys: Iterable[Verifier]) -> Self:
        """By one of the log's keys, under the log's own name.

        Raises NoteError, CheckpointError, SignatureError, ForeignLogError.
        """
        found = cls.parse(data)
        own = [key for key in keys if key.kind == ED25519 and key.name == found.checkpoint.origin]
        if not own:
            raise ForeignLogError(origin=found.checkpoint.origin)
        open_note(found.note, own)
        return found
