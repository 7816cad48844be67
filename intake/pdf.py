"""The text of a PDF: its lines as they lie on the page, the columns of a form parted by tabs."""

import io
import re

import pypdf

from intake.limits import MOST_PAGES

PAGE_NUMBER = re.compile(r"\s*(?:стр(?:\.|аница)\s*)?[–—-]?\s*\d{1,3}\s*[–—-]?\s*(?:из\s+\d{1,3})?\s*", re.IGNORECASE)
COLUMN = re.compile(r"x+(?:\sx+)*")
BEGINNING = re.compile(r"[A-ZА-ЯЁ№\d]")
TALLEST = 12


class LockedError(Exception):
    """The PDF opens only with a password."""


class TooManyPagesError(Exception):
    """The PDF has more than `MOST_PAGES` pages."""


def text_of(data: bytes) -> str:
    """The text of all pages, blank lines where the page has them. Raises LockedError, TooManyPagesError, or what
    pypdf raises.
    """
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not _unlock(reader):
        raise LockedError
    if len(reader.pages) > MOST_PAGES:
        raise TooManyPagesError
    pages = (page.extract_text(extraction_mode="layout") for page in reader.pages)
    lines = [line for page in pages for line in _without_number(page.split("\n"))]
    return "\n".join(with_rows(lines))


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


def with_rows(lines: list[str]) -> list[str]:
    """The lines, with those of a form's header (they follow a colon) brought together into one row."""
    found: list[str] = []
    at = 0
    after_colon = False
    while at < len(lines):
        height, columns = _header(lines[at : at + TALLEST]) if after_colon else (0, [])
        if height:
            found += ["", "\t".join(columns)]
        else:
            found.append(lines[at])
            after_colon = lines[at].rstrip().endswith(":") or (after_colon and not lines[at].strip())
        at += height or 1
    return found


def _header(lines: list[str]) -> tuple[int, list[str]]:
    """The number of lines that are a form's header, and its columns; none where the lines are prose.

    A line that closes the space between two columns is no part of it. Each column begins with a capital:
    in justified prose the words lie apart as well.
    """
    columns: list[str] = []
    height = 0
    for count in range(1, len(lines) + 1):
        divided = _columns(lines[:count])
        if not lines[count - 1].strip() or len(divided) < len(columns):
            break
        columns, height = divided, count
    is_header = len(columns) > 1 and all(map(BEGINNING.match, columns))
    return (height, columns) if is_header else (0, [])


def _columns(lines: list[str]) -> list[str]:
    """The texts of the columns, which are parted by places where no line has a letter."""
    width = max(map(len, lines), default=0)
    used = "".join("x" if any(line[i : i + 1].strip() for line in lines) else " " for i in range(width))
    places = [match.span() for match in COLUMN.finditer(used)]
    return [" ".join(" ".join(line[start:end] for line in lines).split()) for start, end in places]
