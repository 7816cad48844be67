"""One entry: its bytes, its place in the chain, its hash, and what it only commits to."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.trails.canonical_json import CanonicalError, canonical, parse
from audit.trails.commitments import Commitment, commit, opens
from audit.trails.entries import GENESIS, Head, Record, digest, read, seal, stamp

RECORD = Record(
    trail="assignment:1",
    lifecycle=b"\x01" * 32,
    action="submit",
    source="assigned",
    state="submitted",
    actor=7,
    person=7,
    role="executor",
    channel="cli",
    at=datetime(2020, 6, 10, 10, 0, tzinfo=timezone(timedelta(hours=3))),
    facts={"set": {"late": False}},
    fields={"note": "Секрет"},
)


def root(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()


def test_an_entrys_hash_is_a_leaf_hash_of_rfc_6962(vectors: Path) -> None:
    known = json.loads((vectors / "extracted" / "rfc6962-primitives.json").read_text(encoding="utf-8"))
    assert digest(b"").hex() == known["empty_leaf"]
    assert digest(b"L123456").hex() == known["leaf_L123456"]


def test_roots_over_these_hashes_are_those_of_certificate_transparency(vectors: Path) -> None:
    known = json.loads((vectors / "extracted" / "rfc6962-8-leaves.json").read_text(encoding="utf-8"))
    leaves = [digest(bytes.fromhex(each)) for each in known["leaf_inputs_hex"]]
    roots = [root(leaves[:size]).hex() for size in range(1, 9)]
    assert roots == known["root_hashes_size_1_to_8"]


def test_a_sealed_record_is_chained_to_the_head_before_it() -> None:
    first = seal(RECORD, GENESIS)
    second = seal(RECORD, first.head)
    assert first.head == Head(1, digest(first.body))
    assert (read(first.body)["seq"], read(first.body)["prev"]) == (1, None)
    assert (read(second.body)["seq"], read(second.body)["prev"]) == (2, first.head.hash.hex())


def test_an_entry_says_who_did_what_when_by_which_rules() -> None:
    entry = seal(RECORD, GENESIS)
    content = read(entry.body)
    assert content.pop("fields") == {"note": entry.disclosed[0].digest}
    assert content == {
        "v": 1, "trail": "assignment:1", "seq": 1, "prev": None, "lifecycle": "01" * 32, "action": "submit",
        "from": "assigned", "to": "submitted", "actor": 7, "person": 7, "role": "executor", "channel": "cli",
        "at": "2020-06-10T07:00:00.000000Z", "facts": {"set": {"late": False}},
    }  # fmt: skip


def test_a_substitute_stands_beside_whom_he_acts_for() -> None:
    content = read(seal(replace(RECORD, actor_for=(5, 4)), GENESIS).body)
    assert (content["actor"], content["for"], content["for_person"]) == (7, 5, 4)


def test_free_text_is_not_in_the_bytes() -> None:
    assert "Секрет".encode() not in seal(RECORD, GENESIS).body


@pytest.mark.parametrize("facts", [{"share": 0.5}, {"ключ": 1}, {"number": 2**60}])
def test_what_has_no_canonical_form_is_not_sealed(facts: dict[str, Any]) -> None:
    with pytest.raises(CanonicalError):
        seal(replace(RECORD, facts=facts), GENESIS)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"seq": "1"},
        {"seq": True},
        {"seq": None},
        {"prev": 5},
        {"prev": "xyz"},
        {"prev": "AB" * 32},
        {"prev": "ab cd"},
        {"lifecycle": "01" * 31 + "0", "prev": "0"},  # only together whole bytes
        {"lifecycle": None},
        {"trail": 1},
        {"action": ["submit"]},
        {"from": None},
        {"actor": "7"},
        {"actor": 7, "for": 5},  # for whom, but not which person
        {"for_person": 5},
        {"facts": []},
        {"facts": None},
        {"fields": {"note": 5}},
        {"fields": []},
        {"at": "2020-06-10T07:00:00Z"},  # six digits are written
        {"at": "2020-06-10T10:00:00.000000+03:00"},
        {"at": "2020-06-10T07:00:00.000000"},
        {"at": "yesterday"},
        {"more": 1},
    ],
)
def test_bytes_of_any_other_shape_are_no_entry(change: dict[str, Any]) -> None:
    content = parse(seal(RECORD, GENESIS).body) | change
    with pytest.raises(CanonicalError):
        read(canonical(content))


@pytest.mark.parametrize("part", sorted(parse(seal(RECORD, GENESIS).body)))
def test_no_part_may_be_missing(part: str) -> None:
    content = parse(seal(RECORD, GENESIS).body)
    del content[part]
    with pytest.raises(CanonicalError, match="do not hold the parts"):
        read(canonical(content))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255))
def test_no_changed_byte_keeps_the_hash(place: int, byte: int) -> None:
    body = seal(RECORD, GENESIS).body
    place %= len(body)
    changed = body[:place] + bytes([byte]) + body[place + 1 :]
    assert (digest(changed) == digest(body)) is (changed == body)


def test_the_year_has_four_digits_and_the_zone_is_known() -> None:
    assert stamp(datetime(999, 6, 10, 7, tzinfo=UTC)) == "0999-06-10T07:00:00.000000Z"
    with pytest.raises(CanonicalError, match="no time zone"):
        stamp(datetime(2020, 6, 10, 7))  # noqa: DTZ001 - the point


def test_a_moment_is_stamped_in_utc_with_six_digits() -> None:
    assert stamp(datetime(2020, 6, 10, 7, tzinfo=UTC)) == "2020-06-10T07:00:00.000000Z"
    assert stamp(RECORD.at + timedelta(microseconds=5)) == "2020-06-10T07:00:00.000005Z"


def test_a_commitment_opens_with_its_own_text_and_salt_only() -> None:
    made = commit("note", "Секрет")
    assert opens(made, made.digest)
    for other in (
        replace(made, value="секрет"),
        replace(made, field="reason"),
        replace(made, salt=b"\x00" * 32),
        Commitment("not", "e\0Секрет", made.salt),  # field and text do not run into each other
    ):
        assert not opens(other, made.digest)


def test_the_same_text_is_never_committed_to_alike() -> None:
    assert len({commit("note", "да").digest for _ in range(50)}) == 50


def test_a_text_is_taken_in_nfc() -> None:
    assert commit("note", "и\u0306").value == "й"


def test_the_commitment_is_hmac_sha256_over_field_nul_text() -> None:
    made = Commitment("note", "да", b"\x0b" * 20)
    assert made.digest == "5ac813b0e596bfcccd89090006f1e5baed6b6d86f11595048961a4d7610d82cb"
