"""From a protocol under control to its assignments, in batches, resumable after a kill, never twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from commands.assignments.deadlines import LadderStage, ladder_position, step_on
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.mail.notices import Concerned, Directory
from commands.protocols.addressing import member_on
from commands.recording.changes import Change
from commands.recording.writer import Step, TrailState, numbers, record, record_many, seal
from models.protocols import Addressing, Assignment, Item, Protocol
from models.rosters import Membership
from states.actions import Action
from states.assignment import OPEN
from states.deadlines import Derivation
from states.ladders import Recipient
from states.subjects import ProtocolState

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """An assignment to be made: item, addressee, period (0 for the first), what is due when.

    `follows`: the item whose assignment, of the same addressee and period, it is to wait for.
    """

    item: int
    modality: str
    organisation: int
    period: int
    due: Derivation | None
    follows: int | None = None

    def columns(self, waits_for: int | None) -> dict[str, Any]:
        """The columns of the new row that its first entry tells."""
        return {
            "item_id": self.item,
            "organisation_id": self.organisation,
            "period": self.period,
            "due": self.due.due if self.due else None,
            "derivation": self.due.stored() if self.due else None,
            "late": False,
            "report_version": 0,
            "assignee_id": None,
            "reviewer_id": None,
            "review_due": None,
            "extension_asked": None,
            "asked_late": False,
            "waits_for": waits_for,
        }


@dataclass(frozen=True, slots=True)
class Expanded:
    """One batch of assignments."""

    made: int
    more: bool


def expand(tx: Transaction, actor: Actor, protocol: int, batch: int = BATCH) -> Expanded:
    """Make the next assignments of a protocol that is not fully expanded. Safe to repeat, to kill, to run twice."""
    locked = select(Protocol).where(
        Protocol.id == protocol, Protocol.state == ProtocolState.UNDER_CONTROL, ~Protocol.expanded
    )
    row = tx.session.scalar(locked.with_for_update())
    if row is None:
        return Expanded(0, more=False)
    tx.take_time()
    missing = _missing(tx, row, batch)
    if missing:
        assign(tx, actor, row.department_id, missing)
    if len(missing) == batch:
        return Expanded(batch, more=True)
    change = Change({"expanded": True})
    record(tx, actor, row, Action.EXPAND, change)
    return Expanded(len(missing), more=False)


def unexpanded(tx: Transaction) -> list[int]:
    """Protocols whose assignments are not all made yet."""
    wanted = (
        select(Protocol.id)
        .where(Protocol.state == ProtocolState.UNDER_CONTROL, ~Protocol.expanded)
        .order_by(Protocol.id)
    )
    return list(tx.session.scalars(wanted))


def _missing(tx: Transaction, protocol: Protocol, batch: int) -> list[NewAssignment]:
    made = (Assignment.item_id == Item.id) & (Assignment.organisation_id == Membership.organisation_id)
    wanted = (
        select(Item.id, Membership.organisation_id)
        .join(Addressing, Addressing.item_id == Item.id)
        .join(Membership, Membership.group_id == Addressing.group_id)
        .outerjoin(Assignment, made)
        .where(Item.protocol_id == protocol.id, Assignment.id.is_(None), *member_on(protocol.date))
        .distinct()
        .order_by(Item.id, Membership.organisation_id)
        .limit(batch)
    )
    pairs = [(item, organisation) for item, organisation in tx.session.execute(wanted)]
    wanted_items = select(Item).where(Item.id.in_({item for item, _ in pairs}))
    items = {each.id: each for each in tx.session.scalars(wanted_items)}
    due = {each.id: Derivation.read(each.derivation) for each in items.values() if each.derivation}
    return [
        NewAssignment(item, items[item].modality, organisation, 0, due.get(item), items[item].follows_id)
        for item, organisation in pairs
    ]


def _open_ones(tx: Transaction, places: Sequence[NewAssignment]) -> dict[tuple[int | None, int, int], int]:
    """The open assignments that some of the places follow, by item, addressee and period."""
    followed = {place.follows for place in places if place.follows}
    if not followed:
        return {}
    columns = (Assignment.item_id, Assignment.organisation_id, Assignment.period, Assignment.id)
    wanted = select(*columns).where(Assignment.item_id.in_(followed), Assignment.state.in_(OPEN))
    return {(item, organisation, period): number for item, organisation, period, number in tx.session.execute(wanted)}


def assign(tx: Transaction, actor: Actor, department: int, places: Sequence[NewAssignment]) -> None:
    """New assignments, each with its entry and notice, set-based."""
    ids = numbers(tx.session, Assignment.kind, len(places))
    directory = Directory(tx)
    steps = []
    open_ones = _open_ones(tx, places)
    for number, place in zip(ids, places, strict=True):
        open_ones[place.item, place.organisation, place.period] = number
        awaited = open_ones.get((place.follows, place.organisation, place.period))
        columns = place.columns(awaited)
        before = TrailState.new(Assignment, number)
        entry = seal(tx, actor, before, Action.ASSIGN, Change(columns))
        stage = LadderStage(place.modality, entry.record.state, columns["due"], None)
        sweep = step_on(ladder_position(tx.policy, stage), tx.now, tx.policy.calendar)
        notices = directory.notices(
            Concerned(place.organisation, None, department, None, None),
            (Recipient.EXECUTOR,),
            assignment=number,
            entry=entry.head.seq,
            action=Action.ASSIGN,
            rung=None,
            send_after=directory.next_digest,
        )
        steps.append(Step(before, [entry], columns | sweep, notices))
    record_many(tx, steps)
