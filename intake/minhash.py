"""MinHash over runs of words (A. Broder, 1997): how much wording two texts share."""

import hashlib
import re
from array import array

SHINGLE = 4
"""Words in a run."""
ROWS = 128
"""Hashes in a signature: the estimate's standard error is at most 1/√128, nine per cent."""
FEWEST = 3 * SHINGLE
"""Texts of fewer words are compared with nothing."""
WORD = re.compile(r"\w+")
_PRIME = (1 << 61) - 1
_SEEDS = tuple(
    tuple(int.from_bytes(hashlib.sha256(f"{name}{row}".encode()).digest()[:7]) for name in "ab") for row in range(ROWS)
)


def signature(text: str) -> bytes | None:
    """`ROWS` numbers of eight bytes, or None for a text too short to tell."""
    words = WORD.findall(text.casefold().replace("ё", "е"))
    if len(words) < FEWEST:
        return None
    runs = {" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}
    hashes = [int.from_bytes(hashlib.blake2b(run.encode(), digest_size=7).digest()) for run in runs]
    return array("Q", (min((a * each + b) % _PRIME for each in hashes) for a, b in _SEEDS)).tobytes()


def likeness(one: bytes, other: bytes) -> float:
    """The estimated share of runs that two signed texts have in common, 0 to 1."""
    left, right = array("Q", one), array("Q", other)
    return sum(a == b for a, b in zip(left, right, strict=True)) / ROWS
