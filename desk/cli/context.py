"""The context of every command of the terminal: settings, the clock of --now, the actor."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import click

from commands.context.actors import Actor, actor_for_login
from commands.context.installation import Installation, Transaction
from commands.context.language import tr, use
from desk.cli.parameters import Text
from models import schema
from models.settings import Settings

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass
class Desk:
    """The open installation and what the global options said."""

    installation: Installation

    @contextmanager
    def write(self, login: str, instead_of: str | None = None) -> Iterator[tuple[Transaction, Actor]]:
        """One transaction under a login."""
        schema.check(self.installation.database)
        with self.installation.write() as tx:
            yield tx, actor_for_login(tx, login, channel(), instead_of)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One reading transaction."""
        schema.check(self.installation.database)
        with self.installation.read() as tx:
            yield tx

    def zoned(self, given: datetime | None) -> datetime | None:
        """A time that was typed; without a zone it is taken in the region's."""
        if given is None or given.tzinfo:
            return given
        return given.replace(tzinfo=self.installation.policy.calendar.zone)


def channel() -> str:
    """The command line, by the operating system's user."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:?"


def open_desk(now: datetime | None) -> Desk:
    """Read settings and policy, and speak the language asked for. Raises RefusedError."""
    settings = Settings.read()
    desk = Desk(Installation.open(settings))
    use(settings.language, desk.installation.policy.calendar.zone)
    return replace(desk, installation=replace(desk.installation, given=desk.zoned(now)))


def by_option(command: _F) -> _F:
    """--by LOGIN, or PORUCHENIE_LOGIN."""
    return click.option(
        "--by",
        "login",
        type=Text(),
        envvar="PORUCHENIE_LOGIN",
        required=True,
        metavar="LOGIN",
        help=tr("Who acts: a login."),
    )(command)


def json_option(command: _F) -> _F:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help=tr("Print one JSON document."))(command)
