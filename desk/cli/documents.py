"""read, register, protocol withdraw."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from commands.actors import sign_in
from commands.expansion import Expanded, expand
from commands.installation import Office
from commands.language import said, shown, tr
from commands.registration import Register, Registered, late_items, register
from commands.withdrawal import withdraw
from desk.cli.context import Desk, by_option, channel, json_option
from desk.cli.parameters import NUMBER, Day, File, Text
from desk.cli.printing import print_json, say
from intake import LARGEST, Correction, Doubt, Draft, read
from states.refusal import RefusedError


class FileError(RefusedError):
    """A file named on the command line can't be opened."""

    template = "The file {file} can't be read: {reason}."


class CorrectionsError(RefusedError):
    """A file of corrections that can't be read."""

    template = (
        "The corrections in {file} can't be read: {reason}. They look like this: "
        '[{{"number": "1.1", "deadline": "до 30 июня 2020 года"}}].'
    )


def content(file: Path) -> bytes:
    """No more than a byte past what a document may have. Raises FileError."""
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        raise FileError(file=file, reason=error.strerror) from error


def as_contract(draft: Draft) -> dict[str, Any]:
    """The document that `read --json` prints."""
    told = draft.model_dump(mode="json", exclude={"text", "spans"})
    for each, item in zip(told["items"], draft.items, strict=True):
        each["doubts"] = [said(doubt.template, doubt.values) for doubt in item.doubts]
    told["doubts"] = [said(doubt.template, doubt.values) for doubt in draft.doubts]
    return told


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
    _show_doubts(draft.doubts)


def _show_doubts(doubts: Sequence[Doubt]) -> None:
    for doubt in doubts:
        say(f"? {said(doubt.template, doubt.values)}")


def _pair(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    mapping = {}
    for value in values:
        phrase, equals, group = value.partition("=")
        if not equals or not phrase.strip() or not group.strip():
            raise click.BadParameter(tr("“{value}” is not of the form phrase=group.", value=value))
        mapping[phrase.strip()] = group.strip()
    return mapping


@click.command("register", help=tr("Put a protocol under control: read it, confirm the draft, make the assignments."))
@click.argument("file", type=File())
@click.option("--yes", is_flag=True, help=tr("Confirm the draft without asking."))
@click.option(
    "--map", "mapping", multiple=True, callback=_pair, help=tr("Addressee phrase=group of the roster."), type=Text()
)
@click.option(
    "--number", metavar="TEXT", help=tr("Number of the protocol, where the document gives none."), type=Text()
)
@click.option(
    "--corrections",
    type=File(),
    help=tr("A JSON file of corrections: number, and text, addressees, modality, deadline or dropped."),
)
@click.option("--department", help=tr("The department that the protocol belongs to."), type=Text())
@click.option("--date", "day", type=Day(), help=tr("Date of the meeting, where the document gives none."))
@by_option
@json_option
@click.pass_obj
def register_command(  # noqa: PLR0913 - the options of the command
    desk: Desk,
    *,
    file: Path,
    yes: bool,
    mapping: dict[str, str],
    number: str | None,
    corrections: Path | None,
    department: str | None,
    day: date | None,
    login: str,
    as_json: bool,
) -> None:
    """Register."""
    said_so = _corrections(corrections) if corrections else ()
    command = Register(content(file), file.name, mapping, department, day, said_so, number)
    if not yes:
        _confirm(desk, command.draft(), day, as_json=as_json)
    with desk.write(login) as (office, actor):
        done = register(office, actor, command)
    made = _expand(desk, login, done)
    if as_json:
        doubts = [said(each.template, each.values) for each in done.doubts]
        print_json({"protocol": done.protocol, "items": done.items, "assignments": made, "doubts": doubts})
    else:
        _show_doubts(done.doubts if yes else ())
        say(
            tr(
                "Protocol {protocol} is under control: items {items}, assignments {assignments}.",
                protocol=done.protocol,
                items=done.items,
                assignments=made,
            )
        )


def _corrections(file: Path) -> tuple[Correction, ...]:
    """Raises FileError, CorrectionsError."""
    try:
        return TypeAdapter(tuple[Correction, ...]).validate_json(content(file))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise CorrectionsError(file=file, reason=f"{place}: {first['msg']}" if place else first["msg"]) from error


def _confirm(desk: Desk, draft: Draft, day: date | None, *, as_json: bool) -> None:
    if as_json or not sys.stdin.isatty():
        raise click.UsageError(tr("The draft must be confirmed: run on a terminal, or give --yes."))
    show(draft)
    if signed := day or draft.date:
        with desk.read() as office:
            _show_doubts(late_items(office, draft, signed))
    click.confirm("\n" + tr("Put it under control?"), abort=True)


def _expand(desk: Desk, login: str, done: Registered) -> int:
    def batch(office: Office) -> Expanded:
        return expand(office, sign_in(office, login, channel()), done.protocol)

    made = 0
    for step in desk.installation.batches(batch):
        made += step.made
        if step.more:
            say(tr("… {made} assignments made", made=made), err=True)
    return made


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
    steps = desk.installation.batches(lambda office: withdraw(office, sign_in(office, login, channel()), number, note))
    closed = sum(step.assignments for step in steps)
    if as_json:
        print_json({"protocol": number, "assignments": closed})
    else:
        say(tr("Protocol {number} is withdrawn, with {closed} open assignments.", number=number, closed=closed))


COMMANDS = (read_command, register_command, protocol)
