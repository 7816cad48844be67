"""The whole log leaves in one file; the offline verifier takes it, and refuses it after any change."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from audit.checkpoints import Checkpoint
from audit.entries import digest
from audit.notes import Note, SigningKey
from audit.tree import root
from audit.verifier import Refused, key_of, verify_export
from commands.exporting import export
from commands.sealing import LogNotBegunError, keys_of, seal_all
from tests.world import World


@pytest.fixture
def exported(world: World, tmp_path: Path) -> tuple[Path, str]:
    """The file and the log's key."""
    world.register()
    world.act("a", 1, "submit", note="Сделано")
    world.act("reviewer", 1, "return", note="Нет дат")
    list(seal_all(world.installation, "cli:tester"))
    with world.installation.read() as office:
        export(office, tmp_path / "export.zip")
        return tmp_path / "export.zip", str(keys_of(office.session)[0])


def files(exported: tuple[Path, str]) -> dict[str, bytes]:
    with zipfile.ZipFile(exported[0]) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refused(told: dict[str, bytes], key: str) -> str:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in told.items():
            archive.writestr(name, data)
    with pytest.raises(Refused) as raised:
        verify_export(target, [key_of(key)])
    return str(raised.value)


def fitting(told: dict[str, bytes]) -> dict[str, bytes]:
    """With a manifest that fits: the forger's."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in told.items() if name != "manifest.json"}
    return told | {"manifest.json": json.dumps({"files": hashes}).encode()}


def test_the_verifier_takes_the_whole_log(exported: tuple[Path, str]) -> None:
    with exported[0].open("rb") as file:
        told = verify_export(file, [key_of(exported[1])])
    lines = files(exported)["entries.jsonl"].splitlines()
    assert told["size"] == len(lines)
    assert told["trails"] == len({json.loads(line)["trail"] for line in lines})
    assert told["texts"] == len(files(exported)["disclosures.jsonl"].splitlines())


def test_the_same_log_makes_the_same_bytes_but_for_the_workbook(exported: tuple[Path, str], world: World) -> None:
    again = exported[0].with_name("again.zip")
    with world.installation.read() as office:
        export(office, again)
    one, other = files(exported), files((again, ""))
    assert all(one[name] == other[name] for name in one if name not in ("entries.xlsx", "manifest.json"))


def test_tables_for_people_hold_every_entry(exported: tuple[Path, str]) -> None:
    told = files(exported)
    rows = list(csv.reader(io.StringIO(told["entries.csv"].decode("utf-8-sig")), delimiter=";"))
    sheet = openpyxl.load_workbook(io.BytesIO(told["entries.xlsx"]), read_only=True)["entries"]
    assert len(rows) == len(list(sheet.rows)) == len(told["entries.jsonl"].splitlines()) + 1
    assert rows[0][:3] == ["index", "trail", "seq"]


def test_any_change_is_refused_for_its_reason(exported: tuple[Path, str]) -> None:
    told, key = files(exported), exported[1]
    lines = told["entries.jsonl"].splitlines(keepends=True)
    texts = told["disclosures.jsonl"].splitlines(keepends=True)
    assert refused(told | {"entries.csv": b"forged"}, key) == "manifest"
    assert refused(fitting({k: v for k, v in told.items() if k != "checkpoint"}), key) == "manifest"
    assert refused(fitting(told | {"entries.jsonl": b"".join(lines[:-1])}), key) in ("proof", "disclosed")
    assert refused(fitting(told | {"entries.jsonl": b"".join([*lines[:3], *lines[4:]])}), key) in ("chain", "disclosed")
    forged = lines[0].replace(b'"actor":1', b'"actor":9')
    assert refused(fitting(told | {"entries.jsonl": b"".join([forged, *lines[1:]])}), key) == "proof"
    assert (
        refused(fitting(told | {"disclosures.jsonl": b"".join(texts).replace("Сделано".encode(), b"x")}), key)
        == "disclosed"
    )
    assert refused(fitting(told | {"entries.jsonl": b"nonsense\n"}), key) == "entry"
    assert refused(fitting(told | {"checkpoint": told["checkpoint"][:-5]}), key) == "form"
    assert refused({}, key) == "export"


def test_a_chain_that_is_broken_is_refused_though_the_log_signed_it(exported: tuple[Path, str]) -> None:
    """Whoever holds the log's key takes an entry out, or puts one in again, and signs that."""
    key = SigningKey.generate("example.org/log")
    lines = files(exported)["entries.jsonl"].splitlines()
    first = next(number for number, line in enumerate(lines) if b'"trail":"assignment:1"' in line)
    for bodies in ([*lines[:first], *lines[first + 1 :]], [*lines, lines[first]]):
        text = Checkpoint(key.name, len(bodies), root(map(digest, bodies))).text
        told = {
            "checkpoint": Note(text, (key.sign(text),)).data,
            "entries.jsonl": b"".join(body + b"\n" for body in bodies),
            "disclosures.jsonl": b"",
        }
        assert refused(fitting(told), str(key.verifier)) == "chain"


def test_before_anything_is_sealed_there_is_nothing_to_export(world: World, tmp_path: Path) -> None:
    with world.installation.read() as office, pytest.raises(LogNotBegunError):
        export(office, tmp_path / "export.zip")
