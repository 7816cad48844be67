"""Finding organisations and groups by name."""

from collections.abc import Sequence

from sqlalchemy import select

from commands.context.installation import Transaction
from commands.context.visibility import below
from models.rosters import Group, Organisation
from states.refusal import InvalidError, NotFoundError

_PROPOSED = 300


class UnknownOrganisationError(NotFoundError):
    """No organisation of that name."""

    template = "There is no organisation “{name}” in the roster. “poruchenie roster list” shows the names."


class UnknownGroupError(NotFoundError):
    """No group of that name."""

    template = "There is no group “{name}” in the roster. Groups: {groups}."


class NoRootError(InvalidError):
    """The roster has no organisation without a superior."""

    template = "The roster has no root organisation (one without a superior). Import a roster first."


def organisation_named(tx: Transaction, name: str) -> Organisation:
    """Raises UnknownOrganisationError."""
    found = tx.session.scalar(select(Organisation).where(Organisation.name == " ".join(name.split())))
    if found is None:
        raise UnknownOrganisationError(name=name)
    return found


def organisation_seen(tx: Transaction, name: str, within: int | None) -> int:
    """Its number, if it lies `within` an organisation; whoever sees no further learns of no other.

    Raises UnknownOrganisationError.
    """
    found = organisation_named(tx, name)
    if within is not None and found.id not in tx.session.scalars(below(within)).all():
        raise UnknownOrganisationError(name=name)
    return found.id


def authorities(tx: Transaction, within: int | None) -> Sequence[str]:
    """The names of organisations that have others below them, `within` one: what a filter proposes."""
    superior = select(Organisation.superior_id).where(Organisation.superior_id.is_not(None))
    query = select(Organisation.name).where(Organisation.id.in_(superior)).order_by(Organisation.name).limit(_PROPOSED)
    if within is not None:
        query = query.where(Organisation.id.in_(below(within)))
    return tx.session.scalars(query).all()


def group_named(tx: Transaction, name: str) -> Group:
    """Raises UnknownGroupError."""
    found = tx.session.scalar(select(Group).where(Group.name == " ".join(name.split())))
    if found is None:
        names = ", ".join(tx.session.scalars(select(Group.name).order_by(Group.name))) or "—"
        raise UnknownGroupError(name=name, groups=names)
    return found


def root(tx: Transaction) -> Organisation:
    """The organisation at the top: the minister's. Raises NoRootError."""
    top = select(Organisation).where(Organisation.superior_id.is_(None)).order_by(Organisation.id).limit(1)
    found = tx.session.scalar(top)
    if found is None:
        raise NoRootError
    return found
