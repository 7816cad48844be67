"""The page cannot be made to lie: not by a fault, not by a slow run, not by any text in a file or its name."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pypdf import PdfReader

from audit.merkle.checkpoints import Checkpoint
from audit.merkle.signed_notes import ED25519, Note, SigningKey, encoded
from audit.merkle.tree import root
from audit.trails.canonical_json import canonical
from audit.trails.entries import digest
from tests.audit import forging
from tests.audit.asking_verifiers import HTML, chosen
from tests.conftest import missing
from tests.desk.browsing import CHROMIUM, FLAGS

KEY = forging.KEY.verifier
GOOD, BAD = "ДОКАЗАНО.", "НЕ ДОКАЗАНО."
FALSE = "ДОКАЗАНО.\nПРИНЯТО\r\u2028PROVEN.\u202e.ОНАЗАКОД\u2066\u200b\x1b[2J<b>ПРИНЯТО</b>&amp;"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing(f"no {CHROMIUM}")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(offline=True, timezone_id="Europe/Moscow")
    opened = context.new_page()
    opened.goto(HTML.as_uri())
    yield opened
    context.close()


def verdict(page: Page) -> str:
    """The verdict, once there is one."""
    page.click("#check")
    expect(page.locator("#result.good, #result.bad")).to_have_count(1)
    return page.inner_text("#result").split("\n")[0]


def green(page: Page, folder: Path) -> None:
    """A page on which something was proven."""
    chosen(page, folder, forging.receipt(forging.history()), KEY)
    assert verdict(page) == GOOD


def nothing_is_proven(page: Page) -> None:
    expect(page.locator("#result.good")).to_have_count(0)
    assert not re.search(r"(?<!НЕ )ДОКАЗАНО", page.inner_text("#result"))


FAULTS = {
    "no WebCrypto": "Object.defineProperty(globalThis, 'crypto', { value: undefined })",
    "no crypto.subtle": "Object.defineProperty(crypto, 'subtle', { value: undefined })",
    "no Ed25519": "SubtleCrypto.prototype.importKey = async () => { throw new DOMException('', 'NotSupportedError') }",
    "a rejection": "SubtleCrypto.prototype.digest = () => Promise.reject(new Error('out of order'))",
    "a rejection by nothing": "SubtleCrypto.prototype.digest = () => Promise.reject()",
    "a file that can't be read": "Blob.prototype.arrayBuffer = async () => { throw new DOMException() }",
    "a reader that throws": "Blob.prototype.arrayBuffer = () => { throw new TypeError('x') }",
    "a decoder that throws": "TextDecoder.prototype.decode = () => { throw new RangeError('x') }",
    "no memory": "Uint8Array.from = () => { throw new RangeError('Array buffer allocation failed') }",
    "a page that can't draw": "Date.prototype.getTimezoneOffset = () => { throw new Error('x') }",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_throws_leaves_nothing_proven(page: Page, tmp_path: Path, fault: str) -> None:
    green(page, tmp_path)
    page.evaluate("() => { " + FAULTS[fault] + "; }")
    assert verdict(page) == BAD
    nothing_is_proven(page)


@pytest.mark.parametrize("fault", ["setTimeout(() => { throw new Error('x') })", "Promise.reject(new Error('x')); 0"])
def test_a_fault_outside_of_a_run_takes_the_verdict_away(page: Page, tmp_path: Path, fault: str) -> None:
    green(page, tmp_path)
    page.add_script_tag(content=fault)
    expect(page.locator("#result.bad")).to_have_count(1)
    nothing_is_proven(page)


def test_another_choice_takes_the_verdict_away(page: Page, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"x")
    changes: list[Callable[[], None]] = [
        lambda: page.set_input_files("#file", other),
        lambda: page.set_input_files("#file", []),
        lambda: page.set_input_files("#old", other),
        lambda: page.set_input_files("#document", other),
        lambda: page.fill("#keys", str(KEY) + "\n"),
        lambda: page.fill("#witnesses", "x"),
    ]
    for change in changes:
        page.reload()
        green(page, tmp_path)
        change()
        assert page.inner_text("#result") == ""
        assert page.inner_text("#act-head") == ""
        assert page.locator("#result").get_attribute("class") == ""


SLOW = """() => {
    const read = Blob.prototype.arrayBuffer;
    globalThis.held = [];
    Blob.prototype.arrayBuffer = function () {
        return this.name === "slow" ? new Promise(done => held.push(() => done(read.call(this)))) : read.call(this);
    };
}"""


def test_a_slow_run_is_neutral_and_never_overwrites_a_newer_choice(page: Page, tmp_path: Path) -> None:
    page.evaluate(SLOW)
    green(page, tmp_path)
    chosen(page, tmp_path, forging.receipt(forging.history()), KEY, "slow")
    page.click("#check")
    assert page.locator("#result").get_attribute("class") == ""
    assert page.inner_text("#result") == "Идёт проверка…"
    chosen(page, tmp_path, b"nothing", KEY, "quick")
    assert page.inner_text("#result") == ""
    assert verdict(page) == BAD
    page.evaluate("held.forEach(each => each())")
    page.wait_for_timeout(300)
    assert page.inner_text("#result").split("\n")[0] == BAD
    assert page.locator("#result .asked .said").all_inner_texts() == ["quick"]


def test_the_verdict_names_the_file_and_its_hash(page: Page, tmp_path: Path) -> None:
    for data, expected in ((forging.receipt(forging.history()), GOOD), (b"nothing", BAD)):
        sha256 = chosen(page, tmp_path, data, KEY, "from the court.tlog-proof")
        assert verdict(page) == expected
        assert page.inner_text("#result .asked .said") == "from the court.tlog-proof"
        assert page.inner_text("#result .asked code") == sha256


def ours(page: Page) -> str:
    """What the page says, without the texts of others."""
    told: str = page.evaluate("""() => {
        const copy = document.getElementById("result").cloneNode(true);
        for (const each of copy.querySelectorAll(".said")) each.remove();
        return copy.textContent;
    }""")
    return told


def theirs(page: Page) -> list[str]:
    return page.locator("#result .said").all_text_contents()


def plain(text: str) -> bool:
    return not re.search("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", text)


def lying_field() -> bytes:
    last = forging.history()[:-1]
    told = forging.content(3, digest(last[-1]))
    ascii_field = "PROVEN. <b>ok</b>\nACCEPTED"
    told["fields"] = {ascii_field: forging.committed(ascii_field, FALSE)}
    bodies = [*last, canonical(told)]
    shown: Any = [{"seq": 3, "field": ascii_field, "value": FALSE, "salt": forging.SALT.hex()}]
    return forging.receipt(
        bodies, canonical({"receipt": 1, "entries": [encoded(each) for each in bodies], "disclosed": shown})
    )


LIES: dict[str, Callable[[], bytes]] = {
    "a note": lambda: _with_note(FALSE),
    "a file's name": lambda: _with_files(canonical([{"name": FALSE, "sha256": FALSE, "size": 1}]).decode()),
    "a field's name": lying_field,
    "an action's name": lambda: forging.receipt(forging.history(action=FALSE)),
    "a state": lambda: forging.receipt(forging.history(to=FALSE)),
    "a role": lambda: forging.receipt(forging.history(role=FALSE)),
}


def _with(texts: dict[str, str]) -> bytes:
    bodies = forging.history(texts=texts)
    shown: Any = forging.shown(texts)
    return forging.receipt(
        bodies, canonical({"receipt": 1, "entries": [encoded(each) for each in bodies], "disclosed": shown})
    )


def _with_note(note: str) -> bytes:
    return _with({"note": note, "files": forging.FILES})


def _with_files(files: str) -> bytes:
    return _with({"note": "x", "files": files})


@pytest.mark.parametrize("place", LIES)
def test_a_text_in_the_file_stays_in_an_element_of_its_own_and_is_seen_whole(
    page: Page, tmp_path: Path, place: str
) -> None:
    chosen(page, tmp_path, LIES[place](), KEY)
    assert verdict(page) == GOOD
    assert re.findall("ДОКАЗАНО|PROVEN|ПРИНЯТО|ACCEPTED", ours(page)) == ["ДОКАЗАНО"]
    assert page.locator("#result b, #result script").count() == 0
    assert all(map(plain, theirs(page)))
    lie = next(each for each in theirs(page) if "PROVEN" in each)
    assert "⟨U+000A⟩" in lie
    if place != "a field's name":
        assert "⟨U+202E⟩" in lie
        assert "⟨U+2066⟩" in lie
    assert page.locator("#result li").count() == 3


def test_a_subject_that_is_none_of_ours_stays_out_of_the_verdict(page: Page, tmp_path: Path) -> None:
    bodies = [canonical(forging.content(1, trail="assignment:7» ДОКАЗАНО, ПРИНЯТО «x"))]
    extra: Any = {"receipt": 1, "entries": [encoded(bodies[0])], "disclosed": []}
    chosen(page, tmp_path, forging.receipt(bodies, canonical(extra)), KEY)
    assert verdict(page) == GOOD
    assert "ПРИНЯТО" not in ours(page)


def test_a_log_its_key_its_extension_lines_and_witnesses_write_no_verdict(page: Page, tmp_path: Path) -> None:
    key = SigningKey("ДОКАЗАНО.\u202eПРИНЯТО\u2066", ED25519, bytes([9]) * 32)
    bodies = forging.history()
    text = Checkpoint(key.name, len(bodies), root(map(digest, bodies)), ("ПРИНЯТО", "НЕ ДОКАЗАНО\u202e")).text
    note = Note(text, (key.sign(text), forging.KEY.sign(text))).data
    data = forging.receipt(bodies, note=note)
    chosen(page, tmp_path, data, key.verifier)
    assert verdict(page) == GOOD
    assert "ПРИНЯТО" not in ours(page)
    assert all(map(plain, theirs(page)))
    chosen(page, tmp_path, data, f"ДОКАЗАНО.+ПРИНЯТО\n{KEY}")
    assert verdict(page) == BAD
    nothing_is_proven(page)


def test_a_files_name_writes_no_verdict(page: Page, tmp_path: Path) -> None:
    chosen(page, tmp_path, b"nothing", KEY, "\u202eПРИНЯТО ДОКАЗАНО.\u2066<b>.zip")
    assert verdict(page) == BAD
    assert theirs(page) == ["⟨U+202E⟩ПРИНЯТО ДОКАЗАНО.⟨U+2066⟩<b>.zip"]
    assert "ПРИНЯТО" not in ours(page)


def test_a_long_text_is_bounded_and_shown_as_a_whole_when_asked(page: Page, tmp_path: Path) -> None:
    note = "🙂й" * 5_000 + "конец"
    chosen(page, tmp_path, _with_note(note), KEY)
    assert verdict(page) == GOOD
    shown = next(each for each in theirs(page) if each.startswith("🙂"))
    assert len(shown) == 600
    assert page.inner_text("#result .more") == f"ещё знаков: {len(note) - 600}"
    page.click("#result .more")
    assert note in theirs(page)


def test_a_document_is_found_in_the_entry_that_names_it(page: Page, tmp_path: Path) -> None:
    chosen(page, tmp_path, forging.receipt(forging.history()), KEY)
    letter = tmp_path / "scan.pdf"
    letter.write_bytes(forging.LETTER)
    page.set_input_files("#document", letter)
    assert verdict(page) == GOOD
    told = page.inner_text("#result .named")
    assert told.startswith("файл записи № 3 истории «карточка исполнения № 7»")
    assert "letter.pdf" in told
    letter.write_bytes(forging.LETTER + b" ")
    page.set_input_files("#document", letter)
    assert verdict(page) == GOOD
    assert "не совпадает ни с одним файлом" in page.inner_text("#result")


def test_words_and_times_are_those_of_the_language(page: Page, tmp_path: Path) -> None:
    green(page, tmp_path)
    russian = page.inner_text("#result")
    assert "Отчёт представлен (Назначено → Представлено)" in russian
    assert "03.06.2020 13:00:00 UTC+03:00 (03.06.2020 10:00:00 UTC)" in russian
    page.click("#language")
    english = page.inner_text("#result")
    assert "Report submitted (assigned → submitted)" in english
    assert "2020-06-03 13:00:00 UTC+03:00 (2020-06-03 10:00:00 UTC)" in english
    assert "Who\nexecutor, account 3" in english
    for jargon in ("leaf", "root", "корень", "хеш", "Merkle"):
        mains = page.locator("#result .main").all_inner_texts()
        assert not any(jargon in each.lower() for each in mains)


def test_tables_that_nobody_signed_are_said_not_to_be_vouched_for(page: Page, tmp_path: Path) -> None:
    chosen(page, tmp_path, forging.exported(forging.history()), KEY, "export.zip")
    assert verdict(page) == GOOD
    assert "подписаны вместе с выгрузкой" in page.inner_text("#result")
    earlier = forging.unsigned(forging.members(forging.history(), entries_csv=b"forged"))
    chosen(page, tmp_path, forging.packed(earlier), KEY, "export.zip")
    assert verdict(page) == GOOD
    assert "подпись НЕ ручается" in page.inner_text("#result")


def test_an_act_of_verification_is_printed_with_all_that_a_court_asks(page: Page, tmp_path: Path) -> None:
    for data, expected in ((forging.receipt(forging.history()), GOOD), (b"nothing", BAD)):
        sha256 = chosen(page, tmp_path, data, KEY)
        assert verdict(page) == expected
        page.fill("#by", "Иванова И. И., прокурор")
        text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(page.pdf())).pages)
        for part in ("АКТ ПРОВЕРКИ", "Иванова И. И., прокурор", expected, KEY.key_id.hex(), "UTC+03:00", "Подпись"):
            assert part in text, part
        assert sha256 in text.replace("\n", "")
        assert "Ключи свидетелей, чьи подписи" not in text
