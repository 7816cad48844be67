"""Whoever kept a checkpoint verifies, without us and without the database, that the log only grew since."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from audit import offline_verifier as verifier
from audit.merkle.checkpoints import Checkpoint
from audit.merkle.signed_notes import Note, SigningKey, encoded
from audit.merkle.tree import root
from audit.offline_verifier import Refused, kept_of, key_of, verify
from audit.trails.entries import digest
from tests.audit.merkle.published import b64, cases
from tests.audit.verifying import Grown, run


def test_its_proofs_are_those_that_are_published(vectors: Path) -> None:
    for each in cases(vectors, "consistency"):
        proof = [b64(line) for line in each["proof"] or ()]
        one, other = b64(each["root1"]), b64(each["root2"])
        if len(one) == len(other) == 32:
            old, new = ({"origin": "", "size": each[f"size{n}"], "root": r} for n, r in ((1, one), (2, other)))
            assert verifier.extends(old, new, proof) is not each["wantErr"], each


@pytest.mark.parametrize("of", [lambda grown: grown.kept, lambda grown: grown.receipt])
def test_a_file_and_an_export_prove_that_a_kept_checkpoint_was_only_added_to(
    grown: Grown, of: Callable[[Grown], bytes]
) -> None:
    keys = [key_of(grown.key)]
    old = kept_of(of(grown), keys)
    told = verify(io.BytesIO(grown.proof), keys, (), old)
    assert told["old"] == old["size"]
    assert told["size"] == old["size"] + 3
    assert verify(io.BytesIO(grown.exported), keys, (), old)["old"] == old["size"]


def refused(data: bytes, keys: list[verifier.Key], old: verifier.Told) -> str:
    """Why a proof, or an export, does not show that a log extends what was kept."""
    with pytest.raises(Refused) as raised:
        verify(io.BytesIO(data), keys, (), old)
    return str(raised.value)


def test_another_past_is_refused_whoever_signed_it(grown: Grown) -> None:
    keys = [key_of(grown.key)]
    old = kept_of(grown.kept, keys)
    other = old | {"root": bytes(32)}
    smaller = old | {"size": old["size"] - 1}
    longer = old | {"size": 9_999}
    foreign = old | {"origin": "example.org/other"}
    for each in (other, smaller, longer, foreign):
        assert refused(grown.proof, keys, each) == "branch"
        assert refused(grown.exported, keys, each) == "branch"


def test_a_log_that_its_own_signer_wrote_anew_does_not_extend_what_was_kept() -> None:
    key = SigningKey.generate("example.org/log")
    keys = [key_of(str(key.verifier))]
    before, after = [b"one", b"two", b"three"], [b"one", b"TWO", b"three", b"four"]

    def signed(bodies: list[bytes]) -> bytes:
        text = Checkpoint(key.name, len(bodies), root(map(digest, bodies))).text
        return Note(text, (key.sign(text),)).data

    old = kept_of(signed(before), keys)
    path = "\n".join(encoded(digest(each)) for each in (after[2], after[3]))
    proof = f"old 3\n{path}\n".encode() + b"\n" + signed(after)
    assert refused(proof, keys, old) == "branch"


def test_any_changed_line_is_refused(grown: Grown) -> None:
    keys = [key_of(grown.key)]
    old = kept_of(grown.kept, keys)
    lines = grown.proof.split(b"\n")
    for number, line in enumerate(lines[:-1]):
        changed = [*lines[:number], line[:-1] + b"x", *lines[number + 1 :]]
        assert refused(b"\n".join(changed), keys, old)


def test_a_file_that_can_not_show_it_is_refused_with_what_would(grown: Grown) -> None:
    keys = [key_of(grown.key)]
    assert refused(grown.receipt, keys, kept_of(grown.kept, keys)) == "alone"
    with pytest.raises(Refused, match="old"):
        verify(io.BytesIO(grown.proof), keys)


def test_the_commands_hand_out_what_the_verifier_takes(grown: Grown, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(grown.kept)
    (tmp_path / "proof").write_bytes(grown.proof)
    done = run(tmp_path, "proof", "--old", "kept", "--key", grown.key, "--lang", "en")
    assert f"extends the kept checkpoint of {kept_of(grown.kept, [key_of(grown.key)])['size']} entries" in done.stdout
    assert "--old" in run(tmp_path, "proof", "--key", grown.key).stderr
