"""Policy: deadlines, ladders, separation and calendar, as files with defaults; never constants in code."""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from states.calendar import Calendar, Shift
from states.ladders import Ladder, Recipient, Rung
from states.refusal import UnavailableError
from states.separation import Separation


class PolicyError(UnavailableError):
    """A policy or calendar file can't be used."""

    template = "The policy file {file} can't be used: {reason}. Correct it; nothing was started with it."


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DeadlinePolicy(_Section):
    """The policy of deadlines: counts in days; `urgent`, `prompt` are «срочно» and «оперативно»."""

    weekend_shift: Shift
    months_if_none: int = Field(ge=1, le=12)
    urgent_days: int = Field(ge=1)
    prompt_days: int = Field(ge=1)
    urgent_working: bool
    standing_period: Literal["week", "month", "quarter", "half-year", "year"]
    rework_working_days: int = Field(ge=1)
    review_working_days: int = Field(ge=1)
    accept_working_days: int = Field(default=3, ge=1)
    opened_working_days: int = Field(default=3, ge=1)


class RungPolicy(_Section):
    """One rung; see states.ladders.Rung."""

    days: int = Field(ge=-60, le=60)
    to: tuple[Recipient, ...] = Field(min_length=1)


def _rising(rungs: tuple[RungPolicy, ...]) -> tuple[RungPolicy, ...]:
    days = [rung.days for rung in rungs]
    if days != sorted(set(days)):
        raise ValueError("the days of a ladder must rise from rung to rung")
    if days[-1] < 0:
        raise ValueError("a ladder must have a rung at or after the deadline (days = 0 or more)")
    return rungs


Rungs = Annotated[tuple[RungPolicy, ...], Field(min_length=1), AfterValidator(_rising)]


class LadderPolicy(_Section):
    """A ladder for each modality, and two for the ministry's own stages: review, then acceptance."""

    order: Rungs
    recommend: Rungs
    review: Rungs
    acceptance: Rungs = (
        RungPolicy(days=0, to=(Recipient.CONTROLLER,)),
        RungPolicy(days=3, to=(Recipient.DIRECTOR,)),
    )


class ApprovalPolicy(_Section):
    """The policy of checks of programs: from what share of common wording (percent) on two of them are called alike."""

    alike_percent: int = Field(default=80, ge=1, le=100)


class ReturnPolicy(_Section):
    """Standing reasons of a return, to be ticked: the ministry's own words."""

    reasons: tuple[Annotated[str, Field(min_length=1, max_length=300)], ...] = ()


class EvidencePolicy(_Section):
    """Limits of one file and of all files of one action, in bytes; permitted name endings, lower case."""

    file_bytes: int = Field(ge=1)
    total_bytes: int = Field(ge=1)
    endings: tuple[str, ...] = Field(min_length=1)


class AccessPolicy(_Section):
    """The policy of access: terms of a session and of an invitation; wrong passwords until a login (or everybody at
    one network address) must wait, and how long; the least length of a password.

    `mail_links`: letters to an organisation hold links by which it acts without an account; a code that goes to its
    address opens one, for so many minutes.
    """

    session_hours: int = Field(default=12, ge=1, le=24 * 31)
    invitation_days: int = Field(default=7, ge=1, le=60)
    token_days: int = Field(default=365, ge=1, le=3 * 366)
    attempts: int = Field(default=5, ge=1, le=100)
    address_attempts: int = Field(default=30, ge=1, le=10_000)
    wait_minutes: int = Field(default=15, ge=1, le=24 * 60)
    password_length: int = Field(default=10, ge=8, le=64)
    mail_links: bool = False
    code_minutes: int = Field(default=15, ge=5, le=60)


class AuditPolicy(_Section):
    """The policy of the audit log: days without a verification of everything and hours without enough witnesses until
    an alarm; minutes by which moments of transactions that run at once may differ, and the machine's clock may be
    behind the newest entry, or ahead of another machine's.
    """

    verified_days: int = Field(default=7, ge=1, le=366)
    witnessed_hours: int = Field(default=24, ge=1, le=24 * 366)
    leeway_minutes: int = Field(default=2, ge=1, le=60)
    ahead_minutes: int = Field(default=5, ge=1, le=24 * 60)


class SweepPolicy(_Section):
    """The policy of sweeps: days after which, and rungs in one sweep beyond which, ladders and mail wait for a
    controller's word, because a clock may be wrong.
    """

    unattended_days: int = Field(default=14, ge=1, le=366)
    most_rungs: int = Field(default=100_000, ge=1)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error
    return name


def _known_country(name: str) -> str:
    if name not in holidays.list_supported_countries():
        raise ValueError(f"there is no country {name!r} (two capital letters, such as RU)")
    return name


class PolicyFile(_Section):
    """The whole file."""

    zone: Annotated[str, AfterValidator(_known_zone)]
    country: Annotated[str, AfterValidator(_known_country)]
    separation: Separation
    digest_at: time
    deadlines: DeadlinePolicy
    ladders: LadderPolicy
    evidence: EvidencePolicy
    approval: ApprovalPolicy = ApprovalPolicy()
    access: AccessPolicy = AccessPolicy()
    returns: ReturnPolicy = ReturnPolicy()
    audit: AuditPolicy = AuditPolicy()
    sweeps: SweepPolicy = SweepPolicy()


class CalendarFile(_Section):
    """Days given by decree, which no package knows."""

    version: str
    days_off: tuple[date, ...] = ()
    days_worked: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if both := set(self.days_off) & set(self.days_worked):
            raise ValueError(f"{min(both)} stands both among the days off and among the days worked")
        return self


@dataclass(frozen=True)
class Policy:
    """The policy in force with everything derived from it."""

    rules: PolicyFile
    decrees: CalendarFile

    @cached_property
    def calendar(self) -> Calendar:
        """The region's production calendar."""
        return Calendar(
            self.decrees.version,
            ZoneInfo(self.rules.zone),
            frozenset(self.decrees.days_off),
            frozenset(self.decrees.days_worked),
            self.rules.country,
        )

    @cached_property
    def ladders(self) -> dict[str, Ladder]:
        """Ladder by name: a modality, `review` or `acceptance`."""
        return {
            name: Ladder(name, tuple(Rung(rung.days, rung.to) for rung in rungs)) for name, rungs in self.rules.ladders
        }

    @cached_property
    def content(self) -> dict[str, Any]:
        """Everything that decides, as JSON."""
        return {"rules": self.rules.model_dump(mode="json"), "decrees": self.decrees.model_dump(mode="json")}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content, in hex: entries name it when a policy is adopted."""
        return _digest(self.rules.model_dump_json() + self.decrees.model_dump_json())

    @property
    def as_adopted(self) -> str:
        """The hash under which an earlier version adopted it, before the policy had sections that stand here now."""
        return _digest(
            self.rules.model_dump_json(exclude_unset=True) + self.decrees.model_dump_json(exclude_unset=True)
        )


def _digest(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()


def load(policy_file: Path | None = None, calendar_file: Path | None = None) -> Policy:
    """Read the policy; the package's own files where none is given. Raises PolicyError."""
    data = files("models") / "data"
    rules = _parse(PolicyFile, policy_file or Path(str(data / "policy.toml")))
    decrees = _parse(CalendarFile, calendar_file or Path(str(data / "calendar-ru.toml")))
    return Policy(rules, decrees)


def read(content: Any) -> Policy:  # noqa: ANN401 - whatever the database holds
    """The policy that was stored as its `content`. Raises PolicyError."""
    try:
        return Policy(PolicyFile.model_validate(content["rules"]), CalendarFile.model_validate(content["decrees"]))
    except (ValidationError, KeyError, TypeError) as error:
        raise PolicyError(file="policy:1", reason=error) from error


_T = TypeVar("_T", bound=BaseModel)


def _parse(kind: type[_T], file: Path) -> _T:
    try:
        return kind.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PolicyError(file=file, reason=f"{place}: {first['msg']}" if place else first["msg"]) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(file=file, reason=error) from error
