"""The root command: global options, refusals turned into a sentence on stderr and exit 1."""

import sys
from datetime import datetime

import click

from audit.errors import LogError
from commands.context.language import sentence, tr
from commands.context.log_lines import configure
from desk.cli import (
    accounts,
    actions,
    audit,
    cosignatures,
    documents,
    drill,
    erasure,
    evidence,
    exporting,
    receipts,
    registers,
    registration,
    rosters,
    sealing,
    serving,
    start,
    tokens,
    witness,
)
from desk.cli.context import open_desk
from desk.cli.last_resort import last_resort
from desk.cli.parameters import Moment
from desk.cli.printing import say
from states.refusal import RefusedError


class Root(click.Group):
    """Says refusals as sentences."""

    def invoke(self, ctx: click.Context) -> object:
        """Exit 1 on a refusal."""
        try:
            return super().invoke(ctx)
        except (RefusedError, LogError) as error:
            say(sentence(error), err=True)
            ctx.exit(1)


@click.group(
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=tr("Poruchenie puts the decisions of official meetings under control, and proves it."),
)
@click.option("--now", type=Moment(), help=tr("Set the clock for this call (test and demo databases only)."))
@click.version_option(package_name="poruchenie", message="%(version)s")
@click.pass_context
def root(ctx: click.Context, now: datetime | None) -> None:
    """Open the desk."""
    ctx.obj = open_desk(now)


_MODULES = (
    start,
    serving,
    documents,
    registration,
    rosters,
    accounts,
    registers,
    actions,
    evidence,
    audit,
    sealing,
    receipts,
    cosignatures,
    erasure,
    exporting,
    drill,
    witness,
    tokens,
)
for _module in _MODULES:
    for _command in _module.COMMANDS:
        root.add_command(_command)


def run() -> None:
    """Run the command line."""
    configure()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # both are text streams of ours
    with last_resort():
        root(prog_name="poruchenie")
