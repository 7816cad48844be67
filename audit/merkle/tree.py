"""The Merkle tree of RFC 6962 and RFC 9162: roots, inclusion and consistency proofs. No storage.

A subtree is named by the leaves below it, a span `(start, end)` without its end.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from audit.errors import LogError

Span = tuple[int, int]
EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""


class ProofError(LogError):
    """Hashes that prove nothing: too many, too few, or leading to another root."""

    template = "the proof does not lead to this root"


def node(left: bytes, right: bytes) -> bytes:
    """The hash above two subtrees (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees that stand side by side, the largest first."""
    if not hashes:
        return EMPTY
    *before, root = hashes
    for each in reversed(before):
        root = node(each, root)
    return root


def perfect(span: Span) -> Iterator[tuple[int, int]]:
    """The perfect subtrees (level, number on it) of a stretch in their order, each the largest that fits there."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def subtree(span: Span, hash_of: Callable[[int, int], bytes]) -> bytes:
    """The root of a subtree, from the hashes of perfect ones by level and number."""
    return fold([hash_of(level, number) for level, number in perfect(span)])


class Range:
    """The perfect subtrees over leaves seen one after the other: all that is needed to go on (a compact range)."""

    def __init__(self) -> None:
        self.size = 0
        self._hashes: list[tuple[int, bytes]] = []

    def append(self, digest: bytes, level: int = 0) -> None:
        """The next leaf hash, or the root of the next 2**level leaves where so many fit."""
        self.size += 1 << level
        while self._hashes and self._hashes[-1][0] == level:
            digest = node(self._hashes.pop()[1], digest)
            level += 1
        self._hashes.append((level, digest))

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return fold([digest for _, digest in self._hashes])


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    seen = Range()
    for each in leaves:
        seen.append(each)
    return seen.root()


def inclusion(index: int, size: int) -> list[Span]:
    """The subtrees whose roots are the audit path of a leaf, from its sibling upwards (RFC 9162, section 2.1.3.1)."""
    start, end = 0, size
    path: list[Span] = []
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[Span]:
    """The subtrees whose roots prove that a tree extends an older one (RFC 9162, section 2.1.4.1)."""
    if old in (0, new):
        return []
    start, end = 0, new
    path: list[Span] = []
    while end != old:
        middle = _middle(start, end)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    if start:  # else the old tree is itself a subtree, and its root is known
        path.append((start, end))
    return path[::-1]


def _middle(start: int, end: int) -> int:
    return start + (1 << (end - start - 1).bit_length() - 1)


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raises ProofError unless the leaf is at `index` of the tree with this root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size or len(path := inclusion(index, size)) != len(proof) or not _hashes(leaf, root, *proof):
        raise ProofError
    found = leaf
    for (start, _), each in zip(path, proof, strict=True):
        found = node(each, found) if start < index else node(found, each)
    if found != root:
        raise ProofError


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises ProofError unless the new tree extends the old one, which has a leaf (RFC 9162, section 2.1.4.2)."""
    if not 0 < old <= new or len(path := consistency(old, new)) != len(proof) or not _hashes(*proof):
        raise ProofError
    found_old = found_new = old_root
    at = 0
    for number, ((start, _), each) in enumerate(zip(path, proof, strict=True)):
        if number == 0 and old & (old - 1):
            found_old = found_new = each
            at = start
        elif start < at:
            found_old, found_new = node(each, found_old), node(each, found_new)
            at = start
        else:
            found_new = node(found_new, each)
    if found_old != old_root or found_new != new_root:
        raise ProofError


def _hashes(*given: bytes) -> bool:
    return all(len(each) == hashlib.sha256().digest_size for each in given)
