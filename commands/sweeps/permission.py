"""Sweeps that wait for a controller's word: after a long silence, or very many rungs at once, a clock may be wrong."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from audit.trails.tables import entries
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.log.sealing import log_of
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.writer import TrailState, record
from commands.sweeps.liveness import last_sweeps
from models.clock import instance
from models.instance import Sweep
from models.log import Log
from states.actions import Action
from states.refusal import ConflictError, UnavailableError
from states.subjects import LOG, Kind, Subject

HELD = "held"
"""The mark of a sweep that stopped at the bound of rungs, kept among the ends of sweeps."""
_WATCHED = ("escalation", "delivery", "registration")


class SilentSweepsError(UnavailableError):
    """Sweeps after a silence so long that the clock may be wrong."""

    template = (
        "The last sweep ended {last}, and the clock shows {now}: ladders and mail wait. Look whether the clock is "
        "right; if it is, a controller lets them go on: “poruchenie proceed”."
    )


class ManyRungsError(UnavailableError):
    """A sweep that fired as many rungs as one may."""

    template = (
        "A sweep fired {most} rungs and stopped at {at}: ladders and mail wait. Look whether the clock is right; if it "
        "is, a controller lets them go on: “poruchenie proceed”."
    )


class NothingWaitsError(ConflictError):
    """Sweeps that need nobody's word."""

    template = "The sweeps wait for nobody's word: nothing was done."


def wait(tx: Transaction) -> SilentSweepsError | ManyRungsError | None:
    """Why ladders and mail wait, if they do. A test's or a demo's clock is nobody's machine: they never wait."""
    if instance(tx.session).clock != "system":
        return None
    last, rules = last_sweeps(tx), tx.policy.rules.sweeps
    allowed = _allowed(tx)
    held = last.get(HELD)
    if held is not None and (allowed is None or allowed < held):
        return ManyRungsError(most=rules.most_rungs, at=held)
    ended = max((last[name] for name in _WATCHED if name in last), default=None)
    silent = ended is not None and tx.now - ended > timedelta(days=rules.unattended_days)
    if silent and (allowed is None or ended is None or allowed < ended):
        return SilentSweepsError(last=ended, now=tx.now)
    return None


def _allowed(tx: Transaction) -> datetime | None:
    """The last time that a controller let them go on."""
    here = (entries.c.trail == Subject(Kind.LOG, 1).trail) & (entries.c.action == Action.PROCEED)
    at: datetime | None = tx.session.scalar(select(func.max(entries.c.at)).where(here))
    return at


def hold(tx: Transaction) -> None:
    """Have ladders and mail wait from now on."""
    upsert = sqlite_insert if tx.session.get_bind().dialect.name == "sqlite" else postgresql_insert
    marked = upsert(Sweep).values(name=HELD, finished_at=tx.now)
    tx.session.execute(marked.on_conflict_do_update(index_elements=[Sweep.name], set_={"finished_at": tx.now}))


def proceed(tx: Transaction, actor: Actor, basis: str) -> None:
    """Let them go on. Raises NothingWaitsError, NeedError, WrongRoleError, LogNotBegunError."""
    note, row = basis_of(LOG, Action.PROCEED, basis), log_of(tx.session)
    LOG.permit(Action.PROCEED, actor.role)
    if (reason := wait(tx)) is None:
        raise NothingWaitsError
    facts = {"why": type(reason).__name__}
    record(tx, actor, TrailState.of_columns(Log, row), Action.PROCEED, Change(facts=facts, texts={"note": note}))
