#!/usr/bin/env python3
"""Offline verifier of Poruchenie's receipts, exports and proofs. One file, Python 3.9 or newer, nothing else.

    python verifier.py receipt.tlog-proof --key VKEY [--witness VKEY …] [--document FILE] [--lang ru|en]
    python verifier.py export.zip --key VKEY [--old CHECKPOINT] [--document FILE]
    python verifier.py consistency.proof --key VKEY --old CHECKPOINT

VKEY is the log's verifier key, which you got from somebody you trust, not from the file's sender.
With --old, a checkpoint (or a receipt) that you kept: that the log only grew since, and nothing in it was changed.
With --document, a file such as a report in PDF: which file of which entry it is, or that it is none of them.
With --act (and --by NAME), an act of verification to be printed and signed. With --full, long texts as a whole.
With --json, the result for a program.
Exit code 0: everything was proven. 1: it was not, and a sentence says why. 2: wrong usage.

Formats: C2SP signed-note, tlog-checkpoint, tlog-proof and tlog-cosignature; RFC 6962 and 9162 (the tree); RFC 8032
(Ed25519); RFC 8785 (canonical JSON, here without floats); ZIP as APPNOTE 6.3.10 has it, of which only what an export
of the log uses is taken.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import io
import json
import os
import re
import stat
import struct
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any, NoReturn, TextIO

Point = tuple[int, int, int, int]
Key = tuple[str, bytes, int, bytes]
Signature = tuple[str, bytes, bytes]
Told = dict[str, Any]
Around = tuple[int, int, list[tuple[int, bytes]], list[tuple[int, bytes]]]

ED25519, COSIGNATURE = 1, 4
SAFE = 2**53 - 1  # the largest integer that every program reads alike
DEEPEST = 64  # arrays and objects within one another
MOST_BYTES = 64 * 2**20  # of a receipt
ENTRY_BYTES = 2**16 - 1  # of an entry
TEXT_BYTES = 16 * 2**20  # of a line with a disclosed text
SPACES = "[\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"  # in no name of a key


class Refused(Exception):  # noqa: N818 - what is refused is the file
    """The file proves nothing. The code picks the sentence."""


# ---------------------------------------------------------------- Ed25519 (RFC 8032, section 5.1), verification only

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    """Two points in extended coordinates."""
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    result: Point = NEUTRAL
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _point(data: bytes) -> Point | None:
    """The point with this encoding, or None."""
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_Y = 4 * pow(5, P - 2, P) % P
BASE = _point(_Y.to_bytes(32, "little")) or NEUTRAL


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature is right. Keys and points of small order are never."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER:
        return False
    if any(_encoded(_times(8, each)) == _encoded(NEUTRAL) for each in (key, r)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    negative = (P - key[0], key[1], 1, P - key[3])
    return _encoded(_add(_times(s, BASE), _times(k, negative))) == signature[:32]


# ---------------------------------------------------------------- the formats of C2SP


def decoded(text: str) -> bytes:
    """Strict base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("form") from None
    if base64.b64encode(data).decode() != text:
        raise Refused("form")
    return data


def number(text: str) -> int:
    """A decimal below 2**53 without leading zeros."""
    if not re.fullmatch("(0|[1-9][0-9]{0,15})", text, re.ASCII) or int(text) >= 2**53:
        raise Refused("form")
    return int(text)


def key_of(text: str) -> Key:
    """(name, id, kind, public key) of a verifier key."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not parts[0] or re.search(SPACES, parts[0]):
        raise Refused("key")
    try:
        data = decoded(parts[2])
    except Refused:
        raise Refused("key") from None
    kind, public = data[:1], data[1:]
    try:
        key_id = hashlib.sha256(parts[0].encode() + b"\n" + data).digest()[:4]
    except UnicodeEncodeError:  # an argument that is no UTF-8
        raise Refused("key") from None
    if len(public) != 32 or kind[0] not in (ED25519, COSIGNATURE) or key_id.hex() != parts[1]:
        raise Refused("key")
    return parts[0], key_id, kind[0], public


def note_of(data: bytes) -> tuple[str, list[Signature]]:
    """(text, [(name, id, signature)]) of a signed note."""
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("form") from None
    if re.search("[\x00-\x09\x0b-\x1f]", whole):
        raise Refused("form")
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise Refused("form")
    signatures = []
    for line in lines[:-1].split("\n"):
        found = re.fullmatch("— ([^ +]+) ([A-Za-z0-9+/=]+)", line)
        if not found or re.search(SPACES, found[1]):
            raise Refused("form")
        value = decoded(found[2])
        if len(value) < 5:
            raise Refused("form")
        signatures.append((found[1], value[:4], value[4:]))
    if len(signatures) > 100:
        raise Refused("form")
    return text + "\n", signatures


def open_note(text: str, signatures: Sequence[Signature], key: Key) -> int | None:
    """When (seconds since 1970; 0: not said) the key signed the text, or None. A wrong signature is refused."""
    name, key_id, kind, public = key
    times = []
    for signer, signer_id, value in signatures:
        if (signer, signer_id) != (name, key_id):
            continue
        at = int.from_bytes(value[:8], "big") if kind == COSIGNATURE else 0
        message = f"cosignature/v1\ntime {at}\n{text}" if kind == COSIGNATURE else text
        if at > SAFE:
            raise Refused("signature")
        if not signed_by(public, message.encode(), value[8:] if kind == COSIGNATURE else value):
            raise Refused("signature")
        times.append(at)
    return max(times) if times else None


def checkpoint_of(data: bytes, keys: Sequence[Key], witnesses: Sequence[Key]) -> Told:
    """The tree head, and who vouches for it."""
    text, signatures = note_of(data)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Refused("form")
    head: Told = {"origin": lines[0], "size": number(lines[1]), "root": decoded(lines[2])}
    if len(head["root"]) != 32:
        raise Refused("form")
    own = [key for key in keys if key[2] == ED25519 and key[0] == head["origin"]]
    head["keys"] = [key[0] + "+" + key[1].hex() for key in own if open_note(text, signatures, key) is not None]
    if not head["keys"]:
        raise Refused("signature")
    times = {key[0]: open_note(text, signatures, key) for key in witnesses if key[2] == COSIGNATURE}
    if None in times.values() or len(times) < len(witnesses):
        raise Refused("witness")
    head["witnesses"] = [{"name": name, "at": at} for name, at in sorted(times.items())]
    return head


# ---------------------------------------------------------------- the Merkle tree of RFC 6962


def leaf(body: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + body).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root_from(index: int, size: int, found: bytes, path: Sequence[bytes]) -> bytes:
    """The root that an audit path leads to (RFC 9162, section 2.1.3.2)."""
    if index >= size:
        raise Refused("proof")
    at, last = index, size - 1
    for each in path:
        if last == 0:
            raise Refused("proof")
        if at & 1 or at == last:
            found = _node(each, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = _node(found, each)
        at, last = at >> 1, last >> 1
    if last:
        raise Refused("proof")
    return found


def extends(old: Told, new: Told, path: Sequence[bytes]) -> bool:
    """Whether a consistency proof leads to both roots (RFC 9162, section 2.1.4.2)."""
    if old["origin"] != new["origin"] or old["size"] > new["size"]:
        return False
    if old["size"] in (0, new["size"]):
        return not path and (not old["size"] or bool(old["root"] == new["root"]))
    at, last = old["size"] - 1, new["size"] - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if at and not path:
        return False
    below, *above = path if at else [old["root"], *path]
    first = second = below
    for each in above:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = _node(each, first), _node(each, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = _node(second, each)
        at, last = at >> 1, last >> 1
    return last == 0 and (first, second) == (old["root"], new["root"])


class Tree:
    """A root over leaves seen one after the other."""

    def __init__(self) -> None:
        self.size = 0
        self.row: list[bytes] = []

    def add(self, digest: bytes, level: int = 0) -> None:
        """The next leaf, or the root of the next 2**level leaves where so many fit."""
        left = self.size >> level
        while left & 1:
            digest, left = _node(self.row.pop(), digest), left >> 1
        self.row.append(digest)
        self.size += 1 << level

    def root(self) -> bytes:
        """Of all leaves so far."""
        if not self.row:
            return hashlib.sha256().digest()
        *before, found = self.row
        for each in reversed(before):
            found = _node(each, found)
        return found


# ---------------------------------------------------------------- JSON


def _unique(pairs: list[tuple[str, Any]]) -> Told:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a key stands there twice")
    return told


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > SAFE or digits == "-0":
        raise ValueError("no safe integer")
    return int(digits)


def _no_number(digits: str) -> NoReturn:
    raise ValueError(f"{digits} is no integer")


_JSON = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number
)
_PARTS_OF_JSON = re.compile(r'\\.|[]["{}]', re.DOTALL)


def _depth(text: str) -> int:
    """How deep arrays and objects lie within one another."""
    deepest = depth = 0
    within_string = False
    for found in _PARTS_OF_JSON.finditer(text):
        if found[0] == '"':
            within_string = not within_string
        elif not within_string:
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
            deepest = max(deepest, depth)
    return deepest


def parsed(data: bytes, why: str) -> Any:  # noqa: ANN401 - any JSON
    """The value of JSON: strict UTF-8, no key twice, safe integers only, no half of a surrogate pair, not too deep."""
    try:
        text = data.decode("utf-8")
        if _depth(text) > DEEPEST:
            raise Refused(why)
        value = _JSON.decode(text)
        _written(value)
    except (ValueError, RecursionError):
        raise Refused(why) from None
    return value


def _written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def canonical(data: bytes, why: str) -> Any:  # noqa: ANN401 - any JSON
    """The value of JSON in its one canonical form: keys in ASCII and sorted, strings in NFC, no spaces."""
    value = parsed(data, why)
    if _written(value) != data or not (data.isascii() or _composed(value)):
        raise Refused(why)
    return value


def _composed(value: object) -> bool:
    if isinstance(value, str):
        return unicodedata.is_normalized("NFC", value)
    if isinstance(value, dict):
        return all(map(str.isascii, value)) and all(map(_composed, value.values()))
    return not isinstance(value, list) or all(map(_composed, value))


# ---------------------------------------------------------------- entries

PARTS: dict[str, type] = {
    **dict.fromkeys(("trail", "prev", "lifecycle", "action", "from", "to", "role", "channel", "at"), str),
    **dict.fromkeys(("v", "seq", "actor", "person"), int),
    **dict.fromkeys(("facts", "fields"), dict),
}
SUBSTITUTED = {"for": int, "for_person": int}
HASH = re.compile("[0-9a-f]{64}")
STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def entry_of(body: bytes) -> Told:
    """What the bytes of an entry say: all its parts, each of its type, and nothing else."""
    told = canonical(body, "entry")
    if len(body) > ENTRY_BYTES or type(told) is not dict:
        raise Refused("entry")
    types = {name: str if name == "prev" and value is None else type(value) for name, value in told.items()}
    if types not in (PARTS, {**PARTS, **SUBSTITUTED}) or told["v"] != 1 or told["seq"] < 1:
        raise Refused("entry")
    hashes = [told["lifecycle"], *told["fields"].values()] + ([] if told["prev"] is None else [told["prev"]])
    if not all(type(each) is str and HASH.fullmatch(each) for each in hashes):
        raise Refused("entry")
    if moment(told["at"]) is None:
        raise Refused("entry")
    return told


def moment(stamp: str) -> datetime | None:
    """The moment that an entry names; None for a text that is none."""
    if not STAMP.fullmatch(stamp):
        return None
    try:
        found = datetime.fromisoformat(stamp[:-1])
    except ValueError:
        return None
    same = found.isoformat(timespec="microseconds") == stamp[:-1]  # 24:00 is the next day's 00:00 to newer Pythons
    return found.replace(tzinfo=timezone.utc) if same else None


def opens(field: str, value: str, salt: str, promised: str) -> bool:
    """Whether a disclosed text is what the entry committed to."""
    if not HASH.fullmatch(salt):
        return False
    made = hmac.new(bytes.fromhex(salt), (field + "\0" + value).encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(made.encode(), promised.encode())


def follows(told: Told, before: Told | None, hash_before: bytes) -> bool:
    """Whether an entry is chained to the one before it in its trail (None: there is none)."""
    if before is None:
        return told["seq"] == 1 and told["prev"] is None
    same: bool = told["trail"] == before["trail"] and told["seq"] == before["seq"] + 1
    return same and bool(told["prev"] == hash_before.hex())


# ---------------------------------------------------------------- receipts


def verify_receipt(
    data: bytes, keys: Sequence[Key], witnesses: Sequence[Key] = (), document: str | None = None
) -> Told:
    """What a receipt proves. `document`: the SHA-256 of a file to be found in it. Raises Refused."""
    head, gap, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Refused("form") from None
    if not gap or len(lines) < 3 or lines[0] != "c2sp.org/tlog-proof@v1":
        raise Refused("form")
    if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Refused("form")
    extra, index = decoded(lines[1][6:]), number(lines[2][6:])
    path = [decoded(line) for line in lines[3:]]
    if len(path) > 63 or any(len(each) != 32 for each in path):
        raise Refused("form")
    checkpoint = checkpoint_of(note, keys, witnesses)
    bodies, shown = _carried(extra)
    told = [entry_of(body) for body in bodies]
    if root_from(index, checkpoint["size"], leaf(bodies[-1]), path) != checkpoint["root"]:
        raise Refused("proof")
    whole = told[0]["seq"] == 1
    if len(told) > 1 and not whole:
        raise Refused("chain")
    for place, each in enumerate(told):
        before = place - 1
        if (place or whole) and not follows(each, told[before] if place else None, leaf(bodies[before])):
            raise Refused("chain")
    disclosed = _disclosed(told, shown)
    sought = Sought(document)
    for each in told:
        sought.of(each, disclosed.get(each["seq"], {}))
    return {
        **{name: checkpoint[name] for name in ("origin", "size", "keys", "witnesses")},
        "root": checkpoint["root"].hex(),
        "index": index,
        "leaf": leaf(bodies[-1]).hex(),
        "whole": whole,
        "trail": told[-1]["trail"],
        "entries": [_summary(each, disclosed.get(each["seq"], {})) for each in told],
        **sought.found,
    }


def _carried(extra: bytes) -> tuple[list[bytes], list[Any]]:
    told = canonical(extra, "form")
    if type(told) is not dict or sorted(told) != ["disclosed", "entries", "receipt"]:
        raise Refused("form")
    bodies, shown = told["entries"], told["disclosed"]
    if told["receipt"] != 1 or type(told["receipt"]) is not int or type(bodies) is not list or not bodies:
        raise Refused("form")
    if type(shown) is not list or any(type(each) is not str for each in bodies):
        raise Refused("form")
    return [decoded(each) for each in bodies], shown


def _disclosed(told: Sequence[Told], shown: Sequence[Any]) -> dict[int, dict[str, str]]:
    """Disclosed texts by entry and field."""
    fields = {each["seq"]: each["fields"] for each in told}
    found: dict[int, dict[str, str]] = {}
    for each in shown:
        if type(each) is not dict or sorted(each) != ["field", "salt", "seq", "value"] or type(each["seq"]) is not int:
            raise Refused("form")
        if any(type(each[name]) is not str for name in ("field", "salt", "value")):
            raise Refused("form")
        seq, field = each["seq"], each["field"]
        if field not in fields.get(seq, {}) or field in found.get(seq, {}):
            raise Refused("disclosed")
        if not opens(field, each["value"], each["salt"], fields[seq][field]):
            raise Refused("disclosed")
        found.setdefault(seq, {})[field] = each["value"]
    return found


def _summary(told: Told, disclosed: Mapping[str, str]) -> Told:
    names: tuple[str, ...] = ("seq", "at", "action", "from", "to", "role", "actor")
    withheld = sorted(set(told["fields"]) - set(disclosed))
    names = (*names, "for") if "for" in told else names
    return {**{name: told[name] for name in names}, "disclosed": disclosed, "withheld": withheld}


# ---------------------------------------------------------------- a document that entries may name


class Sought:
    """A document, by its SHA-256, among the files that entries name: those of reports, and a protocol's source."""

    def __init__(self, document: str | None) -> None:
        self.document = document
        self.named: list[Told] = []

    @property
    def found(self) -> Told:
        """For the result; nothing if no document was asked for."""
        return {"document": {"sha256": self.document, "named": self.named}} if self.document else {}

    def of(self, told: Told, texts: Mapping[str, str]) -> None:
        """Look through one entry and what it discloses."""
        if not self.document:
            return
        place = {"trail": told["trail"], "seq": told["seq"]}
        columns = told["facts"].get("set")
        if type(columns) is dict and columns.get("source_hash") == self.document:
            self.named.append({**place, "name": None})
        for each in files_of(texts.get("files", "[]")) or ():
            if each["sha256"] == self.document:
                self.named.append({**place, "name": each["name"]})


def files_of(text: str) -> list[Told] | None:
    """The files that a disclosed text names; None for a text that names none."""
    try:
        told = parsed(text.encode(), "form")
    except (Refused, UnicodeEncodeError):
        return None
    if type(told) is not list or not all(type(each) is dict for each in told):
        return None
    if any(type(each.get(name)) is not str for each in told for name in ("name", "sha256")):
        return None
    return told


# ---------------------------------------------------------------- ZIP

SMALL = ("checkpoint", "around", "manifest", "manifest.json")
TABLES = ("entries.csv", "entries.xlsx")
MEMBERS = (*SMALL, "entries.jsonl", "disclosures.jsonl", *TABLES)
SMALL_BYTES = 2**20
RATIO, ALLOWED = 256, 64 * 2**20  # no export is packed tighter: what is, is made to fill a memory
MOST_OF_ALL = 2**40
NO_SIZE = 0xFFFFFFFF
LOCAL, CENTRAL = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L")
END, END64, LOCATOR = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
PIECE = 2**16


def _demand(right: bool, why: str = "export") -> None:  # noqa: FBT001 - a condition
    if not right:
        raise Refused(why)


class Archive:
    """A ZIP file as an export is one, and in no other form: its members one after the other from the first byte, the
    directory, the end; nothing before, between or behind, and nothing said twice in two ways.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._members: dict[str, tuple[int, int, int, int, int]] = {}
        self.names: list[str] = []
        count, start, directory = self._directory()
        place = used = 0
        for _ in range(count):
            used, place = self._member(directory, used, place)
        _demand(place == start and used == len(directory))
        _demand(sum(each[2] for each in self._members.values()) <= MOST_OF_ALL)

    def _read(self, at: int, length: int) -> bytes:
        _demand(0 <= at <= 2**62)
        self._file.seek(at)
        data = self._file.read(length)
        _demand(len(data) == length)
        return data

    def _directory(self) -> tuple[int, int, bytes]:
        """How many members, where the directory begins, and its bytes."""
        last = self._file.seek(0, io.SEEK_END) - END.size
        _demand(last >= 0)
        mark, *disks, here, count, length, start, comment = END.unpack(self._read(last, END.size))
        _demand(mark == b"PK\5\6" and not any(disks) and here == count and not comment)
        if last >= LOCATOR.size + END64.size and self._read(last - LOCATOR.size, 4) == b"PK\6\7":
            told = count, length, start
            locator = LOCATOR.unpack(self._read(last - LOCATOR.size, LOCATOR.size))
            last -= LOCATOR.size + END64.size
            _demand(locator == (b"PK\6\7", 0, last, 1))
            mark, rest, _, _, *disks, here, count, length, start = END64.unpack(self._read(last, END64.size))
            _demand(mark == b"PK\6\6" and rest == 44 and not any(disks) and here == count)
            _demand(told == (min(count, 0xFFFF), min(length, NO_SIZE), min(start, NO_SIZE)))
        _demand(1 <= count <= len(MEMBERS) and length <= 2**12 and start + length == last)
        return count, start, self._read(start, length)

    def _member(self, directory: bytes, used: int, place: int) -> tuple[int, int]:
        """Take up one member; where the next begins in the directory and in the file."""
        _demand(used + CENTRAL.size <= len(directory))
        mark, _, _, *same, crc, packed, size, named, more, comment, disk, _, _, start = CENTRAL.unpack_from(
            directory, used
        )
        used += CENTRAL.size
        name, extra = directory[used : used + named], directory[used + named : used + named + more]
        _demand(mark == b"PK\1\2" and not comment and not disk and len(name + extra) == named + more)
        wide = [value == NO_SIZE for value in (size, packed, start)]
        form = struct.Struct(f"<2H{sum(wide)}Q")
        if any(wide):
            _demand(len(extra) == form.size and extra[:4] == struct.pack("<2H", 1, 8 * sum(wide)))
            values = iter(form.unpack(extra)[2:])
            size, packed, start = (
                next(values) if each else value
                for each, value in zip(wide, (size, packed, start))  # noqa: B905 - 3.9
            )
        _demand(bool(any(wide) or not extra))
        text = name.decode("ascii", "replace")
        _demand(text in MEMBERS and text not in self._members and start == place)
        flags, method, *_ = same
        _demand(flags in (0, 8) and method in (0, 8) and (method == 8 or packed == size))
        _demand(size <= (SMALL_BYTES if text in SMALL else RATIO * packed + ALLOWED))
        begin, place = self._local(start, same, name, (crc, packed, size))
        self._members[text] = begin, packed, size, crc, method
        self.names.append(text)
        return used + named + more, place

    def _local(self, start: int, same: list[int], name: bytes, sizes: tuple[int, int, int]) -> tuple[int, int]:
        """Where a member's data begin, and where they end: its own header must say what the directory says."""
        mark, _, *again, crc, packed, size, named, more = LOCAL.unpack(self._read(start, LOCAL.size))
        _demand(mark == b"PK\3\4" and again == same and named == len(name) and more in (0, 20))
        _demand(self._read(start + LOCAL.size, named) == name)
        later = bool(same[0] & 8)  # checksum and sizes stand behind the data
        first, *both = (0, 0, 0) if later else sizes
        if more:
            extra = struct.pack("<2H2Q", 1, 16, both[1], both[0])
            _demand(self._read(start + LOCAL.size + named, more) == extra)
            both = [NO_SIZE, NO_SIZE]
        _demand([crc, packed, size] == [first, *both])
        begin = start + LOCAL.size + named + more
        end = begin + sizes[1]
        if later:
            try:
                behind = struct.pack("<4sL2Q" if more else "<4s3L", b"PK\7\10", *sizes)
            except struct.error:  # larger than fits there
                raise Refused("export") from None
            _demand(self._read(end, len(behind)) == behind)
            end += len(behind)
        return begin, end

    def parts(self, name: str) -> Iterator[bytes]:
        """The content of a member, piece by piece, of the size and the checksum that were promised."""
        if name not in self._members:
            raise Refused("export")
        _, _, size, promised, method = self._members[name]
        found = crc = 0
        for each in self._inflated(name) if method else self._packed(name):
            found, crc = found + len(each), zlib.crc32(each, crc)
            _demand(found <= size)
            yield each
        _demand((found, crc) == (size, promised))

    def _packed(self, name: str) -> Iterator[bytes]:
        begin, packed, *_ = self._members[name]
        for at in range(begin, begin + packed, PIECE):
            yield self._read(at, min(PIECE, begin + packed - at))

    def _inflated(self, name: str) -> Iterator[bytes]:
        """Raises Refused for a stream that is wrong, cut off, or followed by anything."""
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        for piece in self._packed(name):
            _demand(not stream.eof)
            left = piece
            while True:
                try:
                    some = stream.decompress(left, PIECE)
                except zlib.error:
                    raise Refused("export") from None
                left = stream.unconsumed_tail
                if some:
                    yield some
                if stream.eof or not (left or some):
                    break
            _demand(not stream.unused_data)
        _demand(stream.eof)

    def whole(self, name: str) -> bytes:
        """All of a small member."""
        return b"".join(self.parts(name))

    def lines(self, name: str, longest: int, why: str) -> Iterator[bytes]:
        """Its lines, without their ends."""
        left = b""
        for part in self.parts(name):
            *found, left = (left + part).split(b"\n") if b"\n" in part else (left + part,)
            for line in found:
                _demand(len(line) <= longest, why)
                yield line
            _demand(len(left) <= longest, why)
        _demand(not left, "form")


# ---------------------------------------------------------------- exports

SIGNED, UNSIGNED = "poruchenie-export/v2", "poruchenie-export-1"


def verify_export(
    data: IO[bytes],
    keys: Sequence[Key],
    witnesses: Sequence[Key] = (),
    old: Told | None = None,
    document: str | None = None,
) -> Told:
    """What an export proves. `data`: a file of ZIP form; `old`: a checkpoint that was kept; `document`: a SHA-256.

    In the result `tables` says whether the log's key vouches for the tables (CSV, XLSX) too. Raises Refused.
    """
    archive = Archive(data)
    manifest, signed = _manifest(archive)
    _hashed(archive, manifest)
    checkpoint = checkpoint_of(archive.whole("checkpoint"), keys, witnesses)
    around = _around(archive.whole("around"), checkpoint["size"]) if "around" in archive.names else None
    places = around[:2] if around else (0, checkpoint["size"])
    _demand(manifest["size"] == checkpoint["size"], "manifest")
    if signed:
        _vouched(manifest, signed, checkpoint, places, keys)
    lost = list(_lost(archive.lines("entries.jsonl", ENTRY_BYTES, "entry"), places[0]))
    told = _log(archive, checkpoint, lost, around, old, Sought(document), signed=bool(signed))
    return {**told, "tables": bool(signed)}


def _manifest(archive: Archive) -> tuple[Told, tuple[str, list[Signature]] | None]:
    """The manifest, and the note that it is the text of (None: of an earlier export, whose manifest nobody signed)."""
    _demand(len({"manifest", "manifest.json"} & set(archive.names)) == 1, "manifest")
    signed = None
    if "manifest" in archive.names:
        try:
            signed = note_of(archive.whole("manifest"))
        except Refused as error:
            raise Refused("manifest" if str(error) == "form" else str(error)) from None
        lines = signed[0][:-1].split("\n")
        _demand(len(lines) == 2, "manifest")
        told = canonical(lines[1].encode(), "manifest")
        _demand(type(told) is dict and sorted(told) == sorted(MANIFEST), "manifest")
        _demand({name: type(value) for name, value in told.items()} == MANIFEST, "manifest")
        _demand(told["format"] == SIGNED and lines[0] == f"{SIGNED} {told['origin']}", "manifest")
    else:
        told = parsed(archive.whole("manifest.json"), "manifest")
        _demand(type(told) is dict and sorted(told) == ["files", "format", "size"], "manifest")
        _demand(told["format"] == UNSIGNED and type(told["size"]) is int and type(told["files"]) is dict, "manifest")
    rest = set(archive.names) - {"manifest", "manifest.json"}
    _demand(set(told["files"]) == rest and rest >= {"checkpoint", "entries.jsonl", "disclosures.jsonl"}, "manifest")
    return told, signed


MANIFEST = {"files": dict, "first": int, "format": str, "last": int, "origin": str, "root": str, "size": int}


def _hashed(archive: Archive, manifest: Told) -> None:
    """Compare every file with its hash."""
    for name in archive.names:
        digest = hashlib.sha256()
        for part in archive.parts(name):
            digest.update(part)
        _demand(name in ("manifest", "manifest.json") or digest.hexdigest() == manifest["files"][name], "manifest")


def _vouched(
    manifest: Told, signed: tuple[str, list[Signature]], head: Told, places: tuple[int, int], keys: Sequence[Key]
) -> None:
    """That a manifest is of this checkpoint, and signed by the log."""
    own = [key for key in keys if key[2] == ED25519 and key[0] == head["origin"]]
    # A list, not a generator: a wrong signature is refused, whatever another key signed.
    _demand(any([open_note(*signed, key) is not None for key in own]), "signature")  # noqa: C419
    root = base64.b64encode(head["root"]).decode()
    same = (manifest["origin"], manifest["root"], manifest["first"], manifest["last"])
    _demand(same == (head["origin"], root, *places), "manifest")


def _around(data: bytes, size: int) -> Around:
    """The first place of a stretch, the place after its last, and the roots of the subtrees before and after."""
    try:
        head, *lines = data.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Refused("form") from None
    word, *places = head.split(" ")
    if word != "places" or len(places) != 2 or lines[-1:] != [""]:
        raise Refused("form")
    first, last = map(number, places)
    hashes = [decoded(line) for line in lines[:-1]]
    before, after = list(_levels(0, first)), list(_levels(last, size))
    if not first < last <= size or len(hashes) != len(before + after) or any(len(each) != 32 for each in hashes):
        raise Refused("form")
    pairs = [(level, hashes[at]) for at, level in enumerate(before + after)]
    return first, last, pairs[: len(before)], pairs[len(before) :]


def _levels(start: int, end: int) -> Iterator[int]:
    """Of the perfect subtrees that lie one after the other between two places, each the largest that fits."""
    while start < end:
        level = (end - start).bit_length() - 1
        level = min(level, (start & -start).bit_length() - 1) if start else level
        yield level
        start += 1 << level


def _lost(lines: Iterable[bytes], first: int) -> Iterator[tuple[int, int]]:
    """Ranges of entries that a restored backup no longer knew, as later entries of the log's own trail tell."""
    for place, line in enumerate(lines, first):
        if b'"action":"resume"' in line and b'"trail":"log:' in line:
            found = entry_of(line)["facts"].get("lost", [])
            for each in found if type(found) is list else [found]:
                if type(each) is not list or [type(edge) for edge in each] != [int, int]:
                    raise Refused("entry")
                if not 0 <= each[0] < each[1] <= place:  # it gives up what comes after it, or nothing
                    raise Refused("chain")
                yield each[0], each[1]


def _log(
    archive: Archive,
    checkpoint: Told,
    lost: Sequence[tuple[int, int]],
    around: Around | None,
    old: Told | None,
    sought: Sought,
    *,
    signed: bool,
) -> Told:
    first, last, before, after = around or (0, checkpoint["size"], [], [])
    if old and not (old["size"] <= checkpoint["size"] and old["origin"] == checkpoint["origin"]):
        raise Refused("branch")
    if old and not (first <= old["size"] <= last or old["size"] == 0):
        raise Refused("stretch")
    shown = archive.lines("disclosures.jsonl", TEXT_BYTES, "form")
    given_up = 0
    tree, chains, texts = Tree(), Chains(part=around is not None), Texts(shown, canonical if signed else parsed)
    for level, digest in before:
        tree.add(digest, level)
    _same(tree, old)
    for body in archive.lines("entries.jsonl", ENTRY_BYTES, "entry"):
        index, told = tree.size, entry_of(body)
        tree.add(leaf(body))
        if any(start <= index < end for start, end in lost):
            given_up += 1
        else:
            chains.add(told, leaf(body))
        sought.of(told, texts.of(index, told["fields"]))
        _same(tree, old)
    texts.finish()
    if tree.size != last:
        raise Refused("proof")
    for level, digest in after:
        tree.add(digest, level)
    if tree.root() != checkpoint["root"]:
        raise Refused("proof")
    facts: Told = {name: checkpoint[name] for name in ("origin", "size", "keys", "witnesses")}
    facts.update({"first": first, "last": last - 1} if around else {})
    facts.update({"old": old["size"]} if old else {})
    counts = {"trails": len(chains.heads), "texts": texts.number, "lost": given_up}
    return {**facts, "root": checkpoint["root"].hex(), **counts, **sought.found}


def _same(tree: Tree, old: Told | None) -> None:
    """At the size that somebody kept, the root must be the one that he kept."""
    if old and old["size"] == tree.size and old["root"] != tree.root():
        raise Refused("branch")


class Chains:
    """Each trail's last entry so far. In a part of the log a trail may begin in its middle."""

    def __init__(self, *, part: bool) -> None:
        self.part = part
        self.heads: dict[str, tuple[Told, bytes]] = {}

    def add(self, told: Told, digest: bytes) -> None:
        """The next entry."""
        before, hash_before = self.heads.get(told["trail"], (None, b""))
        begun = self.part and before is None and told["seq"] > 1
        if not begun and not follows(told, before, hash_before):
            raise Refused("chain")
        self.heads[told["trail"]] = {name: told[name] for name in ("trail", "seq")}, digest


class Texts:
    """Disclosed texts, in the order of the entries that promised them. `reading`: their lines, canonical or not."""

    def __init__(self, shown: Iterable[bytes], reading: Callable[[bytes, str], Any]) -> None:
        self.number = 0
        self._told = _texts(shown, reading)
        self._next = next(self._told, None)

    def of(self, index: int, fields: Mapping[str, str]) -> dict[str, str]:
        """Those of one entry, compared with what it promised."""
        found: dict[str, str] = {}
        while self._next is not None and self._next["index"] == index:
            field, value = self._next["field"], self._next["value"]
            if field not in fields or field in found or not opens(field, value, self._next["salt"], fields[field]):
                raise Refused("disclosed")
            found[field] = value
            self.number += 1
            self._next = next(self._told, None)
        return found

    def finish(self) -> None:
        """None may be left."""
        if self._next is not None:
            raise Refused("disclosed")


def _texts(shown: Iterable[bytes], reading: Callable[[bytes, str], Any]) -> Iterator[Told]:
    for line in shown:
        told = reading(line, "form")
        if type(told) is not dict or sorted(told) != ["field", "index", "salt", "value"]:
            raise Refused("form")
        if type(told["index"]) is not int or any(type(told[name]) is not str for name in ("field", "value", "salt")):
            raise Refused("form")
        yield told


# ---------------------------------------------------------------- consistency


def kept_of(data: bytes, keys: Sequence[Key]) -> Told:
    """The checkpoint that somebody kept: alone, or in a receipt."""
    return checkpoint_of(data.partition(b"\n\n")[2] if data.startswith(b"c2sp.org/tlog-proof") else data, keys, ())


def verify_consistency(data: bytes, keys: Sequence[Key], witnesses: Sequence[Key], old: Told) -> Told:
    """That a log extends a checkpoint: what `audit consistency -o` writes (C2SP tlog-witness). Raises Refused."""
    head, gap, note = data.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Refused("form") from None
    if not gap or not first.startswith("old "):
        raise Refused("form")
    size, path = number(first[4:]), [decoded(line) for line in lines]
    if len(path) > 63 or any(len(each) != 32 for each in path):
        raise Refused("form")
    new = checkpoint_of(note, keys, witnesses)
    if size != old["size"] or not extends(old, new, path):
        raise Refused("branch")
    facts = {name: new[name] for name in ("origin", "size", "keys", "witnesses")}
    return {**facts, "root": new["root"].hex(), "old": old["size"]}


# ---------------------------------------------------------------- what people read

SAYS = {
    "ru": {
        "form": "Файл повреждён, обрезан или это не то, что здесь проверяется.",
        "key": "Ключ проверки записан с ошибкой; скопируйте его строку целиком.",
        "signature": "Файл подписан не этим ключом, или он изменён после подписания.",
        "witness": "Нет подписи свидетеля, которой вы требуете.",
        "proof": "Записи в этом виде в подписанном журнале нет.",
        "entry": "Байты записи не читаются как запись журнала.",
        "chain": "Порядок записей нарушен: запись изъята, подменена или вставлена.",
        "disclosed": "Раскрытый текст не совпадает с тем, что обещано в записи.",
        "export": "Это не выгрузка журнала, или она повреждена.",
        "branch": "Журнал НЕ продолжает сохранённую контрольную точку: он переписан, или одна из двух не из него.",
        "stretch": "По этой части не видно, продолжает ли журнал сохранённую контрольную точку; нужен весь журнал.",
        "old": "Этот файл проверяют вместе с сохранённой контрольной точкой: задайте и её (--old).",
        "alone": "Квитанция не показывает, продолжает ли журнал сохранённую контрольную точку; нужна выгрузка или "
        "файл «audit consistency».",
        "manifest": "Файл выгрузки не совпадает с её описью, или опись не от этой выгрузки.",
        "file": "Файл не читается: он удалён, перенесён или закрыт для чтения.",
        "error": "Проверка прервалась из-за ошибки, которой программа не ожидала. Попробуйте другую программу "
        "проверки.",
        "changed": "Файл изменился, пока его проверяли; повторите проверку.",
        "ok": "ДОКАЗАНО.",
        "no": "НЕ ДОКАЗАНО.",
        "nothing": "Этот файл ничего не доказывает: на то, что в нём написано, полагаться нельзя.",
        "whole": "Полная история «{subject}» от первой записи до записи № {last} стоит в журнале именно такой, "
        "какой показана ниже: ни одна из этих записей не изменена, не изъята и не вставлена.",
        "one": "Запись № {last} истории «{subject}» стоит в журнале именно такой, какой показана ниже: она не "
        "изменена.",
        "all": "Весь журнал выгружен без изъятий и изменений: записей {size}, историй {trails}, раскрытых текстов "
        "{texts}.",
        "part": "Часть журнала, с {first}-й по {last}-ю запись (считая с нуля), выгружена без изъятий и "
        "изменений: историй {trails}, раскрытых текстов {texts}.",
        "extends": "Журнал продолжает сохранённую контрольную точку на {old} записей: ни одна из них не изменена "
        "и не изъята.",
        "lost": "Записей {lost} журнал сам называет утраченными при восстановлении из резервной копии: они "
        "показаны, но с позднейшими не связаны. Спросите, чем это вызвано.",
        "limits": "Доказано, что это записано в журнал и после не изменено. Верно ли записанное и что записано "
        "позже, файл не показывает.",
        "vouched": "Таблицы entries.csv и entries.xlsx подписаны вместе с выгрузкой и не изменены.",
        "unvouched": "За таблицы entries.csv и entries.xlsx подпись НЕ ручается: доказано только то, что в "
        "entries.jsonl и disclosures.jsonl.",
        "document_is": "Документ назван в журнале:",
        "document_file": "файл записи № {seq} истории «{subject}»",
        "document_source": "исходный документ, запись № {seq} истории «{subject}»",
        "document_none": "Документ не совпадает ни с одним файлом, который называют раскрытые здесь записи.",
        "document_unsaid": "Этот файл не называет документов: сравните документ с квитанцией или выгрузкой.",
        "unknown": "обозначение в подробностях",
        "file_label": "Файл",
        "document_label": "Документ",
        "sha256": "SHA-256",
        "history": "Что записано",
        "what": "Что",
        "who": "Кто",
        "field": "поле {0}",
        "actor": "{role}, учётная запись {actor}",
        "actor_for": "{role}, учётная запись {actor}, за учётную запись {for}",
        "withheld": "удалено или не раскрыто",
        "more": "ещё знаков: {0}",
        "details": "Подробности для специалиста",
        "log": "Имя журнала",
        "checkpoint": "Контрольная точка",
        "checkpoint_is": "записей {size}, корень {root}",
        "trail": "Обозначение истории",
        "place": "Место записи в журнале (считая с нуля)",
        "leaf": "Хеш записи",
        "signed_by": "Подписано ключом",
        "key_label": "Ключ проверки",
        "fingerprint": "Отпечаток строки ключа (SHA-256)",
        "seen": "Засвидетельствовано",
        "unseen": "Подписи свидетелей не проверялись: их ключи не заданы.",
        "act": "АКТ ПРОВЕРКИ",
        "by": "Проверил(а) (фамилия, имя, отчество, должность)",
        "when": "Когда проверено",
        "conclusion": "Вывод",
        "program": "Чем проверено",
        "program_is": "verifier.py программы «Поручение»",
        "signed": "Подпись проверившего",
        "present": "Присутствовали (фамилии и подписи)",
    },
    "en": {
        "form": "The file is damaged, cut off, or not what is verified here.",
        "key": "The verifier key is mistyped; copy its whole line.",
        "signature": "The file is not signed by this key, or it was changed after it was signed.",
        "witness": "The signature of a witness that you demand is missing.",
        "proof": "The signed log holds no such entry.",
        "entry": "The bytes of an entry are not those of an audit entry.",
        "chain": "The order of entries is broken: one was taken out, replaced or put in.",
        "disclosed": "A disclosed text is not what the entry promised.",
        "export": "This is not an export of the log, or it is damaged.",
        "branch": "The log does NOT extend the checkpoint that was kept: it was rewritten, or one is not of this log.",
        "stretch": "This part of the log does not show whether it extends the kept checkpoint; take a whole export.",
        "old": "This file is verified with the checkpoint that was kept: give that too (--old).",
        "alone": "A receipt does not show whether the log extends the kept checkpoint; take an export or a file "
        "of “audit consistency”.",
        "manifest": "A file of the export is not what its manifest says, or the manifest is not of this export.",
        "file": "The file can't be read: it was deleted, moved, or may not be read.",
        "error": "The verification was broken off by a fault that the program did not expect. Try the other verifier.",
        "changed": "The file changed while it was verified; verify it again.",
        "ok": "PROVEN.",
        "no": "NOT PROVEN.",
        "nothing": "This file proves nothing: do not rely on what is written in it.",
        "whole": "The whole history of “{subject}” from its first entry to entry {last} stands in the log exactly "
        "as shown below: none of these entries was changed, taken out or put in.",
        "one": "Entry {last} of the history of “{subject}” stands in the log exactly as shown below: it was not "
        "changed.",
        "all": "The whole log was exported with nothing taken out or changed: {size} entries, {trails} histories, "
        "{texts} disclosed texts.",
        "part": "A part of the log, entries {first} to {last} (counted from zero), was exported with nothing "
        "taken out or changed: {trails} histories, {texts} disclosed texts.",
        "extends": "The log extends the kept checkpoint of {old} entries: none of them was changed or taken out.",
        "lost": "Of {lost} entries the log itself says that a restored backup had lost them: they stand here, but "
        "later ones do not build on them. Ask why.",
        "limits": "It is proven that this was written into the log and not changed since. Whether it is true, and "
        "what was written later, the file does not show.",
        "vouched": "The tables entries.csv and entries.xlsx were signed with the export and were not changed.",
        "unvouched": "The signature does NOT vouch for the tables entries.csv and entries.xlsx: only what stands "
        "in entries.jsonl and disclosures.jsonl is proven.",
        "document_is": "The log names the document:",
        "document_file": "a file of entry {seq} of the history of “{subject}”",
        "document_source": "the source document, entry {seq} of the history of “{subject}”",
        "document_none": "The document is none of the files that the entries disclosed here name.",
        "document_unsaid": "This file names no documents: compare the document with a receipt or an export.",
        "unknown": "its mark stands in the details",
        "file_label": "File",
        "document_label": "Document",
        "sha256": "SHA-256",
        "history": "What was written",
        "what": "What",
        "who": "Who",
        "field": "field {0}",
        "actor": "{role}, account {actor}",
        "actor_for": "{role}, account {actor}, in the name of account {for}",
        "withheld": "erased or not disclosed",
        "more": "{0} characters more",
        "details": "Details for a specialist",
        "log": "Name of the log",
        "checkpoint": "Checkpoint",
        "checkpoint_is": "{size} entries, root {root}",
        "trail": "Mark of the history",
        "place": "Place of the entry in the log (counted from zero)",
        "leaf": "Hash of the entry",
        "signed_by": "Signed by the key",
        "key_label": "Verifier key",
        "fingerprint": "Fingerprint of the key's line (SHA-256)",
        "seen": "Witnessed",
        "unseen": "No signature of a witness was verified: no keys of witnesses were given.",
        "act": "ACT OF VERIFICATION",
        "by": "Verified by (name and office)",
        "when": "Verified on",
        "conclusion": "Conclusion",
        "program": "Verified with",
        "program_is": "verifier.py of Poruchenie",
        "signed": "Signature of the verifying person",
        "present": "Present (names and signatures)",
    },
}

# <words> Key: English and Russian. Written by “make docs”; a test fails when the catalogue says otherwise.
WORDS: Mapping[str, Sequence[str]] = json.loads(r"""{
  "action:account.close": ["Account closed", "Учётная запись заблокирована"],
  "action:account.create": ["Account created", "Учётная запись создана"],
  "action:account.invite": ["Invitation made", "Приглашение создано"],
  "action:account.issue_token": ["Token issued", "Токен выпущен"],
  "action:account.refuse_sign_in": ["Not let in", "Во входе отказано"],
  "action:account.revoke_token": ["Token revoked", "Токен отозван"],
  "action:account.send_code": ["Code sent", "Код отправлен"],
  "action:account.set_password": ["Password set", "Пароль задан"],
  "action:account.sign_in": ["Signed in", "Выполнен вход"],
  "action:account.sign_out": ["Signed out", "Выполнен выход"],
  "action:account.substitute": ["Substitute appointed", "Замещающий назначен"],
  "action:account.update": ["Account changed", "Учётная запись изменена"],
  "action:assignment.accept": ["Report accepted", "Отчёт принят, поручение снято с контроля"],
  "action:assignment.acknowledge": ["Taken into work", "Принято к исполнению"],
  "action:assignment.assign": ["Assigned to the addressee", "Поручение назначено"],
  "action:assignment.assign_reviewer": ["Reviewer appointed", "Проверяющий назначен"],
  "action:assignment.check": ["Report checked", "Отчёт проверен"],
  "action:assignment.comment": ["Comment written", "Комментарий написан"],
  "action:assignment.escalate": ["Escalated", "Эскалация направлена"],
  "action:assignment.extend": ["Deadline extended", "Срок продлён"],
  "action:assignment.reassign": ["Person in charge named", "Ответственный назначен"],
  "action:assignment.redate": ["Deadline changed", "Срок изменён"],
  "action:assignment.refuse_extension": ["Extension refused", "В продлении отказано"],
  "action:assignment.remind": ["Reminder given", "Напоминание направлено"],
  "action:assignment.reopen": ["Put back under control for rework", "Поручение возвращено на контроль"],
  "action:assignment.request_extension": ["Extension requested", "Запрошено продление срока"],
  "action:assignment.restore": ["Assignment restored", "Поручение восстановлено"],
  "action:assignment.return": ["Report returned for rework", "Отчёт возвращён на доработку"],
  "action:assignment.review": ["Positive conclusion given", "Дано положительное заключение"],
  "action:assignment.submit": ["Report submitted", "Отчёт представлен"],
  "action:assignment.transfer": ["Transferred to the successor", "Поручение передано правопреемнику"],
  "action:assignment.withdraw": ["Assignment withdrawn", "Поручение отозвано"],
  "action:group.create": ["Group added", "Перечень рассылки добавлен"],
  "action:group.update": ["Group changed", "Перечень рассылки изменён"],
  "action:log.adopt_witnesses": ["Witness policy adopted", "Правила о свидетелях приняты"],
  "action:log.ask_erasure": ["Erasure asked for", "Уничтожение данных запрошено"],
  "action:log.begin": ["Log begun", "Журнал начат"],
  "action:log.erase": ["Personal data erased", "Персональные данные уничтожены"],
  "action:log.fill_place": ["Empty place of the log filled", "Пустое место журнала заполнено"],
  "action:log.proceed": ["Sweeps let go on", "Обходы разрешено продолжить"],
  "action:log.repair": ["Derived data repaired", "Производные данные восстановлены"],
  "action:log.resume": ["Log gone on with", "Журнал продолжен"],
  "action:log.rotate": ["Keys of the log changed", "Ключи журнала сменены"],
  "action:log.upgrade": ["Program upgraded", "Программа обновлена"],
  "action:organisation.create": ["Organisation added", "Организация добавлена"],
  "action:organisation.update": ["Organisation changed", "Сведения об организации изменены"],
  "action:policy.adopt": ["Policy put in force", "Правила введены в действие"],
  "action:protocol.expand": ["Assignments made", "Поручения созданы"],
  "action:protocol.register": ["Protocol registered", "Протокол зарегистрирован"],
  "action:protocol.withdraw": ["Protocol withdrawn", "Протокол отозван"],
  "field:channel": ["Channel", "Канал"],
  "field:files": ["Files", "Файлы"],
  "field:findings": ["Findings", "Замечания проверки"],
  "field:name": ["Name", "Имя"],
  "field:note": ["Note", "Текст"],
  "kind:account": ["account", "учётная запись"],
  "kind:assignment": ["assignment", "карточка исполнения"],
  "kind:group": ["group", "группа"],
  "kind:log": ["log", "журнал"],
  "kind:organisation": ["organisation", "организация"],
  "kind:policy": ["policy", "политика"],
  "kind:protocol": ["protocol", "протокол"],
  "role:admin": ["admin", "администратор"],
  "role:controller": ["controller", "контролёр"],
  "role:executor": ["executor", "исполнитель"],
  "role:leader": ["leader", "руководитель"],
  "role:registrar": ["registrar", "делопроизводитель"],
  "role:reviewer": ["reviewer", "рецензент"],
  "role:system": ["system", "система"],
  "state:accepted": ["accepted", "Принято"],
  "state:active": ["active", "Открыта"],
  "state:assigned": ["assigned", "Назначено"],
  "state:closed": ["closed", "Закрыта"],
  "state:current": ["current", "Действует"],
  "state:in_force": ["in force", "В силе"],
  "state:kept": ["kept", "Ведётся"],
  "state:new": ["—", "—"],
  "state:returned": ["returned", "Возвращено на доработку"],
  "state:reviewed": ["reviewed", "Рассмотрено"],
  "state:submitted": ["submitted", "Представлено"],
  "state:under_control": ["under control", "На контроле"],
  "state:withdrawn": ["withdrawn", "Отозвано"]
}""")
# </words>
SHOWN = 600  # characters of a text, unless --full


class Saying:
    """Sentences and words in one language. Whatever stood in a file is made harmless by `quoted` before it is shown."""

    def __init__(self, language: str, *, full: bool = False) -> None:
        self.say = SAYS[language]
        self.language = language
        self.full = full

    def word(self, kind: str, code: str) -> str:
        """The word for a code; the code itself, quoted, where there is none."""
        found = WORDS.get(f"{kind}:{code}")
        return found[self.language == "ru"] if found else self.quoted(re.sub("[«»]", "?", code))

    def action(self, kind: str, code: str) -> str:
        """What an action on a subject of a kind is called once it is done."""
        return self.word("action", f"{kind}.{code}") if f"action:{kind}.{code}" in WORDS else self.word("action", code)

    def field(self, name: str) -> str:
        """The word for a field; its name, called that, where there is none."""
        return (
            self.word("field", name) if f"field:{name}" in WORDS else self.say["field"].format(self.word("field", name))
        )

    def quoted(self, text: str) -> str:
        """A text of somebody else's: in quotes, last on its one line, what is not seen made visible, and bounded."""
        most = len(text) if self.full else SHOWN
        rest = "" if len(text) <= most else f" [… {self.say['more'].format(len(text) - most)}]"
        return f"«{visible(text[:most])}»{rest}"

    def subject(self, trail: str) -> str:
        """A subject by the word for its kind and its number."""
        kind, _, number = trail.partition(":")
        found = WORDS.get(f"kind:{kind}")
        if found is None or not re.fullmatch("[1-9][0-9]{0,15}", number):
            return self.say["unknown"]
        return f"{found[1]} № {number}" if self.language == "ru" else f"{found[0]} {number}"

    def time(self, at: datetime) -> str:
        """A moment here, with the zone, and in UTC."""
        form = "%d.%m.%Y %H:%M:%S" if self.language == "ru" else "%Y-%m-%d %H:%M:%S"
        utc = at.replace(microsecond=0, tzinfo=None)
        told = f"{utc.strftime(form) if utc.year > 999 else utc.isoformat(' ')} UTC"
        try:
            here = at.astimezone()
        except (OverflowError, ValueError, OSError):  # at the ends of the calendar
            return told
        offset = here.strftime("%z")
        return f"{here.strftime(form)} UTC{offset[:3]}:{offset[3:5]} ({told})" if here.year > 999 else told


def visible(text: str) -> str:
    """With control, direction and other unseen characters spelled out: nothing obeys them, nobody overlooks them."""
    return "".join(f"⟨U+{ord(each):04X}⟩" if _unseen(each) else each for each in text)


def _unseen(each: str) -> bool:
    return (not each.isprintable() and each not in "\xa0\u202f") or each in BLANK or each in SELECTORS


SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"  # they show nothing


def sentences(told: Told, saying: Saying) -> Iterator[str]:
    """What is proven, in words; then what was written; then details."""
    say = saying.say
    yield from conclusion(told, saying)
    if "entries" in told:
        yield ""
        yield say["history"] + ":"
        for each in told["entries"]:
            yield from _entry(each, told["trail"], saying)
    yield ""
    yield say["details"] + ":"
    yield f"  {say['log']}: {saying.quoted(told['origin'])}"
    yield f"  {say['checkpoint']}: {say['checkpoint_is'].format(size=told['size'], root=told['root'])}"
    for each in told["keys"]:
        yield f"  {say['signed_by']}: {saying.quoted(each)}"
    for each in told["witnesses"]:
        at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=min(each["at"], 2**37))
        yield f"  {say['seen']}: {saying.quoted(each['name'])}, {saying.time(at)}"
    if not told["witnesses"]:
        yield f"  {say['unseen']}"
    if "entries" in told:
        yield f"  {say['trail']}: {saying.quoted(told['trail'])}"
        yield f"  {say['place']}: {told['index']}"
        yield f"  {say['leaf']}: {told['leaf']}"


def conclusion(told: Told, saying: Saying) -> Iterator[str]:
    """What is proven: sentences of ours alone, and numbers."""
    say = saying.say
    if "entries" in told:
        subject, last = saying.subject(told["trail"]), told["entries"][-1]["seq"]
        yield say["whole" if told["whole"] else "one"].format(subject=subject, last=last)
    if "trails" in told:
        yield say["part" if "first" in told else "all"].format(**told)
    if told.get("lost"):
        yield say["lost"].format(**told)
    if "old" in told:
        yield say["extends"].format(**told)
    if "tables" in told:
        yield say["vouched" if told["tables"] else "unvouched"]
    yield say["limits"]
    if "document" in told:
        named = told["document"]["named"]
        yield say["document_is" if named else "document_none" if "root" in told and _names(told) else "document_unsaid"]
        for each in named[:100]:
            place = say["document_source" if each["name"] is None else "document_file"]
            name = "" if each["name"] is None else f", {saying.quoted(each['name'])}"
            yield "  " + place.format(seq=each["seq"], subject=saying.subject(each["trail"])) + name


def _names(told: Told) -> bool:
    return "entries" in told or "trails" in told


def _entry(each: Told, trail: str, saying: Saying) -> Iterator[str]:
    say, kind = saying.say, trail.partition(":")[0]
    at = moment(each["at"])
    yield f"  {each['seq']}. {saying.time(at) if at else ''}"
    source, state = (saying.word("state", each[name]) for name in ("from", "to"))
    yield f"     {say['what']}: {saying.action(kind, each['action'])} ({source} → {state})"
    who = say["actor_for" if "for" in each else "actor"]
    yield f"     {say['who']}: " + who.format(**{**each, "role": saying.word("role", each["role"])})
    for field, value in each["disclosed"].items():
        files = files_of(value) if field == "files" else None
        for file in files or ():
            found = file["sha256"] if HASH.fullmatch(file["sha256"]) else "—"
            yield f"     {saying.field(field)}: SHA-256 {found}, {saying.quoted(file['name'])}"
        if files is None:
            yield f"     {saying.field(field)}: {saying.quoted(value)}"
    for field in each["withheld"]:
        yield f"     {saying.field(field)}: [{say['withheld']}]"


class Asked:
    """What was asked on the command line: the file, its SHA-256 and the document's, the keys, who asks, and when."""

    def __init__(self, told: argparse.Namespace, now: datetime) -> None:
        self.file, self.document, self.old = told.file, told.document, told.old
        self.key, self.witness = told.key, told.witness
        self.by, self.now = told.by, now
        self.sha256 = self.document_sha256 = ""

    def verified(self) -> Told:
        """The result. Raises Refused, OSError."""
        keys, witnesses = ([key_of(key) for key in some] for some in (self.key, self.witness))
        if self.document is not None:
            with _opened(self.document) as file:
                self.document_sha256 = _sha256(file)
        with _opened(self.file) as file:
            self.sha256 = _sha256(file)
            kept = None
            if self.old is not None:
                with _opened(self.old) as old:
                    kept = kept_of(_all(old), keys)
            found = verify(file, keys, witnesses, kept, self.document_sha256 or None)
            if _sha256(file) != self.sha256:
                raise Refused("changed")
        return found

    def heading(self, saying: Saying) -> Iterator[str]:
        """Which file, which document."""
        say = saying.say
        for label, name, sha256 in (
            ("file_label", self.file, self.sha256),
            ("document_label", self.document, self.document_sha256),
        ):
            if name is not None:
                yield f"{say[label]}: {saying.quoted(Path(name).name)}"
                yield f"{say['sha256']}: {sha256 or '—'}"

    def act(self, saying: Saying, verdict: Sequence[str]) -> Iterator[str]:
        """An act of verification, to be printed and signed."""
        say, line = saying.say, "_" * 40
        yield say["act"]
        yield ""
        yield f"{say['by']}: {visible(self.by) if self.by else line}"
        yield f"{say['when']}: {saying.time(self.now)}"
        yield f"{say['program']}: {say['program_is']}"
        for each in self.key:
            yield f"{say['key_label']}: {saying.quoted('+'.join(each.split('+', 2)[:2]))}"
            yield f"{say['fingerprint']}: {hashlib.sha256(each.encode('utf-8', 'surrogateescape')).hexdigest()}"
        yield from self.heading(saying)
        yield ""
        yield f"{say['conclusion']}: {verdict[0]}"
        yield from verdict[1:]
        yield ""
        yield f"{say['signed']}: {line}"
        yield f"{say['present']}: {line}"


def main(arguments: Sequence[str] | None = None, now: datetime | None = None) -> int:
    """Exit code 0: proven."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("file")
    asked.add_argument("--key", action="append", required=True, metavar="VKEY")
    asked.add_argument("--witness", action="append", default=[], metavar="VKEY")
    asked.add_argument("--old", metavar="CHECKPOINT")
    asked.add_argument("--document", metavar="FILE")
    asked.add_argument("--lang", choices=sorted(SAYS), default="ru")
    asked.add_argument("--act", action="store_true")
    asked.add_argument("--by", metavar="NAME")
    asked.add_argument("--full", action="store_true")
    asked.add_argument("--json", action="store_true")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    told = asked.parse_args(arguments)
    saying, asking = Saying(told.lang, full=told.full), Asked(told, now or datetime.now(timezone.utc))
    try:
        found, why = asking.verified(), ""
        lines = list(sentences(found, saying))
    except Refused as error:
        why = str(error)
    except (OSError, ValueError):
        why = "file"
    except Exception:  # noqa: BLE001 - whatever it was, nothing was proven, and a sentence says so
        why = "error"
    if why:
        found, lines = {"ok": False, "why": why}, [saying.say[why], saying.say["nothing"]]
    verdict = [saying.say["no" if why else "ok"], *lines]
    names = {"file": Path(told.file).name, "sha256": asking.sha256}
    if told.json:
        done = _tell([_escaped(json.dumps({"ok": True, **found, **names}, ensure_ascii=False))], sys.stdout)
    elif told.act:
        done = _tell(asking.act(saying, verdict), sys.stdout)
    else:
        done = _tell([verdict[0], *asking.heading(saying), *verdict[1:]], sys.stderr if why else sys.stdout)
    return 1 if why or not done else 0


def _tell(lines: Iterable[str], stream: TextIO) -> bool:
    """Print; whether it could be done. Where nobody reads any more, nothing was told, and nothing is proven."""
    try:
        print("\n".join(lines), file=stream, flush=True)
    except OSError:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # what is left is not tried again on the way out
            os.dup2(nowhere.fileno(), stream.fileno())
        return False
    return True


def _escaped(told: str) -> str:
    """JSON with the characters escaped that a terminal would obey."""
    return re.sub(
        "[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", lambda found: f"\\u{ord(found[0]):04x}", told
    )


def verify(
    file: IO[bytes],
    keys: Sequence[Key],
    witnesses: Sequence[Key] = (),
    old: Told | None = None,
    document: str | None = None,
) -> Told:
    """What a file proves, whatever it is. `document`: the SHA-256 of one to be found in it. Raises Refused."""
    file.seek(0)
    if file.read(4) == b"PK\x03\x04":
        return verify_export(file, keys, witnesses, old, document)
    file.seek(0)
    data = _all(file)
    if data.startswith(b"old "):
        if old is None:
            raise Refused("old")
        return {**verify_consistency(data, keys, witnesses, old), **Sought(document).found}
    if old is not None:
        raise Refused("alone")
    return verify_receipt(data, keys, witnesses, document)


def _opened(name: str) -> IO[bytes]:
    """A file, and nothing else that has a name: a pipe or a device has no end to rely on."""
    if not stat.S_ISREG(Path(name).stat().st_mode):
        raise OSError(name)
    return open(name, "rb")


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for some in iter(lambda: file.read(PIECE), b""):
        digest.update(some)
    file.seek(0)
    return digest.hexdigest()


def _all(file: IO[bytes]) -> bytes:
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused("form")
    return data


if __name__ == "__main__":
    sys.exit(main())
