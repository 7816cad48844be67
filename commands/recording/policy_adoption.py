"""Adoption of a policy: what the files say comes into force by an entry of its own."""

from sqlalchemy import select

from commands.context.actors import Actor, system
from commands.context.installation import Transaction
from commands.recording.writer import BEGINNING, Change, TrailState, alter, create, seal
from models.instance import Policy


def adopt_policy(tx: Transaction, actor: Actor | None = None) -> bool:
    """Put the transaction's policy in force under audit if it differs from what was in force."""
    found = tx.session.scalar(select(Policy).where(Policy.id == 1).with_for_update())
    if found and found.content_hash == tx.policy.hash:
        return False
    actor = actor or system(tx, "flow:monitoring")
    change = Change({"content_hash": tx.policy.hash, "content": tx.policy.content})
    before = TrailState.of(found) if found else BEGINNING
    entry = seal(actor, Policy, 1, before, "adopt", change)
    (alter if found else create)(tx.session, Policy, entry, 1, change)
    return True
