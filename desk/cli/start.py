"""init, up, doctor."""

import click

from commands.bootstrap import AlreadyInitialisedError, initialise
from commands.context.language import tr
from commands.upgrade import go_over
from desk.cli.context import Desk, channel, json_option
from desk.cli.parameters import Text
from desk.cli.printing import print_json, say
from desk.demo.reset import reset
from desk.doctor import examine
from desk.first_invitations import first_invitations
from desk.pinned import pins_told
from models import schema
from models.clock import NotInitialisedError


@click.command(help=tr("Create the database with its first administrator and first controller."))
@click.option("--test-clock", is_flag=True, help=tr("Allow --now on this database, for ever."))
@click.option("--admin", type=Text(), default="admin", show_default=True, help=tr("Login of the first administrator."))
@click.option(
    "--controller", type=Text(), default="controller", show_default=True, help=tr("Login of the first controller.")
)
@click.pass_obj
def init(desk: Desk, *, test_clock: bool, admin: str, controller: str) -> None:
    """Create."""
    try:
        initialise(desk.installation, admin, controller, clock="test" if test_clock else "system")
    except AlreadyInitialisedError:
        go_over(desk.installation, channel())  # perhaps it was of an earlier version
        raise
    go_over(desk.installation, channel())
    shown = desk.installation.database.url.render_as_string(hide_password=True)
    say(
        tr(
            "The database {database} is ready. Administrator: {admin}, controller: {controller}.",
            database=shown,
            admin=admin,
            controller=controller,
        )
    )
    for line in (*pins_told(desk.installation), *first_invitations(desk.installation, channel(), admin, controller)):
        say(line)


@click.command(help=tr("Bring an older database up to this program's schema; one that is up to date is left alone."))
@click.pass_obj
def migrate(desk: Desk) -> None:
    """Migrate."""
    database = desk.installation.database
    if not database.exists() or schema.empty(database):
        raise NotInitialisedError
    schema.upgrade(database)
    go_over(desk.installation, channel())
    click.echo(tr("The database has schema {found}.", found=schema.needed()))


@click.command(help=tr("Start everything: Prefect's server, the flows and the desk. Ctrl-C stops it."))
@click.option("--demo", is_flag=True, help=tr("On the first start, load sample data and a clock of June 2020."))
@click.option("--day", default=20.0, show_default=True, help=tr("Seconds that a day of the demo lasts."))
@click.option("--port", default=8000, show_default=True, help=tr("Port of the desk."))
@click.option("--prefect-port", default=4200, show_default=True, help=tr("Port of Prefect's server and its pages."))
@click.pass_obj
def up(desk: Desk, *, demo: bool, day: float, port: int, prefect_port: int) -> None:
    """Start."""
    from desk.up import run  # noqa: PLC0415 - web libraries take half a second to import

    run(desk.installation, demo=demo, day=day, port=port, prefect_port=prefect_port)


@click.command(help=tr("Examine the installation: database, schema, policy, evidence folder, sweeps, mail."))
@json_option
@click.pass_obj
def doctor(desk: Desk, *, as_json: bool) -> None:
    """Examine."""
    findings = examine(desk.installation)
    if as_json:
        print_json([{"ok": each.ok, "name": each.name, "says": each.says} for each in findings])
    else:
        for each in findings:
            say(f"{'✓' if each.ok else '✗'} {each.name}: {each.says}")
    if not all(each.ok for each in findings):
        raise SystemExit(1)


@click.group(help=tr("The demonstration."))
def demo() -> None:
    """The demonstration."""


@demo.command("reset", help=tr("Take a demo's data away, so that the next “up --demo” begins on 1 June 2020 again."))
@click.pass_obj
def reset_command(desk: Desk) -> None:
    """Begin again."""
    reset(desk.installation)
    say(tr("The demo's data are gone; the next “poruchenie up --demo” begins again."))


COMMANDS = (init, migrate, up, doctor, demo)
