"""A marker that changes with every change, and the sessions still open: two cheap questions for all who watch."""

from collections.abc import Collection

from sqlalchemy import func, select

from audit.merkle.sequencer import size
from audit.trails.tables import pending
from commands.context.installation import Transaction
from models.access import Session
from models.accounts import Account
from states.subjects import AccountState

_QUEUED = 1000
"""Entries in the queue that are counted. Of a longer one, which nobody seals, the newest number tells."""


def version(tx: Transaction) -> tuple[int, int]:
    """Changes with every entry, whenever its transaction ends; not with its sealing, which moves it to the log."""
    newest = select(pending.c.id).order_by(pending.c.id.desc()).limit(_QUEUED + 1).subquery()
    queued, last = tx.session.execute(select(func.count(), func.max(newest.c.id)).select_from(newest)).one()
    return size(tx.session.connection()) + queued, last if queued > _QUEUED else 0


def still_open(tx: Transaction, sessions: Collection[int]) -> set[int]:
    """Which of these sessions are."""
    query = select(Session.id).join(Account, Account.id == Session.account_id).where(Session.id.in_(sessions))
    open_ = query.where(Session.ended_at.is_(None), Session.until > tx.real, Account.state == AccountState.ACTIVE)
    return set(tx.session.scalars(open_))
