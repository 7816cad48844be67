"""The operating system strikes once, at the so-many-th call that touches a disk; then it works again."""

import errno
import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from functools import partial
from typing import IO, Any, Never, Self

import pytest

CALLS = ("open", "close", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "write")


class Blow(Enum):
    """What happens at the call: the process dies before or after it or in the middle of a write, or is told of an
    error: the disk's, or that it is full, or the folder's owner's.
    """

    KILLED = auto()
    KILLED_AFTER = auto()
    KILLED_WITHIN = auto()
    EIO = auto()
    ENOSPC = auto()
    EACCES = auto()

    @property
    def deadly(self) -> bool:
        return self in (Blow.KILLED, Blow.KILLED_AFTER, Blow.KILLED_WITHIN)


class Struck:
    """Counts calls; `left`: how many until the blow."""

    def __init__(self, at: int, blow: Blow) -> None:
        self.at, self.left, self.blow = at, at, blow

    @property
    def happened(self) -> bool:
        return self.left <= 0

    @property
    def calls(self) -> int:
        return self.at - self.left

    def call(self, call: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        self.left -= 1
        if self.left:
            return call(*arguments, **more)
        if not self.blow.deadly:
            number = getattr(errno, self.blow.name)
            raise OSError(number, os.strerror(number))
        if self.blow is Blow.KILLED_AFTER:
            call(*arguments, **more)
        return die()

    def written(self, file: IO[bytes], data: bytes) -> int:
        if self.left == 1 and self.blow is Blow.KILLED_WITHIN:
            file.write(data[: len(data) // 2])
            file.flush()
        return int(self.call(file.write, data))


def die() -> Never:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


class _File:
    """A file opened by a handle, whose writes are calls as well."""

    def __init__(self, file: Any, struck: Struck) -> None:
        self.file, self.struck = file, struck

    def write(self, data: bytes) -> int:
        return self.struck.written(self.file, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


@contextmanager
def struck(at: int, blow: Blow) -> Iterator[Struck]:
    """Within the block the `at`-th call ends so."""
    made = Struck(at, blow)
    fdopen = os.fdopen
    with pytest.MonkeyPatch.context() as patched:
        for name in CALLS:
            patched.setattr(os, name, partial(made.call, getattr(os, name)))
        patched.setattr(fcntl, "flock", partial(made.call, fcntl.flock))
        patched.setattr(os, "fdopen", lambda handle, mode: _File(fdopen(handle, mode), made))
        yield made
