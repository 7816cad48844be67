"""The roster as pages show it, and as a file that the import takes back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from audit.trails.lookup import contains
from commands.context.installation import Transaction
from commands.rosters.organisations import UnknownGroupError, UnknownOrganisationError
from models.rosters import Group, Membership, Organisation
from states.subjects import Kind, Subject


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """One organisation."""

    id: int
    name: str
    superior: str | None
    email: str | None
    head: str | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group, with the phrases of protocols that mean it."""

    id: int
    name: str
    aliases: tuple[str, ...]
    members: int


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """An organisation in a group; local days, both included, open where None."""

    organisation_id: int
    organisation: str
    group_id: int
    group: str
    since: date | None
    until: date | None


def organisations_listed(
    tx: Transaction, after: int = 0, most: int | None = None, words: str = ""
) -> list[OrganisationLine]:
    """By number, past one of them, with these words in name or address; so many at most, or all."""
    told = [contains(words, Organisation.name, Organisation.email)] if words else []
    return _organisations(tx, most, Organisation.id > after, *told)


def organisation_line(tx: Transaction, number: int) -> OrganisationLine:
    """Raises UnknownOrganisationError."""
    found = _organisations(tx, 1, Organisation.id == number)
    if not found:
        raise UnknownOrganisationError(name=Subject(Kind.ORGANISATION, number).trail)
    return found[0]


def _organisations(tx: Transaction, most: int | None, *where: Any) -> list[OrganisationLine]:  # noqa: ANN401 - SQL conditions
    above = aliased(Organisation)
    columns = (Organisation.id, Organisation.name, above.name, Organisation.email, Organisation.head_name)
    query = select(*columns).outerjoin(above, above.id == Organisation.superior_id).order_by(Organisation.id)
    return [OrganisationLine(*row) for row in tx.session.execute(query.where(*where).limit(most)).tuples()]


def group_line(tx: Transaction, number: int) -> GroupLine:
    """Raises UnknownGroupError."""
    found = next((each for each in groups_listed(tx) if each.id == number), None)
    if found is None:
        names = ", ".join(each.name for each in groups_listed(tx)) or "—"
        raise UnknownGroupError(name=Subject(Kind.GROUP, number).trail, groups=names)
    return found


def groups_of(tx: Transaction, organisation: int) -> list[MembershipLine]:
    """The groups that an organisation is, was or will be in."""
    return _memberships(tx, None, Membership.organisation_id == organisation)


def members_of(tx: Transaction, group: int, after: int = 0, most: int | None = None) -> list[MembershipLine]:
    """The members of a group by number, past one of them; so many at most, or all."""
    return _memberships(tx, most, Membership.group_id == group, Membership.organisation_id > after)


def _memberships(tx: Transaction, most: int | None, *where: Any) -> list[MembershipLine]:  # noqa: ANN401 - SQL conditions
    columns = (Organisation.id, Organisation.name, Group.id, Group.name, Membership.since, Membership.until)
    query = (
        select(*columns)
        .join_from(Membership, Organisation, Organisation.id == Membership.organisation_id)
        .join(Group, Group.id == Membership.group_id)
        .where(*where)
        .order_by(Organisation.id, Group.id)
        .limit(most)
    )
    return [MembershipLine(*row) for row in tx.session.execute(query).tuples()]


def groups_listed(tx: Transaction) -> list[GroupLine]:
    """All of them, by number."""
    members = select(func.count()).where(Membership.group_id == Group.id).scalar_subquery()
    query = select(Group.id, Group.name, Group.aliases, members).order_by(Group.id)
    return [
        GroupLine(number, name, tuple(map(str, aliases)), count or 0)
        for number, name, aliases, count in tx.session.execute(query).tuples()
    ]


def roster_rows(tx: Transaction) -> list[list[str]]:
    """The head and a row for each organisation in each of its groups, superiors first."""
    above = aliased(Organisation)
    facts = (Organisation.name, above.name, Organisation.email, Organisation.head_name)
    belongs = (Group.name, Group.aliases, Membership.since, Membership.until)
    query = (
        select(*facts, *belongs)
        .outerjoin(above, above.id == Organisation.superior_id)
        .outerjoin(Membership, Membership.organisation_id == Organisation.id)
        .outerjoin(Group, Group.id == Membership.group_id)
        .order_by(Organisation.id, Group.id)
    )
    head = ["organisation", "superior", "email", "head", "group", "aliases", "since", "until"]
    return [head, *([_cell(each) for each in row] for row in tx.session.execute(query))]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case list():
            return "|".join(map(str, value))
    return str(value)
