"""The text of a DOCX file: paragraphs and tables in their order, with the numbers that Word adds itself."""

import io
from collections.abc import Iterator

import docx
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from intake.numbering import Numbering

BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): " ", qn("w:noBreakHyphen"): "-"}
WRAPPERS = {qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml")}
# Word keeps deleted words and a second copy of every text box in the file.
PASSED_OVER = {qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:pict"), qn("w:drawing"),
               "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"}  # fmt: skip


def text_of(data: bytes) -> str:
    """Paragraphs parted by blank lines, table rows as cells parted by tabs. Raises what python-docx raises."""
    document = docx.Document(io.BytesIO(data))
    numbering = Numbering(document)
    return "\n\n".join(_blocks(document.element.body, numbering))


def _blocks(parent: BaseOxmlElement, numbering: Numbering) -> Iterator[str]:
    for child in parent.iterchildren():
        if child.tag == qn("w:p"):
            yield numbering.label(child) + _text(child)
        elif child.tag == qn("w:tbl"):
            for row in _within(child, qn("w:tr")):
                yield "\t".join(_cell(cell, numbering) for cell in _within(row, qn("w:tc")))
        elif child.tag in WRAPPERS:
            yield from _blocks(child, numbering)


def _within(parent: BaseOxmlElement, tag: str) -> Iterator[BaseOxmlElement]:
    """The rows of a table or the cells of a row, not those of tables inside."""
    for child in parent.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag in WRAPPERS:
            yield from _within(child, tag)


def _cell(cell: BaseOxmlElement, numbering: Numbering) -> str:
    return " ".join(" ".join(block.split()) for block in _blocks(cell, numbering))


def _text(element: BaseOxmlElement) -> str:
    """The text of a paragraph with what was inserted and without what was deleted."""
    pieces: list[str] = []
    for child in element.iterchildren():
        if child.tag == qn("w:t"):
            pieces.append(child.text or "")
        elif child.tag in BREAKS:
            pieces.append(BREAKS[child.tag])
        elif child.tag not in PASSED_OVER:
            pieces.append(_text(child))
    return "".join(pieces)
