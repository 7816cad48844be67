"""Whom a visitor of a demo may be: one click, no password."""

from dataclasses import dataclass

from sqlalchemy import select

from commands.context.actors import personal
from commands.context.installation import Transaction
from models.accounts import Account
from models.clock import instance
from models.rosters import Organisation
from states.lifecycle import Role


@dataclass(frozen=True, slots=True)
class Person:
    """A demo's account."""

    login: str
    role: Role
    organisation: str | None


def people(tx: Transaction) -> list[Person]:
    """The open accounts of a demo, in order; of any other database nobody."""
    if instance(tx.session).clock != "demo":
        return []
    query = (
        select(Account.login, Account.role, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Account.organisation_id)
        .where(Account.state == "active", personal())
        .order_by(Account.id)
    )
    return [Person(login, Role(role), name) for login, role, name in tx.session.execute(query)]
