"""Files that came with a form outlive its being drawn again: they lie in the store, and the form names them.

The name is sealed with a key of this process, or anybody could ask for any file whose hash he knows.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from commands.context.evidence_store import Attachment, Evidence
from commands.context.installation import Transaction
from states.refusal import RefusedError

_KEY = secrets.token_bytes(32)
_HEX = 64


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file that need not be chosen again."""

    name: str
    size: int
    value: str


def keep_files(tx: Transaction, attachments: Sequence[Attachment]) -> tuple[list[KeptFile], list[str]]:
    """Keep what may be kept; the names of the others."""
    files, lost = [], []
    for each in attachments:
        try:
            (kept,) = tx.evidence.keep((each,))
        except RefusedError:
            lost.append(each.name)
            continue
        files.append(_kept_file(kept))
    return files, lost


def keep_document(tx: Transaction, document: Attachment) -> KeptFile:
    """Keep a protocol's own document, whose reader has set the limits. Raises StoreError."""
    return _kept_file(replace(tx.evidence.keep_document(document.data), name=document.name))


def _kept_file(kept: Evidence) -> KeptFile:
    return KeptFile(kept.name, kept.size, _seal(kept.sha256, kept.name) + kept.sha256 + kept.name)


def kept_files(tx: Transaction, values: Sequence[str]) -> list[Attachment]:
    """The files that a form names; what is not sealed by us is passed over. Raises EvidenceMissingError."""
    found = []
    for value in values:
        seal, sha256, name = value[:_HEX], value[_HEX : 2 * _HEX], value[2 * _HEX :]
        if hmac.compare_digest(seal.encode(), _seal(sha256, name).encode()):
            found.append(Attachment(name, tx.evidence.read(sha256)))
    return found


def _seal(sha256: str, name: str) -> str:
    return hmac.new(_KEY, f"{sha256}/{name}".encode(errors="surrogatepass"), hashlib.sha256).hexdigest()
