"""When: within a trail time never runs backwards, and in the log no further than transactions at once may differ."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, String, func, literal, or_, select, type_coerce, union_all

from audit.trails.entries import stamp
from audit.trails.tables import entries, leaves, pending
from audit.trails.verify import Fault
from commands.checks.read_entry import ReadEntry
from states.refusal import N_

BACKWARDS = N_("is of {at}, but the entry before it of {before}: time does not run backwards")
BACKDATED = N_("is of {at}, but comes in the log after an entry of {before}: it was dated back")

FUTURE = N_("is of {at}, but the clock shows {now} only")


def forwards(entry: ReadEntry, before: datetime) -> Iterator[Fault]:
    """A fault if an entry is of a time before that of the entry that it follows."""
    if entry.at < before:
        yield entry.fault(BACKWARDS, at=entry.content["at"], before=stamp(before))


def backdated(connection: Connection, leeway: timedelta, since: int = 0) -> Iterator[Fault]:
    """Entries of a time too far before that of one with an earlier place in the log, or in the queue behind it.

    `since`: only entries with places from this one on.
    """
    places = union_all(
        select(leaves.c.trail, leaves.c.seq, literal(0).label("queued"), leaves.c.leaf_index.label("place")),
        select(pending.c.trail, pending.c.seq, literal(1), pending.c.id),
    ).subquery()
    same = (entries.c.trail == places.c.trail) & (entries.c.seq == places.c.seq)
    # As text: SQLite may hold a number there, which is no moment to us.
    at = type_coerce(entries.c.at, String) if connection.dialect.name == "sqlite" else entries.c.at
    newest = func.max(at).over(order_by=(places.c.queued, places.c.place), rows=(None, -1))
    placed = select(*places.c, at.label("at"), newest.label("newest"))
    ordered = placed.join_from(places, entries, same).subquery()
    later = or_(ordered.c.queued == 1, ordered.c.place >= since)
    for row in connection.execute(select(ordered).where(ordered.c.at < ordered.c.newest, later)):
        at_, before = _moment(row.at), _moment(row.newest)
        if at_ and before and at_ < before - leeway:
            yield Fault(row.trail, row.seq, BACKDATED, {"at": stamp(at_), "before": stamp(before)})


def of_the_future(connection: Connection, now: datetime, leeway: timedelta) -> Iterator[Fault]:
    """Entries of a time that has not come yet."""
    later = select(*entries.c["trail", "seq", "at"]).where(entries.c.at > now + leeway).order_by(entries.c.at)
    for trail, seq, at in connection.execute(later):
        yield Fault(trail, seq, FUTURE, {"at": stamp(at), "now": stamp(now)})


def _moment(stored: object) -> datetime | None:
    """A moment as a column holds it; None for what is none, which is named elsewhere."""
    try:
        found = stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
