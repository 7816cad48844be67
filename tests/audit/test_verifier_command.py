"""The verifier of the command line says what was verified in words of a court, and never loses its countenance."""

import ast
import json
import os
import random
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from audit import offline_verifier as verifier
from audit.merkle.signed_notes import encoded
from audit.trails.canonical_json import canonical
from tests.audit import forging
from tests.audit.mutating import json_mutant, line_mutant, zip_mutant
from tests.sentences import ROOT

KEY = str(forging.KEY.verifier)
SCRIPT = ROOT / "audit" / "offline_verifier.py"
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def asked(*words: object, zone: str = "Europe/Moscow") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, words), "--key", KEY]
    return subprocess.run(command, capture_output=True, text=True, env={"PATH": "", "TZ": zone}, check=False)


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    file = tmp_path / "receipt.tlog-proof"
    file.write_bytes(forging.receipt(forging.history()))
    return file


def with_texts(texts: dict[str, str], **more: Any) -> bytes:
    bodies = forging.history(texts=texts, **more)
    told: Any = {"receipt": 1, "entries": list(map(encoded, bodies)), "disclosed": forging.shown(texts)}
    return forging.receipt(bodies, canonical(told))


def test_it_says_what_and_when_in_the_language_asked(receipt: Path) -> None:
    russian = asked(receipt).stdout
    assert russian.startswith("ДОКАЗАНО.\nФайл: «receipt.tlog-proof»\nSHA-256: ")
    assert "3. 03.06.2020 13:00:00 UTC+03:00 (03.06.2020 10:00:00 UTC)" in russian
    assert "Что: Отчёт представлен (Назначено → Представлено)" in russian
    assert "Кто: исполнитель, учётная запись 3" in russian
    english = asked(receipt, "--lang", "en", zone="America/St_Johns").stdout
    assert "3. 2020-06-03 07:30:00 UTC-02:30 (2020-06-03 10:00:00 UTC)" in english
    assert "Report submitted (assigned → submitted)" in english
    main = english.partition("Details for a specialist")[0]
    assert not re.search("leaf|root|hash|Merkle", main)


LIE = "ДОКАЗАНО.\n  9. 01.01.2020\r\x1b[2J\u202e\u2066\u200b\u2028\x85ПРИНЯТО"


@pytest.mark.parametrize("place", ["note", "file", "action", "role", "to", "from", "trail", "field"])
def test_no_text_draws_a_line_or_obeys_nobody(tmp_path: Path, place: str) -> None:
    more: dict[str, Any] = {place: LIE} if place in ("action", "role", "to", "from") else {}
    texts = {"note": LIE if place == "note" else "x"}
    if place == "file":
        texts["files"] = canonical([{"name": LIE, "sha256": LIE, "size": 1}]).decode()
    data = with_texts(texts, **more)
    if place in ("trail", "field"):
        name = "PROVEN.\nACCEPTED"
        changes: dict[str, Any] = (
            {"trail": LIE} if place == "trail" else {"fields": {name: forging.committed(name, LIE)}}
        )
        body = canonical(forging.content(1) | changes)
        shown: Any = [{"seq": 1, "field": name, "value": LIE, "salt": forging.SALT.hex()}] if place == "field" else []
        data = forging.receipt([body], canonical({"receipt": 1, "entries": [encoded(body)], "disclosed": shown}))
    file = tmp_path / "receipt"
    file.write_bytes(data)
    done = asked(file)
    assert done.returncode == 0, done.stderr
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]", done.stdout)
    assert [line for line in done.stdout.split("\n") if re.match(r"\W*(ДОКАЗАНО|ПРИНЯТО|PROVEN|ACCEPTED)", line)] == [
        "ДОКАЗАНО."
    ]
    assert len(re.findall(r"^ +[0-9]+\. ", done.stdout, re.MULTILINE)) == (1 if place in ("trail", "field") else 3)
    assert "⟨U+000A⟩" in done.stdout


def test_a_long_text_is_bounded_unless_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "receipt"
    file.write_bytes(with_texts({"note": "й" * 1000}))
    assert "й" * 600 + "» [… ещё знаков: 400]" in asked(file).stdout
    assert "й" * 1000 + "»\n" in asked(file, "--full").stdout


def test_a_document_is_compared_with_what_entries_name(receipt: Path, tmp_path: Path) -> None:
    letter = tmp_path / "scan.pdf"
    letter.write_bytes(forging.LETTER)
    done = asked(receipt, "--document", letter).stdout
    assert f"Документ: «scan.pdf»\nSHA-256: {forging.LETTER_HASH}" in done
    assert "файл записи № 3 истории «карточка исполнения № 7», «letter.pdf»" in done
    told = json.loads(asked(receipt, "--document", letter, "--json").stdout)
    assert told["document"]["named"] == [{"trail": "assignment:7", "seq": 3, "name": "letter.pdf"}]
    export = tmp_path / "export.zip"
    export.write_bytes(forging.exported(forging.history()))
    assert json.loads(asked(export, "--document", letter, "--json").stdout)["document"] == told["document"]
    letter.write_bytes(b"another")
    assert "не совпадает ни с одним файлом" in asked(receipt, "--document", letter).stdout
    assert asked(receipt, "--document", tmp_path / "nowhere").returncode == 1


def test_a_protocols_source_is_found_too(tmp_path: Path) -> None:
    body = canonical(forging.content(1, trail="protocol:4", facts={"set": {"source_hash": forging.LETTER_HASH}}))
    extra: Any = {"receipt": 1, "entries": [encoded(body)], "disclosed": []}
    file, letter = tmp_path / "receipt", tmp_path / "protocol.docx"
    file.write_bytes(forging.receipt([body], canonical(extra)))
    letter.write_bytes(forging.LETTER)
    assert "исходный документ, запись № 1 истории «протокол № 4»" in asked(file, "--document", letter).stdout


def test_an_act_of_verification_is_a_text_to_be_signed(
    receipt: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Moscow")
    assert verifier.main([str(receipt), "--key", KEY, "--act", "--by", "Иванова И. И.\u202e"], NOW) == 0
    act = capsys.readouterr().out
    assert act.startswith("АКТ ПРОВЕРКИ\n")
    for part in ("Иванова И. И.⟨U+202E⟩", "01.03.2026 09:00:00 UTC", "Отпечаток", "Вывод: ДОКАЗАНО.", "Подпись"):
        assert part in act
    assert f"Ключ проверки: «{forging.KEY.name}+{forging.KEY.verifier.key_id.hex()}»" in act
    receipt.write_bytes(b"x")
    assert verifier.main([str(receipt), "--key", KEY, "--act"], NOW) == 1
    assert "Вывод: НЕ ДОКАЗАНО." in capsys.readouterr().out


ODD_FILES = [
    b"",
    b"PK\3\4",
    b"PK\3\4" + b"\xff" * 100,
    b"old 1\n\n",
    b"c2sp.org/tlog-proof@v1\n\n\n",
    b"\xff" * 9000,
    b"{}",
]


def test_no_file_whatever_makes_it_throw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fate = random.Random(3229)
    whole, export = forging.receipt(forging.history()), forging.exported(forging.history())
    mutants = [*ODD_FILES, whole, export]
    for _ in range(150 if "PORUCHENIE_TORTURE" in os.environ else 40):
        *before, last = forging.history()
        mutants += [
            line_mutant(whole, fate),
            zip_mutant(export, fate),
            forging.receipt([*before, json_mutant(last, fate)]),
        ]
    file = tmp_path / "x"
    for data in mutants:
        file.write_bytes(data)
        code = verifier.main(["x", "--key", KEY, *fate.choice([["--json"], ["--act"], ["--lang", "en"], []])], NOW)
        said = capsys.readouterr()
        assert code in (0, 1)
        assert "Traceback" not in said.err
        assert "прервалась" not in said.out + said.err
        assert (code == 0) != bool(re.search('НЕ ДОКАЗАНО|NOT PROVEN|"ok": false', said.out + said.err))


def test_a_fault_that_nobody_expected_is_said_in_a_sentence(
    receipt: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(verifier, "verify", broken)
    assert verifier.main([str(receipt), "--key", KEY], NOW) == 1
    assert capsys.readouterr().err.startswith("НЕ ДОКАЗАНО.")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in (tmp_path / "pipe", tmp_path, "/dev/zero", tmp_path / "nowhere"):
        done = asked(name)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Файл не читается" in done.stderr


def test_where_nobody_reads_nothing_is_proven_and_nothing_is_thrown(receipt: Path) -> None:
    for stream, code in (("/dev/full", 1), ("/dev/null", 0)):
        with Path(stream).open("w") as output:
            command = [sys.executable, "-I", str(SCRIPT), str(receipt), "--key", KEY]
            done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, check=False)
        assert (done.returncode, done.stderr) == (code, b"")


def test_it_is_written_in_the_python_that_it_promises() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 9))
