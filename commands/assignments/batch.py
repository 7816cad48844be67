"""Many assignments in one transaction: set-based statements, one entry for each row all the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, update

from audit.trails.entries import Entry
from audit.trails.entry_store import store
from commands.context.installation import Transaction
from commands.recording.writer import head_columns, logged
from models.base import table_of
from models.outbox import Notice
from models.protocols import Assignment


@dataclass(frozen=True, slots=True)
class Step:
    """One locked assignment: its new entries in order (perhaps none), columns, notices."""

    assignment: int
    entries: Sequence[Entry]
    columns: Mapping[str, Any]
    notices: Sequence[Mapping[str, Any]] = field(default=())


def write_steps(tx: Transaction, steps: Sequence[Step]) -> None:
    """Write all entries, then all rows, then all notices. The steps must change the same columns."""
    session, table = tx.session, table_of(Assignment)
    entries = [entry for step in steps for entry in step.entries]
    store(session, entries)
    for told in (True, False):
        rows = [
            {"assignment": step.assignment, **step.columns, **(head_columns(step.entries[-1]) if told else {})}
            for step in steps
            if bool(step.entries) is told
        ]
        if rows:
            names = rows[0].keys() - {"assignment"}
            change = update(table).where(table.c.id == bindparam("assignment"))
            session.connection().execute(change.values({name: bindparam(name) for name in names}), rows)
    if notices := [dict(notice) for step in steps for notice in step.notices]:
        session.execute(insert(table_of(Notice)), notices)
    logged(entries)
