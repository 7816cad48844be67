"""The signer of checkpoints: keys in files outside the database, and a memory that lets no tree shrink or change."""

import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.atomic_files import put
from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint
from audit.merkle.signed_notes import Note, NoteError, Signature, SigningKey, Verifier, open_note
from audit.merkle.tree import ProofError, check_consistency

KEYS, MEMORY = "keys", "signed"
_COMMAND_S = 60


class KeyFileError(LogError):
    """A file with keys that can't be used."""

    template = "The file {file} can't be used: {reason}."


class OpenKeyError(LogError):
    """A file with private keys that others may read."""

    template = "The keys in {file} may be read by others. Set its mode to 0600, and think about new keys."


class RewrittenError(LogError):
    """A tree that is no continuation of the one signed last."""

    template = (
        "The log does not continue what was signed last ({size} entries): entries were changed or taken out. "
        "Nothing was signed. Keep a copy of everything as it is, and run “poruchenie audit verify”."
    )


class CommandError(LogError):
    """An external signer that failed."""

    template = "The signing command “{command}” failed: {reason}."


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the keys in its folder, or by a command that reads the text and prints signature lines.

    `use`: with these keys only (their verifier keys); others in the folder are not yet, or no longer, the log's.
    `countersign` adds lines of its own, for instance by a certified GOST tool; they are not verified here.
    """

    folder: Path
    command: str | None = None
    verifier: Verifier | None = None  # the command's
    countersign: str | None = None
    use: Sequence[str] | None = None

    def held(self) -> list[SigningKey]:
        """The keys in the folder, the oldest first. Raises KeyFileError, OpenKeyError, KeyFormError."""
        file = self.folder / KEYS
        try:
            if file.stat().st_mode & 0o077:
                raise OpenKeyError(file=file)
            return [SigningKey.parse(line) for line in file.read_text("ascii").split("\n") if line]
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise KeyFileError(file=file, reason=getattr(error, "strerror", None) or error) from error

    def keep(self, keys: Sequence[SigningKey]) -> None:
        """Write the keys for this user alone. Raises KeyFileError."""
        self._put(KEYS, "".join(f"{key.line}\n" for key in keys))

    def verifiers(self) -> list[Verifier]:
        """The public keys that a checkpoint is signed with. Raises KeyFileError, OpenKeyError, KeyFormError."""
        return [self.verifier] if self.verifier else [key.verifier for key in self._in_use()]

    def _in_use(self) -> list[SigningKey]:
        return [key for key in self.held() if self.use is None or str(key.verifier) in self.use]

    @property
    def memory(self) -> Path:
        """The file of the checkpoint that was signed last."""
        return self.folder / MEMORY

    def signed(self) -> Checkpoint | None:
        """The checkpoint that was signed last. Raises KeyFileError, CheckpointError."""
        file = self.memory
        try:
            return Checkpoint.parse(file.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise KeyFileError(file=file, reason=getattr(error, "strerror", None) or error) from error

    def remember(self, checkpoint: Checkpoint) -> None:
        """Put a checkpoint that is published into the memory's place. Raises KeyFileError."""
        self._put(MEMORY, checkpoint.text)

    def sign(self, checkpoint: Checkpoint, proof: Sequence[bytes]) -> Note:
        """Sign a checkpoint that extends the one signed last, as `proof` shows, and remember it before.

        Raises RewrittenError, CommandError, KeyFileError.
        """
        before = self.signed()
        if before and not _extends(before, checkpoint, proof):
            raise RewrittenError(size=before.size)
        # First the memory: killed between the two, the same tree may be signed again, but never another one.
        self._put(MEMORY, checkpoint.text)
        return Note(checkpoint.text, (*self._signatures(checkpoint.text), *self._countersignatures(checkpoint.text)))

    def vouch(self, text: str) -> Note:
        """Sign a text that is no checkpoint: a space in its first line, which no log's name may have, keeps them apart.

        The memory is not asked. Raises ValueError for any other text; CommandError, KeyFileError.
        """
        if " " not in text.partition("\n")[0] or not text.endswith("\n") or "\n\n" in text:
            raise ValueError("the text could be taken for a checkpoint, or is not one of lines")
        return Note(text, (*self._signatures(text), *self._countersignatures(text)))

    def _signatures(self, text: str) -> list[Signature]:
        if self.command is None or self.verifier is None:
            return [key.sign(text) for key in self._in_use()]
        made = _run(self.command, text)
        open_note(Note(text, tuple(made)), [self.verifier])
        return made

    def _countersignatures(self, text: str) -> list[Signature]:
        return _run(self.countersign, text) if self.countersign else []

    def _put(self, name: str, text: str) -> None:
        try:
            put(self.folder / name, text.encode())
        except OSError as error:
            raise KeyFileError(file=self.folder / name, reason=error.strerror or error) from error


def _extends(before: Checkpoint, after: Checkpoint, proof: Sequence[bytes]) -> bool:
    if before.origin != after.origin:
        return False
    if before.size == 0:
        return True
    try:
        check_consistency(before.size, before.root, after.size, after.root, proof)
    except ProofError:
        return False
    return True


def _run(command: str, text: str) -> list[Signature]:
    """The signature lines that a command of the administrator's prints for a text. Raises CommandError."""
    try:
        words = shlex.split(command)
        done = subprocess.run(words, input=text.encode(), capture_output=True, timeout=_COMMAND_S, check=True)  # noqa: S603 - the administrator's own
        return [Signature.parse(line) for line in done.stdout.decode().split("\n") if line]
    except subprocess.CalledProcessError as error:
        said = re.sub(r"\s+", " ", error.stderr.decode(errors="replace")).strip()
        raise CommandError(command=command, reason=said or error.returncode) from error
    except (OSError, subprocess.TimeoutExpired, NoteError, ValueError) as error:
        raise CommandError(command=command, reason=error) from error
