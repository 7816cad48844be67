"""Publication of the board: what each item's card and each protocol's overview show, and what was published last."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from audit.trails.lookup import of_kind
from audit.trails.tables import entries
from commands.context.installation import Transaction
from commands.context.language import tr
from commands.registers.items import ItemLine, items
from commands.registers.protocols import protocols
from models.base import table_of
from models.protocols import Assignment, Item, Protocol
from states.assignment import State
from states.subjects import Kind, ProtocolState


@dataclass(frozen=True, slots=True)
class Card:
    """One item on the board. `key` is the same for ever, and that of no other database's item."""

    item: ItemLine
    key: str
    name: str
    tags: Sequence[str]
    state: str
    message: str
    entries: int
    published: Mapping[str, Any]

    @property
    def content(self) -> dict[str, Any]:
        """Everything that decides whether the card is out of date."""
        return {
            "name": self.name,
            "state": self.state,
            "message": self.message,
            "counts": dict(self.item.progress.counts),
            "entries": self.entries,
        }

    @property
    def versions(self) -> dict[int, int]:
        """The versions of the item's assignments up to which the card's log tells."""
        return {int(number): version for number, version in self.published.get("versions", {}).items()}

    @property
    def stale(self) -> bool:
        """Whether the item has changed since it was published last."""
        return self.item.run_id is None or {key: self.published.get(key) for key in self.content} != self.content


def cards(tx: Transaction) -> Iterator[Card]:
    """Every item's."""
    known = {each.id: each for each in protocols(tx)}
    births = _births(tx)
    published = dict(tx.session.execute(select(Item.id, Item.published)).tuples().all())
    counted = select(Assignment.item_id, func.sum(Assignment.seq)).group_by(Assignment.item_id)
    entries_of = dict(tx.session.execute(counted).tuples().all())
    for item in items(tx):
        protocol = known[item.protocol]
        withdrawn = protocol.state == ProtocolState.WITHDRAWN and not item.progress.counts.get(State.ACCEPTED)
        yield Card(
            item=item,
            key=f"{births[item.protocol]}-{item.id}",
            name=tr("Protocol {protocol}, item {number}", protocol=item.protocol, number=item.number),
            tags=(
                tr("protocol {protocol}", protocol=item.protocol),
                tr("item {number}", number=item.number),
                protocol.department,
            ),
            state=State.WITHDRAWN if withdrawn else item.progress.state,
            message=item.progress.said(),
            entries=int(entries_of.get(item.id, 0)),
            published=json.loads(published[item.id] or "{}"),
        )


def _births(tx: Transaction) -> dict[int, str]:
    """The hash of each protocol's first entry: no two databases that share a Prefect server have the same."""
    first = select(entries.c.trail, entries.c.hash).where(of_kind(Kind.PROTOCOL), entries.c.seq == 1)
    return {int(trail.partition(":")[2]): digest.hex()[:32] for trail, digest in tx.session.execute(first)}


def note_published(tx: Transaction, card: Card, run_id: str, versions: Mapping[int, int]) -> None:
    """Keep what the card's run shows now, its log up to these versions of the item's assignments."""
    published = json.dumps(card.content | {"versions": versions}, ensure_ascii=False)
    table = table_of(Item)
    tx.session.execute(update(table).where(table.c.id == card.item.id).values(run_id=run_id, published=published))


def published_situations(tx: Transaction) -> dict[int, str | None]:
    """Protocol → the digest of the overview that was published last, if any was."""
    return dict(tx.session.execute(select(Protocol.id, Protocol.situation)).tuples().all())


def note_situation(tx: Transaction, protocol: int, digest: str) -> None:
    """Keep the digest of a protocol's overview as it is shown now."""
    table = table_of(Protocol)
    tx.session.execute(update(table).where(table.c.id == protocol).values(situation=digest))
