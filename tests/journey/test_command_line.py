"""The whole path as its users walk it: the command line, a process for each call, on both databases."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.database import Database
from tests.sentences import ROOT

SAMPLE = ROOT / "desk" / "sample"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    """Run `poruchenie …`; `code` is the exit code expected."""
    environment = os.environ | {
        "PORUCHENIE_HOME": str(tmp_path),
        "PORUCHENIE_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "PORUCHENIE_LANGUAGE": "en",
    }

    def call(*words: object, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "desk", *map(str, words)],
            capture_output=True,
            text=True,
            env=environment | more,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return call


def told(done: subprocess.CompletedProcess[str]) -> Any:
    """The one JSON document on stdout."""
    return json.loads(done.stdout)


def test_from_an_empty_database_to_a_proven_trail(run: Run, database: Database, tmp_path: Path) -> None:
    begun = run("init", "--test-clock").stdout
    assert re.findall(r"Password of “(\w+)”, to be set once by .+: http://127.0.0.1:8000/invitations/\S+", begun) == [
        "admin",
        "controller",
    ]
    run("--now", "2020-06-01T09:00+03:00", "roster", "import", SAMPLE / "roster.csv", "--by", "controller")
    run("user", "add", "clerk", "--role", "registrar", "--by", "admin")
    run("user", "add", "reviewer", "--role", "reviewer", "--by", "controller")

    registration = ("register", SAMPLE / "protocol.txt", "--yes", "--by", "clerk", "--json")
    made = run("--now", "2020-06-01T16:30+03:00", *registration)
    assert told(made) == {"protocol": 1, "items": 8, "assignments": 216, "doubts": []}
    one = told(run("assignments", "--item", "1.3", "--json"))[0]
    assert one.keys() >= {
        "id", "protocol", "item", "addressee", "state", "version", "due", "overdue", "due_explained", "run_url",
    }  # fmt: skip
    assert (one["state"], one["version"], one["due"], one["overdue"]) == ("assigned", 1, "2020-06-30T21:00:00Z", False)
    run("user", "add", "office", "--role", "executor", "--organisation", one["addressee"], "--by", "admin")

    report = tmp_path / "report.txt"
    report.write_text("Plan")
    number = one["id"]
    run("--now", "2020-06-10T10:00+03:00", "act", number, "submit", "--by", "office", "--file", report)
    run("act", number, "return", "--by", "reviewer", "--note", "No dates in the plan")
    run("act", number, "submit", "--by", "office", "--note", "With dates", "--version", "3")
    stale = run("act", number, "comment", "--by", "office", "--note", "Late", "--version", "3", code=1)
    assert "you saw version 3, now it is version 4" in stale.stderr
    run("act", number, "review", "--by", "reviewer", "--note", "Complete")
    done = told(run("act", number, "accept", "--json", PORUCHENIE_LOGIN="controller"))
    assert (done["state"], done["version"]) == ("accepted", 6)

    late = run("--now", "2020-07-10T09:00+03:00", "sweep", "--json")
    assert told(late)["escalated"] == 215 * 4
    again = told(run("sweep", "--json"))
    assert (again["reminded"], again["escalated"], again["messages"]) == (0, 0, 0)
    assert len(told(run("assignments", "--overdue", "--json"))) == 215

    trail = told(run("audit", "trail", f"assignment:{number}", "--json"))
    assert [entry["action"] for entry in trail] == ["assign", "submit", "return", "submit", "review", "accept"]
    assert trail[1]["files"][0]["name"] == "report.txt"
    assert trail[0].keys() >= {
        "seq", "at", "action", "from", "to", "actor", "role", "channel", "note", "files", "hash",
    }  # fmt: skip
    whole = told(run("audit", "verify", "--json"))
    assert (whole["ok"], whole["faults"]) == (True, [])

    _change_one_byte(database, number)
    broken = told(run("audit", "verify", "--json", code=1))
    assert not broken["ok"]
    assert {(fault["trail"], fault["seq"]) for fault in broken["faults"]} >= {(f"assignment:{number}", 5)}


def _change_one_byte(database: Database, number: int) -> None:
    """As a database administrator would: away with the trigger, then the change."""
    drop = "DROP TRIGGER entries_unchanged" + (" ON entries" if database.engine.dialect.name == "postgresql" else "")
    with database.writer.begin() as connection:
        connection.exec_driver_sql(drop)
        body = connection.exec_driver_sql(
            f"SELECT body FROM entries WHERE trail = 'assignment:{number}' AND seq = 5"
        ).scalar_one()
        changed = bytes(body).replace(b'"role":"reviewer"', b'"role":"revjewer"').hex()
        value = f"X'{changed}'" if database.engine.dialect.name == "sqlite" else f"'\\x{changed}'::bytea"
        connection.exec_driver_sql(f"UPDATE entries SET body = {value} WHERE trail = 'assignment:{number}' AND seq = 5")


def test_usage_is_wrong_with_exit_2_and_a_refusal_is_exit_1(run: Run) -> None:
    assert "init" in run("protocols", code=1).stderr
    run("init")
    run("frobnicate", code=2)
    run("register", SAMPLE / "protocol.txt", "--by", "controller", code=2)  # no terminal, no --yes
    run("act", "1", "submit", code=2)  # no --by
    run("--now", "yesterday", "protocols", code=2)
    run("act", "1", "submit", "--by", "controller", "--due", "soon", code=2)
    fixed = run("--now", "2030-01-01T00:00", "roster", "import", SAMPLE / "roster.csv", "--by", "controller", code=1)
    assert "clock of this database can't be set" in fixed.stderr
    again = run("init", code=1)
    assert "was initialised before" in again.stderr
    missing = run("read", "nowhere.txt", code=1)
    assert "nowhere.txt" in missing.stderr
    unknown = run("act", "1", "submit", "--by", "ghost", "--note", "x", code=1)
    assert "no open account" in unknown.stderr


def test_reading_writes_nothing_and_prints_the_contract(run: Run, tmp_path: Path) -> None:
    draft = told(run("read", SAMPLE / "protocol.txt", "--json"))
    assert draft.keys() >= {"number", "date", "title", "place", "body", "signatory", "items", "doubts"}
    assert [item["number"] for item in draft["items"]] == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2"]
    assert draft["items"][0].keys() >= {
        "number", "text", "addressees", "co_executors", "modality", "deadline", "contacts", "form_columns", "span",
        "doubts",
    }  # fmt: skip
    assert not (tmp_path / "evidence").exists()


def test_doctor_says_what_is_amiss(run: Run, tmp_path: Path) -> None:
    empty = told(run("doctor", "--json", code=1))
    assert [(finding["ok"], finding["name"]) for finding in empty] == [(False, "Database")]
    run("init", "--test-clock")
    run("sweep")
    assert all(finding["ok"] for finding in told(run("doctor", "--json")))
    (tmp_path / "evidence").rename(tmp_path / "elsewhere")
    amiss = [finding["name"] for finding in told(run("doctor", "--json", code=1)) if not finding["ok"]]
    assert amiss == ["Evidence"]


def test_the_log_is_sealed_and_its_keys_are_changed(run: Run) -> None:
    run("init", "--test-clock")
    begun = int(run("audit", "seal").stdout.split(" entries")[0].split()[-1])
    assert run("audit", "seal").stdout == "Nothing waits to be sealed.\n"
    key = next(line for line in run("doctor", code=1).stdout.splitlines() if "Verifier key" in line).split()[-1]
    assert run("audit", "rotate", "--basis", "Order 7", "--by", "admin").stdout.splitlines()[0] == key
    run("audit", "seal")
    in_use, pinned = run("audit", "rotate", "--retire", key, "--basis", "Order 8", "--by", "admin").stdout.split(
        "\n", 1
    )
    assert key not in in_use
    assert f'retired = ["{key}"]' in pinned
    assert f"holds {begun + 2} entries" in run("audit", "seal").stdout
    assert f"The log holds: {begun + 2} entries" in run("audit", "verify").stdout


def test_a_receipt_is_taken_away_and_verified_without_us(run: Run, tmp_path: Path) -> None:
    run("init", "--test-clock")
    file = tmp_path / "receipt.tlog-proof"
    run("audit", "seal")
    assert "has no entry 1" in run("audit", "receipt", "17", "-o", file, code=1).stderr
    said = run("audit", "receipt", "account:1", "-o", file, "--paper", tmp_path / "receipt.html").stdout
    key = said.split("--key ")[1].strip()
    run("audit", "verifier", "-o", tmp_path / "stick")
    alone = [sys.executable, "-I", str(tmp_path / "stick" / "verifier.py"), str(file), "--key", key, "--lang", "en"]
    done = subprocess.run(alone, capture_output=True, text=True, check=True)
    assert "The whole history of “account 1” from its first entry to entry 1" in done.stdout
    assert (tmp_path / "stick" / "verifier.html").exists()
    assert "can't be written" in run("audit", "receipt", "account:1", "-o", "/dev/null/x", code=1).stderr


def test_a_witness_without_a_network_cosigns_what_is_carried_to_it(run: Run, tmp_path: Path) -> None:
    run("init", "--test-clock")
    run("audit", "seal")
    shutil.copy(tmp_path / "tiles" / "checkpoint", tmp_path / "kept")
    log = told(run("audit", "trail", "log:1", "--json"))[0]["facts"]["set"]["keys"][0]
    laptop, asked, answer = (tmp_path / name for name in ("laptop", "request", "answer"))
    key = run("witness", "key", "--folder", laptop, "--name", "witness.example").stdout.strip()
    policy = tmp_path / "witnesses"
    policy.write_text(f"witness prosecutor {key}\nquorum prosecutor\n")
    here = {"PORUCHENIE_WITNESSES": str(policy)}
    run("audit", "ask", "prosecutor", "-o", asked, "--old", "1", **here)
    assert asked.read_bytes().startswith(b"old 1\n")
    assert "-o" in run("audit", "ask", "prosecutor", "--old", "1", code=2, **here).stderr
    run("audit", "ask", "prosecutor", "-o", asked, **here)
    run("witness", "cosign", asked, "--folder", laptop, "--log", log, "-o", answer)
    size = int((tmp_path / "kept").read_text().splitlines()[1])
    assert f"has cosigned {size} entries" in run("audit", "accept", "prosecutor", asked, answer, **here).stdout
    assert told(run("audit", "witnesses", "--json", **here))[0]["size"] == size
    run("user", "add", "clerk", "--role", "registrar", "--by", "admin")
    run("audit", "seal")
    assert f"today's {size + 1} entries extend the {size}" in run("audit", "consistency", tmp_path / "kept").stdout
    again = run("witness", "cosign", asked, "--folder", tmp_path / "other", "--log", log, "-o", answer, code=2)
    assert "witness key" in again.stderr
    assert "not a key" in run("witness", "cosign", asked, "--folder", laptop, "--log", "x", "-o", answer, code=2).stderr
    assert "not a signed text" in run("audit", "consistency", asked.parent / "witnesses", code=1).stderr


def test_an_evidence_file_is_taken_out_whole_or_refused(run: Run, tmp_path: Path) -> None:
    run("init", "--test-clock")
    data = b"report"
    digest = hashlib.sha256(data).hexdigest()
    out, kept = tmp_path / "out.pdf", tmp_path / "evidence" / digest[:2] / digest
    kept.parent.mkdir()
    kept.write_bytes(data)
    run("evidence", digest, "-o", out)
    assert out.read_bytes() == data
    kept.write_bytes(b"forged")
    for sha256 in (digest, "0" * 64, "../poruchenie.db"):
        assert "is missing or damaged" in run("evidence", sha256, "-o", tmp_path / "other.pdf", code=1).stderr
    assert not (tmp_path / "other.pdf").exists()


def test_help_is_russian_by_default_and_english_on_request(run: Run) -> None:
    assert "Карточки исполнения" in run("--help", PORUCHENIE_LANGUAGE="ru").stdout
    assert "Assignments: one for each item" in run("--help").stdout
    assert "PORUCHENIE_LANGUAGE — «de»" in run("protocols", PORUCHENIE_LANGUAGE="de", code=1).stderr
