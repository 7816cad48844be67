"""protocols, items, assignments."""

from typing import Any

import click

from commands.context.installation import Transaction
from commands.context.language import shown, shown_due, tr
from commands.registers.assignments import AssignmentLine, assignments, explained
from commands.registers.filters import AssignmentFilter
from commands.registers.items import items
from commands.registers.protocols import protocols
from desk.cli.context import Desk, json_option
from desk.cli.parameters import NUMBER, Text
from desk.cli.printing import print_json, print_table
from desk.prefect_pages import run_page


@click.command("protocols", help=tr("Protocols under control and withdrawn, with progress."))
@json_option
@click.pass_obj
def protocols_command(desk: Desk, *, as_json: bool) -> None:
    """List."""
    with desk.read() as tx:
        lines = protocols(tx)
    if as_json:
        names = ("id", "number", "date", "title", "state", "department", "registered_at", "items")
        print_json(
            [
                {name: getattr(line, name) for name in names}
                | {
                    "standing": line.progress.state,
                    "counts": dict(line.progress.counts),
                    "overdue": line.progress.overdue,
                }
                for line in lines
            ]
        )
        return
    rows = [
        (each.id, shown(each.date), each.items, shown(each.state), shown(each.progress.state), each.progress.said())
        for each in lines
    ]
    print_table((tr("No."), tr("Date"), tr("Items"), tr("State"), tr("Standing"), tr("Progress")), rows)


@click.command("items", help=tr("Items with progress."))
@click.option("--protocol", type=NUMBER, help=tr("Only of this protocol."))
@json_option
@click.pass_obj
def items_command(desk: Desk, *, protocol: int | None, as_json: bool) -> None:
    """List."""
    with desk.read() as tx:
        lines = items(tx, protocol)
        links = {each.id: run_page(tx.settings, each.run_id) for each in lines}
    if as_json:
        names = ("id", "protocol", "number", "text", "modality", "deadline", "derivation", "contacts", "form_columns")
        print_json(
            [
                {name: getattr(line, name) for name in names}
                | {
                    "state": line.progress.state,
                    "counts": dict(line.progress.counts),
                    "overdue": line.progress.overdue,
                    "run_url": links[line.id],
                }
                for line in lines
            ]
        )
        return
    rows = [
        (each.protocol, each.number, shown(each.progress.state), each.progress.said(), each.text[:70]) for each in lines
    ]
    print_table((tr("Protocol"), tr("Item"), tr("Standing"), tr("Progress"), tr("Text")), rows)


@click.command("assignments", help=tr("Assignments: one for each item and addressee."))
@click.option("--protocol", type=NUMBER, help=tr("Only of this protocol."))
@click.option("--item", metavar="1.3", help=tr("Only of the item of this number."), type=Text())
@click.option("--state", help=tr("Only in this state."), type=Text())
@click.option("--overdue", is_flag=True, help=tr("Only what is overdue."))
@click.option("--addressee", metavar="TEXT", help=tr("Only of addressees whose name contains this."), type=Text())
@json_option
@click.pass_obj
def assignments_command(
    desk: Desk,
    *,
    protocol: int | None,
    item: str | None,
    state: str | None,
    overdue: bool,
    addressee: str | None,
    as_json: bool,
) -> None:
    """List."""
    wanted = AssignmentFilter(protocol, item, state, overdue, addressee)
    with desk.read() as tx:
        lines = assignments(tx, wanted)
        told = [as_contract(tx, line) for line in lines]
    if as_json:
        print_json(told)
        return
    rows = [
        (
            each.id,
            each.item,
            each.addressee,
            shown(each.state) + (" !" if each.overdue else ""),
            each.version,
            shown_due(each.due),
        )
        for each in lines
    ]
    print_table((tr("No."), tr("Item"), tr("Addressee"), tr("State"), tr("Version"), tr("Due")), rows)


def as_contract(tx: Transaction, line: AssignmentLine) -> dict[str, Any]:
    """One assignment as `assignments --json` prints it."""
    names = ("id", "protocol", "item", "addressee", "state", "version", "due", "overdue", "late")
    return {name: getattr(line, name) for name in names} | {
        "due_explained": explained(line.derivation, line.literal),
        "run_url": run_page(tx.settings, line.run_id),
    }


COMMANDS = (protocols_command, items_command, assignments_command)
