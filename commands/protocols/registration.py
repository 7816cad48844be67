"""Putting a protocol under control: draft → protocol and items in one transaction, assignments in batches after it."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from commands.assignments.deadlines import derived, recurrence
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.protocols.addressing import addressed, phrases, refuse_empty, remember
from commands.recording.changes import Change
from commands.recording.writer import TrailState, numbers, record
from commands.rosters.organisations import organisation_named, root
from intake.correction import Correction, corrected
from intake.draft import Doubt, Draft, DraftItem
from intake.matching import mentions
from intake.protocol import read
from models.protocols import Addressing, Item, Protocol
from models.rosters import Group, Organisation
from states.actions import Action
from states.deadlines import Derivation
from states.refusal import N_, ConflictError, InvalidError
from states.subjects import ProtocolState

_PASSED = N_("Item {number}: its deadline ({day}) has passed already; it is overdue from its first moment.")


class DuplicateError(ConflictError):
    """The same protocol again."""

    template = (
        "This document is under control already, as protocol {protocol} (registered {registered}). "
        "If that was a mistake, withdraw it first: poruchenie protocol withdraw {protocol} --note …"
    )


class DateMissingError(InvalidError):
    """A protocol without a date has no base for its deadlines."""

    template = "The document gives no date of the meeting; say it with --date."


@dataclass(frozen=True, slots=True)
class Register:
    """A document to be put under control. `mapping`: addressee phrase → name of a group."""

    data: bytes
    filename: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    department: str | None = None
    signed: date | None = None
    corrections: Sequence[Correction] = ()
    number: str | None = None  # where the document gives none

    def draft(self) -> Draft:
        """The draft as read and corrected. Raises what `read` and `corrected` raise."""
        found = corrected(read(self.data, self.filename), self.corrections, self.signed)
        return found if found.number else found.model_copy(update={"number": self.number})


@dataclass(frozen=True, slots=True)
class Registered:
    """The new protocol's number, how many items it has, and what is doubtful about its deadlines."""

    protocol: int
    items: int
    doubts: tuple[Doubt, ...] = ()


def register(tx: Transaction, actor: Actor, command: Register) -> Registered:
    """Register a protocol with its items; `expand` makes the assignments. Raises RefusedError, writing nothing."""
    draft = command.draft()
    signed = command.signed or draft.date
    if signed is None:
        raise DateMissingError
    number = numbers(tx.session, Protocol.kind)[0]  # holds the counter: nobody registers the same beside us
    hashes = {"source_hash": hashlib.sha256(command.data).hexdigest(), "content_hash": content_hash(draft, signed)}
    superseded = _refuse_duplicate(tx, _same(hashes, draft, signed))
    groups = addressed(tx, draft, command.mapping)
    refuse_empty(tx, draft, groups, signed)
    remember(tx, actor, command.mapping)
    columns = {
        **{name: getattr(draft, name) for name in ("number", "title", "place", "body", "signatory")},
        **hashes,
        "date": signed,
        "filename": command.filename,
        "department_id": _department(tx, command.department, draft).id,
        "supersedes_id": superseded,
        "registered_at": tx.now,
        "expanded": False,
    }
    facts = {"corrected": [each.number for each in command.corrections]} if command.corrections else {}
    change = Change(columns, _item_rows(tx, number, draft, groups, signed), facts)
    tx.evidence.keep_document(command.data)
    record(tx, actor, TrailState.new(Protocol, number), Action.REGISTER, change)
    return Registered(number, len(draft.items), late_items(tx, draft, signed))


def late_items(tx: Transaction, draft: Draft, signed: date) -> tuple[Doubt, ...]:
    """A doubt for each item whose deadline has passed before anybody could know of it here."""
    found = []
    for item in draft.items:
        stored = _item_row(tx, item, signed)["derivation"]
        due = Derivation.read(stored) if stored else None
        if due and due.due <= tx.now:
            values = {"number": item.number, "day": due.day}
            found.append(Doubt(code="deadline-passed", template=_PASSED, values=values))
    return tuple(found)


def content_hash(draft: Draft, signed: date) -> str:
    """Equal for the same decisions of the same date and number, whatever the file's format and spacing."""
    words = " ".join(" ".join(item.text.split()) for item in draft.items)
    told = f"{signed}\0{draft.number or ''}\0{unicodedata.normalize('NFKC', words).casefold()}"
    return hashlib.sha256(told.encode()).hexdigest()


def _same(hashes: Mapping[str, str], draft: Draft, signed: date) -> ColumnElement[bool]:
    """Whether a protocol is this one: the same bytes or decisions, or the same body, date and number.

    A body may meet twice a day without numbering its protocols: then the title tells the meetings apart.
    """
    content = or_(*(getattr(Protocol, name) == value for name, value in hashes.items()))
    told_by = "number" if draft.number else "title"
    named = {name: getattr(draft, name) for name in ("body", told_by)}
    if not all(named.values()):
        return content
    meeting = (getattr(Protocol, name) == unicodedata.normalize("NFC", value) for name, value in named.items())
    return or_(content, and_(Protocol.date == signed, *meeting))


def _refuse_duplicate(tx: Transaction, same: ColumnElement[bool]) -> int | None:
    """The protocol withdrawn before that this one comes instead of, if any. Raises DuplicateError."""
    withdrawn = None
    for earlier in tx.session.scalars(select(Protocol).where(same).order_by(Protocol.id)):
        if earlier.state == ProtocolState.UNDER_CONTROL:
            raise DuplicateError(protocol=earlier.id, registered=earlier.registered_at)
        withdrawn = earlier.id
    return withdrawn


def _department(tx: Transaction, name: str | None, draft: Draft) -> Organisation:
    """The department named, or the one whose head signed, or the root."""
    if name:
        return organisation_named(tx, name)
    top = root(tx)
    below = tx.session.scalars(select(Organisation).where(Organisation.superior_id == top.id)).all()
    signing = [each for each in below if mentions(draft.signatory or "", each.name)]
    return signing[0] if len(signing) == 1 else top


def _item_rows(
    tx: Transaction, protocol: int, draft: Draft, groups: Mapping[str, Group], signed: date
) -> list[tuple[type[Item | Addressing], dict[str, Any]]]:
    rows: list[tuple[type[Item | Addressing], dict[str, Any]]] = []
    ids = numbers(tx.session, "item", len(draft.items))
    known: dict[str | None, int] = {}
    for position, (number, item) in enumerate(zip(ids, draft.items, strict=True), start=1):
        place = {"id": number, "protocol_id": protocol, "position": position}
        links = {"follows_id": known.get(item.follows), "builds_on_id": known.get(item.builds_on)}
        rows.append((Item, _item_row(tx, item, signed) | place | links))
        known[item.number] = number
        addressed_to = dict.fromkeys(groups[phrase].id for phrase in phrases(item))
        rows += [(Addressing, {"item_id": number, "group_id": group}) for group in addressed_to]
    return rows


def _item_row(tx: Transaction, item: DraftItem, signed: date) -> dict[str, Any]:
    told = item.model_dump(mode="json", exclude={"doubts", "follows", "builds_on"})
    due = derived(told["deadline"], signed, tx.policy) if item.modality != "inform" else None
    return told | {
        "derivation": due.stored() if due else None,
        "recurs": recurrence(told["deadline"], tx.policy),
    }
