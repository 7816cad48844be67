"""A demo's beginning: an invented oblast, its people, and the protocol of 1 June 2020 put under control at 16:00."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from importlib.resources import files
from pathlib import Path

from commands.access.accounts import AddAccount, UpdateAccount, add_account, update_account
from commands.bootstrap import initialise
from commands.context.actors import actor_for_login
from commands.context.installation import Installation
from commands.context.language import shown, tr
from commands.protocols.expansion import expand
from commands.protocols.registration import Register, register
from commands.registers.assignments import assignments
from commands.rosters.roster_import import import_roster
from models.clock import pace_demo, run_demo
from models.database import Database
from states.lifecycle import Role

CHANNEL = "web:demo"
MEETING = date(2020, 6, 1)
OVER = date(2020, 7, 10)
"""The story is told by the evening of this day; from then on a demo's time passes as ours does."""
DAY_S = 20
"""Seconds that a day of the demo lasts, unless the visitor says otherwise."""

ACCOUNTS = (
    ("admin", Role.ADMIN),
    ("controller", Role.CONTROLLER),
    ("clerk", Role.REGISTRAR),
    ("reviewer", Role.REVIEWER),
    ("reviewer-2", Role.REVIEWER),
    ("director", Role.LEADER),
)


def make(installation: Installation, progress: Callable[[str], None]) -> None:
    """A whole demo database or none: an SQLite file gets its name only when it is full."""
    url = installation.database.url
    if url.get_backend_name() != "sqlite":
        load(installation, progress)
        return
    partial = Path(f"{url.database}.part")
    for leftover in partial.parent.glob(f"{partial.name}*"):
        leftover.unlink()
    database = Database(url.set(database=str(partial)))
    load(replace(installation, database=database), progress)
    database.close()
    partial.rename(str(url.database))


def load(installation: Installation, progress: Callable[[str], None]) -> None:
    """Make a demo database. Its clock is left standing at 16:00 of the meeting's day."""
    start = moment(installation, MEETING, "12:00")
    initialise(installation, "admin", "controller", clock="demo", demo_at=start)
    progress(tr("Importing the roster of an invented oblast…"))
    _people(replace(installation, given=start))
    progress(tr("Registering the protocol of {day}…", day=MEETING))
    _register(replace(installation, given=moment(installation, MEETING, "16:00")))
    with installation.write() as tx:
        run_demo(tx.session, running=False, at=moment(installation, MEETING, "16:00"))
        pace_demo(tx.session, speed_of(DAY_S), moment(installation, OVER, "18:00"))


def speed_of(day_s: float) -> int:
    """The pace of time when a day lasts so many seconds: times as fast as ours, at least once."""
    return max(1, round(24 * 3600 / day_s))


def moment(installation: Installation, day: date, clock: str) -> datetime:
    """A local date and time of the region."""
    return datetime.combine(day, time.fromisoformat(clock), installation.policy.calendar.zone)


def _sample(name: str) -> bytes:
    return (files("desk") / "sample" / name).read_bytes()


def _people(installation: Installation) -> None:
    with installation.write() as tx:
        controller = actor_for_login(tx, "controller", CHANNEL)
        import_roster(tx, controller, _sample("roster.csv"), "roster.csv")
        admin = actor_for_login(tx, "admin", CHANNEL)
        update_account(tx, controller, UpdateAccount("controller", email="controller@example.org"))
        for login, role in ACCOUNTS[2:]:
            grantor = controller if role is Role.REVIEWER else admin
            add_account(tx, grantor, AddAccount(login, role, email=f"{login}@example.org"))


def _register(installation: Installation) -> None:
    with installation.write() as tx:
        clerk = actor_for_login(tx, "clerk", CHANNEL)
        done = register(tx, clerk, Register(_sample("protocol.txt"), "protocol.txt"))
        while expand(tx, clerk, done.protocol).more:
            pass
    with installation.write() as tx:
        admin = actor_for_login(tx, "admin", CHANNEL)
        addressees = {line.organisation_id: line.addressee for line in assignments(tx)}
        for number, name in addressees.items():
            add_account(tx, admin, AddAccount(executor(number), Role.EXECUTOR, name))


def executor(organisation: int) -> str:
    """The login of an organisation's executor."""
    return f"executor-{organisation}"


def accounts_shown() -> list[str]:
    """Sample accounts to try, one line each."""
    return [f"{login} ({shown(role)})" for login, role in ACCOUNTS] + [f"executor-… ({shown(Role.EXECUTOR)})"]
