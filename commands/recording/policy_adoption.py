"""Adoption of a policy: what the files say comes into force by an entry of its own."""

from sqlalchemy import select

from commands.context.actors import Actor, system
from commands.context.installation import Transaction
from commands.recording.changes import Change
from commands.recording.writer import TrailState, record
from models.instance import Policy
from states.actions import Action


def adopt_policy(tx: Transaction, actor: Actor | None = None) -> bool:
    """Put the transaction's policy in force under audit if it differs from what was in force."""
    found = tx.session.scalar(select(Policy).where(Policy.id == 1).with_for_update())
    if found and found.content_hash == tx.policy.hash:
        return False
    actor = actor or system(tx, "flow:monitoring")
    change = Change({"content_hash": tx.policy.hash, "content": tx.policy.content})
    record(tx, actor, found or TrailState.new(Policy, 1), Action.ADOPT, change)
    return True
