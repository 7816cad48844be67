"""The whole log leaves in one file; the offline verifier takes it, and refuses it after any change."""

import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from audit.merkle.checkpoints import Checkpoint
from audit.merkle.signed_notes import Note, SigningKey
from audit.merkle.signer import OpenKeyError
from audit.merkle.tree import root
from audit.offline_verifier import Refused, key_of, verify_export
from audit.trails.canonical_json import canonical
from audit.trails.entries import digest
from commands.context.actors import actor_for_login
from commands.log.export import NothingToExportError, export, extent, voucher
from commands.log.key_rotation import rotate, settle
from commands.log.sealing import LogNotBegunError, keys_of
from tests.audit.forging import packed, unsigned
from tests.world import World


@pytest.fixture
def exported(world: World, tmp_path: Path) -> tuple[Path, str]:
    """The file and the log's key."""
    world.register()
    world.act("a", 1, "submit", note="Сделано")
    world.act("reviewer", 1, "return", note="Нет дат")
    world.seal()
    with world.installation.read() as tx:
        (tmp_path / "export.zip").write_bytes(b"".join(export(tx, extent(tx))))
        return tmp_path / "export.zip", str(keys_of(tx.session)[0])


def files(exported: tuple[Path, str]) -> dict[str, bytes]:
    with zipfile.ZipFile(exported[0]) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refused(told: dict[str, bytes], key: str) -> str:
    with pytest.raises(Refused) as raised:
        verify_export(io.BytesIO(packed(told)), [key_of(key)])
    return str(raised.value)


def test_the_verifier_takes_the_whole_log(exported: tuple[Path, str]) -> None:
    with exported[0].open("rb") as file:
        told = verify_export(file, [key_of(exported[1])])
    lines = files(exported)["entries.jsonl"].splitlines()
    assert told["size"] == len(lines)
    assert told["trails"] == len({json.loads(line)["trail"] for line in lines})
    assert told["texts"] == len(files(exported)["disclosures.jsonl"].splitlines())


def test_the_same_log_makes_the_same_bytes_but_for_the_workbook(exported: tuple[Path, str], world: World) -> None:
    again = exported[0].with_name("again.zip")
    with world.installation.read() as tx:
        again.write_bytes(b"".join(export(tx, extent(tx))))
    one, other = files(exported), files((again, ""))
    assert all(one[name] == other[name] for name in one if name not in ("entries.xlsx", "manifest"))


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
    without = {name: data for name, data in told.items() if not name.startswith(("checkpoint", "manifest"))}
    assert refused(unsigned(without), key) == "manifest"
    assert refused(unsigned(told | {"entries.jsonl": b"".join(lines[:-1])}), key) in ("proof", "disclosed")
    assert refused(unsigned(told | {"entries.jsonl": b"".join([*lines[:3], *lines[4:]])}), key) in (
        "chain",
        "disclosed",
    )
    forged = lines[0].replace(b'"actor":1', b'"actor":9')
    assert refused(unsigned(told | {"entries.jsonl": b"".join([forged, *lines[1:]])}), key) == "proof"
    assert (
        refused(unsigned(told | {"disclosures.jsonl": b"".join(texts).replace("Сделано".encode(), b"x")}), key)
        == "disclosed"
    )
    assert refused(unsigned(told | {"entries.jsonl": b"nonsense\n"}), key) == "entry"
    assert refused(unsigned(told | {"checkpoint": told["checkpoint"][:-5]}), key) == "form"
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
        assert refused(unsigned(told), str(key.verifier)) == "chain"


def test_before_anything_is_sealed_there_is_nothing_to_export(world: World) -> None:
    with world.installation.read() as tx, pytest.raises(LogNotBegunError):
        extent(tx)


def stretched(world: World, since: date | None, until: date | None, folder: Path) -> tuple[Path, str]:
    """An export of some days, and the log's key."""
    with world.installation.read() as tx:
        (folder / "part.zip").write_bytes(b"".join(export(tx, extent(tx, since, until))))
        return folder / "part.zip", str(keys_of(tx.session)[0])


@pytest.fixture
def weeks(world: World) -> World:
    """A log over three weeks."""
    world.register()
    for day in ("02", "09", "16"):
        for number in (1, 2, 3):
            world.at(f"2020-06-{day} 10:00").act("controller", number, "comment", note=f"June {day}")
    world.seal()
    return world


def test_some_days_alone_are_proven_with_their_places(weeks: World, tmp_path: Path) -> None:
    part = stretched(weeks, date(2020, 6, 9), date(2020, 6, 9), tmp_path)
    with part[0].open("rb") as file:
        told = verify_export(file, [key_of(part[1])])
    assert told["last"] - told["first"] == 2
    assert told["trails"] == 3
    names = {json.loads(line)["at"][:10] for line in files(part)["entries.jsonl"].splitlines()}
    assert names == {"2020-06-09"}


def test_a_part_that_was_changed_or_moved_is_refused(weeks: World, tmp_path: Path) -> None:
    part = stretched(weeks, date(2020, 6, 9), date(2020, 6, 9), tmp_path)
    told, key = files(part), part[1]
    lines, (head, *hashes) = told["entries.jsonl"].splitlines(keepends=True), told["around"].splitlines(keepends=True)
    _, first, last = head.decode().split()
    moved = f"places {int(first) - 1} {int(last) - 1}\n".encode()
    assert refused(unsigned(told | {"entries.jsonl": b"".join(lines[:-1])}), key) in ("proof", "disclosed")
    assert refused(unsigned(told | {"entries.jsonl": b"".join(reversed(lines))}), key) in ("proof", "disclosed")
    assert refused(unsigned(told | {"around": b"".join([moved, *hashes])}), key) in ("proof", "disclosed", "form")
    assert refused(unsigned(told | {"around": b"".join([head, *hashes[1:]])}), key) == "form"
    assert refused(unsigned(told | {"around": b"".join([head, *reversed(hashes)])}), key) == "proof"


@pytest.mark.parametrize(("since", "until"), [(None, date(2020, 6, 2)), (date(2020, 6, 16), None), (None, date.max)])
def test_any_stretch_of_days_is_proven(weeks: World, tmp_path: Path, since: date | None, until: date | None) -> None:
    part = stretched(weeks, since, until, tmp_path)
    with part[0].open("rb") as file:
        verify_export(file, [key_of(part[1])])


def test_days_without_an_entry_are_refused_in_a_sentence(weeks: World, tmp_path: Path) -> None:
    with pytest.raises(NothingToExportError, match="No sealed entry is from the days between 2020-06-03"):
        stretched(weeks, date(2020, 6, 3), date(2020, 6, 4), tmp_path)


def test_it_is_given_away_piece_by_piece(weeks: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.log.export._PIECE", 100)
    with weeks.installation.read() as tx:
        pieces = list(export(tx, extent(tx)))
    assert len(pieces) > 3
    assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None


def test_the_tables_are_vouched_for_by_the_logs_own_key(exported: tuple[Path, str]) -> None:
    told, key = files(exported), exported[1]
    assert verify_export(io.BytesIO(exported[0].read_bytes()), [key_of(key)])["tables"] is True
    for name in ("entries.csv", "entries.xlsx"):
        assert refused(told | {name: told[name] + b" "}, key) == "manifest"
    text, line = told["manifest"].decode().split("\n\n")
    assert text.startswith(f"poruchenie-export/v2 {key.partition('+')[0]}\n")
    assert refused(told | {"manifest": (text.replace("csv", "cvs") + "\n\n" + line).encode()}, key) == "manifest"
    other = json.loads(text.split("\n")[1])
    other["files"]["entries.csv"] = "0" * 64
    forged = text.split("\n")[0] + "\n" + canonical(other).decode()
    assert refused(told | {"manifest": (forged + "\n\n" + line).encode(), "entries.csv": b"x"}, key) == "manifest"


@pytest.mark.parametrize("mode", [None, 0o000])
def test_where_no_key_is_at_hand_nobody_vouches_for_the_tables_and_the_rest_is_proven(
    exported: tuple[Path, str], world: World, mode: int | None
) -> None:
    keys = world.installation.settings.seal.signer / "keys"
    keys.rename(keys.with_name("elsewhere"))
    if mode is not None:
        keys.mkdir()  # a file that can't be read, even by root
        keys.chmod(0o700)
    with world.installation.read() as tx:
        assert voucher(tx) is None
        data = b"".join(export(tx, extent(tx)))
    assert verify_export(io.BytesIO(data), [key_of(exported[1])])["tables"] is False


def test_keys_that_others_may_read_are_refused_before_the_first_byte(exported: tuple[Path, str], world: World) -> None:
    assert exported
    (world.installation.settings.seal.signer / "keys").chmod(0o644)
    with world.installation.read() as tx, pytest.raises(OpenKeyError):
        extent(tx)


def test_both_keys_sign_while_one_follows_the_other_and_a_strangers_key_does_not(
    exported: tuple[Path, str], world: World
) -> None:
    assert exported
    actor = actor_for_login
    with world.installation.write() as tx:
        in_use = rotate(tx, actor(tx, "admin", "cli"), "Order 7")
    settle(world.installation.settings, in_use)
    world.seal()
    with world.installation.read() as tx:
        data, keys = b"".join(export(tx, extent(tx))), keys_of(tx.session)
        assert len(keys) == 2
        for key in keys:
            assert verify_export(io.BytesIO(data), [key_of(str(key))])["tables"] is True
