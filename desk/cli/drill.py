"""audit drill."""

import tempfile
from pathlib import Path

import click

from commands.context.language import said, tr
from commands.log.sealing import log_of
from commands.verification.drill import drill
from desk.cli.audit import audit
from desk.cli.context import Desk
from desk.cli.printing import say

_SHOWN = 3


@audit.command("drill", help=tr("Corrupt a copy of everything in many ways, and show what the alarm looks like."))
@click.pass_obj
def drill_command(desk: Desk) -> None:
    """Drill."""
    with desk.read() as tx:
        log_of(tx.session)
    missed = 0
    with tempfile.TemporaryDirectory(prefix="poruchenie-drill-") as folder:
        for alarm in drill(desk.installation, Path(folder)):
            say(f"{'✓' if alarm.faults else '✗'} {tr(alarm.title)}")
            missed += not alarm.faults
            for each in alarm.faults[:_SHOWN]:
                says = said(each.template, each.values)
                say("    " + tr("{trail}, entry {seq}: {says}.", trail=each.trail, seq=each.seq, says=says))
            if len(alarm.faults) > _SHOWN:
                say("    " + tr("and {more} more", more=len(alarm.faults) - _SHOWN))
    if missed:
        say(tr("Ways that were not noticed: {missed}.", missed=missed), err=True)
        raise SystemExit(1)
    say(tr("Every way was noticed. The installation itself was only read."))


COMMANDS = ()
"""They hang below `audit`."""
