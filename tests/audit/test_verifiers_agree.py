"""The two offline verifiers share no line, and agree: on published signatures and on whatever is done to a file."""

import io
import json
import os
import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from audit import offline_verifier as verifier
from audit.merkle.signed_notes import encoded
from commands.log.export import export, extent
from tests.audit import forging
from tests.audit.asking_verifiers import by_file, by_page, opened_page
from tests.audit.merkle.published import b64, cases
from tests.audit.verifying import WITNESS, Grown, cosigned, forged, groups, made, odd_points
from tests.world import World


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with opened_page() as opened:
        yield opened


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


@pytest.mark.slow
def test_both_verifiers_agree_on_published_signatures(vectors: Path, page: Page) -> None:
    told = [(key.hex(), each["msg"], each["sig"]) for key, each in groups(vectors, "ed25519_test.json")]
    told += [(each["key"], each["msg"].encode().hex(), each["sig"]) for each in odd_points(vectors)]
    ask = """async all => Promise.all(all.map(async each => {
        const bytes = part => Uint8Array.from(part.match(/../g) ?? [], pair => parseInt(pair, 16));
        return await ed25519(...each.map(bytes));
    }))"""
    theirs = page.evaluate(ask, told)
    ours = [verifier.signed_by(*(bytes.fromhex(part) for part in each)) for each in told]
    assert theirs == ours


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
    assert page.inner_text("#result .verdict") == "ДОКАЗАНО."
    page.click("#language")
    expect(page.locator("#result")).to_contain_text("Signed by the key")
    file.write_bytes(receipt.data[:-20])
    page.set_input_files("#file", file)
    page.click("#check")
    page.wait_for_selector("output.bad")
    assert page.inner_text("#result .verdict") == "NOT PROVEN."


TIMES = 400 if "PORUCHENIE_TORTURE" in os.environ else 10


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_verifiers_agree_on_mutated_proofs_of_consistency(grown: Grown, page: Page) -> None:
    fate = random.Random(9162)
    mutants = [grown.proof] + [mutated(grown.proof, fate) for _ in range(TIMES)]
    for kept in (grown.kept, grown.receipt):
        ours = [by_file(each, [grown.key], [], kept) for each in mutants]
        assert ours[0]["ok"]
        assert by_page(page, mutants, [grown.key], [], kept) == ours
    kept_mutants = [mutated(grown.kept, fate) for _ in range(TIMES)]
    for each in kept_mutants:
        assert by_page(page, [grown.proof], [grown.key], [], each) == [by_file(grown.proof, [grown.key], [], each)]


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def stretch(grown: Grown) -> bytes:
    """Some places of the log."""
    with grown.world.installation.read() as tx:
        return b"".join(export(tx, replace(extent(tx), first=5, last=21)))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_verifiers_agree_on_exports_whose_content_was_mutated(grown: Grown, page: Page) -> None:
    fate = random.Random(6962)
    whole, part = grown.exported, stretch(grown)
    parts = [forging.unsigned(unpacked(each)) for each in (whole, part)]
    mutants = [whole, part, forging.packed(parts[0]), forging.packed(parts[1], zipfile.ZIP_STORED)]
    for _ in range(TIMES):
        told = unpacked(fate.choice((whole, part)))
        name = fate.choice([each for each in told if not each.endswith((".csv", ".xlsx", "manifest"))])
        mutants.append(forging.packed(forging.unsigned(told | {name: mutated(told[name], fate)})))
    for kept in (None, grown.kept):
        ours = [by_file(each, [grown.key], [], kept) for each in mutants]
        assert [each.get("why") for each in ours[:4]] in ([None] * 4, [None, "stretch"] * 2)
        theirs = by_page(page, mutants, [grown.key], [], kept)
        assert theirs == ours


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_verifier_takes_an_export_whose_bytes_were_changed_to_other_content(grown: Grown, page: Page) -> None:
    fate = random.Random(1951)
    original = grown.exported
    mutants = []
    for _ in range(TIMES):
        at = fate.randrange(len(original))
        mutants.append(original[:at] + bytes([original[at] ^ 1 << fate.randrange(8)]) + original[at + 1 :])
    mutants += [original[: -fate.randrange(1, 2000)] for _ in range(TIMES)]
    ours = [by_file(each, [grown.key], []) for each in mutants]
    theirs = by_page(page, mutants, [grown.key], [])
    for data, one, other in zip(mutants, ours, theirs, strict=True):
        assert one == other, data
        assert not one["ok"] or unpacked(data) == unpacked(original)


def test_the_page_takes_and_refuses_the_published_proofs_of_consistency(vectors: Path, page: Page) -> None:
    ask = """async all => Promise.all(all.map(async ([size, other, root, next, path]) => {
        const bytes = each => Uint8Array.from(atob(each), letter => letter.charCodeAt(0));
        const head = (size, root) => ({ origin: "", size, root: bytes(root) });
        try {
            await extend(head(size, root), head(other, next), path.map(bytes));
            return true;
        } catch { return false; }
    }))"""
    told = [each for each in cases(vectors, "consistency") if len(b64(each["root1"])) == len(b64(each["root2"])) == 32]
    asked = [[each[name] for name in ("size1", "size2", "root1", "root2")] + [each["proof"] or []] for each in told]
    taken = page.evaluate(ask, asked)
    assert taken == [not each["wantErr"] for each in told]
    right = [each for each, yes in zip(asked, taken, strict=True) if yes and each[0]]
    assert not any(page.evaluate(ask, [[*each[:2], encoded(bytes(32)), *each[3:]] for each in right]))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_takes_an_export_with_a_kept_checkpoint(grown: Grown, page: Page, tmp_path: Path) -> None:
    for name, data in (("export.zip", grown.exported), ("kept", grown.kept), ("proof", grown.proof)):
        (tmp_path / name).write_bytes(data)
    page.reload()
    page.fill("#keys", grown.key)
    page.set_input_files("#file", tmp_path / "export.zip")
    page.set_input_files("#old", tmp_path / "kept")
    page.click("#check")
    expect(page.locator("#result")).to_contain_text("Весь журнал выгружен без изъятий")
    expect(page.locator("#result")).to_contain_text("Журнал продолжает сохранённую контрольную точку")
    page.set_input_files("#file", tmp_path / "proof")
    page.set_input_files("#old", [])
    page.click("#check")
    expect(page.locator("#result")).to_contain_text("задайте и её")
