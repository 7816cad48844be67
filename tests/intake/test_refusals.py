import io
import zipfile

import pypdf
import pytest

from intake import file_text, limits
from intake.file_text import (
    EmptyFileError,
    EncryptedFileError,
    LargeFileError,
    LongTextError,
    OldFormatError,
    ScannedError,
    UnknownFormatError,
    UnreadableFileError,
)
from intake.protocol import ManyDecisionsError, NotAProtocolError, read
from states.refusal import RefusedError
from tests.intake.conftest import Maker


def _archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return stream.getvalue()


def _scan(password: str | None = None) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


OLD_WORD = file_text.OLE + bytes(512) + "WordDocument".encode("utf-16-le")
LOCKED_WORD = file_text.OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le")
BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><z>&d;</z>"""


@pytest.mark.parametrize(
    ("data", "filename", "error"),
    [
        pytest.param(b"", "a.txt", EmptyFileError, id="no bytes"),
        pytest.param(b" \r\n\t ", "a.txt", EmptyFileError, id="white space"),
        pytest.param(b"\xef\xbb\xbf", "a.txt", EmptyFileError, id="a byte order mark alone"),
        pytest.param(bytes(range(256)) * 9, "a.txt", UnreadableFileError, id="binary"),
        pytest.param(b"%PDF-1.7 and then nothing", "a.pdf", UnreadableFileError, id="broken pdf"),
        pytest.param(b"PK\x03\x04 and then nothing", "a.docx", UnreadableFileError, id="broken zip"),
        pytest.param(_archive(word__document=b"<a>"), "a.docx", UnreadableFileError, id="broken docx"),
        pytest.param(_archive(word__document=BILLION_LAUGHS), "a.docx", UnreadableFileError, id="entity bomb"),
        pytest.param(_archive(mimetype=b"odt"), "a.odt", UnknownFormatError, id="another archive"),
        pytest.param(b"{\\rtf1 text}", "a.txt", UnknownFormatError, id="rtf"),
        pytest.param(b"GIF89a...", "a.gif", UnknownFormatError, id="picture"),
        pytest.param(OLD_WORD, "a.doc", OldFormatError, id="old word"),
        pytest.param(LOCKED_WORD, "a.docx", EncryptedFileError, id="docx with a password"),
        pytest.param(_scan("secret"), "a.pdf", EncryptedFileError, id="pdf with a password"),
        pytest.param(_scan(), "a.pdf", ScannedError, id="scan"),
        pytest.param("Письмо другу. 1. Привет!".encode(), "a.txt", NotAProtocolError, id="a letter"),
        pytest.param("ПРОТОКОЛ\nРЕШИЛИ:\n".encode(), "a.txt", NotAProtocolError, id="no decisions"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(data: bytes, filename: str, error: type[RefusedError]) -> None:
    with pytest.raises(error) as refused:
        read(data, filename)
    assert filename in str(refused.value)


def test_a_file_over_twenty_megabytes_is_refused_unread() -> None:
    with pytest.raises(LargeFileError, match="20 MB"):
        read(b"a" * (limits.LARGEST + 1), "a.txt")


def test_a_file_that_unpacks_to_too_much_is_refused_unopened() -> None:
    bomb = _archive(word__document=bytes(limits.LARGEST_UNPACKED + 1))
    assert len(bomb) < limits.LARGEST // 20
    with pytest.raises(LargeFileError, match="100 MB"):
        read(bomb, "a.docx")


def test_a_text_longer_than_any_protocol_is_refused() -> None:
    with pytest.raises(LongTextError, match="1000000 characters"):
        read(("РЕШИЛИ:\n1. " + "слово " * 300_000).encode(), "a.txt")


def test_more_decisions_than_any_protocol_has_are_refused() -> None:
    with pytest.raises(ManyDecisionsError, match="2000"):
        read(("РЕШИЛИ:\n" + "1. Сделать.\n" * 2_001).encode(), "a.txt")


def test_a_pdf_that_only_forbids_printing_is_read(sample_text: str, as_pdf: Maker) -> None:
    writer = pypdf.PdfWriter(io.BytesIO(as_pdf(sample_text)))
    writer.encrypt(user_password="", owner_password="secret", algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    assert len(read(stream.getvalue(), "a.pdf").items) == 8
