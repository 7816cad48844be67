"""Signed notes (C2SP signed-note) with Ed25519 keys, and the timestamped signatures of witnesses (tlog-cosignature)."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.errors import LogError

ED25519, COSIGNATURE = 1, 4
"""Kinds of keys: a log's and a witness's."""
KEY_BYTES, SIGNATURE_BYTES, STAMP_BYTES, ID_BYTES = 32, 64, 8, 4
MOST_SIGNATURES = 100
_MARK = "— "
_PRIVATE = "PRIVATE+KEY+"
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


class KeyFormError(LogError):
    """Text that is no key."""

    template = "“{key}” is not a key such as example.org/log+1a2b3c4d+AbCd…; copy the whole line"


class NoteError(LogError):
    """Bytes that are no signed note."""

    template = "this is not a signed text: it is cut off, changed, or another file"


class SignatureError(LogError):
    """No signature by a key that we trust, or one that is wrong."""

    template = "it is not signed by a key that is trusted here ({keys}), or it was changed after it was signed"


def decoded(text: str) -> bytes:
    """Base64 in its one canonical spelling. Raises ValueError."""
    data = base64.b64decode(text, validate=True)
    if encoded(data) != text:
        raise ValueError("not the canonical spelling")
    return data


def encoded(data: bytes) -> str:
    """Base64."""
    return base64.b64encode(data).decode()


def named_well(name: str) -> bool:
    """Whether a key may have this name: no spaces, no plus."""
    return bool(name) and "+" not in name and not any(each.isspace() for each in name) and not _CONTROL.search(name)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. `value` is what follows the key's id."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """With its newline."""
        return f"{_MARK}{self.name} {encoded(self.key_id + self.value)}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """A signature from its line, without the newline. Raises NoteError."""
        name, _, value = line.removeprefix(_MARK).partition(" ")
        try:
            data = decoded(value)
        except ValueError:
            data = b""
        if not line.startswith(_MARK) or not named_well(name) or len(data) <= ID_BYTES:
            raise NoteError
        return cls(name, data[:ID_BYTES], data[ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text (its last newline included) with its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def data(self) -> bytes:
        """As it is kept and sent."""
        return (self.text + "\n" + "".join(each.line for each in self.signatures)).encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises NoteError."""
        try:
            whole = data.decode()
        except UnicodeDecodeError as error:
            raise NoteError from error
        if _CONTROL.search(whole):
            raise NoteError
        text, gap, lines = whole.rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise NoteError
        signatures = lines.removesuffix("\n").split("\n")
        if len(signatures) > MOST_SIGNATURES:
            raise NoteError
        return cls(text + "\n", tuple(map(Signature.parse, signatures)))


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell this key from others of its name."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encoded(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """A verifier key as C2SP writes it. Raises KeyFormError."""
        name, kind, public = _parts(text, text)
        found = cls(name, kind, public)
        if str(found) != text:
            raise KeyFormError(key=text)
        return found

    def made(self, signature: Signature) -> bool:
        """Whether the signature claims to be by this key."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verify(self, text: str, signature: Signature) -> int | None:
        """Check a signature; when it was given (seconds since 1970), if it says so. Raises SignatureError."""
        stamped = STAMP_BYTES if self.kind == COSIGNATURE else 0
        at = int.from_bytes(signature.value[:stamped]) if stamped else None
        message = text if at is None else cosigned(text, at)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature.value[stamped:], message.encode())
        except (InvalidSignature, ValueError) as error:
            raise SignatureError(keys=self.name) from error
        return at


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its name; `str()` is the public one's line."""

    name: str
    kind: int
    private: bytes

    @classmethod
    def generate(cls, name: str, kind: int = ED25519) -> Self:
        """A new one. Raises KeyFormError for a name that no key may have."""
        if not named_well(name):
            raise KeyFormError(key=name)
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """A key from its line. Raises KeyFormError, which does not repeat it."""
        name, kind, private = _parts(text.removeprefix(_PRIVATE), "…")
        found = cls(name, kind, private)
        if found.line != text:
            raise KeyFormError(key="…")
        return found

    @property
    def line(self) -> str:
        """As it is kept in a file: never to be shown."""
        key = encoded(bytes([self.kind]) + self.private)
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{key}"

    @property
    def verifier(self) -> Verifier:
        """Its public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()
        return Verifier(self.name, self.kind, public)

    def sign(self, text: str, at: int | None = None) -> Signature:
        """Sign a text; a witness's key says when (`at`, seconds since 1970)."""
        stamp = b"" if at is None else at.to_bytes(STAMP_BYTES)
        message = text if at is None else cosigned(text, at)
        key = Ed25519PrivateKey.from_private_bytes(self.private)
        return Signature(self.name, self.verifier.key_id, stamp + key.sign(message.encode()))

    def __repr__(self) -> str:
        return f"SigningKey({self.verifier})"


def cosigned(text: str, at: int) -> str:
    """The text that a witness signs (C2SP tlog-cosignature, Ed25519)."""
    return f"cosignature/v1\ntime {at}\n{text}"


def _parts(text: str, shown: str) -> tuple[str, int, bytes]:
    try:
        name, _, key = text.split("+", 2)
        data = decoded(key)
    except ValueError as error:
        raise KeyFormError(key=shown) from error
    if not named_well(name) or len(data) != 1 + KEY_BYTES or data[0] not in (ED25519, COSIGNATURE):
        raise KeyFormError(key=shown)
    return name, data[0], data[1:]


def open_note(note: Note, trusted: Iterable[Verifier]) -> Mapping[Verifier, int | None]:
    """The trusted keys that signed, each with the time that it gave.

    Raises SignatureError if none did, or if one signature by a trusted key is wrong.
    """
    known = tuple(trusted)
    found = {
        key: key.verify(note.text, signature) for key in known for signature in note.signatures if key.made(signature)
    }
    if not found:
        raise SignatureError(keys=", ".join(each.name for each in known) or "—")
    return found
