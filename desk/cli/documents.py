"""read, protocol withdraw."""

from collections.abc import Sequence
from pathlib import Path

import click

from commands.context.actors import actor_for_login
from commands.context.language import said, shown, tr
from commands.protocols.withdrawal import withdraw
from desk.cli.context import Desk, by_option, channel, json_option
from desk.cli.parameters import NUMBER, File, Text
from desk.cli.printing import print_json, say
from desk.draft_json import as_contract
from intake.draft import Doubt, Draft
from intake.limits import LARGEST
from intake.protocol import read
from states.refusal import InvalidError


class FileError(InvalidError):
    """A file named on the command line can't be opened."""

    template = "The file {file} can't be read: {reason}."


def content(file: Path) -> bytes:
    """No more than a byte past what a document may have. Raises FileError."""
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        raise FileError(file=file, reason=error.strerror) from error


@click.command("read", help=tr("Show what the reader understands of a document. Writes nothing."))
@click.argument("file", type=File())
@json_option
@click.pass_obj
def read_command(_desk: Desk, *, file: Path, as_json: bool) -> None:
    """Read."""
    draft = read(content(file), file.name)
    if as_json:
        print_json(as_contract(draft))
    else:
        show(draft)


def show(draft: Draft) -> None:
    """A draft in plain words."""
    for name, value in (
        (tr("Number"), draft.number),
        (tr("Date"), shown(draft.date) if draft.date else None),
        (tr("Title"), draft.title),
        (tr("Place"), draft.place),
        (tr("Body"), draft.body),
        (tr("Signatory"), draft.signatory),
    ):
        say(f"{name}: {value or '—'}")
    for item in draft.items:
        say(f"\n{item.number} [{shown(item.modality)}] {item.text}")
        say(f"   → {'; '.join(item.addressees) or '—'}")
        due = shown(item.deadline.date) if item.deadline.date else shown(item.deadline.kind)
        say(f"   {tr('Deadline')}: {item.deadline.literal or '—'} ({due})")
        if item.contacts:
            say(f"   {', '.join(item.contacts)}")
        if item.deliverable:
            say(f"   {tr('Document')}: {shown(item.deliverable)}")
        if item.follows:
            say("   " + tr("opens when item {number} is accepted, and inherits its document", number=item.follows))
        if item.form_columns:
            say(f"   {tr('Form')}: {' | '.join(item.form_columns)}")
        for doubt in item.doubts:
            say(f"   ? {said(doubt.template, doubt.values)}")
    show_doubts(draft.doubts)


def show_doubts(doubts: Sequence[Doubt]) -> None:
    """Doubts, which a person should look at."""
    for doubt in doubts:
        say(f"? {said(doubt.template, doubt.values)}")


@click.group(help=tr("Protocols as a whole."))
def protocol() -> None:
    """Protocols."""


@protocol.command("withdraw", help=tr("Withdraw a protocol registered by mistake, with all its open assignments."))
@click.argument("number", type=NUMBER)
@click.option("--note", required=True, help=tr("The basis: whose decision, of what date and number."), type=Text())
@by_option
@json_option
@click.pass_obj
def withdraw_command(desk: Desk, *, number: int, note: str, login: str, as_json: bool) -> None:
    """Withdraw."""
    with desk.write(login):
        pass
    steps = desk.installation.batches(lambda tx: withdraw(tx, actor_for_login(tx, login, channel()), number, note))
    closed = sum(step.assignments for step in steps)
    if as_json:
        print_json({"protocol": number, "assignments": closed})
    else:
        say(tr("Protocol {number} is withdrawn, with {closed} open assignments.", number=number, closed=closed))


COMMANDS = (read_command, protocol)
