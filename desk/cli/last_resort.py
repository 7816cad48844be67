"""The last resort: whatever no rule foresaw is one sentence for the reader and a traceback for the log."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from commands.context.language import tr
from desk.cli.printing import say
from models.folders import private_folder
from models.settings import home_of
from states.refusal import N_

_OUTPUT = ("write", "flush", "echo")
_UNWRITTEN = N_("The output can't be written ({reason}). What was to be done may be done: look before you repeat it.")
_LOGGED = N_(
    "The command has met an error of its own; it is in the log {log}. Look whether it was done before you repeat it."
)
_UNLOGGED = N_("The command has met an error of its own: {error}. The log {log} can't be written: {reason}.")


@contextmanager
def last_resort() -> Iterator[None]:
    """Exit 1 with a sentence on any error but click's own."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if not _is_output(error):
            _leave(_logged(error))
        # The interpreter would flush once more, fail once more, and say so in its own words.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _leave(tr(_UNWRITTEN, reason=error.strerror))
    except Exception as error:  # noqa: BLE001 - there is no one above to take it
        _leave(_logged(error))


def _is_output(error: OSError) -> bool:
    """Whether it came from writing to the standard output."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.name in _OUTPUT or last.filename == __file__


def _leave(sentence: str) -> NoReturn:
    say(sentence, err=True)
    raise SystemExit(1)


def _logged(error: Exception) -> str:
    log = home_of(os.environ) / "log" / "command.log"
    try:
        _append(log, error)
    except OSError as unwritable:
        return tr(_UNLOGGED, error=repr(error), log=log, reason=unwritable.strerror)
    return tr(_LOGGED, log=log)


def _append(log: Path, error: Exception) -> None:
    private_folder(log.parent)
    with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{datetime.now(UTC).isoformat()} {sys.argv[1:]}\n")
        file.writelines(traceback.format_exception(error))
