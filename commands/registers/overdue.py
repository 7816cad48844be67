"""Overdue at a moment: as a condition of SQL, and of a row that is read already."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, exists, or_

from models.base import table_of
from models.protocols import Assignment
from states.assignment import AT_EXECUTOR, AT_MINISTRY

AWAITED = table_of(Assignment).alias("awaited")
"""What an assignment waits for. It is shielded while that lies at the ministry: nobody else could hasten it."""


# Spelled out in the statement: a partial index serves no parameter.
_STATES = [str(state) for state in AT_EXECUTOR]
AT_HAND: BindParameter[list[str]] = bindparam("at_executor", _STATES, expanding=True, literal_execute=True)
SHIELDED = exists().where(AWAITED.c.id == Assignment.waits_for, AWAITED.c.state.in_(AT_MINISTRY)).correlate(Assignment)
"""Whether what an assignment waits for lies at the ministry."""


def is_overdue(now: datetime | BindParameter[datetime]) -> Any:  # noqa: ANN401 - an SQL condition
    """Overdue: with the executor, and past the due moment; but not while what it waits for lies at the ministry."""
    late = and_(Assignment.state.in_(AT_HAND), Assignment.due <= now)
    return and_(late, or_(Assignment.waits_for.is_(None), ~SHIELDED))


def overdue_now(row: Row[Any], now: datetime) -> bool:
    """The same of a row that is read already, with SHIELDED as `shielded`."""
    return row.state in AT_EXECUTOR and row.due is not None and row.due <= now and not row.shielded
