"""A receipt on paper: one A4 page in Russian, whose QR code holds what proves it."""

import base64
import io
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from audit import offline_verifier as verifier
from commands.context.language import use
from commands.log.receipts import receipt_of
from commands.log.sealing import keys_of
from commands.trails.trail import trail
from desk.printed_receipt import code_of, paper
from tests.conftest import missing
from tests.desk.browsing import CHROMIUM, FLAGS
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def printed(world: World, number: int) -> tuple[str, str, list[str]]:
    """The page, what its QR code says, and the log's keys."""
    world.seal()
    with world.installation.read() as tx:
        receipt = receipt_of(tx, f"assignment:{number}")
        keys = [str(key) for key in keys_of(tx.session)]
        return paper(receipt, trail(tx, receipt.trail), keys), code_of(receipt), keys


@ON_SQLITE
def test_a_long_history_fits_one_page_in_russian(world: World, tmp_path: Path) -> None:
    world.register()
    number = world.one("1.2", "Authority A").id
    world.act("a", number, "submit", note="Сделано")
    world.act("reviewer", number, "return", note="<b>Нет дат</b>")
    world.act("a", number, "submit", note="С датами")
    use("ru", World.ZONE)
    page, _, keys = printed(world, number)
    assert "Квитанция журнала аудита: assignment:" in page
    assert all(key in page for key in keys)
    assert "<b>" not in page
    if not CHROMIUM.exists():
        missing(f"no {CHROMIUM}")
    file = tmp_path / "receipt.html"
    file.write_text(page, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page()
        opened.goto(file.as_uri())
        pdf = PdfReader(io.BytesIO(opened.pdf(prefer_css_page_size=True)))
        browser.close()
    assert len(pdf.pages) == 1
    assert "Представлено" in pdf.pages[0].extract_text()


@ON_SQLITE
def test_the_qr_code_holds_place_leaf_and_signed_checkpoint(world: World) -> None:
    world.register()
    _, code, keys = printed(world, 1)
    index, leaf, _, note = code.split("\n", 3)
    head = verifier.checkpoint_of(note.encode(), [verifier.key_of(keys[0])], [])
    assert int(index) < head["size"]
    assert len(base64.b64decode(leaf)) == 32
