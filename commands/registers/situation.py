"""«Обстановка на сегодня»: what moved today, what is late, what falls due within a week, for each protocol."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select

from audit.trails.lookup import trail_of
from audit.trails.tables import entries
from commands.context.installation import Transaction
from commands.context.language import shown, tr
from commands.registers.activity_today import day_began
from commands.registers.overdue import is_overdue
from models.protocols import Assignment, Item, Protocol
from models.rosters import Organisation
from states.assignment import AT_EXECUTOR
from states.refusal import Word
from states.subjects import Kind, ProtocolState

AHEAD = timedelta(days=7)
LISTED = 10
"""Late addressees named for each item; the others are counted."""


@dataclass(slots=True)
class Situation:
    """One protocol today (a local date). Items by number, in order."""

    protocol: int
    today: date
    moved: dict[str, int] = field(default_factory=dict)
    late: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ahead: dict[str, tuple[date, int]] = field(default_factory=dict)

    def said(self) -> str:
        """As Markdown."""
        return "\n".join(
            (f"# {tr('Situation on {day}', day=self.today)}", *self._moved(), *self._late(), *self._ahead())
        )

    def _moved(self) -> Iterator[str]:
        yield f"\n## {tr('What moved today')}\n"
        yield from (f"- {shown(action)}: {number}" for action, number in self.moved.items())
        if not self.moved:
            yield tr("Nothing.")

    def _late(self) -> Iterator[str]:
        yield f"\n## {tr('What is late')}\n"
        for item, names in self.late.items():
            more = tr(" and {number} more", number=len(names) - LISTED) if len(names) > LISTED else ""
            listed = ", ".join(_plain(name) for name in names[:LISTED])
            yield "- " + tr("Item {number}: {names}", number=item, names=f"{listed}{more}")
        if not self.late:
            yield tr("Nothing.")

    def _ahead(self) -> Iterator[str]:
        yield f"\n## {tr('What falls due within a week')}\n"
        for item, (day, number) in self.ahead.items():
            yield "- " + tr("Item {item}, by {day}: {number} not handed in yet", item=item, day=day, number=number)
        if not self.ahead:
            yield tr("Nothing.")


def _plain(name: str) -> str:
    """A name that Markdown is to leave alone."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>()#+!|~" else letter for letter in name)


def situations(tx: Transaction) -> Sequence[Situation]:
    """Of every protocol under control."""
    calendar = tx.policy.calendar
    today = calendar.day_of(tx.now)
    wanted = select(Protocol.id).where(Protocol.state == ProtocolState.UNDER_CONTROL).order_by(Protocol.id)
    found = {number: Situation(number, today) for number in tx.session.scalars(wanted)}
    for number, action, count in tx.session.execute(_moves(tx)):
        if number in found:
            found[number].moved[Word(action)] = count
    for number, item, name in tx.session.execute(_late_ones(tx)):
        if number in found:
            found[number].late[item].append(name)
    for number, item, due, count in tx.session.execute(_coming(tx)):
        if number in found:
            found[number].ahead[item] = (calendar.last_day(due), count)
    return list(found.values())


def _moves(tx: Transaction) -> Select[tuple[int, str, int]]:
    return (
        select(Item.protocol_id, entries.c.action, func.count())
        .join(Assignment, entries.c.trail == trail_of(Kind.ASSIGNMENT, Assignment.id))
        .join(Item, Item.id == Assignment.item_id)
        .where(entries.c.at >= day_began(tx))
        .group_by(Item.protocol_id, entries.c.action)
        .order_by(Item.protocol_id, entries.c.action)
    )


def _late_ones(tx: Transaction) -> Select[tuple[int, str, str]]:
    return (
        select(Item.protocol_id, Item.number, Organisation.name)
        .join(Assignment, Assignment.item_id == Item.id)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .where(is_overdue(tx.now))
        .order_by(Item.protocol_id, Item.position, Organisation.name)
    )


def _coming(tx: Transaction) -> Select[tuple[int, str, datetime | None, int]]:
    return (
        select(Item.protocol_id, Item.number, func.min(Assignment.due), func.count())
        .join(Assignment, Assignment.item_id == Item.id)
        .where(
            Assignment.state.in_(AT_EXECUTOR),
            Assignment.due > tx.now,
            Assignment.due <= tx.now + AHEAD,
        )
        .group_by(Item.protocol_id, Item.number, Item.position)
        .order_by(Item.protocol_id, Item.position)
    )
