import codecs
from typing import Any

import pytest

from intake import pdf as portable
from intake.draft import Draft
from intake.protocol import read
from tests.intake.conftest import Maker


def _fields(draft: Draft) -> dict[str, Any]:
    """All that was read, without its places in the text."""
    fields = draft.model_dump(exclude={"text", "spans"})
    for item in fields["items"]:
        del item["span"]
    return fields


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_reads_the_same_in_every_encoding(protocol_text: str, encoding: str) -> None:
    assert read(protocol_text.encode(encoding), "protocol.txt") == read(protocol_text.encode(), "protocol.txt")


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_text_reads_the_same_with_every_kind_of_line_end(protocol_text: str, end: str) -> None:
    data = protocol_text.replace("\n", end).encode()
    assert read(data, "protocol.txt") == read(protocol_text.encode(), "protocol.txt")


def test_word_gives_the_same_fields_as_text(protocol_text: str, as_docx: Maker) -> None:
    plain = read(protocol_text.encode(), "protocol.txt")
    assert _fields(read(as_docx(protocol_text), "protocol.docx")) == _fields(plain)


def test_pdf_gives_the_same_fields_as_text(protocol_text: str, as_pdf: Maker) -> None:
    plain = read(protocol_text.encode(), "protocol.txt")
    assert _fields(read(as_pdf(protocol_text), "protocol.pdf")) == _fields(plain)


def test_justified_prose_in_a_pdf_is_no_form() -> None:
    lines = ["сообщить   сведения   по   форме:", "Срок", "обеспечить     подвоз     детей", "и     Питание     детей"]
    assert portable.with_rows(lines) == lines
    header = ["по форме:", "", "Наименование     Ф.И.О.", "центра           и телефон", "     Срок – 3 июня"]
    assert portable.with_rows(header) == [*header[:2], "", "Наименование центра\tФ.И.О. и телефон", header[4]]


def test_content_decides_where_the_name_says_otherwise(sample_text: str, as_docx: Maker, as_pdf: Maker) -> None:
    assert read(as_docx(sample_text), "protocol.pdf").items == read(as_docx(sample_text), "protocol.docx").items
    assert read(as_pdf(sample_text), "protocol").items == read(as_pdf(sample_text), "protocol.pdf").items


def test_a_mark_of_byte_order_is_no_part_of_the_text(sample_text: str) -> None:
    draft = read(codecs.BOM_UTF8 + sample_text.encode(), "protocol.txt")
    assert draft.text.startswith("Министерство")


def test_letters_written_with_a_separate_accent_are_joined(sample_text: str) -> None:
    decomposed = sample_text.replace("й", "и\u0306").replace("ё", "е\u0308")
    assert read(decomposed.encode(), "protocol.txt") == read(sample_text.encode(), "protocol.txt")


def test_koi8_is_read_as_what_it_is_not_as_rubbish(protocol_text: str) -> None:
    known = protocol_text.encode("koi8-r", errors="replace").decode("koi8-r")
    assert read(known.encode("koi8-r"), "protocol.txt") == read(known.encode(), "protocol.txt")
    assert read(known.encode("cp1251"), "protocol.txt") == read(known.encode(), "protocol.txt")
