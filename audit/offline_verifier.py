#!/usr/bin/env python3
"""Offline verifier of Poruchenie's receipts, exports and proofs. One file, Python 3.9 or newer, nothing else.

    python verifier.py receipt.tlog-proof --key VKEY [--witness VKEY …] [--lang ru|en] [--json]
    python verifier.py export.zip --key VKEY [--old CHECKPOINT]
    python verifier.py consistency.proof --key VKEY --old CHECKPOINT

With --old, a checkpoint (or a receipt) that you kept: that the log only grew since, and nothing in it was changed.

VKEY is the log's verifier key, which you got from somebody you trust, not from the file's sender.
Exit code 0: everything was proven. 1: it was not, and a sentence says why. 2: wrong usage.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import IO, Any

Point = tuple[int, int, int, int]
Key = tuple[str, bytes, int, bytes]
Signature = tuple[str, bytes, bytes]
Told = dict[str, Any]
Around = tuple[int, int, list[tuple[int, bytes]], list[tuple[int, bytes]]]

ED25519, COSIGNATURE = 1, 4
MOST_BYTES = 64 * 2**20  # of a receipt
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
    key_id = hashlib.sha256(parts[0].encode() + b"\n" + data).digest()[:4]
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


# ---------------------------------------------------------------- entries

PARTS = {"trail": str, "seq": int, "action": str, "from": str, "to": str, "role": str, "at": str, "actor": int}


def entry_of(body: bytes) -> Told:
    """What the bytes of an entry say."""
    try:
        told: Told = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused("entry") from None
    if type(told) is not dict or any(type(told.get(name)) is not kind for name, kind in PARTS.items()):
        raise Refused("entry")
    prev, fields = told.get("prev"), told.get("fields")
    if not (prev is None or type(prev) is str) or type(fields) is not dict:
        raise Refused("entry")
    if any(type(each) is not str for each in fields.values()):
        raise Refused("entry")
    return told


def opens(field: str, value: str, salt: str, promised: str) -> bool:
    """Whether a disclosed text is what the entry committed to."""
    try:
        key = bytes.fromhex(salt)
        made = hmac.new(key, (field + "\0" + value).encode(), hashlib.sha256).hexdigest()
    except (ValueError, TypeError):
        return False
    return re.fullmatch("[0-9a-f]*", salt) is not None and hmac.compare_digest(made.encode(), promised.encode())


def follows(told: Told, before: Told | None, hash_before: bytes) -> bool:
    """Whether an entry is chained to the one before it in its trail (None: there is none)."""
    if before is None:
        return told["seq"] == 1 and told["prev"] is None
    same: bool = told["trail"] == before["trail"] and told["seq"] == before["seq"] + 1
    return same and bool(told["prev"] == hash_before.hex())


# ---------------------------------------------------------------- receipts


def verify_receipt(data: bytes, keys: Sequence[Key], witnesses: Sequence[Key] = ()) -> Told:
    """What a receipt proves. Raises Refused."""
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
    return {
        **{name: checkpoint[name] for name in ("origin", "size", "keys", "witnesses")},
        "root": checkpoint["root"].hex(),
        "index": index,
        "leaf": leaf(bodies[-1]).hex(),
        "whole": whole,
        "trail": told[-1]["trail"],
        "entries": [_summary(each, disclosed.get(each["seq"], {})) for each in told],
    }


def _carried(extra: bytes) -> tuple[list[bytes], list[Any]]:
    try:
        told = json.loads(extra.decode("utf-8"))
        again = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError):
        raise Refused("form") from None
    if again != extra or type(told) is not dict or sorted(told) != ["disclosed", "entries", "receipt"]:
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
    names = ("seq", "at", "action", "from", "to", "role", "actor")
    withheld = sorted(set(told["fields"]) - set(disclosed))
    return {**{name: told[name] for name in names}, "disclosed": disclosed, "withheld": withheld}


# ---------------------------------------------------------------- exports


def verify_export(data: IO[bytes], keys: Sequence[Key], witnesses: Sequence[Key] = (), old: Told | None = None) -> Told:
    """What an export proves. `data`: a file of ZIP form; `old`: a checkpoint that was kept. Raises Refused."""
    try:
        with zipfile.ZipFile(data) as archive:
            names = _manifest(archive)
            checkpoint = checkpoint_of(archive.read("checkpoint"), keys, witnesses)
            around = _around(archive.read("around"), checkpoint["size"]) if "around" in names else None
            with archive.open("entries.jsonl") as lines:
                lost = list(_lost(lines))
            with archive.open("entries.jsonl") as lines, archive.open("disclosures.jsonl") as shown:
                return _log(lines, shown, checkpoint, lost, around, old)
    # zipfile itself raises NotImplementedError at a compression that it does not know, RuntimeError at a password.
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, NotImplementedError, RuntimeError):
        raise Refused("export") from None


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


def _manifest(archive: zipfile.ZipFile) -> Iterable[str]:
    try:
        told = json.loads(archive.read("manifest.json"))["files"]
        for name, promised in told.items():
            digest = hashlib.sha256()
            with archive.open(name) as file:
                for some in iter(lambda: file.read(2**16), b""):
                    digest.update(some)
            if digest.hexdigest() != promised:
                raise Refused("manifest")
    except (ValueError, TypeError, AttributeError):
        raise Refused("manifest") from None
    if not {"checkpoint", "entries.jsonl", "disclosures.jsonl"} <= set(told):
        raise Refused("manifest")
    return set(told)


def _lost(lines: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Ranges of entries that a restored backup no longer knew, as later entries of the log's own trail tell."""
    for line in lines:
        if b'"action":"resume"' in line and b'"trail":"log:' in line:
            facts = entry_of(line[:-1]).get("facts", {})
            found = facts.get("lost", []) if type(facts) is dict else []
            for each in found if type(found) is list else [found]:
                if type(each) is not list or [type(edge) for edge in each] != [int, int]:
                    raise Refused("entry")
                yield each[0], each[1]


def _log(
    lines: Iterable[bytes],
    shown: Iterable[bytes],
    checkpoint: Told,
    lost: Sequence[tuple[int, int]],
    around: Around | None,
    old: Told | None,
) -> Told:
    first, last, before, after = around or (0, checkpoint["size"], [], [])
    if old and not (old["size"] <= checkpoint["size"] and old["origin"] == checkpoint["origin"]):
        raise Refused("branch")
    if old and not (first <= old["size"] <= last or old["size"] == 0):
        raise Refused("stretch")
    tree, chains, texts = Tree(), Chains(part=around is not None), Texts(shown)
    for level, digest in before:
        tree.add(digest, level)
    _same(tree, old)
    for line in lines:
        body, index = line[:-1], tree.size
        if line[-1:] != b"\n":
            raise Refused("form")
        told = entry_of(body)
        tree.add(leaf(body))
        if not any(start <= index < end for start, end in lost):
            chains.add(told, leaf(body))
        texts.of(index, told["fields"])
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
    return {**facts, "root": checkpoint["root"].hex(), "trails": len(chains.heads), "texts": texts.number}


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
    """Disclosed texts, in the order of the entries that promised them."""

    def __init__(self, shown: Iterable[bytes]) -> None:
        self.number = 0
        self._told = _texts(shown)
        self._next = next(self._told, None)

    def of(self, index: int, fields: Mapping[str, str]) -> None:
        """Compare those of one entry."""
        while self._next is not None and self._next["index"] == index:
            field = self._next["field"]
            if field not in fields or not opens(field, self._next["value"], self._next["salt"], fields[field]):
                raise Refused("disclosed")
            self.number += 1
            self._next = next(self._told, None)

    def finish(self) -> None:
        """None may be left."""
        if self._next is not None:
            raise Refused("disclosed")


def _texts(shown: Iterable[bytes]) -> Iterator[Told]:
    for line in shown:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            raise Refused("form") from None
        if type(told) is not dict or type(told.get("index")) is not int:
            raise Refused("form")
        if any(type(told.get(name)) is not str for name in ("field", "value", "salt")):
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
        "signature": "Подпись контрольной точки сделана не этим ключом, или она изменена после подписания.",
        "witness": "Нет подписи свидетеля, которой вы требуете.",
        "proof": "Доказательство не приводит к подписанному корню: записи в этом виде в журнале нет.",
        "entry": "Байты записи не читаются как запись журнала.",
        "chain": "Цепочка записей разорвана: запись изъята, подменена или вставлена.",
        "disclosed": "Раскрытый текст не совпадает с тем, что обещано в записи.",
        "export": "Это не выгрузка журнала, или она повреждена.",
        "branch": "Журнал НЕ продолжает сохранённую контрольную точку: он переписан, или одна из двух не из него.",
        "stretch": "По этой части не видно, продолжает ли журнал сохранённую контрольную точку; нужен весь журнал.",
        "old": "Этот файл доказывают вместе с сохранённой контрольной точкой: задайте её (--old).",
        "alone": "Квитанция не показывает, продолжает ли журнал сохранённую контрольную точку; нужна выгрузка или файл "
        "команды «audit consistency».",
        "manifest": "Файл выгрузки не совпадает со своей описью.",
        "file": "Файл не читается: {0}",
        "ok": "ДОКАЗАНО.",
        "no": "НЕ ДОКАЗАНО.",
        "log": "Журнал: {origin}; контрольная точка на {size} записей, корень {root}.",
        "by": "Подписано ключом: {0}.",
        "seen": "Засвидетельствовано: {0}, {1}.",
        "unseen": "Свидетельства других органов не проверялись (ключи --witness не заданы).",
        "whole": "Полная история «{0}» от первой записи до записи № {1}; место в журнале — {2}.",
        "one": "Одна запись истории «{0}», № {1}; место в журнале — {2}.",
        "entry_line": "  {seq}. {at}  {action}: {from} → {to}  (роль {role}, учётная запись {actor})",
        "withheld": "удалено или не раскрыто",
        "part": "Часть журнала: места с {first} по {last}, историй {trails}, раскрытых текстов {texts}; все её байты "
        "и цепочки сходятся, места доказаны.",
        "extends": "Журнал продолжает сохранённую контрольную точку на {old} записей: в ней ничего не изменено.",
        "all": "Весь журнал: историй {trails}, раскрытых текстов {texts}; все байты, цепочки и корень сходятся.",
    },
    "en": {
        "form": "The file is damaged, cut off, or not what is verified here.",
        "key": "The verifier key is mistyped; copy its whole line.",
        "signature": "The checkpoint is not signed by this key, or it was changed after it was signed.",
        "witness": "The signature of a witness that you demand is missing.",
        "proof": "The proof does not lead to the signed root: the log holds no such entry.",
        "entry": "The bytes of an entry are not those of an audit entry.",
        "chain": "The chain of entries is broken: one was taken out, replaced or put in.",
        "disclosed": "A disclosed text is not what the entry promised.",
        "export": "This is not an export of the log, or it is damaged.",
        "branch": "The log does NOT extend the checkpoint that was kept: it was rewritten, or one is not of this log.",
        "stretch": "This part of the log does not show whether it extends the kept checkpoint; take a whole export.",
        "old": "This file is verified with the checkpoint that was kept: give it (--old).",
        "alone": "A receipt does not show whether the log extends the kept checkpoint; take an export or a file of "
        "“audit consistency”.",
        "manifest": "A file of the export is not what its manifest says.",
        "file": "The file can't be read: {0}",
        "ok": "PROVEN.",
        "no": "NOT PROVEN.",
        "log": "Log: {origin}; checkpoint over {size} entries, root {root}.",
        "by": "Signed by the key: {0}.",
        "seen": "Witnessed: {0}, {1}.",
        "unseen": "No other body's witness was checked (no --witness keys were given).",
        "whole": "The whole history of “{0}” from its first entry to entry {1}; place in the log: {2}.",
        "one": "One entry of the history of “{0}”, number {1}; place in the log: {2}.",
        "entry_line": "  {seq}. {at}  {action}: {from} → {to}  (role {role}, account {actor})",
        "withheld": "erased or not disclosed",
        "part": "A part of the log: places {first} to {last}, {trails} histories, {texts} disclosed texts; all its "
        "bytes and chains agree, and its places are proven.",
        "extends": "The log extends the kept checkpoint of {old} entries: nothing in it was changed.",
        "all": "The whole log: {trails} histories, {texts} disclosed texts; all bytes, chains and the root agree.",
    },
}


def sentences(told: Told, say: Mapping[str, str]) -> Iterator[str]:
    """The result in plain words."""
    yield say["ok"]
    yield say["log"].format(**told)
    yield say["by"].format(", ".join(told["keys"]))
    for each in told["witnesses"]:
        at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=min(each["at"], 2**37))
        yield say["seen"].format(each["name"], at.isoformat())
    if not told["witnesses"]:
        yield say["unseen"]
    if "old" in told:
        yield say["extends"].format(**told)
    if "trails" in told:
        yield say["part" if "first" in told else "all"].format(**told)
    if "entries" not in told:
        return
    yield say["whole" if told["whole"] else "one"].format(told["trail"], told["entries"][-1]["seq"], told["index"])
    for each in told["entries"]:
        yield say["entry_line"].format(**each)
        for field, value in each["disclosed"].items():
            yield f"       {field}: {_plain(value)}"
        for field in each["withheld"]:
            yield f"       {field}: [{say['withheld']}]"


def _plain(text: str) -> str:
    """With control and direction characters escaped: what a terminal would obey is seen instead."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: proven."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("file")
    asked.add_argument("--key", action="append", required=True, metavar="VKEY")
    asked.add_argument("--witness", action="append", default=[], metavar="VKEY")
    asked.add_argument("--old", metavar="CHECKPOINT")
    asked.add_argument("--lang", choices=sorted(SAYS), default="ru")
    asked.add_argument("--json", action="store_true")
    told = asked.parse_args(arguments)
    say = SAYS[told.lang]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        keys, witnesses = ([key_of(key) for key in some] for some in (told.key, told.witness))
        found = _asked(told.file, told.old, keys, witnesses)
    except Refused as error:
        return _refuse(told, str(error), say[str(error)], say)
    except (OSError, ValueError) as error:
        return _refuse(told, "file", say["file"].format(getattr(error, "strerror", None) or error), say)
    print(json.dumps({"ok": True, **found}, ensure_ascii=False) if told.json else "\n".join(sentences(found, say)))
    return 0


def verify(file: IO[bytes], keys: Sequence[Key], witnesses: Sequence[Key] = (), old: Told | None = None) -> Told:
    """What a file proves, whatever it is. Raises Refused."""
    if zipfile.is_zipfile(file):
        return verify_export(file, keys, witnesses, old)
    file.seek(0)
    data = _all(file)
    if data.startswith(b"old "):
        if old is None:
            raise Refused("old")
        return verify_consistency(data, keys, witnesses, old)
    if old is not None:
        raise Refused("alone")
    return verify_receipt(data, keys, witnesses)


def _all(file: IO[bytes]) -> bytes:
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused("form")
    return data


def _asked(file: str, old: str | None, keys: Sequence[Key], witnesses: Sequence[Key]) -> Told:
    kept = None
    if old is not None:
        with open(old, "rb") as opened_old:
            kept = kept_of(_all(opened_old), keys)
    with open(file, "rb") as opened_file:
        return verify(opened_file, keys, witnesses, kept)


def _refuse(told: argparse.Namespace, code: str, sentence: str, say: Mapping[str, str]) -> int:
    if told.json:
        print(json.dumps({"ok": False, "why": code}))
    else:
        print(say["no"], sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
