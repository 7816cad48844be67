"""The demo's people. Each looks at what lies before him and does what is his to do; only the log remembers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from commands.assignments.locked_assignment import TakeAction
from commands.assignments.transitions import take_action
from commands.context.actors import actor_for_login
from commands.context.evidence_store import Attachment
from commands.context.installation import Installation, Transaction
from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.lookup import Responsible, responsible_for_all
from desk.demo.making import CHANNEL, executor, moment
from desk.demo.papers import lot, report
from states.actions import Action
from states.assignment import OPEN, State
from states.refusal import RefusedError

log = structlog.get_logger("poruchenie")

PROGRAMS = ("1.3", "1.6", "2.2")
WINDOWS = {
    "1.1": (date(2020, 6, 2), date(2020, 6, 3)),
    "1.2": (date(2020, 6, 2), date(2020, 6, 3)),
    "1.3": (date(2020, 6, 8), date(2020, 6, 17)),
    "1.6": (date(2020, 6, 10), date(2020, 6, 29)),
    "2.1": (date(2020, 6, 9), date(2020, 6, 19)),
    "2.2": (date(2020, 6, 18), date(2020, 6, 30)),
}
"""When the reports on an item come in, if in time; those on the others from 8 to 30 June."""
OTHERWISE = (date(2020, 6, 8), date(2020, 6, 30))
NEVER, LATE, RETURNED, POOR, SLOW = 2, 9, 10, 8, 6
"""In a hundred: who never reports, who reports late, who must mend it, whose program is poor, slow reviewers."""
ASKED, GRANTED, MADE_USE = date(2020, 6, 25), date(2020, 7, 7), date(2020, 7, 6)
"""The one extension: when it is asked for, until when, and when the report comes then."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed of somebody, once `at` has come; `paper` is written only then, and handed in with it."""

    at: datetime
    login: str
    act: TakeAction
    paper: Callable[[], Attachment] | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One open assignment, with what its people go by. `first`: of the first addressee of its item."""

    line: AssignmentLine
    about: Responsible
    first: bool


def play(installation: Installation) -> int:
    """Let everybody do what it is time for; how many deeds were done."""
    with installation.read() as tx:
        cards, now = list(_cards(tx)), tx.now
    deeds = [deed for card in cards for deed in _deeds(installation, card) if deed.at <= now]
    return sum(_do(installation, deed) for deed in sorted(deeds, key=lambda deed: (deed.at, deed.act.assignment)))


def _cards(tx: Transaction) -> Iterator[Card]:
    lines = assignments(tx)
    first = {line.item: min(each.organisation_id for each in lines if each.item == line.item) for line in lines}
    about = responsible_for_all(tx)
    for line in lines:
        if line.state in OPEN and line.waits_for is None:
            yield Card(line, about[line.id], first[line.item] == line.organisation_id)


def _do(installation: Installation, deed: Deed) -> bool:
    try:
        with installation.write() as tx:
            files = (deed.paper(),) if deed.paper else ()
            take_action(tx, actor_for_login(tx, deed.login, CHANNEL), replace(deed.act, files=files))
    except RefusedError as error:
        log.warning("demo.refused", login=deed.login, assignment=deed.act.assignment, reason=str(error))
        return False
    return True


def _deeds(installation: Installation, card: Card) -> Iterator[Deed]:
    match card.line.state:
        case State.ASSIGNED:
            yield from _answer(installation, card)
        case State.RETURNED:
            yield from _mend(installation, card)
        case State.SUBMITTED:
            yield from _review(installation, card)
        case State.REVIEWED:
            yield from _accept(installation, card)


def _answer(installation: Installation, card: Card) -> Iterator[Deed]:
    line, login = card.line, executor(card.line.organisation_id)
    if line.version == 1:
        day = date(2020, 6, 2) if line.item in ("1.1", "1.2") else date(2020, 6, 3 + lot(line, 3, "seen"))
        yield Deed(_on(installation, day, line, 8), login, TakeAction(line.id, Action.ACKNOWLEDGE, 1))
    if card.first and line.item == "1.4":
        yield from _extension(installation, card, login)
        return
    if not card.first and lot(line, 100, "never") < NEVER:
        return
    when = _on(installation, _day(installation, line), line, 9)
    if card.first and line.item == "1.3":
        # Refused at once, for a program needs its document; two hours later it is there.
        yield Deed(when - timedelta(hours=2), login, TakeAction(line.id, Action.SUBMIT, note=_DONE))
    poor = line.item == "2.2" and lot(line, 100, "poor") < POOR
    paper = None if line.item == "1.6" else partial(report, line, poor=poor)  # 1.6 passes the accepted program on
    yield Deed(when, login, TakeAction(line.id, Action.SUBMIT, note=_DONE), paper)


def _extension(installation: Installation, card: Card, login: str) -> Iterator[Deed]:
    line, rule = card.line, (card.line.derivation or {}).get("rule")
    if card.about.extension_asked:
        day = installation.policy.calendar.add_working(ASKED, 1)
        yield Deed(moment(installation, day, "11:00"), "controller", TakeAction(line.id, Action.EXTEND, note=_GRANTED))
    elif rule == "set":
        report_in = TakeAction(line.id, Action.SUBMIT, note=_DONE)
        yield Deed(moment(installation, MADE_USE, "12:00"), login, report_in, partial(report, line, poor=False))
    else:
        asking = TakeAction(line.id, Action.REQUEST_EXTENSION, note=_TIME, due=GRANTED)
        yield Deed(moment(installation, ASKED, "10:00"), login, asking)


def _mend(installation: Installation, card: Card) -> Iterator[Deed]:
    line = card.line
    if line.due:
        day = _before(installation, line.due, 1)
        mended = TakeAction(line.id, Action.SUBMIT, note=_MENDED)
        paper = partial(report, line, poor=False)
        yield Deed(_on(installation, day, line, 13), executor(line.organisation_id), mended, paper)


def _review(installation: Installation, card: Card) -> Iterator[Deed]:
    line = card.line
    login = card.about.reviewer or (None if line.item in PROGRAMS else "reviewer")
    if login is None or card.about.review_due is None:
        return  # the sweep over programs has yet to choose somebody
    slow = lot(line, 100, "slow") < SLOW
    day = _before(installation, card.about.review_due, -1 if slow else 3 + lot(line, 2, "review"))
    poor = line.item == "2.2" and lot(line, 100, "poor") < POOR
    back = card.about.report_version == 1 and (poor or lot(line, 100, "back") < RETURNED)
    what = TakeAction(line.id, Action.RETURN, note=_BACK) if back else TakeAction(line.id, Action.REVIEW, note=_GOOD)
    yield Deed(_on(installation, day, line, 11), login, what)


def _accept(installation: Installation, card: Card) -> Iterator[Deed]:
    if card.about.review_due:
        day = _before(installation, card.about.review_due, 1 + lot(card.line, 2, "accept"))
        yield Deed(_on(installation, day, card.line, 15), "controller", TakeAction(card.line.id, "accept"))


def _day(installation: Installation, line: AssignmentLine) -> date:
    """The day when a report is handed in: a working day of the item's window, or a few after its end."""
    calendar = installation.policy.calendar
    first, last = WINDOWS.get(line.item, OTHERWISE)
    if lot(line, 100, "late") < LATE and line.item != "1.3":
        return calendar.add_working(last, 2 + lot(line, 4, "days"))
    day = first + timedelta(days=lot(line, (last - first).days + 1, "day"))
    return day if calendar.is_working(day) else calendar.add_working(day, -1)


def _before(installation: Installation, due: datetime, days: int) -> date:
    """So many working days before the last day of a term (after it when negative)."""
    calendar = installation.policy.calendar
    return calendar.add_working(calendar.last_day(due), -days)


def _on(installation: Installation, day: date, line: AssignmentLine, hour: int) -> datetime:
    """A time of its own for each, within four hours from `hour`."""
    return moment(installation, day, f"{hour:02}:00") + timedelta(minutes=lot(line, 240, "minute"))


_DONE = "Исполнено, материалы приложены."
_BACK = "Не хватает сроков, ответственных лиц и мер по каждой проблеме; прошу дополнить."
_MENDED = "Дополнено: указаны сроки, ответственные лица и меры."
_GOOD = "Материалы полны и соответствуют пункту протокола."
_TIME = "Школа-наставник определится после выпускных экзаменов; прошу продлить срок."
_GRANTED = "Решение директора департамента от 26.06.2020, служебная записка № 41."
