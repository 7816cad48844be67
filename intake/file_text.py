"""The text of a file of any kind that is read; whatever cannot be read is refused with the reason."""

import io
import zipfile

from intake import text_file
from intake.limits import LARGEST, LARGEST_UNPACKED, LONGEST_TEXT, MOST_PAGES
from states.refusal import InvalidError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
TEXT_SUFFIXES = frozenset({"", "txt", "text", "md"})


class EmptyFileError(InvalidError):
    """The file has no bytes, or only white space."""

    template = "The file {filename} is empty: choose the file with the document."


class LargeFileError(InvalidError):
    """The file, or what it unpacks to, is over the limit."""

    template = (
        "The file {filename} is larger than {limit} MB, packed or unpacked: give the document alone, without scans."
    )


class LongTextError(InvalidError):
    """The text is longer than that of any protocol."""

    template = (
        "The file {filename} is longer than any protocol: over {limit} characters or {pages} pages."
        " Give the protocol alone, without its annexes."
    )


class EncryptedFileError(InvalidError):
    """The file asks for a password."""

    template = "The file {filename} is protected by a password: save it without one and try again."


class OldFormatError(InvalidError):
    """A file of Word or Excel as they were before 2007."""

    template = "The file {filename} has the old format of Word or Excel (.doc, .xls): save it as DOCX or XLSX."


TooLongError = (LargeFileError, LongTextError)
"""What opens, but is more than a machine reads."""


class ScannedError(InvalidError):
    """A PDF that holds pictures of pages, no text."""

    template = "The file {filename} holds no text, only pictures: recognise the scan or ask for the original document."


class UnknownFormatError(InvalidError):
    """Neither the bytes nor the name tell a format that can be read."""

    template = "The file {filename} is of a kind that cannot be read here: give one of {formats}."


class UnreadableFileError(InvalidError):
    """The bytes are damaged, or not what their beginning promises."""

    template = "The file {filename} is damaged and cannot be read: ask for it again."


def text_of(data: bytes, filename: str) -> str:
    """The plain text of a TXT, DOCX or PDF file, paragraphs parted by blank lines, table cells by tabs.

    The content decides; the name only where the content is plain text. Raises the errors above.
    """
    check_size(data, filename)
    if b"%PDF-" in data[:1024]:
        text = _portable(data, filename)
    elif is_archive(data):
        text = _word(data, filename)
    elif suffix(filename) in TEXT_SUFFIXES and not data.startswith(b"{\\rtf"):
        text = _plain(data, filename)
    else:
        raise UnknownFormatError(filename=filename, formats="TXT, DOCX, PDF")
    if not text.strip():
        raise EmptyFileError(filename=filename)
    if len(text) > LONGEST_TEXT:
        raise _long(filename)
    return text


def is_readable(filename: str) -> bool:
    """Whether a name promises a document whose text can be read."""
    return suffix(filename) in {"docx", "pdf", "txt"}


def check_size(data: bytes, filename: str) -> None:
    """Refuse what is empty, too large, protected or of an old format, whatever it holds."""
    if not data.strip():
        raise EmptyFileError(filename=filename)
    if len(data) > LARGEST:
        raise LargeFileError(filename=filename, limit=LARGEST // 1024**2)
    if data.startswith(OLE):
        raise (EncryptedFileError if ENCRYPTED_PACKAGE in data else OldFormatError)(filename=filename)


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin like a zip archive."""
    return data.startswith(b"PK\x03\x04")


def members(data: bytes, filename: str) -> frozenset[str]:
    """The names in a zip archive that is neither damaged, locked nor a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except Exception as fault:
        raise UnreadableFileError(filename=filename) from fault
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise LargeFileError(filename=filename, limit=LARGEST_UNPACKED // 1024**2)
    if any(entry.flag_bits & 1 for entry in entries):
        raise EncryptedFileError(filename=filename)
    return frozenset(entry.filename for entry in entries)


def suffix(filename: str) -> str:
    """The ending of a file's name in lower case, without its dot."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""


def _portable(data: bytes, filename: str) -> str:
    from intake import pdf as portable  # noqa: PLC0415 - the readers of documents take half of a command's start

    try:
        text = portable.text_of(data)
    except portable.LockedError as fault:
        raise EncryptedFileError(filename=filename) from fault
    except portable.TooManyPagesError as fault:
        raise _long(filename) from fault
    except Exception as fault:
        raise UnreadableFileError(filename=filename) from fault
    if not text.strip():
        raise ScannedError(filename=filename)
    return text


def _word(data: bytes, filename: str) -> str:
    if "word/document.xml" not in members(data, filename):
        raise UnknownFormatError(filename=filename, formats="TXT, DOCX, PDF")
    from intake import docx_text as word  # noqa: PLC0415 - as above

    try:
        return word.text_of(data)
    except Exception as fault:
        raise UnreadableFileError(filename=filename) from fault


def _plain(data: bytes, filename: str) -> str:
    try:
        return text_file.text_of(data)
    except UnicodeError as fault:
        raise UnreadableFileError(filename=filename) from fault


def _long(filename: str) -> LongTextError:
    return LongTextError(filename=filename, limit=LONGEST_TEXT, pages=MOST_PAGES)
