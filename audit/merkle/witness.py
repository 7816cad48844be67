"""A witness (C2SP tlog-witness): cosigns what extends the tree it cosigned last, and never two inconsistent trees."""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from audit.atomic_files import make, put, put_all
from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint, CheckpointError, Signed, number
from audit.merkle.proofs import decoded_hashes
from audit.merkle.signed_notes import NoteError, SignatureError, SigningKey, Verifier, encoded
from audit.merkle.tree import ProofError, check_consistency

MOST_BYTES = 2**16
EVIDENCE, COSIGNED, REQUEST = "evidence", "cosigned", "request"


class RequestError(LogError):
    """Bytes that ask for nothing."""

    template = "this is not a request to a witness, or it is cut off"


class UnknownLogError(LogError):
    """A log that the witness was not told to watch."""

    template = "this witness does not watch the log “{origin}”"


class UnsignedError(LogError):
    """A checkpoint that is not by the log's key."""

    template = "the checkpoint is not signed by a key of “{origin}” that this witness knows"


class StaleError(LogError):
    """A proof from another size than the one cosigned last."""

    template = "the witness cosigned {size} entries last; ask with a proof from there"

    def __init__(self, size: int) -> None:
        super().__init__(size=size)
        self.size = size


class InconsistentError(LogError):
    """A tree that does not extend what was cosigned: evidence that the log was rewritten."""

    template = (
        "the tree of {new} entries that the log “{origin}” shows does not extend the {old} entries cosigned before: it "
        "was rewritten, or shows different people different things. Nothing was cosigned; keep this request as evidence"
    )


@dataclass(frozen=True, slots=True)
class Request:
    """A checkpoint with the proof that it extends one of `old` entries. `signed` is not verified yet."""

    old: int
    hashes: Sequence[bytes]
    signed: Signed

    @property
    def data(self) -> bytes:
        """As it is sent, or carried to a laptop without a network."""
        head = "".join(f"{line}\n" for line in (f"old {self.old}", *map(encoded, self.hashes), ""))
        return head.encode() + self.signed.note.data

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises RequestError."""
        head, gap, note = data.partition(b"\n\n")
        try:
            first, *lines = head.decode("ascii").split("\n")
            made = cls(number(first.removeprefix("old ")), decoded_hashes(lines), Signed.parse(note))
        except (ValueError, NoteError, CheckpointError) as error:
            raise RequestError from error
        if made.data != data or not gap or made.old > made.signed.checkpoint.size:
            raise RequestError
        return made


@dataclass(frozen=True, slots=True)
class Evidence:
    """The checkpoint cosigned before, and the request with a signed tree that did not prove to extend it."""

    folder: Path
    cosigned: Checkpoint
    request: Request

    @property
    def shown(self) -> Checkpoint:
        """The checkpoint that the log has signed."""
        return self.request.signed.checkpoint

    @property
    def proves(self) -> bool:
        """Two different trees of one size: that alone shows a rewritten log; else the proof may merely be wrong."""
        return self.cosigned.size == self.shown.size and self.cosigned.root != self.shown.root

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raises CheckpointError, RequestError, OSError."""
        cosigned = Checkpoint.parse((folder / COSIGNED).read_text("utf-8"))
        return cls(folder, cosigned, Request.parse((folder / REQUEST).read_bytes()))


@dataclass(frozen=True, slots=True)
class Witness:
    """`logs`: the keys of each log that it watches, by name. Its memory lies in `folder`, a file for each log."""

    folder: Path
    key: SigningKey
    logs: Mapping[str, Sequence[Verifier]]

    def cosign(self, data: bytes, at: int) -> bytes:
        """The signature line for a request; what was cosigned is on disk before. `at`: seconds since 1970.

        Raises RequestError, UnknownLogError, UnsignedError, StaleError, InconsistentError, OSError.
        """
        if len(data) > MOST_BYTES:
            raise RequestError
        request = Request.parse(data)
        self._check_signature(request.signed)
        new = request.signed.checkpoint
        with self._alone():
            last = self.last(new.origin)
            if last and last.size == new.size and last.root != new.root:  # whatever `old` says
                self._keep(last, request)
                raise InconsistentError(origin=new.origin, new=new.size, old=last.size)
            if request.old != (last.size if last else 0):
                raise StaleError(last.size if last else 0)
            try:
                _check_extension(last, new, request.hashes)
            except InconsistentError:
                self._keep(last, request)
                raise
            put(self._memory(new.origin), new.text.encode())
            return self.key.sign(new.text, at).line.encode()

    def last(self, origin: str) -> Checkpoint | None:
        """The checkpoint cosigned last for a log. Raises CheckpointError, OSError."""
        try:
            return Checkpoint.parse(self._memory(origin).read_text("utf-8"))
        except FileNotFoundError:
            return None

    def evidence(self) -> list[Evidence]:
        """The requests refused for their trees, in no order. Raises CheckpointError, RequestError, OSError."""
        folders = sorted((self.folder / EVIDENCE).iterdir()) if (self.folder / EVIDENCE).exists() else []
        return [Evidence.read(each) for each in folders]

    def _keep(self, last: Checkpoint | None, request: Request) -> None:
        """Once for each tree that the log has signed: nobody else can fill the disk with them."""
        text = request.signed.checkpoint.text
        folder = self.folder / EVIDENCE / hashlib.sha256(text.encode()).hexdigest()
        if last is not None and not folder.exists():
            put_all([(folder / COSIGNED, last.text.encode()), (folder / REQUEST, request.data)])

    def _check_signature(self, signed: Signed) -> None:
        origin = signed.checkpoint.origin
        if origin not in self.logs:
            raise UnknownLogError(origin=origin)
        try:
            Signed.open(signed.note.data, self.logs[origin])
        except SignatureError as error:
            raise UnsignedError(origin=origin) from error

    def _memory(self, origin: str) -> Path:
        return self.folder / hashlib.sha256(origin.encode()).hexdigest()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        make(self.folder)
        lock = os.open(self.folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _check_extension(last: Checkpoint | None, new: Checkpoint, hashes: Sequence[bytes]) -> None:
    if last is None or last.size == 0:
        if hashes:  # RFC 6962 has no proof from an empty tree
            raise InconsistentError(origin=new.origin, new=new.size, old=0)
        return
    try:
        check_consistency(last.size, last.root, new.size, new.root, hashes)
    except ProofError as error:
        raise InconsistentError(origin=new.origin, new=new.size, old=last.size) from error
