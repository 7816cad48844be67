"""Notices: who is to hear of an entry, and not before when. Addresses are looked up when a message is composed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from commands.context.installation import Transaction
from commands.rosters.organisations import root
from models.accounts import Account
from states.ladders import Recipient
from states.lifecycle import Role
from states.subjects import AccountState, Kind, Subject


@dataclass(frozen=True, slots=True)
class Concerned:
    """The concerned of one assignment. Numbers of organisations and accounts."""

    organisation: int
    superior: int | None
    department: int
    assignee: int | None
    reviewer: int | None


class Directory:
    """The directory of who stands behind a place on the ladder, looked up once for each transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    @cached_property
    def controllers(self) -> list[str]:
        """Every open account of a controller."""
        wanted = select(Account.id).where(Account.role == Role.CONTROLLER.value, Account.state == AccountState.ACTIVE)
        return [Subject(Kind.ACCOUNT, number).trail for number in self._tx.session.scalars(wanted.order_by(Account.id))]

    @cached_property
    def minister(self) -> str:
        """The root organisation."""
        return Subject(Kind.ORGANISATION, root(self._tx).id).trail

    @cached_property
    def closed(self) -> frozenset[int]:
        """Accounts that hear of nothing any more."""
        return frozenset(self._tx.session.scalars(select(Account.id).where(Account.state != AccountState.ACTIVE)))

    def recipients(self, place: Recipient, party: Concerned) -> list[str]:
        """`organisation:5`, `account:3`."""
        match place:
            case Recipient.EXECUTOR:
                person = self._open(party.assignee)
                return [Subject(Kind.ORGANISATION, party.organisation).trail, *person]
            case Recipient.REVIEWER:
                return self._open(party.reviewer) or self.controllers
            case Recipient.CONTROLLER:
                return self.controllers
            case Recipient.SUPERIOR:
                return [Subject(Kind.ORGANISATION, party.superior).trail if party.superior else self.minister]
            case Recipient.DIRECTOR:
                return [Subject(Kind.ORGANISATION, party.department).trail]
            case Recipient.MINISTER:
                return [self.minister]

    def _open(self, account: int | None) -> list[str]:
        return [] if account is None or account in self.closed else [Subject(Kind.ACCOUNT, account).trail]

    def notices(
        self,
        party: Concerned,
        places: Iterable[Recipient],
        *,
        assignment: int,
        entry: int,
        action: str,
        rung: int | None,
        send_after: datetime,
    ) -> list[dict[str, Any]]:
        """Rows of `notices`, one for each recipient, nobody twice."""
        unique = dict.fromkeys(each for place in places for each in self.recipients(place, party))
        return [
            {
                "assignment_id": assignment,
                "entry": entry,
                "recipient": recipient,
                "action": action,
                "rung": rung,
                "at": self._tx.now,
                "send_after": send_after,
                "message_id": None,
            }
            for recipient in unique
        ]

    @cached_property
    def next_digest(self) -> datetime:
        """The moment when today's (or the next working day's) digest goes out."""
        return self._tx.policy.calendar.next_opening(self._tx.now, self._tx.policy.rules.digest_at)

    def send_after(self, *, at_once: bool) -> datetime:
        """Now for what can't wait, otherwise with the next digest."""
        return self._tx.now if at_once else self.next_digest
