"""The text of a PDF: its lines as they lie on the page, the columns of a form parted by tabs."""

import io
import re
from collections.abc import Iterator

import pypdf

MOST_PAGES = 500
PAGE_NUMBER = re.compile(r"\s*(?:стр(?:\.|аница)\s*)?[–—-]?\s*\d{1,3}\s*[–—-]?\s*(?:из\s+\d{1,3})?\s*", re.IGNORECASE)
GAP = re.compile(r"\s{2,}")
GUTTER = 2


class LockedError(Exception):
    """The PDF opens only with a password."""


def text_of(data: bytes) -> str:
    """The text of all pages, blank lines where the page has them. Raises LockedError, or what pypdf raises."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not _unlock(reader):
        raise LockedError
    pages = (page.extract_text(extraction_mode="layout") for page in reader.pages[:MOST_PAGES])
    lines = [line for page in pages for line in _without_number(page.split("\n"))]
    return "\n".join(_with_rows(lines))


def _unlock(reader: pypdf.PdfReader) -> bool:
    """Open a file that only restricts printing or copying: its password is empty."""
    try:
        return reader.decrypt("") is not pypdf.PasswordType.NOT_DECRYPTED
    except pypdf.errors.DependencyError:
        return False


def _without_number(lines: list[str]) -> list[str]:
    """The lines of a page without its number above or below them."""
    written = [i for i, line in enumerate(lines) if line.strip()]
    numbers = {i for i in (*written[:1], *written[-1:]) if PAGE_NUMBER.fullmatch(lines[i])}
    return [line for i, line in enumerate(lines) if i not in numbers]


def _with_rows(lines: list[str]) -> Iterator[str]:
    """The lines, with those of a form's header (they follow a colon) brought together into one row."""
    i = 0
    after_colon = False
    while i < len(lines):
        table = _table(lines, i) if after_colon else []
        columns = _columns(table)
        if len(columns) > 1:
            yield ""
            yield "\t".join(columns)
            i += len(table)
            after_colon = False
            continue
        if lines[i].strip():
            after_colon = lines[i].rstrip().endswith(":")
        yield lines[i]
        i += 1


def _table(lines: list[str], start: int) -> list[str]:
    """The lines from `start` that are indented or have gaps, as those of a table are."""
    found: list[str] = []
    for line in lines[start:]:
        if not line.strip() or not (line.startswith(" ") or GAP.search(line.strip())):
            break
        found.append(line)
    return found


def _columns(table: list[str]) -> list[str]:
    """The texts of the columns, which are parted by places where no line of the table has a letter."""
    width = max(map(len, table), default=0)
    used = [any(line[i : i + 1].strip() for line in table) for i in range(width)]
    marks = "".join("x" if mark else " " for mark in used)
    spans = [match.span() for match in re.finditer(rf"x(?:x|\s{{1,{GUTTER - 1}}}(?=x))*", marks)]
    return [" ".join(" ".join(line[a:b].split()) for line in table if line[a:b].strip()) for a, b in spans]
