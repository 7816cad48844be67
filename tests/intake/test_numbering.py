import io

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from intake import docx_text as word
from intake.protocol import read

LEVEL = (
    '<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
)


def _document(*levels: tuple[int, str, str], restart: bool = False) -> Document:
    """A document with list 91 of the given levels (start, style, text), and list 92 of the same definition."""
    document = docx.Document()
    root = document.part.numbering_part.element
    inner = "".join(LEVEL.format(depth=i, start=a, style=b, text=c) for i, (a, b, c) in enumerate(levels))
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="91">{inner}</w:abstractNum>'))
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if restart else ""
    for number, more in (("91", ""), ("92", override)):
        root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="91"/>{more}</w:num>'))
    return document


def _add(document: Document, text: str, depth: int = 0, number: str = "91") -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
    )


def _data(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _lines(document: Document) -> list[str]:
    return word.text_of(_data(document)).split("\n\n")


def test_items_that_word_numbers_have_their_numbers() -> None:
    document = _document((1, "decimal", "%1."), (1, "decimal", "%1.%2"))
    for heading in ("ПРОТОКОЛ", "1 июня 2020 года", "РЕШИЛИ:"):
        document.add_paragraph(heading)
    for group, items in (
        ("Главам районов:", ["починить дороги;", "починить мосты."]),
        ("Директорам школ:", ["отдыхать."]),
    ):
        _add(document, group)
        for item in items:
            _add(document, item, depth=1)
            document.add_paragraph("Срок – 3 июня 2020 года.")
    assert [item.number for item in read(_data(document), "a.docx").items] == ["1.1", "1.2", "2.1"]


def test_two_lists_of_one_definition_go_on_counting() -> None:
    document = _document((1, "decimal", "%1."))
    for number in ("91", "92"):
        _add(document, "дело", number=number)
    assert _lines(document) == ["1. дело", "2. дело"]


def test_a_list_told_to_start_anew_does() -> None:
    document = _document((1, "decimal", "%1."), restart=True)
    for number in ("91", "91", "92"):
        _add(document, "дело", number=number)
    assert _lines(document) == ["1. дело", "2. дело", "1. дело"]


def test_numbers_may_be_roman_or_letters_and_bullets_are_none() -> None:
    document = _document((4, "upperRoman", "%1."), (1, "russianLower", "%2)"), (1, "bullet", "•"))
    for depth in (0, 1, 1, 2):
        _add(document, "дело", depth=depth)
    assert _lines(document) == ["IV. дело", "а) дело", "б) дело", "дело"]


def test_a_style_may_give_the_number() -> None:
    document = _document((1, "decimal", "%1."))
    style = document.styles.add_style("Пункт", 1)
    style.element.get_or_add_pPr().append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="91"/></w:numPr>'))
    document.add_paragraph("дело", style="Пункт")
    assert _lines(document) == ["1. дело"]


def test_deleted_words_are_gone_and_inserted_ones_are_there() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("было ")
    for tag, text in (("del", "<w:delText>не </w:delText>"), ("ins", "<w:t>и есть</w:t>")):
        paragraph._p.append(parse_xml(f"<w:{tag} {nsdecls('w')}><w:r>{text}</w:r></w:{tag}>"))
    assert _lines(document) == ["было и есть"]


def test_tables_stand_where_the_document_has_them() -> None:
    document = docx.Document()
    document.add_paragraph("до")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Имя\nи отчество", "Телефон"
    document.add_paragraph("после")
    assert _lines(document) == ["до", "Имя и отчество\tТелефон", "после"]
