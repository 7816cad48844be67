"""Likenesses of a report: the hashes and signatures of its files, by which other reports like it are found."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, insert

from commands.assignments.locked_assignment import LockedAssignment
from commands.context.evidence_store import Evidence
from commands.context.installation import Transaction
from models.base import table_of
from models.protocols import Likeness
from states.actions import Action


def keep_likenesses(tx: Transaction, row: Row[Any], signatures: Mapping[str, bytes]) -> None:
    """Those of the latest report (SHA-256 of a file → MinHash of its text, empty where none was read), no others."""
    table = table_of(Likeness)
    tx.session.execute(delete(table).where(table.c.assignment_id == row.id))
    place = {"assignment_id": row.id, "item_id": row.item_id}
    if rows := [place | {"sha256": sha256, "signature": value} for sha256, value in signatures.items()]:
        tx.session.execute(insert(table), rows)


def remember(locked: LockedAssignment, files: tuple[Evidence, ...]) -> None:
    """Keep those of a report's files as it is submitted; a program's are kept by its check."""
    if locked.action is Action.SUBMIT and locked.row.deliverable is None:
        keep_likenesses(locked.tx, locked.row, {file.sha256: b"" for file in files})
