"""witness: what another body runs to keep an eye on the log. Needs no database."""

from datetime import UTC, datetime
from pathlib import Path

import click

from audit.atomic_files import put
from audit.merkle.signed_notes import COSIGNATURE, KeyFormError, SigningKey, Verifier
from audit.merkle.signer import Signer
from audit.merkle.witness import Witness
from commands.context.language import tr
from desk.cli.parameters import File, Text
from desk.cli.printing import say
from desk.cli.receipts import UnwritableError


class VerifierKey(Text):
    """A verifier key."""

    name = "VKEY"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Verifier:  # type: ignore[override]  # a key, not its text
        """Exit 2 on anything else."""
        try:
            return Verifier.parse(super().convert(value, param, ctx))
        except KeyFormError as error:
            self.fail(str(error), param, ctx)


_FOLDER = click.option(
    "--folder", type=File(), required=True, help=tr("The witness's own folder: its key and what it has cosigned.")
)
_LOGS = click.option("--log", "logs", type=VerifierKey(), multiple=True, required=True, help=tr("A log to watch."))


@click.group("witness", help=tr("Watch a log of somebody else's, and cosign what it shows: for another body to run."))
def witness() -> None:
    """The witness."""


@witness.command("key", help=tr("Make the witness's key on first use, and show its verifier key."))
@_FOLDER
@click.option("--name", type=Text(), required=True, help=tr("Its name, such as witness.example.org."))
def key_command(*, folder: Path, name: str) -> None:
    """Show the key."""
    keys = Signer(folder)
    if not keys.held():
        keys.keep([SigningKey.generate(name, COSIGNATURE)])
    say(keys.held()[0].verifier)


@witness.command("serve", help=tr("Answer requests by HTTP (C2SP tlog-witness)."))
@_FOLDER
@_LOGS
@click.option("--host", default="127.0.0.1", show_default=True, type=Text())
@click.option("--port", default=8010, show_default=True, type=click.IntRange(1, 65535))
def serve_command(*, folder: Path, logs: tuple[Verifier, ...], host: str, port: int) -> None:
    """Serve."""
    import uvicorn  # noqa: PLC0415 - web libraries take half a second to import

    from desk.witness import create_witness  # noqa: PLC0415

    uvicorn.run(create_witness(_open_witness(folder, logs)), host=host, port=port, log_level="warning", ws="none")


@witness.command("cosign", help=tr("Cosign a request that came as a file, on a machine without a network."))
@click.argument("request", type=click.File("rb"))
@_FOLDER
@_LOGS
@click.option("-o", "--output", type=File(), required=True, metavar="FILE", help=tr("Where to."))
def cosign_command(*, request: click.utils.LazyFile, folder: Path, logs: tuple[Verifier, ...], output: Path) -> None:
    """Cosign."""
    answer = _open_witness(folder, logs).cosign(request.read(), int(datetime.now(UTC).timestamp()))
    try:
        put(output.absolute(), answer)
    except OSError as error:
        raise UnwritableError(file=output, reason=error.strerror) from error
    say(tr("Cosigned; carry {file} back to the log.", file=output))


@witness.command(
    "evidence",
    help=tr("Show the requests whose trees did not extend what was cosigned; exit 1 if there are any."),
)
@_FOLDER
def evidence_command(*, folder: Path) -> None:
    """Show."""
    found = Witness(folder, _key(folder), {}).evidence()
    if not found:
        say(tr("No log has shown this witness a tree that does not extend what it cosigned."))
        return
    for each in found:
        told = {"origin": each.shown.origin, "new": each.shown.size, "old": each.cosigned.size, "folder": each.folder}
        if each.proves:
            say(tr("“{origin}” has signed two different trees of {new} entries: it was rewritten. {folder}", **told))
        else:
            say(
                tr(
                    "“{origin}” has signed a tree of {new} entries and did not prove that it extends the {old} "
                    "cosigned before: ask it for a proof. {folder}",
                    **told,
                )
            )
    raise SystemExit(1)


def _key(folder: Path) -> SigningKey:
    keys = Signer(folder).held()
    if not keys:
        raise click.UsageError(tr("There is no key in {folder} yet: run “poruchenie witness key”.", folder=folder))
    return keys[0]


def _open_witness(folder: Path, logs: tuple[Verifier, ...]) -> Witness:
    by_name: dict[str, list[Verifier]] = {}
    for each in logs:
        by_name.setdefault(each.name, []).append(each)
    return Witness(folder, _key(folder), by_name)


COMMANDS = (witness,)
