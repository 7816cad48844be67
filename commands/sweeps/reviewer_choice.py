"""Choosing a reviewer: present today, from another organisation, with the least on the desk."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, or_, select

from commands.context.installation import Transaction
from models.accounts import Account, Substitution
from models.protocols import Assignment
from states.assignment import SUBMITTED
from states.lifecycle import Role
from states.subjects import AccountState


@dataclass(frozen=True, slots=True)
class Chosen:
    """An account's number, and how many reports wait for it already."""

    account: int
    load: int


def choose(tx: Transaction, row: Row[Any]) -> Chosen | None:
    """The reviewer for an assignment: its present one if there, else whoever has least to do; None if nobody can."""
    waiting = (
        select(Assignment.reviewer_id, func.count().label("load"))
        .where(Assignment.state == SUBMITTED.value, Assignment.reviewer_id.is_not(None))
        .group_by(Assignment.reviewer_id)
        .subquery()
    )
    load = func.coalesce(waiting.c.load, 0)
    today = tx.policy.calendar.day_of(tx.now)
    absent = select(Substitution.absent_id).where(Substitution.since <= today, Substitution.until >= today)
    wanted = (
        select(Account.id, load)
        .outerjoin(waiting, waiting.c.reviewer_id == Account.id)
        .where(
            Account.role == Role.REVIEWER.value,
            Account.state == AccountState.ACTIVE,
            Account.id.not_in(absent),
            or_(Account.organisation_id.is_(None), Account.organisation_id != row.organisation_id),
        )
        .order_by((Account.id == row.reviewer_id).desc() if row.reviewer_id else load, load, Account.id)
        .limit(1)
    )
    found = tx.session.execute(wanted).one_or_none()
    return Chosen(*found) if found else None
