"""Who acted: accounts as their own trails tell of them, asked whether the actor was there, open, and that person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import read
from audit.trails.lookup import of_kind
from audit.trails.tables import entries
from audit.trails.verify import Fault
from commands.checks.policies import Policies
from commands.checks.read_entry import ReadEntry
from states.actions import Action
from states.lifecycle import Role
from states.refusal import N_, Word
from states.rights import grantor, judges_another, own_business
from states.subjects import Kind, Subject

NOBODY = N_("account {account}, which is to have written it, did not exist then or was closed")
OTHER_PERSON = N_("names person {person} for account {account}, which is another's")
OTHER_ROLE = N_("account {account} had not the role “{role}” then")
NO_SUBSTITUTE = N_("account {account} was not appointed to act in the name of account {absent} then")
FOREIGN = N_("account {account} did not act for the organisation that the assignment is for")
OWN_ORGANISATION = N_("a reviewer judges what comes from the reviewer's own organisation")
OTHER_REVIEWER = N_("account {account} decides on what was given to another reviewer")
NOT_ITSELF = N_("only the person of the account can do that, not account {account}")
NO_GRANTOR = N_("the role “{role}” keeps no accounts with the role “{granted}”")
NO_REVIEWER = N_("account {account}, to which it gives the report, was no open reviewer's of another organisation then")

_TOLD = (Action.CREATE, Action.UPDATE, Action.CLOSE, Action.SUBSTITUTE)
_PERSONAL = (Action.SIGN_IN, Action.SIGN_OUT, Action.ISSUE_TOKEN, Action.REVOKE_TOKEN)
_KEEPING = (Action.CREATE, Action.UPDATE, Action.INVITE, Action.SUBSTITUTE, Action.CLOSE, Action.SET_PASSWORD)
_FLOWS = 1
"""The number of the flows' account."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An account from one change of it to the next (`until`: None while it stands so)."""

    since: datetime
    until: datetime | None
    role: str
    person: int
    organisation: int | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """Account `substitute` may act in the name of another from one local date to another, both included."""

    at: datetime
    substitute: int
    since: date
    until: date


class People:
    """All accounts, whoever they were when."""

    def __init__(self, connection: Connection, policies: Policies) -> None:
        self._leeway, self._policies = policies.leeway, policies
        self._standing: dict[int, list[Standing]] = {}
        self._appointed: dict[int, list[Appointment]] = {}
        self._settled: dict[tuple[int, int, str], datetime] = {}
        self._at_home: set[tuple[int, int | None]] = set()
        wanted = select(entries.c.body).where(of_kind(Kind.ACCOUNT), entries.c.action.in_(_TOLD))
        for body in connection.scalars(wanted.order_by(entries.c.trail, entries.c.seq)):
            try:
                self._take(read(body))
            except (CanonicalError, AttributeError, KeyError, TypeError, ValueError):
                continue  # it is named where its own trail is verified

    def _take(self, content: Mapping[str, Any]) -> None:
        subject = Subject.parse(content["trail"])
        if subject is None:
            return
        at, told = datetime.fromisoformat(content["at"]), content["facts"].get("set", {})
        standing = self._standing.setdefault(subject.number, [])
        if content["action"] == Action.CREATE:
            standing.append(Standing(at, None, told["role"], told["person_id"], told["organisation_id"]))
        elif content["action"] == Action.CLOSE:
            standing[-1] = replace(standing[-1], until=at)
        elif told.keys() & {"role", "person_id", "organisation_id"}:
            last = standing[-1]
            standing[-1] = replace(last, until=at)
            changed = (told.get("role", last.role), told.get("person_id", last.person))
            standing.append(Standing(at, None, *changed, told.get("organisation_id", last.organisation)))
        for each in content["facts"].get("rows", {}).get("substitutions", ()):
            days = (date.fromisoformat(each["since"]), date.fromisoformat(each["until"]))
            self._appointed.setdefault(each["absent_id"], []).append(Appointment(at, each["substitute_id"], *days))

    def standing(self, account: int, at: datetime) -> Sequence[Standing]:
        """An account about a moment: none, one, or two if it changed about then."""
        return [
            each
            for each in self._standing.get(account, ())
            if each.since <= at + self._leeway and (each.until is None or each.until >= at - self._leeway)
        ]

    def persons(self, role: Role, at: datetime) -> set[int]:
        """Everybody who surely had an open account of a role at a moment."""
        return {
            each.person
            for standing in self._standing.values()
            for each in standing
            if each.role == role
            and each.since < at - self._leeway
            and (each.until is None or each.until > at + self._leeway)
        }

    def judge(self, entry: ReadEntry) -> Iterator[Fault]:
        """Faults about who acted: the account, its person, its role, in whose name."""
        content, account = entry.content, entry.content["actor"]
        if entry.kind != Kind.ACCOUNT and "for" not in content and self._is_settled(entry):
            return
        own = self.standing(account, entry.at)
        if not own:
            yield entry.fault(NOBODY, account=account)
            return
        if all(each.person != content["person"] for each in own):
            yield entry.fault(OTHER_PERSON, account=account, person=content["person"])
        acting = own
        if "for" in content:
            acting = self.standing(content["for"], entry.at)
            if not self._substitutes(entry) or all(each.person != content["for_person"] for each in acting):
                yield entry.fault(NO_SUBSTITUTE, account=account, absent=content["for"])
                return
        if all(each.role != content["role"] for each in acting):
            yield entry.fault(OTHER_ROLE, account=account, role=Word(content["role"]))
        if entry.kind == Kind.ACCOUNT:
            yield from self._keeps(entry)

    def _is_settled(self, entry: ReadEntry) -> bool:
        """Whether the actor is an account that never changed: of a million entries most are by such."""
        content = entry.content
        key = (content["actor"], content["person"], content["role"])
        since = self._settled.get(key)
        if since is None:
            standing = self._standing.get(content["actor"], ())
            if len(standing) != 1 or standing[0].until or (standing[0].person, standing[0].role) != key[1:]:
                return False
            since = self._settled[key] = standing[0].since
        return entry.at >= since

    def _substitutes(self, entry: ReadEntry) -> bool:
        first, last = entry.at - self._leeway, entry.at + self._leeway
        days = [policy.calendar.day_of(moment) for policy in self._policies.at(entry.at) for moment in (first, last)]
        return any(
            each.substitute == entry.content["actor"] and each.at <= last and each.since <= day <= each.until
            for each in self._appointed.get(entry.content["for"], ())
            for day in days
        )

    def _keeps(self, entry: ReadEntry) -> Iterator[Fault]:
        """What is done to an account is done by its person, or by a role that may keep such accounts."""
        content, action = entry.content, entry.action
        itself = str(content["actor"]) == entry.number
        if action in _PERSONAL and not itself:
            yield entry.fault(NOT_ITSELF, account=content["actor"])
        if action not in _KEEPING or (itself and action in (Action.SET_PASSWORD, Action.CREATE)):
            return
        told = entry.columns if action == Action.CREATE else entry.told.columns
        granted, by = str(told.get("role")), content["role"]
        allowed = (
            self._by_flows(entry, granted)
            if by == Role.SYSTEM
            else granted in set(Role) and by == grantor(Role(granted))
        )
        if not allowed:
            yield entry.fault(NO_GRANTOR, role=Word(by), granted=Word(granted))

    def _by_flows(self, entry: ReadEntry, granted: str) -> bool:
        """The flows make the first accounts, and later those of organisations that come by mail."""
        first = self._standing.get(_FLOWS, ())
        begun = min((each.since for each in first), default=entry.at)
        begins = entry.content["channel"] == "init" and entry.at <= begun + self._leeway
        return begins or granted == Role.EXECUTOR

    def concern(self, entry: ReadEntry) -> Iterator[Fault]:
        """Faults about whose business an assignment is: the executor's of its addressee, never a reviewer's own."""
        if entry.kind != Kind.ASSIGNMENT or entry.content["role"] not in (Role.EXECUTOR, Role.REVIEWER):
            yield from self._given(entry)
            return
        content, told = entry.content, entry.told.columns
        account, addressee = content["actor"], told.get("organisation_id")
        if content["role"] == Role.EXECUTOR and "for" not in content and self._is_at_home(account, addressee):
            return
        own = {each.organisation for each in self.standing(account, entry.at)}
        acting = {each.organisation for each in self.standing(content.get("for", account), entry.at)}
        if content["role"] == Role.EXECUTOR and not any(own_business(each, addressee) for each in acting):
            yield entry.fault(FOREIGN, account=account)
        if content["role"] == Role.REVIEWER:
            if not judges_another(own | acting, addressee):
                yield entry.fault(OWN_ORGANISATION)
            chosen = told.get("reviewer_id")
            if content["action"] != Action.COMMENT and chosen not in (None, account, content.get("for")):
                yield entry.fault(OTHER_REVIEWER, account=account)

    def _is_at_home(self, account: int, addressee: int | None) -> bool:
        """Whether it is the business of an account that never changed."""
        if (account, addressee) in self._at_home:
            return True
        standing = self._standing.get(account, ())
        if len(standing) != 1 or not own_business(standing[0].organisation, addressee):
            return False
        self._at_home.add((account, addressee))
        return True

    def _given(self, entry: ReadEntry) -> Iterator[Fault]:
        if entry.action != Action.ASSIGN_REVIEWER:
            return
        reviewer = entry.columns.get("reviewer_id")
        standing = self.standing(reviewer, entry.at) if isinstance(reviewer, int) else ()
        addressee = entry.told.columns.get("organisation_id")
        if not any(each.role == Role.REVIEWER and each.organisation != addressee for each in standing):
            yield entry.fault(NO_REVIEWER, account=reviewer)
