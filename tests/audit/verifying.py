"""Receipts made, forged and cosigned, and the one file that verifies them, run where nothing of ours is."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.merkle.proofs import Proof
from audit.merkle.receipts import Receipt
from audit.merkle.signed_notes import COSIGNATURE, Note, SigningKey
from commands.log.consistency import extends
from commands.log.export import export, extent
from commands.log.receipts import receipt_of
from commands.log.sealing import keys_of
from tests.sentences import ROOT
from tests.world import World

WITNESS = SigningKey("witness.example", COSIGNATURE, bytes([7]) * 32)


@dataclass(frozen=True)
class Grown:
    """A checkpoint that somebody kept, and the log as it went on."""

    world: World
    kept: bytes
    receipt: bytes
    key: str

    @property
    def proof(self) -> bytes:
        with self.world.installation.read() as tx:
            return extends(tx, self.kept).data

    @property
    def exported(self) -> bytes:
        with self.world.installation.read() as tx:
            return b"".join(export(tx, extent(tx)))


def groups(vectors: Path, name: str) -> Iterator[tuple[bytes, dict[str, Any]]]:
    told = json.loads((vectors / "wycheproof" / "testvectors_v1" / name).read_text(encoding="utf-8"))
    for group in told["testGroups"]:
        for each in group["tests"]:
            yield bytes.fromhex(group["publicKey"]["pk"]), each


def odd_points(vectors: Path) -> list[dict[str, Any]]:
    """Signatures over points of small order and odd encodings (C2SP CCTV)."""
    found: list[dict[str, Any]] = json.loads(
        (vectors / "cctv" / "ed25519" / "ed25519vectors.json").read_text(encoding="utf-8")
    )
    assert len(found) == 914
    return found


def made(world: World, subject: str, seq: int | None = None) -> tuple[Receipt, list[str]]:
    with world.installation.read() as tx:
        return receipt_of(tx, subject, seq), [str(key) for key in keys_of(tx.session)]


def forged(receipt: Receipt, /, **changes: Any) -> bytes:
    """The receipt with other carried parts, written as we write them."""
    extra = json.loads(receipt.proof.extra or b"") | changes
    written = json.dumps(extra, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return Proof(receipt.proof.index, receipt.proof.hashes, receipt.proof.checkpoint, written).data


def cosigned(receipt: Receipt, at: int = 1_700_000_000) -> bytes:
    note = receipt.signed.note
    with_witness = Note(note.text, (*note.signatures, WITNESS.sign(note.text, at))).data
    return Proof(receipt.proof.index, receipt.proof.hashes, with_witness, receipt.proof.extra).data


def run(folder: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    """The one file, copied to where nothing of ours is, with Python alone."""
    shutil.copy(ROOT / "audit" / "offline_verifier.py", folder / "verifier.py")
    command = [sys.executable, "-I", "-S", str(folder / "verifier.py"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env={"PATH": ""}, check=False)
