"""Both offline verifiers asked about the same file: the one of Python, and the page in a real browser."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from audit import offline_verifier as verifier
from audit.merkle.signed_notes import encoded
from audit.offline_verifier import Refused, kept_of, key_of
from tests.conftest import missing
from tests.desk.browsing import CHROMIUM, FLAGS
from tests.sentences import ROOT

HTML = ROOT / "audit" / "offline_verifier.html"
ASK = """async ([all, keys, witnesses, kept, document]) => {
    const bytes = each => Uint8Array.from(atob(each), letter => letter.charCodeAt(0));
    const found = [];
    for (const each of all) found.push(await verify(bytes(each), keys, witnesses, kept && bytes(kept), document));
    return found;
}"""


@contextmanager
def opened_page(zone: str = "Europe/Moscow") -> Iterator[Page]:
    """The page, opened from disk in a real browser without a network."""
    if not CHROMIUM.exists():
        missing(f"no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(offline=True, timezone_id=zone)
        opened = context.new_page()
        opened.goto(HTML.as_uri())
        yield opened
        browser.close()


def by_page(
    page: Page,
    data: list[bytes],
    keys: list[str],
    witnesses: list[str],
    kept: bytes | None = None,
    document: str | None = None,
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        ASK, [list(map(encoded, data)), keys, witnesses, encoded(kept) if kept else None, document]
    )
    return found


def by_file(
    data: bytes, keys: list[str], witnesses: list[str], kept: bytes | None = None, document: str | None = None
) -> dict[str, Any]:
    try:
        own = [key_of(each) for each in keys]
        old = kept_of(kept, own) if kept else None
        found = verifier.verify(io.BytesIO(data), own, [key_of(each) for each in witnesses], old, document)
    except Refused as error:
        return {"ok": False, "why": str(error)}
    return {"ok": True, **found}


def chosen(page: Page, folder: Path, data: bytes, key: object, name: str = "receipt.tlog-proof") -> str:
    """Choose a file on the page, and its key; the file's SHA-256."""
    file = folder / name
    file.write_bytes(data)
    page.set_input_files("#file", file)
    page.fill("#keys", str(key))
    return hashlib.sha256(data).hexdigest()
