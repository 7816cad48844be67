"""Files that came with a form outlive its being drawn again: they lie in the store, and the form names them.

It is signed with a key of this process, or anybody could ask for any file whose hash he knows.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from itsdangerous import BadSignature, URLSafeSerializer

from commands.context.evidence_store import Attachment, Evidence
from commands.context.installation import Transaction
from states.refusal import RefusedError

_SERIALIZER = URLSafeSerializer(secrets.token_bytes(32), "kept file")


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
    return KeptFile(kept.name, kept.size, str(_SERIALIZER.dumps([kept.sha256, kept.name])))


def kept_files(tx: Transaction, values: Sequence[str]) -> list[Attachment]:
    """The files that a form names; what is not sealed by us is passed over. Raises EvidenceMissingError."""
    found = []
    for value in values:
        with suppress(BadSignature):
            sha256, name = _SERIALIZER.loads(value)
            found.append(Attachment(name, tx.evidence.read(sha256)))
    return found
