"""The only row of a table that holds one at most: nobody goes by any of two."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from models.base import table_of
from models.instance import Instance, Policy
from models.log import Log
from states.refusal import DamagedError

SINGLE: Sequence[Table] = tuple(table_of(each) for each in (Instance, Policy, Log))
"""Tables with one row at most."""


class SeveralRowsError(DamagedError):
    """A second row, which no command writes."""

    template = (
        "The table “{table}” holds several rows, where there may be one: somebody put them there. "
        "Run “poruchenie audit verify”, and keep a copy of the database as it is."
    )


def only_row(session: Session, table: Table) -> Row[Any] | None:
    """The row, or None where there is none yet. Raises SeveralRowsError."""
    found = session.execute(select(table).limit(2)).all()
    if len(found) > 1:
        raise SeveralRowsError(table=table.name)
    return found[0] if found else None
