"""The last verification that was kept, and whether it is too long ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from commands.context.installation import Transaction
from models.clock import instance
from models.instance import Verification


@dataclass(frozen=True, slots=True)
class Verified:
    """The last verification that was kept; None: none ever was. `old`: longer ago than the policy allows."""

    last: Verification | None
    since: datetime | None
    old: bool


def last_verified(tx: Transaction) -> Verified:
    """By the machine's time. Where none was made, it counts from the installation's beginning, if its clock is real."""
    last = tx.session.scalar(select(Verification).order_by(Verification.id.desc()).limit(1))
    begun = instance(tx.session)
    since = last.at if last else begun.created_at if begun.clock == "system" else None
    term = timedelta(days=tx.policy.rules.audit.verified_days)
    return Verified(last, since, since is not None and tx.real - since > term)
