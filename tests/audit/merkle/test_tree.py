"""The Merkle tree: published vectors, and a naive tree that follows the words of RFC 6962."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle.tree import (
    EMPTY,
    ProofError,
    Range,
    Span,
    check_consistency,
    check_inclusion,
    consistency,
    inclusion,
    root,
    subtree,
)
from tests.audit.merkle.published import b64, cases

LEAVES = [hashlib.sha256(b"\x00" + bytes([number])).digest() for number in range(130)]
SIZES = st.integers(1, len(LEAVES))


def naive(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + naive(leaves[:half]) + naive(leaves[half:])).digest()


def hash_of(level: int, number: int) -> bytes:
    return naive(LEAVES[number << level : (number + 1) << level])


def hashes(spans: list[Span]) -> list[bytes]:
    return [subtree(span, hash_of) for span in spans]


def holds(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except ProofError:
        return False
    return True


def test_published_inclusion_proofs_are_taken_and_refused_as_they_should_be(vectors: Path) -> None:
    found = list(cases(vectors, "inclusion"))
    assert len(found) == 98
    for each in found:
        proof = [b64(line) for line in each["proof"] or ()]
        told = (each["leafIdx"], each["treeSize"], b64(each["leafHash"]), proof, b64(each["root"]))
        assert holds(check_inclusion, *told) is not each["wantErr"], each


def test_published_consistency_proofs_are_taken_and_refused_as_they_should_be(vectors: Path) -> None:
    found = list(cases(vectors, "consistency"))
    assert len(found) == 98
    for each in found:
        proof = [b64(line) for line in each["proof"] or ()]
        told = (each["size1"], b64(each["root1"]), each["size2"], b64(each["root2"]), proof)
        assert holds(check_consistency, *told) is not each["wantErr"], each


def test_published_roots_are_ours(vectors: Path) -> None:
    known = json.loads((vectors / "extracted" / "rfc6962-8-leaves.json").read_text(encoding="utf-8"))
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(each)).digest() for each in known["leaf_inputs_hex"]]
    assert [root(leaves[:size]).hex() for size in range(1, 9)] == known["root_hashes_size_1_to_8"]


@given(st.integers(0, len(LEAVES)))
def test_a_root_is_that_of_the_naive_tree(size: int) -> None:
    assert root(LEAVES[:size]) == naive(LEAVES[:size])
    assert subtree((0, size), hash_of) == naive(LEAVES[:size])


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert Range().root() == EMPTY


@given(st.integers(0, 4), SIZES)
def test_a_range_takes_whole_subtrees_in_place_of_their_leaves(level: int, size: int) -> None:
    seen = Range()
    for number in range(size >> level):
        seen.append(hash_of(level, number), level)
    for leaf in LEAVES[size >> level << level : size]:
        seen.append(leaf)
    assert (seen.size, seen.root()) == (size, naive(LEAVES[:size]))


@given(SIZES, st.data())
def test_every_leaf_is_proven_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    proof = hashes(inclusion(index, size))
    check_inclusion(index, size, LEAVES[index], proof, naive(LEAVES[:size]))
    assert holds(check_inclusion, other, size, LEAVES[index], proof, naive(LEAVES[:size])) is (other == index)
    assert holds(check_inclusion, index, size, LEAVES[other], proof, naive(LEAVES[:size])) is (other == index)


@given(SIZES, SIZES)
def test_every_extension_is_proven(one: int, two: int) -> None:
    old, new = sorted((one, two))
    proof = hashes(consistency(old, new))
    check_consistency(old, naive(LEAVES[:old]), new, naive(LEAVES[:new]), proof)


@given(SIZES, SIZES, st.data())
def test_a_tree_with_one_other_leaf_is_no_extension(one: int, two: int, data: st.DataObject) -> None:
    old, new = sorted((one, two))
    changed = list(LEAVES)
    changed[data.draw(st.integers(0, old - 1))] = EMPTY

    def hash_of_changed(level: int, number: int) -> bytes:
        return naive(changed[number << level : (number + 1) << level])

    proof = [subtree(span, hash_of_changed) for span in consistency(old, new)]
    assert not holds(check_consistency, old, naive(LEAVES[:old]), new, naive(changed[:new]), proof)


@pytest.mark.parametrize("told", [(-1, 3), (3, 3), (2**62, 3), (0, 0)])
def test_an_index_outside_the_tree_proves_nothing(told: tuple[int, int]) -> None:
    with pytest.raises(ProofError):
        check_inclusion(*told, LEAVES[0], [], naive(LEAVES[: told[1]]))


def test_proofs_in_the_largest_trees_are_short() -> None:
    assert len(inclusion(2**63 - 2, 2**63 - 1)) <= 63
    assert len(consistency(2**62 + 1, 2**63 - 1)) <= 64
