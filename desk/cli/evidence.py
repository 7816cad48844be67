"""evidence."""

from typing import IO

import click

from commands.context.language import tr
from desk.cli.context import Desk
from desk.cli.parameters import Text


@click.command("evidence", help=tr("Take a file out of the evidence folder, by its SHA-256; damaged ones are refused."))
@click.argument("sha256", type=Text())
@click.option(
    "-o", "--output", type=click.File("wb", lazy=True), required=True, metavar="FILE", help=tr("Where to (- for here).")
)
@click.pass_obj
def evidence_command(desk: Desk, *, sha256: str, output: IO[bytes]) -> None:
    """Take out."""
    with desk.read() as tx:
        data = tx.evidence.read(sha256)
    output.write(data)


COMMANDS = (evidence_command,)
