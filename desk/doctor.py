"""The installation's health, finding by finding."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from audit.errors import LogError
from audit.trails.attempts import reason
from audit.trails.verify import Remark, tolerant
from commands.context import clock_guard
from commands.context.installation import Installation, Transaction
from commands.context.language import said, sentence, tr
from commands.log.sealing import LogNotBegunError, log_summary, waiting
from commands.log.signer_memory import memory_amiss
from commands.mail.failures import undelivered_count
from commands.sweeps.liveness import liveness
from commands.sweeps.permission import wait
from commands.verification.alarms import alarms
from commands.verification.last_run import last_verified
from commands.verification.resumptions import resumptions_of
from models import schema
from models.clock import instance
from models.only_row import SINGLE, only_row
from models.schema_comparison import compare_schema
from states.refusal import N_, RefusedError, Word

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
        schema.check(installation.database, maimed=True)
        with installation.inspect() as tx:
            return [
                Finding(ok=True, name=tr("Database"), says=installation.database.url.render_as_string()),
                *(finding for name, look in _LOOKS for finding in _looked(tx, installation, tr(name), look)),
            ]
    except RefusedError as error:
        return [Finding(ok=False, name=tr("Database"), says=sentence(error))]


def _looked(tx: Transaction, installation: Installation, name: str, look: "_Look") -> list[Finding]:
    """Whatever it stumbles over is a finding, and the others are looked at all the same."""
    try:
        with tx.session.begin_nested(), tolerant(tx.session.connection()):
            return list(look(tx, installation))
    except (LogError, RefusedError) as error:
        return [Finding(ok=False, name=name, says=sentence(error))]
    except Exception as error:  # noqa: BLE001 - a column may hold what nobody thought of
        return [Finding(ok=False, name=name, says=tr("could not be looked at: {reason}", reason=reason(error)))]


def _usable(tx: Transaction, _installation: Installation) -> Iterator[Finding]:
    """Raises why the database's own clock and policy can't be gone by, and SeveralRowsError."""
    if tx.unusable is not None:
        raise tx.unusable
    for table in SINGLE:
        only_row(tx.session, table)
    yield from ()


def _schema(tx: Transaction, _installation: Installation) -> Iterator[Finding]:
    amiss = list(compare_schema(tx.session.connection()))
    for each in amiss:
        yield Finding(ok=False, name=tr("Schema"), says=said(each.template, each.values))
    if not amiss:
        yield Finding(ok=True, name=tr("Schema"), says=tr("as this program declares it, guards and all"))


def _policy(tx: Transaction, installation: Installation) -> Iterator[Finding]:
    calendar = tx.policy.calendar
    says = f"{tx.policy.hash[:12]}, {calendar.version}, {calendar.zone}"
    same = installation.policy.hash == tx.policy.hash
    if not same:
        says += "; " + tr("the policy file says other: the next sweep puts it in force")
    yield Finding(ok=same, name=tr("Policy"), says=says)


def _folders(tx: Transaction, _installation: Installation) -> Iterator[Finding]:
    for name, folder in ((tr("Folder"), tx.settings.home), (tr("Evidence"), tx.settings.evidence)):
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


def _clock(tx: Transaction, _installation: Installation) -> Iterator[Finding]:
    """Whether the machine's clock can be right, and whether any other says so."""
    rules, name = tx.policy.rules.audit, tr("Clock")
    try:
        clock_guard.check(tx.session, tx.settings, rules, tx.now)
    except RefusedError as error:
        yield Finding(ok=False, name=name, says=sentence(error))
        return
    others = [each.whose for each in clock_guard.other_clocks(tx.session, tx.settings, tx.now)]
    if instance(tx.session).clock != "system":
        says = tr("{now}; the clock of a test or of the demo", now=tx.now)
    elif others:
        says = tr("{now}, as by: {others}", now=tx.now, others=", ".join(others))
    else:
        says = tr("{now}; no other machine's clock is at hand to hold it against", now=tx.now)
    yield Finding(ok=True, name=name, says=says)


def _sweeps(tx: Transaction, _installation: Installation) -> Iterator[Finding]:
    if waits := wait(tx):
        yield Finding(ok=False, name=tr("Sweeps"), says=sentence(waits))
    for each in liveness(tx):
        says = tr("last finished {at}", at=each.at) if each.at else tr("has not run yet")
        yield Finding(ok=each.fresh, name=tr("Sweep “{name}”", name=Word(each.name)), says=says)


def _mail(tx: Transaction, _installation: Installation) -> Iterator[Finding]:
    failed = undelivered_count(tx)
    where = tx.settings.smtp_url.rpartition("@")[2] if tx.settings.smtp_url else tx.settings.mail
    says = tr("to {where}; not delivered: {failed}", where=where, failed=failed)
    yield Finding(ok=not failed, name=tr("Mail"), says=says)


def _log(tx: Transaction, _installation: Installation) -> Iterator[Finding]:
    name = tr("Merkle log")
    try:
        state = log_summary(tx)
    except LogNotBegunError as error:
        yield Finding(ok=not waiting(tx).late, name=name, says=sentence(error))
        return
    except (LogError, RefusedError) as error:
        yield Finding(ok=False, name=name, says=sentence(error))
        if amiss := memory_amiss(tx.settings):
            yield Finding(ok=False, name=name, says=sentence(amiss))
        return
    yield from (Finding(ok=False, name=name, says=sentence(each)) for each in _amiss(tx))
    yield from _resumed(tx)
    says = tr(
        "{size} entries of {stored} sealed under the name {origin}",
        size=state.size,
        stored=state.stored,
        origin=state.origin,
    )
    yield Finding(ok=True, name=name, says=says)
    for key in state.keys:
        yield Finding(ok=True, name=tr("Verifier key"), says=str(key))


def _resumed(tx: Transaction) -> Iterator[Finding]:
    """What was lost with a restored backup is said for ever; it is a fault only where it excuses more than it may."""
    try:
        found = resumptions_of(tx).found
    except (LogError, RefusedError):
        return  # of the witness policy, which is among what is amiss
    for each in found:
        says = f"{each.trail}/{each.seq}: {said(each.template, each.values)}"
        yield Finding(ok=isinstance(each, Remark), name=tr("Restored backup"), says=says)


def _amiss(tx: Transaction) -> list[RefusedError | LogError]:
    try:
        return list(alarms(tx))
    except (LogError, RefusedError) as error:
        return [error]


def _verified(tx: Transaction, _installation: Installation) -> Iterator[Finding]:
    verified = last_verified(tx)
    if verified.last is None:
        yield Finding(ok=not verified.old, name=tr("Verification"), says=tr("The whole log was not verified yet."))
        return
    told = {"at": verified.last.at, "entries": verified.last.entries, "faults": verified.last.faults}
    says = tr("{at}: entries {entries}, faults {faults}", **told)
    yield Finding(ok=not verified.old and not verified.last.faults, name=tr("Verification"), says=says)


_Look = Callable[[Transaction, Installation], Iterator[Finding]]
_LOOKS: tuple[tuple[str, _Look], ...] = (
    (N_("Database"), _usable),
    (N_("Schema"), _schema),
    (N_("Policy"), _policy),
    (N_("Folder"), _folders),
    (N_("Clock"), _clock),
    (N_("Sweeps"), _sweeps),
    (N_("Mail"), _mail),
    (N_("Merkle log"), _log),
    (N_("Verification"), _verified),
)
