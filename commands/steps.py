"""What moved on an item: the entries of its assignments since a moment, in order, as one line each."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from audit.tables import Name, entries
from commands.installation import Office
from commands.language import tr
from models.accounts import Account
from models.protocols import Assignment
from models.rosters import Organisation
from states.refusal import Word


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


def steps_since(office: Office, item: int, since: datetime | None) -> list[StepLine]:
    """Entries of an item's assignments later than `since`, oldest first."""
    query = (
        select(*entries.c["at", "action", "state", "body"], Organisation.name)
        .join(Assignment, entries.c.trail == "assignment:" + Assignment.id.cast(Name))
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .where(Assignment.item_id == item)
        .order_by(entries.c.at, entries.c.trail, entries.c.seq)
    )
    if since is not None:
        query = query.where(entries.c.at > since)
    logins = dict(office.session.execute(select(Account.id, Account.login)).tuples().all())
    return [
        StepLine(at, action, state, name, logins.get(json.loads(body)["actor"], "?"))
        for at, action, state, body, name in office.session.execute(query)
    ]
