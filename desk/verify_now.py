"""“Verify now”: one verification at a time for each home, in a process of its own, so that the desk goes on answering.

That one is under way is a lock of the operating system's: it ends with whoever holds it, however that ends.
"""

import fcntl
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.errors import LogError
from commands.context.installation import Installation
from commands.context.language import LANGUAGES, current, sentence, speaking, tr
from commands.context.log_lines import configure
from commands.verification.runs import verified
from models.folders import private_folder
from states.refusal import ConflictError, RefusedError, UnavailableError

_WIDTH = 4096
"""Bytes of what the file tells: always written and read as one."""
_LONGEST = 600
_PACE_S = 0.5


class VerifyingError(ConflictError):
    """A second start."""

    template = "A verification is under way already. Its result will stand here when it is done."


class NotStartedError(UnavailableError):
    """A home that can't be written."""

    template = "No verification can be started: {reason}. Look at the folder {home}."


class NotKeptError(UnavailableError):
    """A verification whose result the database did not take."""

    template = "This result could not be kept in the database: {reason}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last start, as its file tells: `done` of `total` steps so far. `failed`: why it ended without a result."""

    running: bool
    asked: str
    since: datetime
    done: int
    total: int
    failed: str | None


class Verifying:
    """Starts verifications of an installation, and says how the last one goes, whoever started it."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._file = installation.settings.home / "verifying"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, asked: str) -> None:
        """Raises VerifyingError, NotStartedError."""
        try:
            private_folder(self._file.parent)
            lock = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise NotStartedError(reason=error.strerror, home=self._file.parent) from error
        try:
            self._start(lock, asked)
        except OSError as error:
            raise NotStartedError(reason=error.strerror, home=self._file.parent) from error
        finally:
            os.close(lock)  # from now on the process alone holds it

    def _start(self, lock: int, asked: str) -> None:
        while not _taken(lock):  # by a run, or for a moment by a page that looks
            if _held(lock):
                raise VerifyingError
        _tell(lock, {"asked": asked, "since": datetime.now(UTC).isoformat()})
        if self._process is not None:
            self._process.wait()  # it let the lock go, so it has ended
        self._process = self._begin(lock, asked)

    def _begin(self, lock: int, asked: str) -> "subprocess.Popen[bytes]":
        given = pickle.dumps((self._installation.settings, self._installation.given, asked))
        command = [sys.executable, "-m", "desk.verify_now", str(lock)]
        begun = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, pass_fds=(lock,), start_new_session=True
        )
        if begun.stdin:
            begun.stdin.write(given)
            begun.stdin.close()
        return begun

    def attempt(self) -> Attempt | None:
        """None: nothing was started yet, or the last one was brought to its end."""
        if self._process is not None:
            self._process.poll()
        try:
            lock = os.open(self._file, os.O_RDONLY)
        except OSError:
            return None
        try:
            running = _held(lock)  # asked first: a run that ends in between has emptied the file by then
            told = json.loads(os.pread(lock, _WIDTH, 0) or b"null")
            return _attempt(told, running=running) if told else None
        except (OSError, ValueError):
            return None
        finally:
            os.close(lock)

    def close(self) -> None:
        """The desk stops: what it started is broken off."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)  # with those that read on the other core; it only reads
            self._process.wait()


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _attempt(told: dict[str, Any], *, running: bool) -> Attempt:
    failed = None if running else told.get("failed", {}).get(current()) or tr("It was broken off before its end.")
    since = datetime.fromisoformat(told["since"])
    return Attempt(running, told["asked"], since, told.get("done", 0), told.get("total", 0), failed)


def _tell(lock: int, told: dict[str, Any]) -> None:
    os.pwrite(lock, json.dumps(told, ensure_ascii=False).encode().ljust(_WIDTH), 0)


def _verify(installation: Installation, lock: int, asked: str) -> None:
    told = json.loads(os.pread(lock, _WIDTH, 0))
    last = 0.0
    try:
        for run in verified(installation, asked):
            if time.monotonic() - last > _PACE_S:
                _tell(lock, told | {"done": run.done, "total": run.total})
                last = time.monotonic()
            if run.unkept is not None:
                raise NotKeptError(reason=run.unkept)
    except (RefusedError, LogError) as error:
        _tell(lock, told | {"failed": {each: _said(error, each)[:_LONGEST] for each in LANGUAGES}})
    else:
        os.ftruncate(lock, 0)


def _said(error: RefusedError | LogError, language: str) -> str:
    with speaking(language):
        return sentence(error)


def main() -> None:
    """The process: the descriptor of the lock is its argument, the rest comes by its input."""
    configure()
    settings, given, asked = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the desk that started it
    _verify(Installation.open(settings, given), int(sys.argv[1]), asked)


if __name__ == "__main__":
    main()
