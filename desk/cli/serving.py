"""serve: the desk alone, as a unit or a container starts it."""

import click

from commands.context.language import tr
from desk.cli.context import Desk
from desk.ports import HOST, check_port


@click.command("serve", help=tr("Serve the desk's pages and its API on this machine alone, until stopped (Ctrl-C)."))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=tr("Port of the desk."))
@click.pass_obj
def serve_command(desk: Desk, *, port: int) -> None:
    """Serve."""
    check_port(port, "--port")
    from desk.server.app import create_app  # noqa: PLC0415 - web libraries take half a second to import
    from desk.server.serving import serve  # noqa: PLC0415

    serve(create_app(desk.installation), host=HOST, port=port)


COMMANDS = (serve_command,)
