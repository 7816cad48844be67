"""Deadlines under the policy in force: what words come to, and which ladder an assignment stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.policy import Policy
from states.assignment import AT_EXECUTOR, AT_MINISTRY, SUBMITTED
from states.calendar import Calendar
from states.deadlines import (
    Derivation,
    Rule,
    derive,
    in_days,
    in_months,
    month_after,
    on_date,
    period_end,
    set_by_person,
)
from states.ladders import Climb, Ladder, begin


def derived(deadline: Mapping[str, Any], signed: date, policy: Policy) -> Derivation | None:
    """The first due moment of a protocol's deadline (the draft's JSON); None while it awaits an event."""
    due = _counted(deadline, signed, policy)
    return due.by_hour(deadline["time"], policy.calendar) if due and deadline.get("time") else due


def _counted(deadline: Mapping[str, Any], signed: date, policy: Policy) -> Derivation | None:
    rules, calendar = policy.rules.deadlines, policy.calendar
    shift = rules.weekend_shift
    match deadline:
        case {"date": str(day)}:
            return on_date(date.fromisoformat(day), signed, calendar, shift)
        case {"kind": "event"} | {"kind": "inherited", "inherited_kind": "event"}:
            return None
        case {"period": str()} | {"kind": "standing"} | {"inherited_kind": "standing"}:
            return next_period(deadline, signed, policy)
        case {"pace": str(pace)}:
            days = rules.urgent_days if pace == "urgent" else rules.prompt_days
            return in_days(days, signed, calendar, shift, working=rules.urgent_working)
        case {"days": int(days)}:
            return in_days(days, signed, calendar, shift, working=bool(deadline.get("working")))
        case {"months": int(number)}:
            return in_months(number, signed, calendar, shift)
    month = month_after(signed, rules.months_if_none)
    return derive(Rule.MONTH, signed, rules.months_if_none, month, calendar, shift)


def recurrence(deadline: Mapping[str, Any], policy: Policy) -> str | None:
    """The period after which a deadline comes again, if it does."""
    match deadline:
        case {"period": str(period)}:
            return period
        case {"kind": "standing"} | {"inherited_kind": "standing"}:
            return policy.rules.deadlines.standing_period
    return None


def next_period(deadline: Mapping[str, Any], after: date, policy: Policy) -> Derivation:
    """The due moment of the period that ends next after a local date."""
    period = recurrence(deadline, policy) or policy.rules.deadlines.standing_period
    end = period_end(after, period, deadline.get("day"))
    return derive(Rule.PERIOD, after, 0, end, policy.calendar, policy.rules.deadlines.weekend_shift)


def rework(policy: Policy, now: datetime, asked: date | None) -> Derivation:
    """The due moment of a rework: the date given, or the policy's term in working days from today."""
    calendar, today = policy.calendar, policy.calendar.day_of(now)
    if asked:
        return set_by_person(asked, today, calendar)
    term = policy.rules.deadlines
    return in_days(term.rework_working_days, today, calendar, term.weekend_shift, working=True)


def review_due(policy: Policy, now: datetime) -> datetime:
    """The end of the ministry's own term for a conclusion on a report handed in now (UTC)."""
    return _working_term(policy, now, policy.rules.deadlines.review_working_days).due


def acceptance_due(policy: Policy, now: datetime) -> datetime:
    """The end of the ministry's own term for accepting what was reviewed now (UTC)."""
    return _working_term(policy, now, policy.rules.deadlines.accept_working_days).due


def due_when_opened(policy: Policy, now: datetime, due: Derivation | None) -> Derivation:
    """The due moment of an assignment that opens now: its own, unless too little time would be left."""
    least = _working_term(policy, now, policy.rules.deadlines.opened_working_days)
    return due if due and due.due >= least.due else least


def _working_term(policy: Policy, now: datetime, days: int) -> Derivation:
    shift = policy.rules.deadlines.weekend_shift
    return in_days(days, policy.calendar.day_of(now), policy.calendar, shift, working=True)


@dataclass(frozen=True, slots=True)
class LadderPosition:
    """The ladder an assignment stands on, and the moment that its rungs are counted from (UTC)."""

    ladder: Ladder
    due: datetime


@dataclass(frozen=True, slots=True)
class LadderStage:
    """The facts that decide on which ladder an assignment stands. Moments are UTC."""

    modality: str
    state: str
    due: datetime | None
    review_due: datetime | None
    shielded: bool = False  # what it waits for lies at the ministry


def ladder_position(policy: Policy, stage: LadderStage) -> LadderPosition | None:
    """Executors climb the ladder of the item's modality, the ministry those of review and acceptance.

    What is closed stands on none. What is shielded stays where it is: no rung fires meanwhile.
    """
    if stage.state in AT_EXECUTOR and stage.due and stage.modality in policy.ladders:
        return LadderPosition(policy.ladders[stage.modality], stage.due)
    if stage.state in AT_MINISTRY and stage.review_due:
        return LadderPosition(policy.ladders["review" if stage.state == SUBMITTED else "acceptance"], stage.review_due)
    return None


def step_on(
    position: LadderPosition | None, now: datetime, calendar: Calendar, *, shielded: bool = False
) -> dict[str, Any]:
    """The sweep's columns for an assignment that has just come to its present position."""
    if position is None:
        return {"rung": 0, "next_check_at": None}
    start: Climb = begin(position.ladder, position.due, now, calendar)
    return {"rung": start.done, "next_check_at": None if shielded else start.next_check_at}
