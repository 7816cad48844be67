"""Terms: the columns of an assignment that follow from an action, from what stood there before, and from the policy.

Due dates with their reasons, lateness, the ministry's own terms, the version of the report: all of it is computed anew
by the policy and calendar then in force.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from audit.trails.verify import Fault
from commands.assignments.deadlines import acceptance_due, review_due, rework
from commands.checks.policies import Policies
from commands.checks.read_entry import STRANGE, ReadEntry
from commands.recording.changes import as_json
from models.policy import Policy
from states.actions import Action
from states.assignment import AT_EXECUTOR
from states.deadlines import Derivation, Rule, derived_anew
from states.ladders import moments
from states.lifecycle import Role
from states.refusal import N_, Word
from states.subjects import Kind, Subject

OTHER_TERMS = N_("“{action}” leads to other values of {columns}, by the policy and the calendar then in force")
NO_POLICY = N_("no policy was in force then")

Judged = Iterator[tuple[str, bool]]
"""Columns, each with whether it holds what follows."""


def terms(entry: ReadEntry, policies: Policies) -> Iterator[Fault]:
    """Faults about what an action on an assignment sets."""
    rule = _RULES.get(entry.action) if entry.kind == Kind.ASSIGNMENT else None
    if rule is None:
        return
    wrong: list[str] | None = None
    for policy in policies.at(entry.at):
        try:
            wrong = [column for column, right in rule(_Case(entry, policy)) if not right]
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            yield entry.fault(STRANGE)
            return
        if not wrong:
            return
    if wrong is None:
        yield entry.fault(NO_POLICY)
    else:
        columns = ", ".join(dict.fromkeys(wrong))
        yield entry.fault(OTHER_TERMS, action=Word(entry.action), columns=columns)


class _Case:
    """One entry under one policy."""

    def __init__(self, entry: ReadEntry, policy: Policy) -> None:
        self.at, self.policy, self.calendar = entry.at, policy, policy.calendar
        self.set: Mapping[str, Any] = entry.columns
        self.facts: Mapping[str, Any] = entry.content["facts"]
        self.role, self.actor, self.state = entry.content["role"], entry.content["actor"], entry.content["from"]
        self.before: Mapping[str, Any] = entry.told.columns
        self.awaited = entry.told.footing.awaited
        self.signed_with_files = "files" in entry.content["fields"]

    @property
    def today(self) -> date:
        return self.calendar.day_of(self.at)

    @property
    def due(self) -> datetime | None:
        """The due moment before this entry."""
        told = self.before.get("due")
        return datetime.fromisoformat(told) if told else None

    @property
    def overdue(self) -> bool:
        return bool(self.due and self.at >= self.due)

    def derived(self, *rules: Rule) -> Derivation | None:
        """The derivation that it tells, if it is by one of these rules and comes to what it says; None: it does not."""
        told = Derivation.read(self.set["derivation"])
        right = told.rule in rules and derived_anew(told, self.calendar) == told
        return told if right and self.set["due"] == as_json(told.due) else None

    def by_person(self) -> bool:
        """Whether the due date is one that somebody set on this day."""
        told = self.derived(Rule.SET)
        return told is not None and told.base == self.today

    def nothing(self, *columns: str) -> Judged:
        for each in columns:
            yield each, each in self.set and self.set[each] is None


def _assigned(case: _Case) -> Judged:
    yield from case.nothing("assignee_id", "reviewer_id", "review_due", "extension_asked")
    yield "late", case.set.get("late") is False
    yield "asked_late", case.set.get("asked_late") is False
    yield "report_version", case.set.get("report_version") == 0


def _submitted(case: _Case) -> Judged:
    handed = datetime.fromisoformat(case.facts["submitted_at"])
    at = case.at.replace(microsecond=0)
    awaited = datetime.fromisoformat(case.awaited).replace(microsecond=0) if case.awaited else handed
    received = case.role == Role.REGISTRAR and awaited <= handed <= at and case.signed_with_files
    yield "submitted_at", received or handed == at
    yield "report_version", case.set.get("report_version") == case.before["report_version"] + 1
    yield "late", case.set.get("late") is bool(case.before["late"] or (case.due and handed >= case.due))
    yield "review_due", case.set.get("review_due") == as_json(review_due(case.policy, case.at))
    yield from _no_request(case)


def _no_request(case: _Case) -> Judged:
    yield from case.nothing("extension_asked")
    yield "asked_late", case.set.get("asked_late") is False


def _checked(case: _Case) -> Judged:
    yield "version", case.facts.get("version") == case.before["report_version"]


def _reviewed(case: _Case) -> Judged:
    yield "reviewer_id", case.set.get("reviewer_id") == case.actor
    yield "review_due", case.set.get("review_due") == as_json(acceptance_due(case.policy, case.at))


def _accepted(case: _Case) -> Judged:
    yield from case.nothing("review_due")


def _withdrawn(case: _Case) -> Judged:
    yield from case.nothing("review_due")
    yield from _no_request(case)


def _given_back(case: _Case) -> Judged:
    told = case.derived(Rule.SET, Rule.WORKING_DAYS)
    asked = told.counted if told and told.rule is Rule.SET else None
    due = rework(case.policy, case.at, asked)
    yield "due", told == due and (asked is None or asked >= case.today)
    yield from case.nothing("review_due")


def _asked_for_extension(case: _Case) -> Judged:
    day = date.fromisoformat(case.set["extension_asked"])
    least = case.calendar.last_day(case.due) if case.due else case.today
    yield "extension_asked", day >= max(least, case.today)
    yield "asked_late", case.set.get("asked_late") is case.overdue


def _extended(case: _Case) -> Judged:
    asked = case.before.get("extension_asked")
    late = case.before["asked_late"] if asked else case.state in AT_EXECUTOR and case.overdue
    yield "due", case.by_person() and (case.due is None or case.set["due"] >= as_json(case.due))
    yield "late", case.set.get("late") is bool(case.before["late"] or late)
    yield from _no_request(case)


def _refused(case: _Case) -> Judged:
    yield "extension_asked", case.before.get("extension_asked") is not None
    yield from _no_request(case)


def _redated(case: _Case) -> Judged:
    if case.role == Role.SYSTEM:
        yield from _opened(case)
        return
    overdue = case.state in AT_EXECUTOR and case.overdue
    yield "due", case.by_person()
    yield "late", case.set.get("late") is bool(case.before["late"] or overdue)


def _opened(case: _Case) -> Judged:
    """What it waited for is closed: its own term stands, unless too little time would be left."""
    awaited = case.before.get("waits_for")
    yield "waits_for", awaited is not None and case.facts.get("opened_by") == Subject(Kind.ASSIGNMENT, awaited).trail
    yield from case.nothing("waits_for")
    own = case.before.get("derivation")
    if case.set.get("derivation") == own and case.set.get("due") == case.before.get("due"):
        return
    told = case.derived(Rule.WORKING_DAYS)
    least = case.policy.rules.deadlines.opened_working_days
    yield "due", told is not None and told.number == least and told.base <= case.today


def _reassigned(case: _Case) -> Judged:
    yield "assignee_id", isinstance(case.set.get("assignee_id"), int)


def _transferred(case: _Case) -> Judged:
    before = case.before.get("organisation_id")
    yield "organisation_id", case.set.get("organisation_id") not in (None, before)
    yield "from_organisation", case.facts.get("from_organisation") == before
    yield from case.nothing("assignee_id")


def _climbed(case: _Case) -> Judged:
    """A rung is one of the ladder's, and is not fired before its time."""
    told = datetime.fromisoformat(case.facts["due"])
    ministry = case.state not in AT_EXECUTOR
    stands = case.before.get("review_due" if ministry else "due")
    yield "due", stands is not None and datetime.fromisoformat(stands).replace(microsecond=0) == told
    ladder = case.policy.ladders[case.facts["ladder"]]
    when = dict(zip((each.days for each in ladder.rungs), moments(ladder, told, case.calendar), strict=True))
    yield "rung", case.facts["rung"] in when and when[case.facts["rung"]] <= case.at


_RULES: Mapping[str, Callable[[_Case], Judged]] = {
    Action.ASSIGN: _assigned,
    Action.SUBMIT: _submitted,
    Action.CHECK: _checked,
    Action.REVIEW: _reviewed,
    Action.ACCEPT: _accepted,
    Action.WITHDRAW: _withdrawn,
    Action.RETURN: _given_back,
    Action.REOPEN: _given_back,
    Action.REQUEST_EXTENSION: _asked_for_extension,
    Action.EXTEND: _extended,
    Action.REFUSE_EXTENSION: _refused,
    Action.REDATE: _redated,
    Action.REASSIGN: _reassigned,
    Action.TRANSFER: _transferred,
    Action.REMIND: _climbed,
    Action.ESCALATE: _climbed,
}
