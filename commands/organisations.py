"""Finding organisations and groups by name."""

from sqlalchemy import select

from commands.installation import Office
from models.rosters import Group, Organisation
from states.refusal import RefusedError


class UnknownOrganisationError(RefusedError):
    """No organisation of that name."""

    template = "There is no organisation “{name}” in the roster. “poruchenie roster list” shows the names."


class UnknownGroupError(RefusedError):
    """No group of that name."""

    template = "There is no group “{name}” in the roster. Groups: {groups}."


class NoRootError(RefusedError):
    """The roster has no organisation without a superior."""

    template = "The roster has no root organisation (one without a superior). Import a roster first."


def organisation_named(office: Office, name: str) -> Organisation:
    """Raises UnknownOrganisationError."""
    found = office.session.scalar(select(Organisation).where(Organisation.name == " ".join(name.split())))
    if found is None:
        raise UnknownOrganisationError(name=name)
    return found


def group_named(office: Office, name: str) -> Group:
    """Raises UnknownGroupError."""
    found = office.session.scalar(select(Group).where(Group.name == " ".join(name.split())))
    if found is None:
        names = ", ".join(office.session.scalars(select(Group.name).order_by(Group.name))) or "—"
        raise UnknownGroupError(name=name, groups=names)
    return found


def root(office: Office) -> Organisation:
    """The organisation at the top: the minister's. Raises NoRootError."""
    top = select(Organisation).where(Organisation.superior_id.is_(None)).order_by(Organisation.id).limit(1)
    found = office.session.scalar(top)
    if found is None:
        raise NoRootError
    return found
