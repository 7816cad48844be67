"""Mutations that know the grammar: of JSON, of base64, of a checkpoint's lines, and of a ZIP file's structure."""

import io
import random
import re
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from itertools import pairwise

Mutation = Callable[[bytes, random.Random], bytes]
NUMBERS = (
    b"1.0", b"1e0", b"1E2", b"-0", b"01", b"+1", b"0x1", b"NaN", b"Infinity", b"-Infinity", b"-1", b"9007199254740991",
    b"9007199254740992", b"-9007199254740993", b"9" * 5000, b"1e400", b"0.1", "١".encode(), b"true", b"null", b'"1"',
)  # fmt: skip
STRINGS = (
    rb"\ud800", rb"\udfff\ud800", rb"\ud83d\ude00", rb"\u0041", rb"\/", rb"\n", b"\n", b"\x00", b"\x7f", b"\xff",
    b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "\ufeff".encode(), "\u202e".encode(), "\u2028".encode(),
    "é".encode(), "e\u0301".encode(), "n\u0303".encode(), b"\\n\xcc\x83", "\u212b".encode(), "😀".encode(),
    "\uffff".encode(), rb"\u0000", rb"\U0041", rb"\x41", b"\\", rb"\u00e9", rb"\uD83D", rb"\u202E", b"'",
    "ПРИНЯТО".encode(),
)  # fmt: skip
SPACES = (b" ", b"\t", b"\n", b"\r", "\u00a0".encode(), "\ufeff".encode(), b"\x0b", b"\x00", b"/**/", b",", b"//x\n")
KEYS = (b"__proto__", b"constructor", b"", "ключ".encode(), b"for", b"lost", b"v", b"toString", rb"\u0061", b"0")
STAMPS = (
    b"2020-02-30T10:00:00.000000Z", b"0000-01-01T00:00:00.000000Z", b"0001-01-01T00:00:00.000000Z", b"today",
    b"9999-12-31T23:59:59.999999Z", b"2020-06-01T24:00:00.000000Z", b"2020-06-01T23:59:60.000000Z",
    b"2020-06-01T10:00:00Z", b"2020-06-01 10:00:00.000000Z", b"2020-6-01T10:00:00.000000Z",
)  # fmt: skip
DEPTHS = (1, 58, 59, 60, 61, 62, 63, 64, 65, 66, 500, 3000, 60_000)
PAIR = re.compile(rb'"[A-Za-z_.]+":\s*(?:"[^"\\]*"|-?[0-9]+|null)')
NUMBER = rb"(?<=[:,\[])-?[0-9]+(?=[,\]}])"


def flipped(data: bytes, fate: random.Random) -> bytes:
    if not data:
        return b"\x00"
    at = fate.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << fate.randrange(8)]) + data[at + 1 :]


def instead(pattern: bytes, other: Mutation) -> Mutation:
    """Something else in one place where the pattern stands."""

    def changed(data: bytes, fate: random.Random) -> bytes:
        places = list(re.finditer(pattern, data))
        if not places:
            return flipped(data, fate)
        start, end = fate.choice(places).span()
        return data[:start] + other(data[start:end], fate) + data[end:]

    return changed


def deep(_: bytes, fate: random.Random) -> bytes:
    depth = fate.choice(DEPTHS)
    opened, inner, closed = fate.choice([(b"[", b"", b"]"), (b'{"a":', b"1", b"}")])
    return opened * depth + inner + closed * fate.choice([depth, depth, depth, depth - 1])


def reordered(data: bytes, fate: random.Random) -> bytes:
    pairs = list(PAIR.finditer(data))
    if len(pairs) < 2:
        return flipped(data, fate)
    one, other = fate.choice(list(pairwise(pairs)))
    return data[: one.start()] + other[0] + data[one.end() : other.start()] + one[0] + data[other.end() :]


def one_of(*others: bytes) -> Mutation:
    return lambda _, fate: fate.choice(others)


def respelled(value: bytes, fate: random.Random) -> bytes:
    return fate.choice([value.upper(), value[:-1], value + b"0", value[:-2], b"", b"g" * 64])


JSON: tuple[Mutation, ...] = (
    flipped,
    reordered,
    instead(NUMBER, one_of(*NUMBERS)),
    instead(NUMBER + b"|null", deep),
    instead(rb'(?<=:")[^"\\]*(?=")', one_of(*STRINGS)),
    instead(rb'(?<=")(?=[^":,]*")', one_of(*STRINGS)),
    instead(rb"(?=[{}\[\]:,])", one_of(*SPACES)),
    instead(PAIR.pattern, lambda pair, _: pair + b"," + pair),
    instead(rb'"[a-z_]+":(?:"[^"\\]*"|-?[0-9]+|null),?', one_of(b"")),
    instead(
        rb"(?<=\{)", lambda _, fate: b'"%s":%s,' % (fate.choice(KEYS), fate.choice([b"1", b'"a"', b"{}", b"null"]))
    ),
    instead(rb"[0-9a-f]{64}", respelled),
    instead(rb"20[0-9-]+T[0-9:.]+Z", one_of(*STAMPS)),
    lambda data, fate: fate.choice([b"\xef\xbb\xbf" + data, data + b" ", b"\n" + data, data + b"{}", data[:-1]]),
)


def json_mutant(data: bytes, fate: random.Random) -> bytes:
    """JSON with something else where the grammar has a place for it."""
    return fate.choice(JSON)(data, fate)


ODD = (b" ", b"=", b"\r", b"\t", b"\xc2\xa0", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"0", b"+", b"-", b"_", b"A", b"\xff")
LINES: tuple[Mutation, ...] = (
    flipped,
    instead(b"", one_of(*ODD)),
    lambda line, _: line + b"=",
    lambda line, _: line.rstrip(b"="),
    lambda line, _: line.replace(b"+", b"-").replace(b"/", b"_"),
    lambda line, _: re.sub(rb"([A-Za-y0-9+/])(=+)$", lambda found: bytes([found[1][0] + 1]) + found[2], line),
    lambda line, _: re.sub(rb"[0-9]+$", b"0\\g<0>", line),
    lambda line, _: re.sub(rb"[0-9]+$", b"9007199254740993", line),
    lambda line, _: line.swapcase(),
    lambda line, _: unicodedata.normalize("NFD", line.decode("utf-8", "replace")).encode(),
    lambda line, _: line[:-1],
    one_of(b""),
)


def line_mutant(data: bytes, fate: random.Random) -> bytes:
    """Lines of a checkpoint, a receipt or a note, with another spelling of what stands there."""
    lines = data.split(b"\n")
    at = fate.randrange(len(lines))
    lines[at] = fate.choice(LINES)(lines[at], fate)
    if fate.random() < 0.1:
        lines.insert(at, fate.choice([b"", b"x", lines[at], "\u202eПРИНЯТО".encode(), b"\xff", "— a b".encode()]))
    return b"\n".join(lines)


MARKS = rb"PK(?:\x01\x02|\x03\x04|\x05\x06|\x06\x06|\x06\x07|\x07\x08)"
EMPTY = b"PK\x05\x06" + bytes(18)


def commented(data: bytes, fate: random.Random) -> bytes:
    comment = fate.choice([b"x", EMPTY])
    return data[:-2] + struct.pack("<H", len(comment)) + comment


def renamed(data: bytes, fate: random.Random) -> bytes:
    names = [(b"entries.csv", b"entries.tsv"), (b"entries.csv", b"../../e.csv"), (b"checkpoint", b"checkpoinT")]
    return data.replace(*fate.choice(names), fate.choice([1, 2]))


def overwritten(data: bytes, fate: random.Random) -> bytes:
    """A field of a header."""
    place = fate.choice([each.start() for each in re.finditer(MARKS, data)]) + fate.randrange(4, 46)
    other = fate.choice([b"\x00", b"\x01", b"\x08", b"\xff", b"\xff\xff", b"\xff\xff\xff\xff"])
    return data[:place] + other + data[place + len(other) :]


def cut_between(data: bytes, fate: random.Random) -> bytes:
    places = [each.start() for each in re.finditer(MARKS, data)]
    start, end = sorted(fate.choice(places) for _ in range(2))
    return data[:start] + data[end:]


ZIPS: tuple[Mutation, ...] = (
    flipped,
    overwritten,
    overwritten,
    commented,
    renamed,
    cut_between,
    lambda data, fate: fate.choice([b"MZ", b"PK\x03\x04", b"\n", data[:30], data]) + data,
    lambda data, fate: data + fate.choice([b"\x00", b"\n", EMPTY, data[-22:], data]),
    lambda data, fate: data[: fate.randrange(len(data))],
    instead(b"(?=" + MARKS + b")", one_of(b"\x00", b"PK\x07\x08" + bytes(12), b"PK\x03\x04" + bytes(26), EMPTY)),
)


def zip_mutant(data: bytes, fate: random.Random) -> bytes:
    """A ZIP file whose structure says something else than it did, or says it twice in two ways."""
    return fate.choice(ZIPS)(data, fate)


def repacked(told: Mapping[str, bytes], fate: random.Random) -> bytes:
    """The same content in an archive that another program could have written."""
    target, names = io.BytesIO(), list(told)
    oddity = fate.randrange(9)
    if oddity == 0:
        fate.shuffle(names)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.compress_type = fate.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
            info.extra = b"\xfe\xca\x00\x00" if oddity == 1 else b""
            info.comment = b"x" if oddity == 2 else b""
            archive.writestr(info, told[name])
        if oddity == 3:
            archive.writestr(fate.choice(["ПРИНЯТО", "x/", "manifest.txt", "readme.txt", "Checkpoint"]), b"x")
        if oddity == 4:
            archive.writestr(zipfile.ZipInfo("around"), b"x", zipfile.ZIP_BZIP2)
        archive.comment = b"x" if oddity == 5 else b""
    return target.getvalue()
