"""audit export."""

from pathlib import Path

import click

from commands.exporting import export
from commands.language import tr
from commands.sealing import keys_of
from desk.cli.audit import audit
from desk.cli.context import Desk
from desk.cli.parameters import File
from desk.cli.printing import say
from desk.cli.receipts import UnwritableError


@audit.command("export", help=tr("The whole sealed log as a ZIP file (JSON lines, CSV, XLSX) that the verifier takes."))
@click.option("-o", "--output", type=File(), required=True, metavar="FILE", help=tr("Where to (.zip)."))
@click.pass_obj
def export_command(desk: Desk, *, output: Path) -> None:
    """Export."""
    part = output.with_name(f".{output.name}.part")
    try:
        with desk.read() as office:
            size = export(office, part)
            key = keys_of(office.session)[-1]
        part.replace(output)
    except OSError as error:
        raise UnwritableError(file=output, reason=error.strerror or error) from error
    finally:
        part.unlink(missing_ok=True)
    say(tr("{file}: {size} entries.", file=output, size=size))
    say(tr("To verify: python verifier.py {file} --key {key}", file=output, key=key))


COMMANDS = ()
"""They hang below `audit`."""
