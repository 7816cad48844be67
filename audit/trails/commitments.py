"""Commitments: free text and names enter an entry only as HMAC-SHA256, so that they can be erased without harm."""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Commitment:
    """A field's disclosed text with the salt (32 random bytes) that its commitment was made with."""

    field: str
    value: str
    salt: bytes

    @property
    def digest(self) -> str:
        """HMAC-SHA256 of field name, NUL and text under the salt, in hex: what the entry holds."""
        return hmac.digest(self.salt, f"{self.field}\0{self.value}".encode(), "sha256").hex()


def commit(field: str, value: str) -> Commitment:
    """Commit to a text (taken in NFC) under a fresh salt."""
    return Commitment(field, unicodedata.normalize("NFC", value), secrets.token_bytes(SALT_BYTES))


def opens(commitment: Commitment, digest: str) -> bool:
    """Whether the disclosed text is what the entry committed to."""
    return hmac.compare_digest(commitment.digest, digest)
