"""Proofs in files (C2SP tlog-proof): an index, the hashes that lead to a root, and its checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from audit.errors import LogError
from audit.merkle.checkpoints import Signed, number
from audit.merkle.signed_notes import decoded, encoded
from audit.merkle.tiles import HASH_BYTES
from audit.merkle.tree import check_inclusion

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63


class ProofFormError(LogError):
    """A file that is no proof."""

    template = "this is not a proof in the form {form}: it is cut off, changed, or another file"

    def __init__(self) -> None:
        super().__init__(form=FIRST_LINE)


@dataclass(frozen=True, slots=True)
class Proof:
    """That some leaf is at `index`. `extra` is not proven by itself; `checkpoint` is a signed note."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @property
    def data(self) -> bytes:
        """As it is kept in a file."""
        head = [FIRST_LINE]
        if self.extra is not None:
            head.append(f"extra {encoded(self.extra)}")
        head += [f"index {self.index}", *map(encoded, self.hashes), ""]
        return "".join(f"{line}\n" for line in head).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Nothing is verified yet. Raises ProofFormError."""
        head, _, checkpoint = data.partition(b"\n\n")
        try:
            _, *lines = head.decode().split("\n")
            extra = decoded(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
            index, *hashes = lines
            found = cls(number(index.removeprefix("index ")), decoded_hashes(hashes), checkpoint, extra)
        except ValueError as error:
            raise ProofFormError from error
        if found.data != data:  # another first line, another order, something missing or too much
            raise ProofFormError
        return found

    def check(self, leaf: bytes, signed: Signed) -> None:
        """Raises ProofError unless the leaf is where the proof says in the tree of this checkpoint."""
        check_inclusion(self.index, signed.checkpoint.size, leaf, self.hashes, signed.checkpoint.root)


def decoded_hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    """Hashes in base64, a line for each. Raises ValueError."""
    found = tuple(map(decoded, lines))
    if len(found) > MOST_HASHES or any(len(each) != HASH_BYTES for each in found):
        raise ValueError("not hashes")
    return found
