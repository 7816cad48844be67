"""The one file that verifies receipts: against published vectors, against forgeries, and alone."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit import offline_verifier as verifier
from audit.merkle.proofs import Proof
from audit.merkle.receipts import NoEntryError, OtherBytesError, UnsealedError
from audit.merkle.signed_notes import Note, SigningKey
from audit.offline_verifier import Refused, key_of, verify_receipt
from tests.audit.merkle.published import b64, cases
from tests.audit.verifying import WITNESS, cosigned, forged, groups, made, odd_points, run
from tests.world import World


def test_its_ed25519_takes_and_refuses_what_wycheproof_says(vectors: Path) -> None:
    count = 0
    for public, each in groups(vectors, "ed25519_test.json"):
        count += 1
        right = verifier.signed_by(public, bytes.fromhex(each["msg"]), bytes.fromhex(each["sig"]))
        assert right is (each["result"] == "valid"), each
    assert count == 151


@pytest.mark.slow
def test_of_odd_points_it_takes_nothing_that_openssl_does_not(vectors: Path) -> None:
    for each in odd_points(vectors):
        public, signature, message = bytes.fromhex(each["key"]), bytes.fromhex(each["sig"]), each["msg"].encode()
        if verifier.signed_by(public, message, signature):
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        if set(each["flags"] or ()) & {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R"}:
            assert not verifier.signed_by(public, message, signature)


def test_its_tree_takes_and_refuses_the_published_inclusion_proofs(vectors: Path) -> None:
    for each in cases(vectors, "inclusion"):
        proof = [b64(line) for line in each["proof"] or ()]
        leaf, root = b64(each["leafHash"]), b64(each["root"])
        try:
            right = verifier.root_from(each["leafIdx"], each["treeSize"], leaf, proof) == root
        except Refused:
            right = False
        if len(root) == 32:
            assert right is not each["wantErr"], each


def test_a_receipt_proves_a_whole_history_by_one_proof(sealed: tuple[World, int]) -> None:
    world, number = sealed
    receipt, keys = made(world, f"assignment:{number}")
    told = verify_receipt(receipt.data, [key_of(each) for each in keys])
    assert (told["trail"], told["whole"], len(told["entries"])) == (f"assignment:{number}", True, 7)
    assert [each["action"] for each in told["entries"]] == world.actions(number)
    assert told["entries"][3]["disclosed"]["note"] == "Нет дат"
    assert told["entries"][3]["withheld"] == []
    assert (told["index"], told["leaf"]) == (receipt.proof.index, verifier.leaf(receipt.entries[-1]).hex())


def test_a_receipt_of_one_entry_shows_that_one_alone(sealed: tuple[World, int]) -> None:
    world, number = sealed
    receipt, keys = made(world, f"assignment:{number}", 4)
    told = verify_receipt(receipt.data, [key_of(each) for each in keys])
    assert (told["whole"], [each["seq"] for each in told["entries"]]) == (False, [4])


def test_what_was_erased_is_withheld_and_the_proof_holds(sealed: tuple[World, int]) -> None:
    world, number = sealed
    with world.installation.database.write() as session:
        session.connection().exec_driver_sql(f"DELETE FROM disclosures WHERE trail = 'assignment:{number}' AND seq = 4")
    receipt, keys = made(world, f"assignment:{number}")
    told = verify_receipt(receipt.data, [key_of(each) for each in keys])
    assert told["entries"][3]["disclosed"] == {}
    assert "note" in told["entries"][3]["withheld"]


def test_what_is_not_sealed_or_not_there_has_no_receipt(sealed: tuple[World, int]) -> None:
    world, number = sealed
    world.act("controller", number, "comment", note="Later")
    assert made(world, f"assignment:{number}")[0].seq == 7
    with pytest.raises(UnsealedError, match="Entry 8"):
        made(world, f"assignment:{number}", 8)
    with pytest.raises(NoEntryError, match="no entry 9"):
        made(world, f"assignment:{number}", 9)
    with pytest.raises(NoEntryError, match="ghost:1"):
        made(world, "ghost:1")


def test_a_changed_entry_gets_no_receipt(sealed: tuple[World, int]) -> None:
    world, number = sealed
    with world.installation.database.writer.begin() as connection:
        on = " ON entries" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER entries_unchanged{on}")
        other = "'{}'::bytea" if on else "CAST('{}' AS BLOB)"
        connection.exec_driver_sql(f"UPDATE entries SET body = {other} WHERE trail = 'assignment:{number}' AND seq = 7")
    with pytest.raises(OtherBytesError, match="not what was sealed"):
        made(world, f"assignment:{number}")


def refused(data: bytes, keys: list[str], witnesses: tuple[str, ...] = ()) -> str:
    with pytest.raises(Refused) as raised:
        verify_receipt(data, [key_of(each) for each in keys], [key_of(each) for each in witnesses])
    return str(raised.value)


def test_each_forgery_is_refused_for_its_reason(sealed: tuple[World, int]) -> None:
    world, number = sealed
    receipt, keys = made(world, f"assignment:{number}")
    carried = json.loads(receipt.proof.extra or b"")
    entries, shown = carried["entries"], carried["disclosed"]
    assert refused(forged(receipt, entries=entries[:-1]), keys) == "proof"
    assert refused(forged(receipt, entries=entries[1:]), keys) == "chain"
    assert refused(forged(receipt, entries=[*entries[:2], *entries[3:]]), keys) == "chain"
    assert refused(forged(receipt, entries=[entries[1], entries[0], *entries[2:]]), keys) == "chain"
    assert refused(forged(receipt, entries=["e30=", *entries[1:]]), keys) == "entry"
    assert refused(forged(receipt, disclosed=[shown[0] | {"value": "Иное"}]), keys) == "disclosed"
    assert refused(forged(receipt, disclosed=[shown[0], shown[0]]), keys) == "disclosed"
    assert refused(forged(receipt, disclosed=[shown[0] | {"seq": 99}]), keys) == "disclosed"
    assert refused(forged(receipt, more=1), keys) == "form"
    assert refused(receipt.data, [str(SigningKey.generate("example.org/log").verifier)]) == "signature"
    same_name = SigningKey.generate(receipt.signed.checkpoint.origin)
    assert refused(receipt.data, [str(same_name.verifier)]) == "signature"
    text = receipt.signed.note.text.replace(f"\n{receipt.signed.checkpoint.size}\n", "\n9999\n")
    other = Note(text, receipt.signed.note.signatures).data
    assert (
        refused(Proof(receipt.proof.index, receipt.proof.hashes, other, receipt.proof.extra).data, keys) == "signature"
    )
    assert refused(receipt.data, keys, (str(WITNESS.verifier),)) == "witness"


def test_a_witness_that_is_demanded_is_named_with_its_time(sealed: tuple[World, int]) -> None:
    world, number = sealed
    receipt, keys = made(world, f"assignment:{number}")
    told = verify_receipt(cosigned(receipt), [key_of(keys[0])], [key_of(str(WITNESS.verifier))])
    assert told["witnesses"] == [{"name": "witness.example", "at": 1_700_000_000}]


def test_alone_it_says_in_plain_words_what_is_proven(sealed: tuple[World, int], tmp_path: Path) -> None:
    world, number = sealed
    receipt, keys = made(world, f"assignment:{number}")
    file = tmp_path / "receipt.tlog-proof"
    file.write_bytes(receipt.data)
    russian = run(tmp_path, file, "--key", keys[0])
    assert russian.returncode == 0
    assert russian.stdout.startswith("ДОКАЗАНО.\nФайл: «receipt.tlog-proof»\n")
    assert f"Полная история «карточка исполнения № {number}» от первой записи до записи № 7" in russian.stdout
    assert "Текст: «Готово⟨U+202E⟩и точка»" in russian.stdout
    english = run(tmp_path, file, "--key", keys[0], "--lang", "en")
    assert "PROVEN." in english.stdout
    told = json.loads(run(tmp_path, file, "--key", keys[0], "--json").stdout)
    assert (told["ok"], told["size"]) == (True, receipt.signed.checkpoint.size)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"\x00" * 5000,
        b"PK\x03\x04" + b"x" * 100,
        "квитанция".encode("utf-16"),
        b"c2sp.org/tlog-proof@v1\n",
    ],
)
def test_any_other_file_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "other"
    file.write_bytes(data)
    done = run(tmp_path, file, "--key", WITNESS.verifier)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("НЕ ДОКАЗАНО.")
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_and_a_mistyped_key_are_said_in_words(tmp_path: Path) -> None:
    assert "не читается" in run(tmp_path, "nowhere", "--key", WITNESS.verifier).stderr
    file = tmp_path / "empty"
    file.touch()
    assert "с ошибкой" in run(tmp_path, file, "--key", str(WITNESS.verifier)[:-2]).stderr
    look_alike = str(WITNESS.verifier).replace("e", "е")  # Cyrillic
    assert "с ошибкой" in run(tmp_path, file, "--key", look_alike).stderr
