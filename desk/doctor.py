"""The installation's health, finding by finding."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from audit.errors import LogError
from commands.context.installation import Installation, Office
from commands.context.language import sentence, tr
from commands.log.sealing import LogNotBegunError, standing_of, waiting
from commands.sweeps.liveness import pulses
from commands.verification.alarms import concerns
from commands.verification.last_run import last_verified
from models import schema
from models.outbox import Message
from states.refusal import RefusedError, Word

_LEAST_FREE = 2**28


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    ok: bool
    name: str
    says: str


def examine(installation: Installation) -> list[Finding]:
    """Everything that can be looked at without changing anything."""
    try:
        schema.check(installation.database)
        with installation.read() as office:
            return [
                Finding(ok=True, name=tr("Database"), says=installation.database.url.render_as_string()),
                *_policy(office, installation),
                *_folders(office),
                *_sweeps(office),
                *_mail(office),
                *_log(office),
                *_verified(office),
            ]
    except RefusedError as error:
        return [Finding(ok=False, name=tr("Database"), says=sentence(error))]


def _policy(office: Office, installation: Installation) -> Iterator[Finding]:
    calendar = office.policy.calendar
    says = f"{office.policy.hash[:12]}, {calendar.version}, {calendar.zone}"
    same = installation.policy.hash == office.policy.hash
    if not same:
        says += "; " + tr("the policy file says other: the next sweep puts it in force")
    yield Finding(ok=same, name=tr("Policy"), says=says)


def _folders(office: Office) -> Iterator[Finding]:
    for name, folder in ((tr("Folder"), office.settings.home), (tr("Evidence"), office.settings.evidence)):
        try:
            free = shutil.disk_usage(folder).free
        except OSError as error:
            says = tr("{folder} can't be used: {reason}", folder=folder, reason=error.strerror)
            yield Finding(ok=False, name=name, says=says)
            continue
        says = tr("{folder}: {free} MB free", folder=folder, free=free // 2**20)
        if not (writable := os.access(folder, os.W_OK | os.X_OK)):
            says += "; " + tr("it can't be written")
        yield Finding(ok=writable and free > _LEAST_FREE, name=name, says=says)


def _sweeps(office: Office) -> Iterator[Finding]:
    for each in pulses(office):
        says = tr("last finished {at}", at=each.at) if each.at else tr("has not run yet")
        yield Finding(ok=each.fresh, name=tr("Sweep “{name}”", name=Word(each.name)), says=says)


def _mail(office: Office) -> Iterator[Finding]:
    failed = office.session.scalar(
        select(func.count()).select_from(Message).where(Message.failure.is_not(None), Message.sent_at.is_(None))
    )
    where = office.settings.smtp_url.rpartition("@")[2] if office.settings.smtp_url else office.settings.mail
    says = tr("to {where}; not delivered: {failed}", where=where, failed=failed)
    yield Finding(ok=not failed, name=tr("Mail"), says=says)


def _log(office: Office) -> Iterator[Finding]:
    name = tr("Merkle log")
    try:
        state = standing_of(office)
    except LogNotBegunError as error:
        yield Finding(ok=not waiting(office).late, name=name, says=sentence(error))
        return
    except (LogError, RefusedError) as error:
        yield Finding(ok=False, name=name, says=sentence(error))
        return
    yield from (Finding(ok=False, name=name, says=sentence(each)) for each in _amiss(office))
    says = tr(
        "{size} entries of {stored} sealed under the name {origin}",
        size=state.size,
        stored=state.stored,
        origin=state.origin,
    )
    yield Finding(ok=True, name=name, says=says)
    for key in state.keys:
        yield Finding(ok=True, name=tr("Verifier key"), says=str(key))


def _amiss(office: Office) -> list[RefusedError | LogError]:
    try:
        return list(concerns(office))
    except (LogError, RefusedError) as error:
        return [error]


def _verified(office: Office) -> Iterator[Finding]:
    verified = last_verified(office)
    if verified.last is None:
        yield Finding(ok=not verified.old, name=tr("Verification"), says=tr("The whole log was not verified yet."))
        return
    told = {"at": verified.last.at, "entries": verified.last.entries, "faults": verified.last.faults}
    says = tr("{at}: entries {entries}, faults {faults}", **told)
    yield Finding(ok=not verified.old and not verified.last.faults, name=tr("Verification"), says=says)
