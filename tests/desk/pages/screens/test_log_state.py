"""The control officer's pages of the log: its state, one sealed entry with its proof, receipts to take away."""

import io
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from audit.merkle.signed_notes import COSIGNATURE, SigningKey
from audit.offline_verifier import key_of, verify_export, verify_receipt
from commands.log.sealing import keys_of, store_of
from desk.request.grants import GRANTS
from states.lifecycle import Role
from tests.desk.town import LETTER, Town
from tests.sentences import ROOT
from tests.witnesses import adopt, cosign


def test_before_the_log_has_begun_the_page_says_so(town: Town) -> None:
    page = town.reader().text("/log?lang=en")
    assert "The log needs attention." in page
    assert "has not begun yet" in page


def test_a_log_in_order_is_green_with_its_key_and_checkpoint(town: Town) -> None:
    size = town.seal()
    page = town.reader().text("/log?lang=en")
    assert "The log is sealed and goes on." in page
    assert f"{size} of " in page
    with town.at().read() as tx:
        assert str(keys_of(tx.session)[0]) in page
    assert "No witness is named" in page


def watched(town: Town, quorum: str = "prosecutor") -> Town:
    """A sealed log whose policy names two witnesses, of which one has cosigned."""
    town.seal()
    own, other = (SigningKey.generate(f"{name}.example", COSIGNATURE) for name in ("prosecutor", "archive"))
    file = town.settings.home / "witnesses"
    named = f"witness prosecutor {own.verifier}\nwitness archive {other.verifier}\nquorum {quorum}\n"
    file.write_text(named, "utf-8")
    settings = replace(town.settings, seal=replace(town.settings.seal, witness_policy=file))
    watching = replace(town, settings=settings)
    cosign(watching.at(), "prosecutor", own)
    return watching


def test_who_has_witnessed_what_is_shown(town: Town) -> None:
    with_witnesses = watched(town)
    size = town.seal()
    page = with_witnesses.reader().text("/log?lang=en")
    assert f'<tr><th scope="row">prosecutor</th><td>{size}</td><td><time datetime="2020-06-01T08:26:40+00:00">' in page
    assert '<tr><th scope="row">archive</th><td>0</td><td>has cosigned nothing yet</td></tr>' in page


def test_too_few_witnesses_are_red_and_enough_are_green(town: Town) -> None:
    watching = watched(town, "archive")
    reader = watching.reader()
    page = reader.text("/log?lang=en")
    assert "The log needs attention." in page
    assert "the witnesses that the policy demands have cosigned only 0" in page
    file = town.settings.home / "witnesses"
    file.write_text(file.read_text("utf-8").replace("quorum archive", "quorum prosecutor"), "utf-8")
    assert "is not the one that was adopted" in reader.text("/log?lang=en")
    adopt(watching.at())
    assert "The log is sealed and goes on." in reader.text("/log?lang=en")


def test_a_policy_of_witnesses_that_can_not_be_read_is_red(town: Town) -> None:
    with_witnesses = watched(town)
    (town.settings.home / "witnesses").write_text("nonsense\n", "utf-8")
    page = with_witnesses.reader().text("/log?lang=en")
    assert "The log needs attention." in page


def test_a_checkpoint_that_was_changed_is_red(town: Town) -> None:
    town.seal()
    file = store_of(town.settings).folder / "checkpoint"
    file.write_bytes(file.read_bytes().replace(b"\n", b"x\n", 1))
    page = town.reader().text("/log?lang=en")
    assert "The log needs attention." in page
    assert "no key of a log of that name is trusted here" in page
    assert "(—)" not in page
    assert "poruchenie audit verify" in page


def test_an_entry_is_shown_by_its_place_with_proof_and_neighbours(town: Town) -> None:
    size = town.seal()
    reader = town.reader()
    page = reader.text("/log/entries/1?lang=en")
    assert f"lead to the signed root over {size} entries" in page
    assert 'href="/log/entries/0"' in page
    assert 'href="/log/entries/2"' in page
    assert reader.ask(f"/log/entries/{size}?lang=en").status_code == 404
    assert reader.ask(f"/log/entries/{10**30}").status_code == 404


def test_a_changed_file_is_not_proven(town: Town) -> None:
    town.seal()
    bundles = [each for each in (store_of(town.settings).folder / "tile" / "entries").rglob("*") if each.is_file()]
    file = next((each for each in bundles if each.name == "000"), bundles[0])
    file.write_bytes(file.read_bytes().replace(b'"actor":1', b'"actor":9'))
    assert "NOT PROVEN" in town.reader().text("/log/entries/0?lang=en")


@pytest.mark.journey
def test_a_receipt_is_downloaded_and_verified_without_us(town: Town) -> None:
    town.seal()
    reader = town.reader()
    assert 'href="/receipts/assignment:1"' in reader.text("/assignments/1")
    answer = reader.ask("/receipts/assignment:1")
    assert answer.headers["content-disposition"] == 'attachment; filename="assignment-1-1.tlog-proof"'
    with town.at().read() as tx:
        told = verify_receipt(answer.content, [key_of(str(keys_of(tx.session)[0]))])
    assert told["trail"] == "assignment:1"
    assert "has no entry 99" in reader.ask("/receipts/assignment:1?entry=99&lang=en").text


@pytest.mark.parametrize("page", ["/assignments/1/receipts/2", "/trails/assignment:1", "/log/entries/0"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_receipt_verifier_and_key_are_offered_together(town: Town, page: str, language: str) -> None:
    town.act("2020-06-02T10:00", "clerk", 1, "submit", "Отчёт.", (LETTER,))
    town.seal()
    reader = town.reader()
    text = reader.text(f"{page}?lang={language}")
    offered = re.findall(r'href="(/(?:receipts|verifier)/[^"]+)" download', text)
    subject = (
        "assignment:1" if "assignment" in page else next(each for each in offered if "?" in each)[10:].split("?")[0]
    )
    entry = {"/assignments/1/receipts/2": "?entry=2", "/log/entries/0": "?entry=1"}.get(page, "")
    assert offered == [
        f"/receipts/{subject}{entry}", "/verifier/verifier.html", "/verifier/verifier.py", "/verifier/log-key.txt",
        f"/receipts/{subject}/package.zip{entry}",
    ]  # fmt: skip
    assert ("Проверить без нас" in text) == (language == "ru")
    for address in offered:
        answer = reader.ask(f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert answer.status_code == 200, address
        assert answer.headers["content-disposition"].startswith("attachment; "), address
        assert answer.headers["content-type"] != "text/html", address


def test_what_the_package_holds_is_verified_by_it_alone(town: Town, tmp_path: Path) -> None:
    town.act("2020-06-02T10:00", "clerk", 1, "submit", "Отчёт.", (LETTER,))
    town.seal()
    answer = town.reader().ask("/receipts/assignment:1/package.zip?entry=2&lang=ru")
    assert answer.headers["content-disposition"] == 'attachment; filename="assignment-1-2.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "Сверьте ключ с тем, что получили другим путём" in archive.read("README.txt").decode()
        archive.extractall(tmp_path)
    key = (tmp_path / "log-key.txt").read_text("utf-8").splitlines()[-1]
    told = [sys.executable, "-I", "verifier.py", "assignment-1-2.tlog-proof", "--key", key]
    done = subprocess.run(told, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.startswith("ДОКАЗАНО.")
    assert (tmp_path / "verifier.html").read_bytes() == (ROOT / "audit" / "offline_verifier.html").read_bytes()


def test_before_the_log_has_begun_there_is_no_key_to_take_away(town: Town) -> None:
    answer = town.reader().ask("/verifier/log-key.txt?lang=en")
    assert "has not begun yet" in answer.text
    assert town.reader().ask("/verifier/nothing").status_code in (404, 422)


def test_where_no_key_is_at_hand_the_page_says_that_nobody_vouches_for_the_tables(town: Town) -> None:
    town.seal()
    assert "signs the export, tables included" in town.reader().text("/log?lang=en")
    elsewhere = replace(town.settings.seal, signer=town.settings.home / "nowhere")
    reader = replace(town, settings=replace(town.settings, seal=elsewhere)).reader()
    assert "are not vouched for" in reader.text("/log?lang=en")
    with town.at().read() as tx:
        keys = [key_of(str(keys_of(tx.session)[0]))]
    assert verify_export(io.BytesIO(reader.ask("/log/export").content), keys)["tables"] is False


def test_the_whole_log_or_some_days_of_it_are_taken_away_and_verified_without_us(town: Town) -> None:
    size = town.seal()
    reader = town.reader()
    assert 'action="/log/export"' in reader.text("/log")
    answer = reader.ask("/log/export?since=&until=")
    assert answer.headers["content-disposition"] == f'attachment; filename="log-0-{size}.zip"'
    with town.at().read() as tx:
        keys = [key_of(str(keys_of(tx.session)[0]))]
    assert verify_export(io.BytesIO(answer.content), keys)["size"] == size
    some = verify_export(io.BytesIO(reader.ask("/log/export?until=2020-06-01").content), keys)
    assert some["texts"] > 0
    assert "No sealed entry is from the days" in reader.ask("/log/export?until=1999-01-01&lang=en").text
    assert reader.ask("/log/export?until=tomorrow").status_code == 422
    assert town.reader(login="admin").ask("/log/export").status_code == 403


def test_what_is_not_sealed_yet_has_no_receipt_and_a_page_says_so(town: Town) -> None:
    reader = town.reader()
    assert "has not begun yet" in reader.ask("/receipts/assignment:1?lang=en").text
    town.seal()
    town.act("2020-06-02T10:00", "clerk", 1, "submit", "Отчёт.", (LETTER,))
    receipt = "/receipts/assignment:1?entry=2"
    assert f'href="{receipt}"' in reader.text("/assignments/1/receipts/2")
    answer = reader.ask(f"{receipt}&lang=en")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "is not sealed yet" in answer.text
    town.seal()
    assert reader.ask(receipt).status_code == 200


def test_an_executor_gets_receipts_of_his_own_only(town: Town) -> None:
    town.seal()
    own, foreign = town.line("1.1", 0), town.line("1.1", 1)
    town.account("office", Role.EXECUTOR, own.addressee)
    town.seal()
    reader = town.reader(login="office")
    assert reader.ask(f"/receipts/assignment:{own.id}").status_code == 200
    assert reader.ask(f"/receipts/assignment:{foreign.id}").status_code == 404
    assert reader.ask("/receipts/policy:1").status_code == 403
    assert Role.EXECUTOR not in GRANTS["GET /log"]
