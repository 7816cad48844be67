"""Evidence files: kept outside the database under their SHA-256, whole or not at all."""

import errno
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from audit.atomic_files import put
from models.folders import private_folder
from models.policy import EvidencePolicy
from states.refusal import (
    N_,
    DamagedError,
    InvalidError,
    TooLargeError,
    UnavailableError,
    UnsupportedError,
)

_HASH = re.compile("[0-9a-f]{64}")


class FileNameError(InvalidError):
    """A name that is no plain file name."""

    template = (
        "“{name}” is not a plain file name: it must have no path parts, no control characters, at most 255 bytes."
    )


class FileTypeError(UnsupportedError):
    """An ending that the policy does not permit."""

    template = "Files of the type of “{name}” are not accepted. Accepted endings: {endings}."


class FileEmptyError(InvalidError):
    """Nothing in it."""

    template = "The file “{name}” is empty. Attach the document itself."


class FileTooLargeError(TooLargeError):
    """Over the limit of the policy."""

    template = "The file “{name}” is too large: at most {limit} MB for a file, {total} MB for all files together."


class FileUnreadableError(InvalidError):
    """The file to attach can't be read."""

    template = "The file “{name}” can't be read: {reason}."


class StoreError(UnavailableError):
    """The evidence folder can't be written: disk full, no permission."""

    template = "The evidence folder {folder} can't be written: {reason}. Nothing was recorded; {advice} and repeat."

    @classmethod
    def of(cls, folder: Path, error: OSError) -> "StoreError":
        """The refusal for what the operating system said."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return cls(folder=folder, reason=N_("the disk is full"), advice=N_("make room"))
        return cls(folder=folder, reason=error.strerror, advice=N_("have it written by this program's user"))


class EvidenceMissingError(DamagedError):
    """A file that an entry names is not in the folder, or is not what it was."""

    template = "The evidence file {sha256} is missing or damaged in {folder}. Restore it from a backup."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as handed in."""

    name: str
    data: bytes

    @classmethod
    def read(cls, path: Path, limit: int) -> "Attachment":
        """A file from disk, no more than one byte past `limit`. Raises FileUnreadableError."""
        try:
            with path.open("rb") as file:
                return cls(path.name, file.read(limit + 1))
        except OSError as error:
            raise FileUnreadableError(name=path, reason=error.strerror) from error


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file as kept. `size` in bytes."""

    name: str
    sha256: str
    size: int

    def as_fact(self) -> dict[str, str | int]:
        """As JSON for the entry."""
        return {"name": self.name, "sha256": self.sha256, "size": self.size}


@dataclass(frozen=True, slots=True)
class EvidenceStore:
    """The folder. A file that no entry names yet does no harm: the same bytes land on the same name again."""

    folder: Path
    limits: EvidencePolicy

    def keep(self, attachments: tuple[Attachment, ...]) -> tuple[Evidence, ...]:
        """Check all, then write all. Raises one of this module's errors."""
        for each in attachments:
            self._check(each)
        if sum(len(each.data) for each in attachments) > self.limits.total_bytes:
            raise self._too_large(attachments[-1].name)
        return tuple(self._write(each) for each in attachments)

    def keep_document(self, data: bytes) -> Evidence:
        """A protocol's own document; its reader has set the limits. Raises StoreError."""
        return self._write(Attachment("", data))

    def read(self, sha256: str) -> bytes:
        """The bytes of a kept file. Raises EvidenceMissingError."""
        try:
            data = self._path(sha256).read_bytes() if _HASH.fullmatch(sha256) else b""
        except OSError as error:
            raise EvidenceMissingError(sha256=sha256, folder=self.folder) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise EvidenceMissingError(sha256=sha256, folder=self.folder)
        return data

    def holds(self, sha256: str) -> bool:
        """Whether the file is there, with the bytes of its name; read piece by piece."""
        try:
            with self._path(sha256).open("rb") as file:
                return bool(_HASH.fullmatch(sha256)) and hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except (OSError, ValueError):
            return False

    def prepare(self) -> None:
        """Make the folder. Raises StoreError."""
        try:
            private_folder(self.folder)
        except OSError as error:
            raise StoreError.of(self.folder, error) from error

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _check(self, each: Attachment) -> None:
        name = each.name
        if not name.isprintable() or name in ("", ".", "..") or set(name) & set("/\\") or len(name.encode()) > 255:  # noqa: PLR2004 - the limit of file systems
            raise FileNameError(name=name)
        if not name.lower().endswith(self.limits.endings):
            raise FileTypeError(name=name, endings=" ".join(self.limits.endings))
        if not each.data:
            raise FileEmptyError(name=name)
        if len(each.data) > self.limits.file_bytes:
            raise self._too_large(name)

    def _too_large(self, name: str) -> FileTooLargeError:
        limit, total = self.limits.file_bytes // 2**20, self.limits.total_bytes // 2**20
        return FileTooLargeError(name=name, limit=limit, total=total)

    def _write(self, each: Attachment) -> Evidence:
        kept = Evidence(each.name, hashlib.sha256(each.data).hexdigest(), len(each.data))
        path = self._path(kept.sha256)
        if self.holds(kept.sha256):
            return kept
        try:
            put(path, each.data)
        except OSError as error:
            raise StoreError.of(self.folder, error) from error
        return kept
