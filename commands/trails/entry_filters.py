"""Filters on entries by what other tables know: whose assignment they are about, words of what they disclose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from audit.trails.lookup import tells, trail_of
from audit.trails.tables import Number, entries
from commands.context.installation import Transaction
from commands.context.visibility import below
from models.protocols import Assignment
from states.subjects import Kind

_Columns: TypeAlias = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """A filter by another table: its rows, a condition on all entries, and a question about one."""

    known: Select[Any]
    gathered: ColumnElement[bool]
    asked: Callable[[_Columns], ColumnElement[bool]]


def of_organisation(tx: Transaction, organisation: int) -> EntryFilter:
    """Entries of assignments of an organisation and of those below it."""
    under = tx.session.scalars(below(organisation)).all()
    subject = trail_of(Kind.ASSIGNMENT, Assignment.id)
    theirs = select(subject).where(Assignment.organisation_id.in_(under))

    def asked(entry: _Columns) -> ColumnElement[bool]:
        """By number, for which there is an index; a subject that somebody tampered with may hold none."""
        digits = func.substr(entry.trail, len(Kind.ASSIGNMENT + ":") + 1)
        whole = and_(func.trim(digits, "0123456789") == "", func.length(digits).between(1, 18))
        whose = select(Assignment.organisation_id).where(Assignment.id == case((whole, digits.cast(Number))))
        return whose.where(subject == entry.trail).scalar_subquery().in_(under)

    return EntryFilter(theirs, entries.c.trail.in_(theirs), asked)


def with_text(tx: Transaction, text: str) -> EntryFilter:
    """Entries one of whose disclosed texts has these words."""
    known = tells(tx.session, text)
    trail, seq = known.selected_columns

    def asked(entry: _Columns) -> ColumnElement[bool]:
        """Not EXISTS: PostgreSQL would gather all that match into a hash."""
        first = known.with_only_columns(literal(1)).where(trail == entry.trail, seq == entry.seq).limit(1)
        return first.scalar_subquery().is_not(None)

    return EntryFilter(known, tuple_(entries.c.trail, entries.c.seq).in_(known), asked)
