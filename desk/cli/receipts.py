"""audit receipt, audit verifier."""

from pathlib import Path

import click

from audit.atomic_files import put
from audit.errors import LogError
from commands.context.language import tr
from commands.log.consistency import trusted_keys
from commands.log.receipts import receipt_of
from commands.trails.trail import trail
from desk.cli.audit import audit
from desk.cli.context import Desk
from desk.cli.parameters import NUMBER, File, Text
from desk.cli.printing import say
from desk.printed_receipt import paper
from desk.verifiers import VERIFIERS, verifier
from states.subjects import Kind


class UnwritableError(LogError):
    """A file that can't be written."""

    template = "{file} can't be written: {reason}."


@audit.command("receipt", help=tr("A proof for anybody: of an assignment's whole history, or of one entry."))
@click.argument("subject", metavar="ASSIGNMENT", type=Text())
@click.option("--entry", "seq", type=NUMBER, help=tr("Of this entry alone, not of the whole history."))
@click.option("-o", "--output", type=File(), required=True, metavar="FILE", help=tr("Where to (.tlog-proof)."))
@click.option("--paper", "page", type=File(), metavar="FILE", help=tr("A page to print besides (.html, A4)."))
@click.pass_obj
def receipt_command(desk: Desk, *, subject: str, seq: int | None, output: Path, page: Path | None) -> None:
    """Make a receipt."""
    name = f"{Kind.ASSIGNMENT}:{subject}" if subject.isdecimal() else subject
    with desk.read() as tx:
        made = receipt_of(tx, name, seq)
        keys = [str(key) for key in trusted_keys(tx)]
        printed = paper(made, trail(tx, name), keys) if page else ""
    _write(output, made.data)
    if page:
        _write(page, printed.encode())
    size, index = made.signed.checkpoint.size, made.proof.index
    say(
        tr("{subject}, up to entry {seq}: place {index} of {size}.", subject=name, seq=made.seq, index=index, size=size)
    )
    say(tr("To verify: python verifier.py {file} --key {key}", file=output, key=keys[-1]))


@audit.command("verifier", help=tr("Write out the two verifiers, which need nothing else: a Python file and a page."))
@click.option("-o", "--output", type=File(), required=True, metavar="FOLDER", help=tr("Where to."))
def verifier_command(*, output: Path) -> None:
    """Write them out."""
    for name in VERIFIERS:
        _write(output / name, verifier(name))
        say(output / name)


def _write(file: Path, data: bytes) -> None:
    try:
        put(file.absolute(), data)
    except OSError as error:
        raise UnwritableError(file=file, reason=error.strerror) from error


COMMANDS = ()
"""They hang below `audit`."""
