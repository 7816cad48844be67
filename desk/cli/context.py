"""What every command shares: settings, the clock of --now, the actor, output as text or as one JSON document."""

import getpass
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import click

from commands.actors import Actor, sign_in
from commands.installation import Installation, Office
from commands.language import tr, use
from models import schema
from models.settings import Settings

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass
class Desk:
    """The open installation and what the global options said."""

    installation: Installation

    @contextmanager
    def write(self, login: str, instead_of: str | None = None) -> Iterator[tuple[Office, Actor]]:
        """One transaction under a login."""
        schema.check(self.installation.database)
        with self.installation.write() as office:
            yield office, sign_in(office, login, channel(), instead_of)

    @contextmanager
    def read(self) -> Iterator[Office]:
        """One reading transaction."""
        schema.check(self.installation.database)
        with self.installation.read() as office:
            yield office


def channel() -> str:
    """The command line, by the operating system's user."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:?"


def open_desk(now: datetime | None) -> Desk:
    """Read settings and policy, and speak the language asked for. Raises RefusedError."""
    settings = Settings.read()
    installation = Installation.open(settings, now)
    use(settings.language, installation.policy.calendar.zone)
    return Desk(installation)


def by_option(command: _F) -> _F:
    """--by LOGIN, or PORUCHENIE_LOGIN."""
    return click.option(
        "--by", "login", envvar="PORUCHENIE_LOGIN", required=True, metavar="LOGIN", help=tr("Who acts: a login.")
    )(command)


def json_option(command: _F) -> _F:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help=tr("Print one JSON document."))(command)


def print_json(value: object) -> None:
    """One document on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Mapping():
            return dict(value)
    raise TypeError(type(value))


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Aligned columns; nothing but a sentence when there are no rows."""
    if not rows:
        click.echo(tr("Nothing to show."))
        return
    cells = [list(head), *([("" if cell is None else str(cell)) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    for row in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


class Moment(click.ParamType):
    """An ISO time; without a zone it is taken in the region's."""

    name = "ISO-TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401 - click's signature
        """Exit 2 on anything else."""
        if isinstance(value, datetime):
            return value
        try:
            given = datetime.fromisoformat(value)
        except ValueError:
            self.fail(tr("“{value}” is not an ISO time such as 2020-06-30T09:00+03:00.", value=value), param, ctx)
        if given.tzinfo:
            return given
        return given.replace(tzinfo=Installation.open(Settings.read()).policy.calendar.zone)


class Day(click.ParamType):
    """An ISO date."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401 - click's signature
        """Exit 2 on anything else."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(tr("“{value}” is not a date such as 2020-06-30.", value=value), param, ctx)
