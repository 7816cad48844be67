"""A log of twenty leaves without a database: its key and its witness's, its heads and proofs at any size."""

from audit.merkle.checkpoints import Checkpoint, Signed
from audit.merkle.signed_notes import COSIGNATURE, Note, SigningKey
from audit.merkle.tree import consistency, root
from audit.merkle.witness import Request
from audit.trails.entries import digest

ORIGIN = "example.org/log"
LOG = SigningKey(ORIGIN, 1, bytes([1]) * 32)
OWN = SigningKey("witness.example", COSIGNATURE, bytes([2]) * 32)
LEAVES = [digest(bytes([number])) for number in range(20)]


def head(size: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> Checkpoint:
    """Over the first entries, so many."""
    return Checkpoint(origin, size, root(leaves[:size]))


def proof(old: int, new: int, leaves: list[bytes] = LEAVES) -> list[bytes]:
    """That the newer tree extends the older one."""
    return [root(leaves[start:end]) for start, end in consistency(old, new)]


def request(old: int, new: int, leaves: list[bytes] = LEAVES, key: SigningKey = LOG) -> bytes:
    """What a witness is sent about a tree that grew, signed by the log's key."""
    text = head(new, leaves, key.name).text
    return Request(old, proof(old, new, leaves), Signed.parse(Note(text, (key.sign(text),)).data)).data
