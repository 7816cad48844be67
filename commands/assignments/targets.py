"""Targets to whom an assignment may be given, as a form offers them. The command itself decides."""

from sqlalchemy import ColumnElement, select

from commands.context.actors import personal
from commands.context.installation import Transaction
from models.accounts import Account
from models.rosters import Organisation
from states.actions import Action
from states.lifecycle import Role
from states.subjects import AccountState


def candidates(tx: Transaction, action: str, organisation: int) -> list[tuple[str, str]]:
    """Values for an action's target with what people call them, for an assignment of an organisation."""
    match action:
        case Action.ASSIGN_REVIEWER:
            return _accounts(tx, Role.REVIEWER, Account.organisation_id.is_distinct_from(organisation))
        case Action.REASSIGN:
            return _accounts(tx, Role.EXECUTOR, Account.organisation_id == organisation)
        case Action.TRANSFER:
            wanted = select(Organisation.name).where(Organisation.id != organisation).order_by(Organisation.name)
            return [(name, name) for name in tx.session.scalars(wanted)]
    return []


def _accounts(tx: Transaction, role: Role, where: ColumnElement[bool]) -> list[tuple[str, str]]:
    wanted = select(Account.login, Account.name).where(
        Account.role == role.value, Account.state == AccountState.ACTIVE, personal(), where
    )
    found = tx.session.execute(wanted.order_by(Account.login))
    return [(login, f"{name} ({login})" if name else login) for login, name in found]
