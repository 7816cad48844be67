"""A verification of everything as it goes on, and the last one that was kept: when, how far, what it found.

What a database says of itself proves nothing to anybody outside: that is what the offline verifiers are for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.exc import SQLAlchemyError

from audit.errors import LogError
from audit.merkle.checkpoints import Signed
from audit.trails.attempts import reason
from audit.trails.verify import Fault, Remark, count
from commands.context.installation import Installation, Transaction
from commands.context.language import LANGUAGES, said, speaking
from commands.log.consistency import ever_used
from commands.verification.verify import PUBLISHED, OutsideHead, outside_heads, verify
from models.instance import Verification
from states.refusal import RefusedError

REMEMBERED = 100
"""Verifications; older ones are forgotten."""
_FIRST = 20
_LONGEST = 1_000


@dataclass
class Run:
    """One verification, after `done` of about `total` steps. `remarks`: what is to be known and proves nothing wrong.

    `unkept`: why its result could not be kept, if so.
    """

    total: int
    done: int = 0
    entries: int = 0
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unkept: RefusedError | LogError | str | None = None

    def take(self, found: Fault | int, before: int) -> int:
        """Note what was found or read; how many were read."""
        if isinstance(found, Remark):
            self.remarks.append(found)
            return before
        if isinstance(found, Fault):
            self.faults.append(found)
            return before
        self.entries = max(self.entries, found)
        self.done += found - before if found >= before else found
        return found


def verified(installation: Installation, asked: str, kept: bytes | None = None) -> Iterator[Run]:
    """Verify; the run at once, and again and again as it goes on.

    Its result is kept when all was read, or faults were found. No transaction that writes is open meanwhile. Raises
    what `verify` raises.
    """
    outside = outside_heads(installation.settings)
    with installation.inspect() as tx:
        run, read = Run(2 * _entries(tx)), 0
        yield run
        for found in verify(installation, tx, kept, outside):
            read = run.take(found, read)
            yield run
    if run.faults or kept is None:
        try:
            with installation.write() as tx:
                _keep(tx, asked, run, outside)
        except (RefusedError, LogError) as error:  # what was found is told all the same
            run.unkept = error
        except Exception as error:  # noqa: BLE001 - as much where the database holds what nobody thought of
            run.unkept = str(reason(error))
    yield run


def _entries(tx: Transaction) -> int:
    """Their number, for the bar; 0 where they can't be counted, which verification names."""
    try:
        with tx.session.begin_nested():
            return count(tx.session.connection())
    except SQLAlchemyError:
        return 0


def _keep(tx: Transaction, asked: str, run: Run, outside: Sequence[OutsideHead]) -> None:
    size, root = _head(tx, outside)
    row = {"at": tx.real, "asked": asked, "size": size, "root": root, "entries": run.entries}
    first = [_fault_as_json(each) for each in run.faults[:_FIRST]]
    number = tx.session.scalar(
        insert(Verification).values(**row, faults=len(run.faults), first=first).returning(Verification.id)
    )
    tx.session.execute(delete(Verification).where(Verification.id <= (number or 0) - REMEMBERED))


def _head(tx: Transaction, outside: Sequence[OutsideHead]) -> tuple[int, str]:
    """The head that the log has signed and published; of any other nothing is kept."""
    note = next((found for whose, found in outside if whose == PUBLISHED and isinstance(found, bytes)), None)
    try:
        head = Signed.open(note, ever_used(tx)).checkpoint if note else None
    except (LogError, RefusedError):
        head = None
    return (head.size, head.root.hex()) if head else (0, "")


def _fault_as_json(fault: Fault) -> dict[str, Any]:
    """In each language, because templates may have changed by the time that somebody reads it."""
    told = {"trail": str(fault.trail)[:_LONGEST], "seq": str(fault.seq)}
    for language in LANGUAGES:
        with speaking(language):
            told[language] = said(fault.template, fault.values)[:_LONGEST].replace("\0", "␀")
    return told
