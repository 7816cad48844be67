"""user add, import, update, password, invite, close, substitute, list."""

import sys
from datetime import date
from pathlib import Path

import click

from commands.access.account_import import admit
from commands.access.account_register import accounts_numbered
from commands.access.accounts import AddAccount, UpdateAccount, add_account, close_account, update_account
from commands.access.invitations import invite
from commands.access.passwords import give_password
from commands.access.substitutions import Substitute, substitute
from commands.context.language import shown, tr
from desk.cli.context import Desk, by_option, json_option
from desk.cli.documents import content
from desk.cli.parameters import Day, File, Text
from desk.cli.printing import print_json, print_table, say
from desk.first_invitations import invitation_told
from states.lifecycle import Role
from states.subjects import AccountState

_ROLES = click.Choice([role.value for role in Role if role is not Role.SYSTEM])


@click.group(help=tr("Accounts and substitutes."))
def user() -> None:
    """Accounts."""


@user.command(
    "add", help=tr("Add an account. Reviewers and controllers are added by a controller, others by an administrator.")
)
@click.argument("new_login", metavar="LOGIN", type=Text())
@click.option("--role", type=_ROLES, required=True, help=tr("What the account may do."))
@click.option(
    "--organisation", metavar="NAME", help=tr("The organisation it acts for, as the roster names it."), type=Text()
)
@click.option("--name", help=tr("The person's name."), type=Text())
@click.option("--email", help=tr("The person's e-mail address."), type=Text())
@click.option("--same-person-as", metavar="LOGIN", help=tr("Another account of the same person."), type=Text())
@by_option
@json_option
@click.pass_obj
def add(  # noqa: PLR0913 - the options of the command
    desk: Desk,
    *,
    new_login: str,
    role: str,
    organisation: str | None,
    name: str | None,
    email: str | None,
    same_person_as: str | None,
    login: str,
    as_json: bool,
) -> None:
    """Add."""
    command = AddAccount(new_login, Role(role), organisation, name, email, same_person_as)
    with desk.write(login) as (tx, actor):
        number = add_account(tx, actor, command)
    if as_json:
        print_json({"account": number, "login": new_login})
    else:
        say(tr("Account {number} “{new_login}” is open.", number=number, new_login=new_login))


@user.command(
    "import",
    help=tr("Open accounts from CSV or XLSX (login, role, organisation, name, email), all or none, and invite."),
)
@click.argument("file", type=File())
@by_option
@json_option
@click.pass_obj
def import_command(desk: Desk, *, file: Path, login: str, as_json: bool) -> None:
    """Import."""
    data = content(file)
    with desk.write(login) as (tx, actor):
        done = admit(tx, actor, data, file.name)
    counts = {"created": done.created, "updated": done.updated, "unchanged": done.unchanged}
    if as_json:
        invited = [{"login": each.login, "link": each.link, "mailed": each.mailed} for each in done.invited]
        print_json({**counts, "invited": invited})
        return
    say(tr("Created: {created}, updated: {updated}, unchanged: {unchanged}.", **counts))
    for each in done.invited:
        say(invitation_told(each))


@user.command("update", help=tr("Change the name or the e-mail address of an account."))
@click.argument("account", metavar="LOGIN", type=Text())
@click.option("--name", help=tr("The person's name."), type=Text())
@click.option("--email", help=tr("The person's e-mail address."), type=Text())
@by_option
@json_option
@click.pass_obj
def update_command(desk: Desk, *, account: str, name: str | None, email: str | None, login: str, as_json: bool) -> None:
    """Update."""
    with desk.write(login) as (tx, actor):
        update_account(tx, actor, UpdateAccount(account, name, email))
    if as_json:
        print_json({"login": account, "state": AccountState.ACTIVE})
        return
    say(tr("Account “{account}” is up to date.", account=account))


@user.command(
    "password",
    help=tr("Set an account's password, asked for or read from a pipe; its sessions end. Better: “user invite”."),
)
@click.argument("account", metavar="LOGIN", type=Text())
@by_option
@json_option
@click.pass_obj
def password_command(desk: Desk, *, account: str, login: str, as_json: bool) -> None:
    """Set."""
    password = _asked() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    with desk.write(login) as (tx, actor):
        give_password(tx, actor, account, password)
    if as_json:
        print_json({"login": account, "state": AccountState.ACTIVE})
        return
    say(tr("“{account}” has a new password.", account=account))


def _asked() -> str:
    given: str = click.prompt(tr("New password"), hide_input=True, confirmation_prompt=tr("The same once more"))
    return given


@user.command("invite", help=tr("Make a link by which the person sets a password, once; it goes by mail, if it can."))
@click.argument("account", metavar="LOGIN", type=Text())
@by_option
@json_option
@click.pass_obj
def invite_command(desk: Desk, *, account: str, login: str, as_json: bool) -> None:
    """Invite."""
    with desk.write(login) as (tx, actor):
        made = invite(tx, actor, account)
    if as_json:
        print_json({"login": made.login, "link": made.link, "until": made.until, "mailed": made.mailed})
        return
    say(invitation_told(made))


@user.command("close", help=tr("Close an account for good; what it did stays."))
@click.argument("account", metavar="LOGIN", type=Text())
@click.option("--note", required=True, help=tr("The basis: whose decision, of what date and number."), type=Text())
@by_option
@json_option
@click.pass_obj
def close_command(desk: Desk, *, account: str, note: str, login: str, as_json: bool) -> None:
    """Close."""
    with desk.write(login) as (tx, actor):
        close_account(tx, actor, account, note)
    if as_json:
        print_json({"login": account, "state": AccountState.CLOSED})
        return
    say(tr("Account “{account}” is closed.", account=account))


@user.command("substitute", help=tr("Appoint a substitute for an absence; he acts with --instead-of LOGIN."))
@click.argument("absent", metavar="LOGIN", type=Text())
@click.argument("deputy", metavar="SUBSTITUTE", type=Text())
@click.option("--since", type=Day(), required=True, help=tr("First day."))
@click.option("--until", type=Day(), required=True, help=tr("Last day."))
@click.option("--note", required=True, help=tr("The basis: whose decision, of what date and number."), type=Text())
@by_option
@json_option
@click.pass_obj
def substitute_command(  # noqa: PLR0913 - the options of the command
    desk: Desk, *, absent: str, deputy: str, since: date, until: date, note: str, login: str, as_json: bool
) -> None:
    """Appoint."""
    with desk.write(login) as (tx, actor):
        substitute(tx, actor, Substitute(absent, deputy, since, until, note))
    told = {"absent": absent, "deputy": deputy, "since": since, "until": until}
    if as_json:
        print_json(told)
        return
    say(tr("{deputy} may act for {absent} from {since} to {until}.", **told))


@user.command("list", help=tr("All accounts."))
@json_option
@click.pass_obj
def list_command(desk: Desk, *, as_json: bool) -> None:
    """List."""
    with desk.read() as tx:
        lines = accounts_numbered(tx)
    if as_json:
        fields = ("id", "login", "role", "organisation", "state")
        print_json([{name: getattr(line, name) for name in fields} for line in lines])
        return
    cells = [(line.id, line.login, shown(line.role), line.organisation, shown(line.state)) for line in lines]
    print_table((tr("No."), tr("Login"), tr("Role"), tr("Organisation"), tr("State")), cells)


COMMANDS = (user,)
