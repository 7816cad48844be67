"""The two offline verifiers: against published vectors, against forged receipts, and against each other."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from playwright.sync_api import Page, expect, sync_playwright

from audit import verifier
from audit.notes import COSIGNATURE, Note, SigningKey, encoded
from audit.proofs import Proof
from audit.receipts import NoEntryError, OtherBytesError, Receipt, UnsealedError
from audit.verifier import Refused, key_of, verify_receipt
from commands.receipts import receipt_of
from commands.sealing import keys_of, seal_all
from tests.audit.test_tree import b64, cases
from tests.conftest import missing
from tests.desk.browsing import CHROMIUM, FLAGS
from tests.sentences import ROOT
from tests.world import World

WITNESS = SigningKey("witness.example", COSIGNATURE, bytes([7]) * 32)


def groups(vectors: Path, name: str) -> Iterator[tuple[bytes, dict[str, Any]]]:
    told = json.loads((vectors / "wycheproof" / "testvectors_v1" / name).read_text(encoding="utf-8"))
    for group in told["testGroups"]:
        for each in group["tests"]:
            yield bytes.fromhex(group["publicKey"]["pk"]), each


def test_its_ed25519_takes_and_refuses_what_wycheproof_says(vectors: Path) -> None:
    count = 0
    for public, each in groups(vectors, "ed25519_test.json"):
        count += 1
        right = verifier.signed_by(public, bytes.fromhex(each["msg"]), bytes.fromhex(each["sig"]))
        assert right is (each["result"] == "valid"), each
    assert count == 151


def odd_points(vectors: Path) -> list[dict[str, Any]]:
    """Signatures over points of small order and odd encodings (C2SP CCTV)."""
    found: list[dict[str, Any]] = json.loads(
        (vectors / "cctv" / "ed25519" / "ed25519vectors.json").read_text(encoding="utf-8")
    )
    assert len(found) == 914
    return found


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


@pytest.fixture
def sealed(world: World) -> tuple[World, int]:
    """A world with an assignment of seven entries, sealed."""
    world.register()
    number = world.one("1.2", "Authority A").id
    world.act("a", number, "acknowledge")
    world.act("a", number, "submit", note="Готово\u202eи точка", files={"plan.pdf": b"plan"})
    world.act("reviewer", number, "return", note="Нет дат")
    world.act("a", number, "submit", note="С датами")
    world.act("reviewer", number, "review", note="Complete")
    world.act("controller", number, "accept")
    list(seal_all(world.installation, "cli:tester"))
    return world, number


def made(world: World, subject: str, seq: int | None = None) -> tuple[Receipt, list[str]]:
    with world.installation.read() as office:
        return receipt_of(office, subject, seq), [str(key) for key in keys_of(office.session)]


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


def forged(receipt: Receipt, /, **changes: Any) -> bytes:
    """The receipt with other carried parts, written as we write them."""
    extra = json.loads(receipt.proof.extra or b"") | changes
    written = json.dumps(extra, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return Proof(receipt.proof.index, receipt.proof.hashes, receipt.proof.checkpoint, written).data


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


def cosigned(receipt: Receipt, at: int = 1_700_000_000) -> bytes:
    note = receipt.signed.note
    with_witness = Note(note.text, (*note.signatures, WITNESS.sign(note.text, at))).data
    return Proof(receipt.proof.index, receipt.proof.hashes, with_witness, receipt.proof.extra).data


def test_a_witness_that_is_demanded_is_named_with_its_time(sealed: tuple[World, int]) -> None:
    world, number = sealed
    receipt, keys = made(world, f"assignment:{number}")
    told = verify_receipt(cosigned(receipt), [key_of(keys[0])], [key_of(str(WITNESS.verifier))])
    assert told["witnesses"] == [{"name": "witness.example", "at": 1_700_000_000}]


def run(folder: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    """The one file, copied to where nothing of ours is, with Python alone."""
    shutil.copy(ROOT / "audit" / "verifier.py", folder / "verifier.py")
    command = [sys.executable, "-I", "-S", str(folder / "verifier.py"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env={"PATH": ""}, check=False)


def test_alone_it_says_in_plain_words_what_is_proven(sealed: tuple[World, int], tmp_path: Path) -> None:
    world, number = sealed
    receipt, keys = made(world, f"assignment:{number}")
    file = tmp_path / "receipt.tlog-proof"
    file.write_bytes(receipt.data)
    russian = run(tmp_path, file, "--key", keys[0])
    assert russian.returncode == 0
    assert "ДОКАЗАНО." in russian.stdout
    assert f"Полная история «assignment:{number}» от первой записи до записи № 7" in russian.stdout
    assert "note: Готово\\u202eи точка" in russian.stdout
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


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """The other verifier, opened from disk in a real browser without a network."""
    if not CHROMIUM.exists():
        missing(f"no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(offline=True)
        opened = context.new_page()
        opened.goto((ROOT / "audit" / "verifier.html").as_uri())
        yield opened
        browser.close()


ASK = """async ([all, keys, witnesses]) => Promise.all(all.map(each =>
    verify(Uint8Array.from(atob(each), letter => letter.charCodeAt(0)), keys, witnesses)))"""


def by_page(page: Page, data: list[bytes], keys: list[str], witnesses: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(ASK, [list(map(encoded, data)), keys, witnesses])
    return found


def by_file(data: bytes, keys: list[str], witnesses: list[str]) -> dict[str, Any]:
    try:
        found = verify_receipt(data, [key_of(each) for each in keys], [key_of(each) for each in witnesses])
    except Refused as error:
        return {"ok": False, "why": str(error)}
    return {"ok": True, **found}


def mutated(data: bytes, fate: random.Random) -> bytes:
    """A receipt with something wrong, or with something that does not matter."""
    at, to = sorted(fate.randrange(len(data)) for _ in range(2))
    lines = data.split(b"\n")
    first, second = fate.randrange(len(lines)), fate.randrange(len(lines))
    match fate.randrange(8):
        case 0:
            return data[:at] + bytes([data[at] ^ 1 << fate.randrange(8)]) + data[at + 1 :]
        case 1:
            return data[:at] + data[min(to, at + 9) :]
        case 2:
            return data[:at] + fate.choice([b"\n", b" ", b"0", b"=", b"\xc2\xa0", b"\xef\xbb\xbf", b"A"]) + data[at:]
        case 3:
            lines[first], lines[second] = lines[second], lines[first]
        case 4:
            lines[first:first] = [lines[second]]
        case 5:
            del lines[first]
        case 6:
            lines[first] = (
                lines[first].replace(b"index ", b"index 0")[::-1] if fate.random() < 0.5 else lines[first] + b"\r"
            )
        case _:
            lines.insert(-1, "— somebody.example AAAAAAAA".encode())
    return b"\n".join(lines)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_verifiers_agree_on_a_thousand_mutated_receipts(sealed: tuple[World, int], page: Page) -> None:
    world, number = sealed
    fate = random.Random(6962)
    whole, keys = made(world, f"assignment:{number}")
    single, _ = made(world, f"assignment:{number}", 1)
    originals = [cosigned(whole), cosigned(single)]
    witnesses = [str(WITNESS.verifier)]
    mutants = originals + [mutated(fate.choice(originals), fate) for _ in range(1_000)]
    theirs = by_page(page, mutants, keys, witnesses)
    ours = [by_file(each, keys, witnesses) for each in mutants]
    assert [each for each in ours if each["ok"]][:2] == ours[:2]
    for one, other, data in zip(ours, theirs, mutants, strict=True):
        assert one == other, data
    assert {each.get("why") for each in ours} >= {None, "form", "signature", "proof"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_verifiers_refuse_forgeries_for_the_same_reasons(sealed: tuple[World, int], page: Page) -> None:
    world, number = sealed
    receipt, keys = made(world, f"assignment:{number}")
    carried = json.loads(receipt.proof.extra or b"")
    entries, shown = carried["entries"], carried["disclosed"]
    one = shown[0]
    changes: list[dict[str, Any]] = [
        {"entries": entries[:-1]}, {"entries": entries[1:]}, {"entries": [*entries[:2], *entries[3:]]},
        {"entries": ["e30=", *entries[1:]]}, {"entries": []}, {"entries": ["W10="]}, {"entries": [1]},
        {"disclosed": []}, {"disclosed": [one | {"value": "Иное"}]}, {"disclosed": [one, one]},
        {"disclosed": [one | {"seq": 99}]}, {"disclosed": [one | {"seq": 1.5}]}, {"disclosed": [one | {"salt": ""}]},
        {"disclosed": [one | {"salt": "0"}]}, {"disclosed": [one | {"field": "__proto__"}]}, {"disclosed": ["x"]},
        {"receipt": 2}, {"receipt": True}, {"more": None},
    ]  # fmt: skip
    forgeries = [forged(receipt, **each) for each in changes]
    ours = [by_file(each, keys, []) for each in forgeries]
    assert by_page(page, forgeries, keys, []) == ours
    assert sum(each["ok"] for each in ours) == 1  # the one that only discloses nothing


def test_both_verifiers_agree_on_published_signatures(vectors: Path, page: Page) -> None:
    told = [(key.hex(), each["msg"], each["sig"]) for key, each in groups(vectors, "ed25519_test.json")]
    told += [(each["key"], each["msg"].encode().hex(), each["sig"]) for each in odd_points(vectors)]
    ask = """async all => Promise.all(all.map(async each => {
        const bytes = part => Uint8Array.from(part.match(/../g) ?? [], pair => parseInt(pair, 16));
        return await ed25519(...each.map(bytes));
    }))"""
    theirs = page.evaluate(ask, told)
    ours = [verifier.signed_by(*(bytes.fromhex(part) for part in each)) for each in told]
    different = [each for each, one, other in zip(told, ours, theirs, strict=True) if one != other]
    # The browser also takes keys of small order, which nobody would trust; never what OpenSSL does not.
    for key, message, signature in different:
        with_openssl(key, message, signature)
    assert all(verifier.signed_by(*(bytes.fromhex(part) for part in each)) is False for each in different)


def with_openssl(key: str, message: str, signature: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), bytes.fromhex(message))
    except InvalidSignature:  # pragma: no cover - the failure itself
        pytest.fail(f"the browser takes what OpenSSL refuses: {key} {signature}")


def test_the_page_says_it_in_russian_and_english(sealed: tuple[World, int], page: Page, tmp_path: Path) -> None:
    world, number = sealed
    receipt, keys = made(world, f"assignment:{number}")
    file = tmp_path / "receipt.tlog-proof"
    file.write_bytes(receipt.data)
    page.reload()
    page.set_input_files("#file", file)
    page.fill("#keys", keys[0])
    page.click("#check")
    page.wait_for_selector("output.good")
    assert "ДОКАЗАНО." in page.inner_text("#result")
    page.click("#language")
    expect(page.locator("#result")).to_contain_text("Signed by the key")
    file.write_bytes(receipt.data[:-20])
    page.set_input_files("#file", file)
    page.click("#check")
    page.wait_for_selector("output.bad")
    assert "NOT PROVEN." in page.inner_text("#result")
