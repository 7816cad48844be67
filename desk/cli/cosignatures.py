"""audit consistency, audit witnesses, audit ask, audit accept: the log's side of witnessing."""

from pathlib import Path

import click

from audit.atomic_files import put
from audit.merkle.witness import Request
from commands.context.language import tr
from commands.log.consistency import extends
from commands.log.sealing import keys_of, store_of
from commands.log.witness_client import ask
from commands.log.witnesses import cosignatures, policy_of, request_for, take, witness_named
from desk.cli.audit import audit
from desk.cli.context import Desk, json_option
from desk.cli.parameters import File, Text
from desk.cli.printing import print_json, print_table, say
from desk.cli.receipts import UnwritableError


@audit.command("consistency", help=tr("Prove that today's log extends a checkpoint (or a receipt) that you kept."))
@click.argument("kept", type=click.File("rb"), metavar="OLD-CHECKPOINT")
@click.option("-o", "--output", type=File(), metavar="FILE", help=tr("Write the proof, for anybody to verify."))
@click.pass_obj
def consistency_command(desk: Desk, *, kept: click.utils.LazyFile, output: Path | None) -> None:
    """Prove."""
    data = kept.read()
    if data.startswith(b"c2sp.org/tlog-proof"):
        data = data.partition(b"\n\n")[2]
    with desk.read() as tx:
        proof = extends(tx, data)
    if output:
        _write(output, proof.data)
    new = proof.signed.checkpoint.size
    say(tr("The log holds: today's {new} entries extend the {old} of that checkpoint.", new=new, old=proof.old))


@audit.command("witnesses", help=tr("Who has cosigned how much of the log."))
@json_option
@click.pass_obj
def witnesses_command(desk: Desk, *, as_json: bool) -> None:
    """List."""
    settings = desk.installation.settings
    told = cosignatures(settings)
    if as_json:
        print_json([{"name": each.witness.name, "size": each.size, "at": each.at} for each in told])
        return
    print_table(
        (tr("Witness"), tr("Entries"), tr("Time")), [(each.witness.name, each.size or "", each.at) for each in told]
    )


@audit.command(
    "ask", help=tr("Ask a witness to cosign the last checkpoint: by HTTP, or by a file to be carried there.")
)
@click.argument("name", type=Text(), metavar="WITNESS")
@click.option("-o", "--output", type=File(), metavar="FILE", help=tr("Write the request instead of sending it."))
@click.option(
    "--old", type=click.IntRange(0), metavar="SIZE", help=tr("With -o: prove from this size, which the witness knows.")
)
@click.pass_obj
def ask_command(desk: Desk, *, name: str, output: Path | None, old: int | None) -> None:
    """Ask."""
    if old is not None and output is None:
        raise click.UsageError(tr("--old goes with -o: sent by HTTP, a witness says itself what it knows."))
    settings = desk.installation.settings
    witness = witness_named(policy_of(settings), name)
    with desk.read() as tx:
        keys = keys_of(tx.session)
    if output:
        _write(output, request_for(settings, keys, witness, old).data)
        say(tr("Carry {file} to the witness, and bring its answer to “poruchenie audit accept”.", file=output))
        return
    done = ask(settings, keys, witness)
    say(tr("“{name}” has cosigned {size} entries.", name=name, size=done.size))


@audit.command("accept", help=tr("Take the cosignature that a witness gave for a request that was carried to it."))
@click.argument("name", type=Text(), metavar="WITNESS")
@click.argument("request", type=click.File("rb"))
@click.argument("answer", type=click.File("rb"))
@click.pass_obj
def accept_command(desk: Desk, *, name: str, request: click.utils.LazyFile, answer: click.utils.LazyFile) -> None:
    """Take."""
    settings = desk.installation.settings
    witness = witness_named(policy_of(settings), name)
    asked = Request.parse(request.read())
    done = take(store_of(settings), witness, asked.signed.note, answer.read())
    say(tr("“{name}” has cosigned {size} entries.", name=name, size=done.size))


def _write(file: Path, data: bytes) -> None:
    try:
        put(file.absolute(), data)
    except OSError as error:
        raise UnwritableError(file=file, reason=error.strerror) from error


COMMANDS = ()
"""They hang below `audit`."""
