"""Idempotency: what a program was answered to a request that wrote, by the key it chose, kept for a day.

The answer is kept in the transaction that wrote: either both are there or neither.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from commands.context.actors import Actor
from commands.context.installation import Transaction
from models.access import Reply
from models.base import table_of
from states.refusal import ConflictError

KEPT = timedelta(days=1)
_TABLE = table_of(Reply)


class OtherRequestError(ConflictError):
    """A key that was used for something else."""

    template = "The idempotency key “{key}” has served another request within a day. Take a new key for a new one."


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer given before: its HTTP status, and its body as text."""

    status: int
    body: str


def reserve(tx: Transaction, actor: Actor, key: str, request: str) -> Answered | None:
    """Take a key for a request (its hash), or give the answer that it got before. Raises OtherRequestError.

    Who comes second with a key waits here until the first has committed, and then finds the answer.
    """
    session = tx.session
    forget(tx)
    upsert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    row = {"account_id": actor.account, "key": key, "request": request, "at": tx.real}
    taken = session.execute(upsert(_TABLE).values(row).on_conflict_do_nothing().returning(_TABLE.c.key)).scalar()
    if taken is not None:
        return None
    mine = select(_TABLE).where(_TABLE.c.account_id == actor.account, _TABLE.c.key == key)
    found = session.execute(mine).one()
    if found.request != request:
        raise OtherRequestError(key=key)
    return Answered(found.status, found.body)


def forget(tx: Transaction) -> None:
    """Answers that nobody may have again."""
    tx.session.execute(delete(_TABLE).where(_TABLE.c.at <= tx.real - KEPT))


def keep(tx: Transaction, actor: Actor, key: str, answered: Answered) -> None:
    """Keep the answer to a reserved key."""
    mine = update(_TABLE).where(_TABLE.c.account_id == actor.account, _TABLE.c.key == key)
    tx.session.execute(mine.values(status=answered.status, body=answered.body))
