"""audit seal, audit rotate, audit pin, audit remember, audit fill-place."""

import signal
import threading

import click

from commands.context.language import tr
from commands.log.empty_places import fill_places
from commands.log.key_rotation import rotate, settle
from commands.log.pins import pin
from commands.log.sealing import EVERY_S, follow, seal_all
from commands.log.signer_memory import remember
from commands.log.witness_adoption import adopt_witnesses
from commands.log.witness_client import follow_witnesses
from desk.cli.audit import audit
from desk.cli.context import Desk, by_option, channel
from desk.cli.parameters import Text
from desk.cli.printing import say
from desk.pinned import pins_told
from models import schema


@audit.command("seal", help=tr("Put what waits into the Merkle log, and sign a checkpoint."))
@click.option("--follow", "keep_on", is_flag=True, help=tr("Go on, until stopped (Ctrl-C)."))
@click.option(
    "--every", type=click.FloatRange(0.05, 3600), default=EVERY_S, show_default=True, help=tr("Seconds between looks.")
)
@click.pass_obj
def seal_command(desk: Desk, *, keep_on: bool, every: float) -> None:
    """Seal."""
    schema.check(desk.installation.database)
    if keep_on:
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        witnesses = threading.Thread(target=follow_witnesses, args=(desk.installation, stop))
        witnesses.start()  # beside: a witness that does not answer must not keep the log waiting
        follow(desk.installation, channel(), stop, every)
        witnesses.join()
        return
    sealed = list(seal_all(desk.installation, channel()))
    if sealed:
        say(tr("Sealed: the log holds {size} entries, root {root}.", size=sealed[-1].size, root=sealed[-1].root.hex()))
    else:
        say(tr("Nothing waits to be sealed."))


@audit.command("rotate", help=tr("Add a key to the log's, or retire one; between the two both sign."))
@click.option("--retire", "retired", type=Text(), metavar="VKEY", help=tr("The verifier key to be retired."))
@click.option("--basis", type=Text(), required=True, help=tr("Whose decision, of what date and number."))
@by_option
@click.pass_obj
def rotate_command(desk: Desk, *, retired: str | None, basis: str, login: str) -> None:
    """Rotate."""
    with desk.write(login) as (tx, actor):
        in_use = rotate(tx, actor, basis, retired)
    settle(desk.installation.settings, in_use)
    for key in in_use:
        say(key)
    for line in pins_told(desk.installation):
        say(line)


@audit.command(
    "pin",
    help=tr("Write anew what is trusted, the log's keys and the witness policy, into the file of pins; the log tells."),
)
@click.option("--basis", type=Text(), required=True, help=tr("Whose decision, of what date and number."))
@by_option
@click.pass_obj
def pin_command(desk: Desk, *, basis: str, login: str) -> None:
    """Pin."""
    with desk.write(login) as (tx, actor):
        pins = adopt_witnesses(tx, actor, basis)
    pin(desk.installation.settings, pins)
    for line in pins_told(desk.installation):
        say(line)


@audit.command(
    "remember", help=tr("Have a signer that lost its memory remember what is published; the log tells of it.")
)
@click.option("--basis", type=Text(), required=True, help=tr("Whose decision, of what date and number."))
@by_option
@click.pass_obj
def remember_command(desk: Desk, *, basis: str, login: str) -> None:
    """Remember."""
    with desk.write(login) as (tx, actor):
        published = remember(tx, actor, basis)
    say(tr("The signer remembers: {size} entries, root {root}.", size=published.size, root=published.root.hex()))


@audit.command("fill-place", help=tr("Fill an empty place of the log, so that sealing goes on; the log tells of it."))
@click.option("--basis", type=Text(), required=True, help=tr("Whose decision, of what date and number."))
@by_option
@click.pass_obj
def fill_place_command(desk: Desk, *, basis: str, login: str) -> None:
    """Fill."""
    with desk.write(login) as (tx, actor):
        places = fill_places(tx, actor, basis)
    say(tr("Filled: {places}. Run “poruchenie audit verify”.", places=", ".join(map(str, places))))


COMMANDS = ()
"""They hang below `audit`."""
