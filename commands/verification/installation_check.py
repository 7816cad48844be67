"""The check of the installation's own rows: its clock and its policy can be gone by, and no row stands twice."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from audit.trails.attempts import reason
from audit.trails.verify import Fault
from commands.context.installation import Transaction
from models.only_row import SINGLE
from states.refusal import N_

SEVERAL = N_("the table {table} holds {number} rows, where there may be one")
UNUSABLE = N_("no command can go by the clock and the policy that the database holds: {reason}")


def usable(tx: Transaction) -> Iterator[Fault]:
    """A fault where `Installation.inspect` had to do without the database's clock or policy."""
    if tx.unusable is not None:
        yield Fault("account:1", 0, UNUSABLE, {"reason": reason(tx.unusable)})


def single(connection: Connection) -> Iterator[Fault]:
    """Tables of one row that hold more."""
    for table in SINGLE:
        number = connection.scalar(select(func.count()).select_from(table)) or 0
        if number > 1:
            yield Fault(table.name, 0, SEVERAL, {"table": table.name, "number": number})
