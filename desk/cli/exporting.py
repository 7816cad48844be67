"""audit export."""

from datetime import date
from pathlib import Path

import click

from commands.context.language import tr
from commands.log.consistency import trusted_keys
from commands.log.export import UNVOUCHED, export, extent, voucher
from desk.cli.audit import audit
from desk.cli.context import Desk
from desk.cli.parameters import Day, File
from desk.cli.printing import say
from desk.cli.receipts import UnwritableError


@audit.command("export", help=tr("The whole sealed log as a ZIP file (JSON lines, CSV, XLSX) that the verifier takes."))
@click.option("-o", "--output", type=File(), required=True, metavar="FILE", help=tr("Where to (.zip)."))
@click.option("--since", type=Day(), help=tr("Only from the first entry of this day on."))
@click.option("--until", type=Day(), help=tr("… and up to the last entry of this one."))
@click.pass_obj
def export_command(desk: Desk, *, output: Path, since: date | None, until: date | None) -> None:
    """Export."""
    part = output.with_name(f".{output.name}.part")
    try:
        with desk.read() as tx, part.open("wb") as file:
            stretch = extent(tx, since, until)
            file.writelines(export(tx, stretch))
            key, signing = trusted_keys(tx)[-1], voucher(tx)
        part.replace(output)
    except OSError as error:
        raise UnwritableError(file=output, reason=error.strerror or error) from error
    finally:
        part.unlink(missing_ok=True)
    say(tr("{file}: {size} entries.", file=output, size=stretch.last - stretch.first))
    if signing is None:
        say(tr(UNVOUCHED), err=True)
    say(tr("To verify: python verifier.py {file} --key {key}", file=output, key=key))


COMMANDS = ()
"""They hang below `audit`."""
