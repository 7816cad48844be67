"""History of an item: the entries of its assignments that were not told yet, in order, as one line each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from audit.trails.lookup import trail_of
from audit.trails.tables import entries
from commands.context.installation import Transaction
from commands.context.language import tr
from commands.recording.stored_entries import parse_entry
from models.accounts import Account
from models.protocols import Assignment
from models.rosters import Organisation
from states.refusal import Word
from states.subjects import Kind, Subject

_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class StepLine:
    """One entry in short."""

    at: datetime
    action: str
    state: str
    addressee: str
    actor: str

    def said(self) -> str:
        """«Представить: Отдел образования … (school-1), теперь Представлено»."""
        return tr(
            "{addressee}: {action} ({actor}), now {state}",
            addressee=self.addressee,
            action=Word(self.action),
            actor=self.actor,
            state=Word(self.state),
        )


def steps_after(tx: Transaction, item: int, told: Mapping[int, int]) -> tuple[list[StepLine], dict[int, int]]:
    """Entries of an item's assignments past the version `told` of each, oldest first, and the versions of now.

    Versions, not times: an entry may be committed after a later one was read.
    """
    versions = dict(
        tx.session.execute(select(Assignment.id, Assignment.seq).where(Assignment.item_id == item)).tuples().all()
    )
    moved = [number for number, version in versions.items() if told.get(number, 0) < version]
    query = (
        select(*entries.c["at", "action", "state", "body", "seq"], Assignment.id, Organisation.name)
        .join(Assignment, entries.c.trail == trail_of(Kind.ASSIGNMENT, Assignment.id))
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .order_by(entries.c.at, entries.c.trail, entries.c.seq)
    )
    # Databases take so many parameters and no more; an item may be for more organisations than that.
    few = Assignment.id.in_(moved) if len(moved) <= _NAMED else Assignment.item_id == item
    logins = dict(tx.session.execute(select(Account.id, Account.login)).tuples().all())
    lines = [
        StepLine(
            at,
            action,
            state,
            name,
            logins.get(parse_entry(Subject(Kind.ASSIGNMENT, number).trail, seq, body)["actor"], "?"),
        )
        for at, action, state, body, seq, number, name in tx.session.execute(query.where(few))
        if told.get(number, 0) < seq
    ]
    return lines, versions
