"""Sample data: an invented oblast, a protocol of 1 June 2020, and what its people had done by the 26th.

Everything goes through the ordinary commands, each at its own moment, sweeps included.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path

from commands.accounts import AddAccount, UpdateAccount, add_account, update_account
from commands.actors import sign_in
from commands.beginnings import initialise
from commands.cases import Act
from commands.evidence import Attachment
from commands.expansion import expand
from commands.installation import Installation
from commands.language import shown, tr
from commands.registers import AssignmentLine, assignments
from commands.registration import Register, register
from commands.rosters import import_roster
from commands.rounds import sweep
from commands.transitions import act
from models.clock import run_demo
from models.database import Database
from states.lifecycle import Role

CHANNEL = "web:demo"
MEETING = date(2020, 6, 1)
TODAY = date(2020, 6, 26)

ACCOUNTS = (
    ("admin", Role.ADMIN),
    ("controller", Role.CONTROLLER),
    ("clerk", Role.REGISTRAR),
    ("reviewer", Role.REVIEWER),
    ("director", Role.LEADER),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does what when, on one assignment."""

    at: datetime
    login: str
    act: Act


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
    """Make a demo database and fill it. The clock is left running at 11:00 of `TODAY`."""
    start = _moment(installation, MEETING, "09:00")
    initialise(installation, "admin", "controller", clock="demo", demo_at=start)
    progress(tr("Importing the roster of an invented oblast…"))
    _people(replace(installation, given=start))
    progress(tr("Registering the protocol of {day}…", day=MEETING))
    _register(replace(installation, given=_moment(installation, MEETING, "16:30")))
    with installation.read() as office:
        lines = assignments(office)
    deeds = sorted((deed for line in lines for deed in _story(installation, line)), key=lambda deed: deed.at)
    for day in _working_days(installation):
        morning = _moment(installation, day, "09:00")
        sweep(replace(installation, given=morning))
        for deed in deeds:
            if morning < deed.at <= morning + timedelta(days=1) and installation.policy.calendar.day_of(deed.at) == day:
                _do(installation, deed)
        progress(tr("{day}: a working day played", day=day))
    with installation.write() as office:
        run_demo(office.session, running=False, at=_moment(installation, TODAY, "11:00"))


def _moment(installation: Installation, day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), installation.policy.calendar.zone)


def _working_days(installation: Installation) -> Iterator[date]:
    day = MEETING + timedelta(days=1)
    while day <= TODAY:
        if installation.policy.calendar.is_working(day):
            yield day
        day += timedelta(days=1)


def _sample(name: str) -> bytes:
    return (files("desk") / "sample" / name).read_bytes()


def _people(installation: Installation) -> None:
    with installation.write() as office:
        controller = sign_in(office, "controller", CHANNEL)
        import_roster(office, controller, _sample("roster.csv"), "roster.csv")
        admin = sign_in(office, "admin", CHANNEL)
        update_account(office, controller, UpdateAccount("controller", email="controller@example.org"))
        for login, role in ACCOUNTS[2:]:
            grantor = controller if role is Role.REVIEWER else admin
            add_account(office, grantor, AddAccount(login, role, email=f"{login}@example.org"))


def _register(installation: Installation) -> None:
    with installation.write() as office:
        clerk = sign_in(office, "clerk", CHANNEL)
        done = register(office, clerk, Register(_sample("protocol.txt"), "protocol.txt"))
        while expand(office, clerk, done.protocol).more:
            pass
    with installation.write() as office:
        admin = sign_in(office, "admin", CHANNEL)
        addressees = {line.organisation_id: line.addressee for line in assignments(office)}
        for number, name in addressees.items():
            add_account(office, admin, AddAccount(executor(number), Role.EXECUTOR, name))


def executor(organisation: int) -> str:
    """The login of an organisation's executor."""
    return f"executor-{organisation}"


def _story(installation: Installation, line: AssignmentLine) -> Iterator[Deed]:
    """What its addressee and the ministry have done about one assignment, picked by its number alone."""
    first_week = line.item in ("1.1", "1.2")
    lot = (line.organisation_id * 7 + line.item_id * 11) % 24
    if first_week and lot == 0:
        return  # still owed, three weeks late
    if not first_week and lot > 14:  # noqa: PLR2004 - six in ten have moved by the 26th
        return
    handed_in = date(2020, 6, 2 if lot % 2 else 3) if first_week else date(2020, 6, 9) + timedelta(days=lot)
    yield from _report(installation, line, _working(installation, handed_in), lot, judged=first_week or lot < 10)  # noqa: PLR2004 - the early ones have been judged


def _report(installation: Installation, line: AssignmentLine, day: date, lot: int, *, judged: bool) -> Iterator[Deed]:
    calendar, school = installation.policy.calendar, executor(line.organisation_id)
    file = Attachment("report.txt", _report_text(line).encode())

    def at(later: int, clock: str) -> datetime:
        return _moment(installation, calendar.add_working(day, later), clock)

    yield Deed(at(0, "10:15"), school, Act(line.id, "acknowledge"))
    yield Deed(at(0, f"{11 + lot % 5}:40"), school, Act(line.id, "submit", note=_SUBMITTED, files=(file,)))
    if not judged:
        return
    if lot % 8 == 3:  # noqa: PLR2004 - one in eight is sent back
        yield Deed(at(1, "12:00"), "reviewer", Act(line.id, "return", note=_RETURNED))
        if lot > 3:  # noqa: PLR2004 - and some of these are still being mended
            return
        yield Deed(at(3, "15:00"), school, Act(line.id, "submit", note=_MENDED, files=(file,)))
        yield Deed(at(4, "12:00"), "reviewer", Act(line.id, "review", note=_CONCLUDED))
        yield Deed(at(5, "16:00"), "controller", Act(line.id, "accept"))
        return
    yield Deed(at(2, "12:30"), "reviewer", Act(line.id, "review", note=_CONCLUDED))
    if lot % 4 != 1:
        yield Deed(at(3, "16:20"), "controller", Act(line.id, "accept"))


_SUBMITTED = "Исполнено, материалы приложены."
_RETURNED = "В материалах нет сроков и ответственных лиц; прошу дополнить."
_MENDED = "Дополнено: указаны сроки и ответственные лица."
_CONCLUDED = "Материалы полны и соответствуют пункту протокола."


def _report_text(line: AssignmentLine) -> str:
    return f"Отчёт об исполнении пункта {line.item} протокола.\n{line.addressee}\n(пример, данные вымышлены)\n"


def _working(installation: Installation, day: date) -> date:
    calendar = installation.policy.calendar
    return day if calendar.is_working(day) else calendar.add_working(day, 1)


def _do(installation: Installation, deed: Deed) -> None:
    with replace(installation, given=deed.at).write() as office:
        act(office, sign_in(office, deed.login, CHANNEL), deed.act)


def accounts_shown() -> list[str]:
    """Sample accounts to try, one line each."""
    return [f"{login} ({shown(role)})" for login, role in ACCOUNTS] + [f"executor-… ({shown(Role.EXECUTOR)})"]
