"""Processes that die: a child of this one does a piece of work and is killed at some line of it."""

import os
import resource
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from tests.sentences import PACKAGES, ROOT

_OURS = tuple(str(ROOT / package) for package in PACKAGES)


def run(work: Callable[[], object], lines: int | None, disk: int | None = None) -> int:
    """Start a child that is killed at its `lines`-th line of our code (None: never); its number.

    `disk`: bytes after which every write to a file fails, in the middle of it.
    """
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        if disk is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (disk, resource.RLIM_INFINITY))
        if lines is not None:
            _die_after(lines)
        work()
        code = 0
    finally:
        sys.settrace(None)
        os._exit(code)


def ended(child: int) -> str:
    """Wait for it: `done`, `failed` or `killed`."""
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "killed"
    return "failed" if os.WEXITSTATUS(status) else "done"


def _die_after(lines: int) -> None:
    left = lines

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if event == "call":
            return trace if frame.f_code.co_filename.startswith(_OURS) else None
        if event == "line":
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
