"""token issue, list, revoke."""

import click

from commands.access.accounts import account_named
from commands.access.api_tokens import Scope, issue_token, revoke_token, tokens_of
from commands.context.language import shown, tr
from desk.cli.context import Desk, by_option, json_option
from desk.cli.parameters import NUMBER, Text
from desk.cli.printing import print_json, print_table, say


@click.group(help=tr("Tokens by which programs use the API in your name."))
def token() -> None:
    """Tokens."""


@token.command("issue", help=tr("Make a token; it is shown this once."))
@click.option("--name", required=True, help=tr("What it is for."), type=Text())
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(list(Scope)), help=tr("What it may do.")
)
@click.option("--days", type=NUMBER, default=90, show_default=True, help=tr("How long it opens."))
@by_option
@json_option
@click.pass_obj
def issue(desk: Desk, *, name: str, scopes: tuple[str, ...], days: int, login: str, as_json: bool) -> None:
    """Issue."""
    with desk.write(login) as (tx, actor):
        made = issue_token(tx, actor, name, scopes, days)
    if as_json:
        print_json({"token": made.token, "secret": made.secret, "until": made.until})
        return
    say(tr("Token {token}, until {until}. Keep it now, it is not shown again:", token=made.token, until=made.until))
    say(made.secret)


@token.command("list", help=tr("Your tokens that still open."))
@by_option
@json_option
@click.pass_obj
def list_command(desk: Desk, *, login: str, as_json: bool) -> None:
    """List."""
    with desk.read() as tx:
        lines = tokens_of(tx, account_named(tx, login).id)
    if as_json:
        names = ("id", "name", "scopes", "made_at", "until")
        print_json([{name: getattr(line, name) for name in names} for line in lines])
        return
    rows = [(each.id, each.name, " ".join(each.scopes), shown(each.made_at), shown(each.until)) for each in lines]
    print_table((tr("No."), tr("Name"), tr("Scopes"), tr("Made"), tr("Until")), rows)


@token.command("revoke", help=tr("End a token at once."))
@click.argument("number", metavar="TOKEN", type=NUMBER)
@by_option
@json_option
@click.pass_obj
def revoke(desk: Desk, *, number: int, login: str, as_json: bool) -> None:
    """Revoke."""
    with desk.write(login) as (tx, actor):
        revoke_token(tx, actor, number)
    if as_json:
        print_json({"token": number, "state": "ended"})
        return
    say(tr("Token {token} opens nothing any more.", token=number))


COMMANDS = (token,)
