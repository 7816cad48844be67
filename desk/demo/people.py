"""People of a demo, whom a visitor may be by one click, without a password."""

from commands.access.account_register import AccountLine, accounts_numbered
from commands.context.installation import Transaction
from models.clock import instance
from states.subjects import AccountState


def people(tx: Transaction) -> list[AccountLine]:
    """The open accounts of a demo, in order; of any other database nobody."""
    if instance(tx.session).clock != "demo":
        return []
    return [each for each in accounts_numbered(tx) if each.state == AccountState.ACTIVE]
