"""The roster as pages show it, and as a file that the import takes back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from commands.installation import Office
from models.rosters import Group, Membership, Organisation


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """One organisation."""

    id: int
    name: str
    superior: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group, with the phrases of protocols that mean it."""

    id: int
    name: str
    aliases: tuple[str, ...]
    members: int


def organisations_listed(office: Office, after: int = 0, most: int | None = None) -> list[OrganisationLine]:
    """By number, past one of them; so many at most, or all."""
    above = aliased(Organisation)
    columns = (Organisation.id, Organisation.name, above.name, Organisation.email)
    query = select(*columns).outerjoin(above, above.id == Organisation.superior_id).order_by(Organisation.id)
    query = query.where(Organisation.id > after).limit(most)
    return [OrganisationLine(*row) for row in office.session.execute(query).tuples()]


def groups_listed(office: Office) -> list[GroupLine]:
    """All of them, by number."""
    members = select(func.count()).where(Membership.group_id == Group.id).scalar_subquery()
    query = select(Group.id, Group.name, Group.aliases, members).order_by(Group.id)
    return [
        GroupLine(number, name, tuple(map(str, aliases)), count or 0)
        for number, name, aliases, count in office.session.execute(query).tuples()
    ]


def roster_rows(office: Office) -> list[list[str]]:
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
    return [head, *([_cell(each) for each in row] for row in office.session.execute(query))]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case list():
            return "|".join(map(str, value))
    return str(value)
