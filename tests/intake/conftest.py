"""Protocols to read, and the same words as TXT, DOCX and PDF."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from intake.draft import Draft
from intake.protocol import read

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "desk" / "sample"
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
Maker = Callable[[str], bytes]
Reader = Callable[[str], Draft]


def _real_protocol() -> str:
    """The protocol that started the project; it is no part of the repository."""
    folder = Path(os.environ.get("PORUCHENIE_PROTOCOLS", ROOT.parent / "shared" / "protocols"))
    path = folder / "tula-2020-06-01.txt"
    must_be_there = os.environ.get("CI") == "true" and (ROOT.parent / "shared").exists()
    if not path.exists() and not must_be_there:
        pytest.skip(f"the real protocol is not there: set PORUCHENIE_PROTOCOLS to the folder of {path.name}")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def sample_text() -> str:
    return (SAMPLE / "protocol.txt").read_text(encoding="utf-8")


@pytest.fixture
def real_text() -> str:
    return _real_protocol()


@pytest.fixture(params=["sample", "real"])
def protocol_text(request: pytest.FixtureRequest, sample_text: str) -> str:
    return sample_text if request.param == "sample" else _real_protocol()


@pytest.fixture
def understand() -> Reader:
    """Reads decisions under a short heading of 1 June 2020."""
    heading = "ПРОТОКОЛ № 5\nзаседания комиссии\n1 июня 2020 года\n\nРЕШИЛИ:\n\n"
    return lambda decisions: read((heading + decisions).encode(), "protocol.txt")


@pytest.fixture
def as_docx() -> Maker:
    def make(text: str) -> bytes:
        document = docx.Document()
        for line in _lines(text):
            if "\t" not in line:
                document.add_paragraph(line)
                continue
            cells = line.split("\t")
            for cell, words in zip(document.add_table(1, len(cells)).rows[0].cells, cells, strict=True):
                cell.text = words
        stream = io.BytesIO()
        document.save(stream)
        return stream.getvalue()

    return make


@pytest.fixture
def as_pdf() -> Maker:
    if not FONT.exists():
        pytest.skip(f"a PDF in Russian needs the font {FONT}: install fonts-dejavu-core")
    pdfmetrics.registerFont(TTFont("DejaVu", str(FONT)))
    style = ParagraphStyle("text", fontName="DejaVu", fontSize=11, leading=14, spaceAfter=6)

    def make(text: str) -> bytes:
        story = [_flowable(line, style) for line in _lines(text)]
        stream = io.BytesIO()
        SimpleDocTemplate(stream).build(story)
        return stream.getvalue()

    return make


def _flowable(line: str, style: ParagraphStyle) -> object:
    if "\t" not in line:
        return Paragraph(line, style)
    cells = [Paragraph(cell, style) for cell in line.split("\t")]
    return Table([cells], style=[("GRID", (0, 0), (-1, -1), 1, "black")])


def _lines(text: str) -> list[str]:
    return [line for line in re.sub(r"\*\*", "", text).split("\n") if line.strip()]
