"""register."""

import sys
from datetime import date
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from commands.context.actors import actor_for_login
from commands.context.installation import Transaction
from commands.context.language import said, tr
from commands.protocols.expansion import Expanded, expand
from commands.protocols.registration import Register, Registered, late_items, register
from desk.cli.context import Desk, by_option, channel, json_option
from desk.cli.documents import content, show, show_doubts
from desk.cli.parameters import Day, File, Text
from desk.cli.printing import print_json, say
from intake.correction import Correction
from intake.draft import Draft
from states.refusal import InvalidError


class CorrectionsError(InvalidError):
    """A file of corrections that can't be read."""

    template = (
        "The corrections in {file} can't be read: {reason}. They look like this: "
        '[{{"number": "1.1", "deadline": "до 30 июня 2020 года"}}].'
    )


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
    with desk.write(login) as (tx, actor):
        done = register(tx, actor, command)
    made = _expand(desk, login, done)
    if as_json:
        doubts = [said(each.template, each.values) for each in done.doubts]
        print_json({"protocol": done.protocol, "items": done.items, "assignments": made, "doubts": doubts})
    else:
        show_doubts(done.doubts if yes else ())
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
        with desk.read() as tx:
            show_doubts(late_items(tx, draft, signed))
    click.confirm("\n" + tr("Put it under control?"), abort=True)


def _expand(desk: Desk, login: str, done: Registered) -> int:
    def batch(tx: Transaction) -> Expanded:
        return expand(tx, actor_for_login(tx, login, channel()), done.protocol)

    made = 0
    for step in desk.installation.batches(batch):
        made += step.made
        if step.more:
            say(tr("… {made} assignments made", made=made), err=True)
    return made


COMMANDS = (register_command,)
