"""roster import, roster list."""

from pathlib import Path
from typing import Any

import click

from commands.context.language import tr
from commands.rosters.renaming import rename
from commands.rosters.roster_import import import_roster
from commands.rosters.roster_register import groups_listed, organisations_listed
from desk.cli.context import Desk, by_option, json_option
from desk.cli.documents import content
from desk.cli.parameters import File, Text
from desk.cli.printing import print_json, print_table, say


@click.group(help=tr("Organisations and the groups that protocols address."))
def roster() -> None:
    """Rosters."""


@roster.command("import", help=tr("Import organisations and groups from CSV or XLSX; repeated, it updates."))
@click.argument("file", type=File())
@by_option
@json_option
@click.pass_obj
def import_command(desk: Desk, *, file: Path, login: str, as_json: bool) -> None:
    """Import."""
    data = content(file)
    with desk.write(login) as (tx, actor):
        done = import_roster(tx, actor, data, file.name)
    counts = {"created": done.created, "updated": done.updated, "unchanged": done.unchanged}
    if as_json:
        print_json(counts)
    else:
        say(tr("Created: {created}, updated: {updated}, unchanged: {unchanged}.", **counts))


@roster.command("rename", help=tr("Give an organisation its new name; its assignments and groups stay with it."))
@click.argument("old", type=Text())
@click.argument("new", type=Text())
@by_option
@json_option
@click.pass_obj
def rename_command(desk: Desk, *, old: str, new: str, login: str, as_json: bool) -> None:
    """Rename."""
    with desk.write(login) as (tx, actor):
        number = rename(tx, actor, old, new)
    if as_json:
        print_json({"organisation": number, "name": new})
    else:
        say(tr("“{old}” is “{new}” now.", old=old, new=new))


@roster.command("list", help=tr("Organisations, and groups with their aliases."))
@json_option
@click.pass_obj
def list_command(desk: Desk, *, as_json: bool) -> None:
    """List."""
    with desk.read() as tx:
        organisations, groups = organisations_listed(tx), groups_listed(tx)
    listed: dict[str, list[dict[str, Any]]] = {
        "organisations": [
            {"id": each.id, "name": each.name, "superior": each.superior, "email": each.email} for each in organisations
        ],
        "groups": [
            {"id": each.id, "name": each.name, "aliases": list(each.aliases), "members": each.members}
            for each in groups
        ],
    }
    if as_json:
        print_json(listed)
        return
    rows = [(each["id"], each["name"], each["superior"], each["email"]) for each in listed["organisations"]]
    print_table((tr("No."), tr("Organisation"), tr("Superior"), tr("E-mail")), rows)
    say()
    rows = [(each["id"], each["name"], each["members"], "; ".join(each["aliases"])) for each in listed["groups"]]
    print_table((tr("No."), tr("Group"), tr("Members"), tr("Aliases")), rows)


COMMANDS = (roster,)
