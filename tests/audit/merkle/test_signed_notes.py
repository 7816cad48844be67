"""Signed notes, checkpoints, cosignatures and proofs: what was published is taken, what was spoiled is refused."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint, CheckpointError, Signed
from audit.merkle.proofs import Proof, ProofFormError
from audit.merkle.signed_notes import (
    COSIGNATURE,
    ED25519,
    KeyFormError,
    Note,
    NoteError,
    Signature,
    SignatureError,
    SigningKey,
    Verifier,
    open_note,
)
from audit.merkle.tree import EMPTY, check_consistency
from audit.merkle.witness_policy import PolicyFormError, WitnessPolicy


def published(vectors: Path, name: str) -> Any:
    return json.loads((vectors / "extracted" / f"{name}.json").read_text(encoding="utf-8"))


def test_the_example_of_the_specification_is_verified(vectors: Path) -> None:
    told = published(vectors, "c2sp-signed-note-example")
    key = Verifier.parse(told["vkey"])
    assert open_note(Note.parse(told["note"].encode()), [key]) == {key: None}
    assert str(key) == told["vkey"]


def test_the_go_teams_notes_are_made_and_verified_by_ours(vectors: Path) -> None:
    told = published(vectors, "sumdb-note")
    first, second = told["signers"]
    key = SigningKey.parse(first["skey"])
    assert str(key.verifier) == first["vkey"]
    assert key.sign(told["text"]).line == first["signature_line"]
    both = f"{told['text']}\n{first['signature_line']}{second['signature_line']}".encode()
    trusted = [key.verifier, Verifier.parse(second["vkey"])]
    assert open_note(Note.parse(both), trusted).keys() == set(trusted)
    assert Note.parse(both).data == both


def test_the_go_teams_broken_keys_and_notes_are_refused(vectors: Path) -> None:
    told = published(vectors, "sumdb-note")
    for text in told["bad_vkeys"]:
        with pytest.raises(KeyFormError):
            Verifier.parse(text)
    for text in told["bad_messages"]:
        with pytest.raises(NoteError):
            Note.parse(text.encode())
    line = told["signers"][0]["signature_line"]
    for data in (b"\xff" + told["text"].encode() + b"\n" + line.encode(), f"x\n\n{line * 101}".encode()):
        with pytest.raises(NoteError):
            Note.parse(data)


def test_no_part_of_a_key_and_no_changed_letter_of_it_is_a_key(vectors: Path) -> None:
    signer = published(vectors, "sumdb-note")["signers"][0]
    for name, parse in (("vkey", Verifier.parse), ("skey", SigningKey.parse)):
        key = signer[name]
        spoiled = {key[start:end] for start in range(len(key)) for end in range(start, len(key) + 1)} - {key}
        spoiled |= {key[:at] + chr(ord(key[at]) + 1) + key[at + 1 :] for at in range(len(key))}
        for text in spoiled:
            with pytest.raises(KeyFormError):
                parse(text)


def test_an_error_about_a_private_key_does_not_repeat_it() -> None:
    key = SigningKey.generate("example.org/log")
    with pytest.raises(KeyFormError) as raised:
        SigningKey.parse(key.line + "A")
    assert key.line[20:] not in f"{raised.value} {raised.value.values} {key!r}"


def test_a_published_log_is_signed_as_we_would_check_it(vectors: Path) -> None:
    folder = vectors / "tessera-testdata" / "testdata" / "log"
    key = Verifier.parse("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
    for size in range(16):
        signed = Signed.open((folder / f"checkpoint.{size}").read_bytes(), [key])
        assert signed.checkpoint.size == size
        assert signed.checkpoint.text == signed.note.text
    assert Signed.parse((folder / "checkpoint.0").read_bytes()).checkpoint.root == EMPTY


def test_a_published_witness_exchange_holds(vectors: Path) -> None:
    told = published(vectors, "witness")
    key = Verifier.parse(told["log"]["vkey"])
    assert str(SigningKey.parse(told["log"]["skey"]).verifier) == told["log"]["vkey"]
    old = Signed.open(told["checkpoint_old"].encode(), [key]).checkpoint
    new = Signed.open(told["checkpoint_new"].encode(), [key]).checkpoint
    proof = [bytes.fromhex(each) for each in told["consistency_proof_hex"]]
    check_consistency(old.size, old.root, new.size, new.root, proof)
    with pytest.raises(SignatureError):
        Signed.open(told["checkpoint_new"].encode(), [Verifier.parse(told["other_log"]["vkey"])])


def test_published_cosigners_are_read(vectors: Path) -> None:
    told = published(vectors, "cosignature")
    key = Verifier.parse(told["ed25519_cosig_vkey"])
    assert (key.name, key.kind) == ("remora.n621.de", COSIGNATURE)
    stamped = told["ed25519_cosig_timestamp"]
    signature = Signature.parse(f"— remora.n621.de {stamped['base64']}")
    assert int.from_bytes(signature.value[:8]) == stamped["unix"]
    with pytest.raises(KeyFormError):
        Verifier.parse(told["mldsa44_vkey"])


def test_a_cosignature_says_when_and_fits_no_other_time() -> None:
    text = Checkpoint("example.org/log", 5, EMPTY).text
    witness = SigningKey.generate("witness.example.org", COSIGNATURE)
    signature = witness.sign(text, 1_700_000_000)
    assert witness.verifier.verify(text, signature) == 1_700_000_000
    later = Signature(signature.name, signature.key_id, (1_700_000_001).to_bytes(8) + signature.value[8:])
    with pytest.raises(SignatureError):
        witness.verifier.verify(text, later)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org\n",
        "example.org\n5\n",
        "example.org\n05\nr\n",
        "example.org\n-1\nr\n",
        "example.org\n٥\nr\n",
        "example.org\n99999999999999999999\nr\n",
        "example.org\n5\nr",
        "\n5\nr\n",
        "example.org\n5\nAAAA\n",
        "example.org\n5\nr\n\nmore\n",
    ],
)
def test_other_texts_are_no_checkpoints(text: str) -> None:
    root = Checkpoint("x", 0, EMPTY).text.split("\n")[2]
    with pytest.raises(CheckpointError):
        Checkpoint.parse(text.replace("r", root, 1) if "example" not in text else text.replace("\nr", f"\n{root}", 1))


def test_a_log_is_signed_under_its_own_name_only() -> None:
    key = SigningKey.generate("example.org/other")
    text = Checkpoint("example.org/log", 0, EMPTY).text
    with pytest.raises(SignatureError):
        Signed.open(Note(text, (key.sign(text),)).data, [key.verifier])


def test_one_wrong_signature_by_a_trusted_key_spoils_the_rest() -> None:
    good, bad = (SigningKey.generate(name) for name in ("good.example", "bad.example"))
    note = Note("text\n", (good.sign("text\n"), bad.sign("other\n")))
    assert open_note(note, [good.verifier]) == {good.verifier: None}
    with pytest.raises(SignatureError, match=r"bad\.example"):
        open_note(note, [good.verifier, bad.verifier])


def test_the_published_spoiled_proofs_are_refused(vectors: Path) -> None:
    for text in published(vectors, "tlog-proof-parse")["bad"]:
        with pytest.raises(ProofFormError):
            Proof.parse(text.encode())


@pytest.mark.parametrize("extra", [None, b"", b"more"])
def test_a_proof_is_read_as_it_was_written(extra: bytes | None) -> None:
    hashes = tuple(hashlib.sha256(name).digest() for name in (b"hash1", b"hash2"))
    proof = Proof(7, hashes, b"checkpoint\n", extra)
    assert Proof.parse(proof.data) == proof


@pytest.mark.parametrize("data", [b"", b"\xff\n\n", b"c2sp.org/tlog-proof@v1\nindex 00\n\nx", b"\n" * 9, b"\x00" * 99])
def test_other_bytes_are_no_proofs(data: bytes) -> None:
    with pytest.raises(ProofFormError):
        Proof.parse(data)


WITNESSES = [SigningKey(f"w{number}.example", COSIGNATURE, bytes([number]) * 32).verifier for number in range(4)]
LOG = SigningKey("example.org/log", ED25519, bytes(32)).verifier
POLICY = f"""
# Two of three, and the prosecutor.
log {LOG}
witness a {WITNESSES[0]} http://a.example
witness b {WITNESSES[1]}
\twitness c {WITNESSES[2]}
witness prosecutor {WITNESSES[3]}
group courts 2 a b c
group everybody all courts prosecutor
quorum everybody
"""


def test_a_quorum_of_groups_is_met_by_enough_of_each() -> None:
    policy = WitnessPolicy.parse(POLICY)
    a, b, c, prosecutor = WITNESSES
    assert policy.met([a, c, prosecutor])
    assert policy.met(WITNESSES)
    assert not policy.met([a, b, c])
    assert not policy.met([a, prosecutor])
    assert not policy.met([])
    assert WitnessPolicy().met([])
    assert policy.witnesses["a"].url == "http://a.example"
    assert [each.key for each in policy.logs] == [LOG]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none\nquorum none",
        "quorum a",
        "quorum",
        f"witness none {WITNESSES[0]}\nquorum none",
        f"witness a {LOG}\nquorum none",
        f"log {WITNESSES[0]}\nquorum none",
        f"witness a {WITNESSES[0]}\nwitness b {WITNESSES[0]}\nquorum none",
        f"witness a {WITNESSES[0]}\nwitness a {WITNESSES[1]}\nquorum none",
        f"witness a {WITNESSES[0]}\ngroup g 2 a\nquorum g",
        f"witness a {WITNESSES[0]}\ngroup g 0 a\nquorum g",
        f"witness a {WITNESSES[0]}\ngroup g some a\nquorum g",
        f"witness a {WITNESSES[0]}\ngroup g all\nquorum g",
        f"witness a {WITNESSES[0]}\ngroup g 1 a a\nquorum g",
        f"witness a {WITNESSES[0]}\ngroup g 1 a\ngroup h 1 a\nquorum h",
        f"group g any h\nwitness a {WITNESSES[0]}\nquorum none",
        "witness a key\nquorum none",
    ],
)
def test_a_policy_that_says_nothing_clear_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(PolicyFormError, match=r"line \d+"):
        WitnessPolicy.parse(text)


def test_every_error_of_the_log_composes_a_sentence() -> None:
    for kind in LogError.__subclasses__():
        assert kind.template
