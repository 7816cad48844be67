"""Going over to this version's rules: the log begins, or an entry tells that from here on all is judged fully."""

from sqlalchemy import select

from audit.trails.tables import entries
from commands.context.actors import system
from commands.context.installation import Installation
from commands.log.pins import Pins, pin, pins_of
from commands.log.sealing import begin, log_of, seal_all
from commands.recording.changes import Change
from commands.recording.writer import TrailState, record
from commands.sweeps.rearming import Rearmed, rearm
from models.log import Log
from models.schema import needed
from states.actions import Action
from states.subjects import LOG_BEFORE


def go_over(installation: Installation, channel: str) -> None:
    """Begin the log, or write and seal the entry of its upgrade; the second time nothing happens.

    What steers the sweeps is derived anew first: earlier versions had other ideas of it in some cases.
    Raises RefusedError, LogError.
    """
    begin(installation, channel)
    with installation.read() as tx:
        under_new_rules = select(entries.c.seq).where(entries.c.trail == "log:1", entries.c.lifecycle != LOG_BEFORE)
        gone_over = tx.session.scalar(under_new_rules.limit(1)) is not None
    if not gone_over:
        derived = sum(len(done.assignments) for done in _rearm(installation))
        with installation.write() as tx:
            facts = {"schema": needed(), "derived": derived}
            row = TrailState.of_columns(Log, log_of(tx.session))
            record(tx, system(tx, channel), row, Action.UPGRADE, Change(facts=facts))
        _pin(installation)
    for _ in seal_all(installation, channel):
        pass


def _pin(installation: Installation) -> None:
    """What the log's own trail says is pinned once; from now on a file that is gone is an alarm."""
    with installation.read() as tx:
        row = log_of(tx.session)
        if pins_of(installation.settings) is None:
            pin(installation.settings, Pins(tuple(row.keys), witnesses=row.witnesses))


def _rearm(installation: Installation) -> list[Rearmed]:
    done = [Rearmed((), 0)]
    while (last := done[-1].last) is not None:
        with installation.write() as tx:
            done.append(rearm(tx, last))
    return done
