"""Activity of today: entries of assignments since the day began in the region, counted, and the newest of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from audit.trails.lookup import of_kind
from audit.trails.tables import Number, entries
from commands.context.installation import Transaction
from commands.context.visibility import within_of
from models.protocols import Assignment, Item
from models.rosters import Organisation
from states.subjects import Kind

COUNTED = 10_000
"""So many of a day's entries are counted, the newest."""
SHOWN = 10
_NUMBER = func.substr(entries.c.trail, len(Kind.ASSIGNMENT + ":") + 1).cast(Number)


@dataclass(frozen=True, slots=True)
class Activity:
    """One entry. The moment is UTC."""

    at: datetime
    action: str
    source: str
    state: str
    assignment: int
    item: str
    addressee: str


@dataclass(frozen=True, slots=True)
class ActivityToday:
    """By action, the most frequent first. `more`: there were more than were counted."""

    counts: Mapping[str, int]
    newest: Sequence[Activity]
    more: bool


def activity_today(tx: Transaction, within: int | None = None) -> ActivityToday:
    """As far as they are `within` an organisation."""
    counted = _today(tx, entries.c.action).limit(COUNTED + 1)
    if within is not None:
        counted = counted.join(Assignment, Assignment.id == _NUMBER).where(*within_of(within))
    of_day = counted.subquery()
    number = func.count()
    by_action = select(of_day.c.action, number).group_by(of_day.c.action).order_by(number.desc(), of_day.c.action)
    counts = dict(tx.session.execute(by_action).tuples().all())
    return ActivityToday(counts, _newest(tx, within), sum(counts.values()) > COUNTED)


def _newest(tx: Transaction, within: int | None) -> list[Activity]:
    columns = (*entries.c["at", "action", "source", "state"], Assignment.id, Item.number, Organisation.name)
    query = (
        _today(tx, *columns)
        .join(Assignment, Assignment.id == _NUMBER)
        .join(Item, Item.id == Assignment.item_id)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .where(*within_of(within))
    )
    return [Activity(*row) for row in tx.session.execute(query.limit(SHOWN))]


def day_began(tx: Transaction) -> datetime:
    """The moment when today began in the region."""
    return tx.policy.calendar.start_of(tx.policy.calendar.day_of(tx.now))


def _today(tx: Transaction, *columns: Any) -> Select[Any]:  # noqa: ANN401 - SQL columns
    query = select(*columns).select_from(entries).where(entries.c.at >= day_began(tx), of_kind(Kind.ASSIGNMENT))
    return query.order_by(entries.c.at.desc())
