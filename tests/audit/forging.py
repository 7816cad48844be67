"""Logs of a forger who has a key: whatever bytes he likes, sealed, signed and packed as we would."""

import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.merkle.checkpoints import Checkpoint
from audit.merkle.proofs import Proof
from audit.merkle.signed_notes import ED25519, Note, Signature, SigningKey, encoded
from audit.merkle.tree import inclusion, root
from audit.trails.canonical_json import canonical
from audit.trails.entries import digest

KEY = SigningKey("forger.example/log", ED25519, bytes([5]) * 32)
SALT = bytes(range(32))
LETTER = b"%PDF-1.7 a letter"
LETTER_HASH = hashlib.sha256(LETTER).hexdigest()
FILES = canonical([{"name": "letter.pdf", "sha256": LETTER_HASH, "size": len(LETTER)}]).decode()
TEXTS = {"note": "Готово\u202eи\nточка", "files": FILES}


def committed(field: str, value: str) -> str:
    return hmac.digest(SALT, f"{field}\0{value}".encode(), "sha256").hex()


def content(
    seq: int = 1, prev: bytes | None = None, texts: Mapping[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """An entry's content."""
    told = {
        "v": 1, "trail": "assignment:7", "seq": seq, "prev": prev.hex() if prev else None, "lifecycle": "ab" * 32,
        "action": "submit" if seq > 1 else "assign", "from": "assigned" if seq > 1 else "new",
        "to": "submitted" if seq > 1 else "assigned", "actor": 3, "person": 3, "role": "executor", "channel": "desk",
        "at": f"2020-06-{seq:02}T10:00:00.000000Z", "facts": {"set": {"report_version": 1}, "x": [1, {"a": None}]},
        "fields": {field: committed(field, value) for field, value in (texts or {}).items()},
    }  # fmt: skip
    return told | more


def history(length: int = 3, **more: Any) -> list[bytes]:
    """One trail, chained; its last entry discloses TEXTS."""
    bodies: list[bytes] = []
    for seq in range(1, length + 1):
        prev = digest(bodies[-1]) if bodies else None
        last = {"texts": TEXTS, **more} if seq == length else {}
        bodies.append(canonical(content(seq, prev, **last)))
    return bodies


def checkpoint(bodies: Sequence[bytes], key: SigningKey = KEY, more: tuple[str, ...] = ()) -> bytes:
    text = Checkpoint(key.name, len(bodies), root(map(digest, bodies)), more).text
    return Note(text, (key.sign(text),)).data


def shown(texts: Mapping[str, str] = TEXTS, seq: int = 3) -> list[dict[str, Any]]:
    return [{"seq": seq, "field": field, "value": texts[field], "salt": SALT.hex()} for field in sorted(texts)]


def receipt(bodies: Sequence[bytes], extra: bytes | None = None, note: bytes | None = None) -> bytes:
    """Of the whole trail, under a log that holds nothing else."""
    if extra is None:
        told: Any = {"receipt": 1, "entries": [encoded(body) for body in bodies], "disclosed": shown(seq=len(bodies))}
        extra = canonical(told)
    leaves = list(map(digest, bodies))
    last = len(bodies) - 1
    hashes = tuple(root(leaves[slice(*each)]) for each in inclusion(last, len(bodies)))
    return Proof(last, hashes, note or checkpoint(bodies), extra).data


def texts_of(index: int, texts: Mapping[str, str] = TEXTS) -> bytes:
    lines: list[Any] = [
        {"index": index, "field": field, "value": texts[field], "salt": SALT.hex()} for field in sorted(texts)
    ]
    return b"".join(canonical(each) + b"\n" for each in lines)


def members(bodies: Sequence[bytes], **more: bytes) -> dict[str, bytes]:
    """What an export holds, without its manifest. `more`: name (with _ for .) → other content."""
    told = {
        "checkpoint": checkpoint(bodies),
        "entries.jsonl": b"".join(body + b"\n" for body in bodies),
        "disclosures.jsonl": texts_of(len(bodies) - 1),
        "entries.csv": b"index;trail\r\n",
        "entries.xlsx": b"PK\x03\x04 a workbook",
    }
    return told | {name.replace("_", "."): data for name, data in more.items()}


def unsigned(told: Mapping[str, bytes]) -> dict[str, bytes]:
    """With a manifest of the earlier form, which fits, and which anybody may write."""
    held = {name: data for name, data in told.items() if not name.startswith("manifest")}
    lines = held.get("checkpoint", b"").split(b"\n")
    size = int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else 0
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
    manifest = {"format": "poruchenie-export-1", "size": size, "files": hashes}
    return held | {"manifest.json": json.dumps(manifest, indent=1, sort_keys=True).encode()}


def signed(told: Mapping[str, bytes], size: int, **more: Any) -> dict[str, bytes]:
    """With a manifest that the forger's log signs."""
    manifest: Any = {
        "format": "poruchenie-export/v2", "origin": KEY.name, "size": size, "first": 0, "last": size,
        "root": told["checkpoint"].split(b"\n")[2].decode(),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in told.items()},
    } | more  # fmt: skip
    return {**told, "manifest": note(canonical(manifest))}


def note(manifest: bytes, head: str = f"poruchenie-export/v2 {KEY.name}", key: SigningKey = KEY) -> bytes:
    text = f"{head}\n".encode() + manifest + b"\n"
    signature = Ed25519PrivateKey.from_private_bytes(key.private).sign(text)
    return text + b"\n" + Signature(key.name, key.verifier.key_id, signature).line.encode()


def packed(told: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, *, streamed: bool = False) -> bytes:
    """An archive; `streamed`: with checksums and sizes behind the data, as an export has them."""
    target = io.BytesIO()
    outlet: Any = _Outlet(target) if streamed else target
    with zipfile.ZipFile(outlet, "w", method) as archive:
        for name, data in told.items():
            with archive.open(zipfile.ZipInfo(name) if streamed else name, "w", force_zip64=streamed) as file:
                file.write(data)
    return target.getvalue()


class _Outlet:
    def __init__(self, target: io.BytesIO) -> None:
        self.write, self.flush = target.write, target.flush


def exported(bodies: Sequence[bytes], *, streamed: bool = True, **more: bytes) -> bytes:
    return packed(signed(members(bodies, **more), len(bodies)), streamed=streamed)
