"""`poruchenie up`: checks first, then Prefect's server, the flows and the desk, and stops all of them together."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from commands.bootstrap import initialise
from commands.context.installation import Installation
from commands.context.language import tr
from commands.upgrade import go_over
from desk.demo import making as sample
from desk.first_invitations import first_invitations
from desk.home_lock import only_one
from desk.pinned import pins_told
from desk.ports import HOST, check_port
from models import schema
from models.clock import instance, pace_demo, run_demo
from models.folders import private_folder
from states.refusal import InvalidError

_CHANNEL = "web:up"
_START_S = 180
_STOP_S = 20


class NotDemoError(InvalidError):
    """--demo on a database in earnest use."""

    template = (
        "The database {database} is in earnest use and can't become a demo. Give the demo a folder of its own: "
        "PORUCHENIE_HOME=var/demo poruchenie up --demo"
    )


class ProcessError(InvalidError):
    """A process that did not start, or ended by itself."""

    template = "“{name}” stopped by itself. The end of its log {log}:\n{tail}"


@dataclass(frozen=True, slots=True)
class Process:
    """One running part with its log."""

    name: str
    running: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raises ProcessError if it has ended."""
        if self.running.poll() is not None:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
            raise ProcessError(name=self.name, log=self.log, tail=tail)


def run(installation: Installation, *, demo: bool, day: float, port: int, prefect_port: int) -> None:
    """Start everything, wait for Ctrl-C, stop everything. Raises RefusedError before anything is started."""
    for number, option in ((port, "--port"), (prefect_port, "--prefect-port")):
        check_port(number, option)
    address = replace(installation.settings, desk_url=f"http://{HOST}:{port}")
    installation = replace(installation, settings=address)
    environment = _environment(installation, prefect_port)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, _interrupt)
    try:
        with ExitStack() as running:
            running.enter_context(only_one(installation.settings.home))
            is_demo = _prepare(installation, demo=demo)
            parts = list(_start(installation, running, environment, port, prefect_port))
            if is_demo:
                # Time begins to run when everything is there to be watched.
                running.enter_context(_demo_clock(installation, day))
                parts.append(_part(installation, running, environment, "demo", "-m", "desk.demo"))
            _tell(port, prefect_port, is_demo=is_demo)
            while True:
                for part in parts:
                    part.check()
                time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo("\n" + tr("Stopped. The data stay; the next start goes on with them."))


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _prepare(installation: Installation, *, demo: bool) -> bool:
    """Make or update the database; whether it is a demo. Raises RefusedError."""
    database = installation.database
    if database.exists() and not schema.empty(database):
        schema.upgrade(database)
        go_over(installation, _CHANNEL)
        with installation.read() as tx:
            clock = instance(tx.session).clock
        if demo and clock != "demo":
            raise NotDemoError(database=database.url.render_as_string(hide_password=True))
        return bool(clock == "demo")
    if demo:
        click.echo(tr("First start: making sample data."))
        sample.make(installation, click.echo)
        go_over(installation, _CHANNEL)
        for line in pins_told(installation):
            click.echo(line)
    else:
        initialise(installation, "admin", "controller")
        go_over(installation, _CHANNEL)
        click.echo(tr("First start: an empty database, with the accounts admin and controller."))
        for line in (*pins_told(installation), *first_invitations(installation, _CHANNEL, "admin", "controller")):
            click.echo(line)
    return demo


@contextmanager
def _demo_clock(installation: Installation, day: float) -> Iterator[None]:
    """A demo's time runs only while it is up, a day of it in so many seconds."""
    with installation.write() as tx:
        until = sample.moment(installation, sample.OVER, "18:00")
        run_demo(tx.session, running=True, at=tx.now)
        pace_demo(tx.session, sample.speed_of(day), until)
    yield
    with installation.write() as tx:
        run_demo(tx.session, running=False, at=tx.now)


def _environment(installation: Installation, prefect_port: int) -> dict[str, str]:
    settings = installation.settings
    return os.environ | {
        "PORUCHENIE_HOME": str(settings.home),
        "PORUCHENIE_DATABASE_URL": settings.database_url.render_as_string(hide_password=False),
        "PORUCHENIE_DESK_URL": settings.desk_url,
        "PORUCHENIE_PREFECT_URL": f"http://{HOST}:{prefect_port}",
        "PREFECT_HOME": str(settings.home / "prefect"),
        "PREFECT_API_URL": f"http://{HOST}:{prefect_port}/api",
        "PREFECT_UI_API_URL": f"http://{HOST}:{prefect_port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # A dead worker's place is free again after a minute, not after five.
        "PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION": "60",
        "PREFECT_WORKER_QUERY_SECONDS": "5",
        "PYTHONUNBUFFERED": "1",
    }


def _start(
    installation: Installation, running: ExitStack, environment: Mapping[str, str], port: int, prefect_port: int
) -> Iterator[Process]:
    def start(name: str, *arguments: str) -> Process:
        return _part(installation, running, environment, name, *arguments)

    prefect = start("prefect", "-m", "prefect", "server", "start", "--host", HOST, "--port", str(prefect_port))
    desk = start("desk", "-m", "desk", "serve", "--port", str(port))
    _wait(desk, f"http://{HOST}:{port}/health", tr("Starting the desk"))
    _wait(prefect, f"http://{HOST}:{prefect_port}/api/health", tr("Starting Prefect's server"))
    yield from (prefect, desk, start("flows", "-m", "flows"))
    yield start("sequencer", "-m", "desk", "audit", "seal", "--follow")


def _part(
    installation: Installation, running: ExitStack, environment: Mapping[str, str], name: str, *arguments: str
) -> Process:
    folder = installation.settings.home / "log"
    private_folder(folder)
    return running.enter_context(_process(name, arguments, environment, folder))


@contextmanager
def _process(name: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Iterator[Process]:
    log = folder / f"{name}.log"
    with log.open("ab") as output:
        # A session of its own: Ctrl-C reaches us alone, and we stop the parts in order.
        part = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [sys.executable, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Process(name, part, log)
    finally:
        _stop(part)


def _stop(part: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(part.pid, sign)
            part.wait(_STOP_S)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
        return


def _wait(part: Process, url: str, saying: str) -> None:
    click.echo(saying, nl=False)
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        part.check()
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
                click.echo(" " + tr("ready."))
                return
        except OSError:
            click.echo(".", nl=False)
            time.sleep(1)
    raise ProcessError(name=part.name, log=part.log, tail=tr("no answer from {url}", url=url))


def _tell(port: int, prefect_port: int, *, is_demo: bool) -> None:
    click.echo()
    click.echo(tr("The desk:    {url}", url=f"http://{HOST}:{port}"))
    click.echo(tr("Flow board:  {url}", url=f"http://{HOST}:{prefect_port}/runs"))
    if is_demo:
        click.echo(tr("Sign in:     without a password, as any of its people, by one click"))
        click.echo(tr("Accounts:    {accounts}", accounts=", ".join(sample.accounts_shown())))
        click.echo(tr("Try:         {command}", command="poruchenie act 1 comment --by controller --note …"))
    click.echo(tr("Ctrl-C stops everything."))
