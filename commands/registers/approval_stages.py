"""Approval stages of an item's plans and programs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from audit.trails.lookup import trail_of
from audit.trails.tables import entries
from commands.context.installation import Transaction
from commands.context.language import shown, tr
from commands.recording.stored_entries import parse_entry
from models.accounts import Account
from models.protocols import Assignment
from states.actions import Action
from states.assignment import AT_MINISTRY, SUBMITTED
from states.subjects import Kind


@dataclass(frozen=True, slots=True)
class ApprovalStage:
    """One assignment's stage. `term` (UTC) is the ministry's own, while it has the word."""

    state: str
    waits_for: int | None
    checked: bool
    findings: int
    reviewer: str | None
    term: datetime | None

    def said(self) -> str:
        """«проверено, замечаний: 2»."""
        if self.waits_for:
            return tr("opens with assignment {number}", number=self.waits_for)
        if self.state != SUBMITTED:
            return shown(self.state)
        return tr("checked, findings: {number}", number=self.findings) if self.checked else tr("to be checked")


def approval_stages(tx: Transaction, item: int) -> dict[int, ApprovalStage]:
    """By assignment."""
    columns = (Assignment.id, Assignment.state, Assignment.waits_for, Assignment.to_check, Assignment.review_due)
    query = (
        select(*columns, Account.login)
        .outerjoin(Account, Account.id == Assignment.reviewer_id)
        .where(Assignment.item_id == item)
    )
    findings = _findings(tx, item)
    return {
        number: ApprovalStage(
            state, waits, not to_check, findings.get(number, 0), login, term if state in AT_MINISTRY else None
        )
        for number, state, waits, to_check, term, login in tx.session.execute(query)
    }


def _findings(tx: Transaction, item: int) -> dict[int, int]:
    """The number of findings that the latest check of each assignment told."""
    last = (
        select(Assignment.id, func.max(entries.c.seq).label("seq"))
        .join(entries, entries.c.trail == trail_of(Kind.ASSIGNMENT, Assignment.id))
        .where(Assignment.item_id == item, entries.c.action == Action.CHECK)
        .group_by(Assignment.id)
        .subquery()
    )
    same = (entries.c.trail == trail_of(Kind.ASSIGNMENT, last.c.id)) & (entries.c.seq == last.c.seq)
    found = tx.session.execute(select(last.c.id, *entries.c["trail", "seq", "body"]).join(entries, same))
    return {number: len(parse_entry(trail, seq, body)["facts"]["findings"]) for number, trail, seq, body in found}
