"""Plain text in the encodings that Russian offices use."""

import codecs
import re

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
TURNED = re.compile("[а-яё][А-ЯЁ]")
CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n\v\f\r\x1c\x1d\x1e"} | {0x7F: None}


def text_of(data: bytes) -> str:
    """The text of bytes in UTF-8, UTF-16, Windows-1251 or KOI8-R. Raises UnicodeError for anything else."""
    text = data.decode(_encoding(data))
    if len(text.translate(CONTROLS)) != len(text):
        raise UnicodeError
    return text


def _encoding(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    if b"\x00" in data:
        # Russian and Latin letters of UTF-16 have the bytes 0x04 and 0x00 at the odd places, or at the even.
        return "utf-16-le" if _high(data[1::2]) >= _high(data[::2]) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return min(("cp1251", "koi8-r"), key=lambda each: _turned(data.decode(each, errors="replace")))
    return "utf-8"


def _turned(text: str) -> int:
    """Words that go from small letters to capitals: read in the other's encoding, each capitalised word does."""
    return len(TURNED.findall(text))


def _high(half: bytes) -> int:
    return half.count(0) + half.count(4)
