"""The grammar of deadlines: from the words of a protocol to the rule they state."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from intake import dates, doubts, terms
from intake.draft import Deadline, Doubt

Reading = tuple[Deadline, tuple[Doubt, ...]]
Match = re.Match[str]

LIMIT = r"(?:до|не\s+позднее(?:\s+чем)?|к|ко)"
DAYS = rf"(?:(?:в\s+период\s+)?с\s+(?:{dates.DATE}|{dates.DAY})\s+по\s+{dates.DATE})"
DASHED_DAYS = rf"(?:(?:{dates.DATE}|{dates.DAY})\s{{0,3}}[–—-]\s{{0,3}}{dates.DATE})"
QUARTER = r"\b(?P<quarter>[1-4]|IV|I{1,3})(?:-?[йм]|-?ом|-?го)?\s+квартал\w*\s+(?P<year>[12]\d{3})"
HALF = r"\b(?P<half>[12]|II?|перво\w+|второ\w+)(?:-?[ем]|-?го)?\s+полугоди\w+\s+(?P<year>[12]\d{3})"
MONTH = rf"(?<!\d\s)(?<!\d){dates.MONTH}\s+(?P<year>[12]\d{{3}})"
YEAR = r"(?:конца|течение|в|за|на)\s+(?P<year>[12]\d{3})\s+год[ау]?|^(?P<alone>[12]\d{3})\s+год[ау]?$"
STANDING = r"\bпостоянн(?:о\b|ой\s+основе)|\bбессрочно\b|\bна\s+постоянный\s+контроль"
URGENT = r"\b(?:срочно|незамедлительно|немедленно|безотлагательно)\b|\bв\s+кратчайш\w+\s+срок"
PROMPT = r"\bоперативно\b"
EVENT = (
    r"\b(?:(?:до|к|после|с\s+момента|со\s+дня)\s+(?:начал|окончани|завершени|проведени|утверждени|принятия|открыти"
    r"|подписани|получени|поступлени|наступлени|выход|истечени|вступлени|готовност|ввод)\w*"
    r"|по\s+(?:итогам|результатам|мере|окончании|завершении|факту|запросу|отдельному)\b)"
)

IN_TEXT = re.compile(
    rf"(?P<certain>\b(?:(?:в\s+)?срок\w?\s*[:–—-]?\s*)?\b{LIMIT}\s+(?:{dates.TIME}\s+)?{dates.DATE}|{DAYS})"
    rf"|\b(?:{LIMIT}|в\s+течение)\s+(?:конца\s+)?[12]\d{{3}}\s+года"
    rf"|{terms.PERIODIC}|{terms.TERM_IN_TEXT}|{STANDING}|{URGENT}|{PROMPT}"
    r"|\bдо\s+(?:начала|окончания|завершения)\s[^.,;:]{1,80}",
    re.IGNORECASE,
)


NAMING = re.compile(r"^(?:в\s+)?срок\w?\s*[:–—-]?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that `pattern` finds, read by `read` with the date of the meeting; None if they mean nothing."""

    pattern: re.Pattern[str]
    read: Callable[[Match, dt.date | None], Reading | None]


def read(literal: str, meeting: dt.date | None) -> Reading:
    """The rule that a written deadline states: the first of `RULES` whose words it has.

    What no rule understands is an event whose date a person will give.
    """
    words = _trim(literal)
    for rule in RULES:
        match = rule.pattern.search(words)
        reading = rule.read(match, meeting) if match else None
        if reading:
            deadline, found = reading
            return deadline.model_copy(update={"literal": words, "time": _time(words)}), found
    return Deadline(kind="event", literal=words), (doubts.deadline_unclear(words),)


def find(number: str, text: str, meeting: dt.date | None) -> Reading | None:
    """The deadline inside the sentence of item `number`: a bare date sets none, «до» with a date does."""
    match = IN_TEXT.search(text)
    if not match:
        return None
    literal = NAMING.sub("", match[0])
    deadline, found = read(literal, meeting)
    doubtful = () if match["certain"] else (doubts.deadline_in_text(number, _trim(literal)),)
    return deadline, found + doubtful


def _trim(literal: str) -> str:
    words = literal.strip(" .,;:()–—-")
    return f"{words}." if re.search(r"\bг$", words) and f"{words}." in literal else words


def _time(words: str) -> str | None:
    match = re.search(dates.TIME, re.sub(dates.DATE, " ", words, flags=re.IGNORECASE))
    return f"{int(match['hour']):02}:{match['minute']}" if match else None


def _date(match: Match, meeting: dt.date | None) -> Reading | None:
    written = list(dates.find(match.string))
    known = [day for each in written if (day := each.on_or_after(meeting))]
    if not known:
        yearless = any(each.year is None for each in written) and meeting is None
        return (Deadline(kind="date"), (doubts.year_unknown(match.string),)) if yearless else None
    chosen = min(known)
    found = [doubts.deadline_several(match.string, chosen)] if len(set(known)) > 1 else []
    if all(each.year is None for each in written):
        found.append(doubts.year_inferred(match.string, chosen.year))
    return Deadline(kind="date", date=chosen), tuple(found)


def _days(match: Match, meeting: dt.date | None) -> Reading | None:
    *_, end = dates.find(match[0])
    day = end.on_or_after(meeting)
    if day is None:
        return (Deadline(kind="range"), (doubts.year_unknown(match[0]),)) if end.year is None else None
    return Deadline(kind="range", date=day), () if end.year else (doubts.year_inferred(match[0], day.year),)


def _quarter(match: Match, _meeting: dt.date | None) -> Reading:
    quarter = {"I": 1, "II": 2, "III": 3, "IV": 4}.get(match["quarter"].upper()) or int(match["quarter"])
    return _ending(match, 3 * quarter)


def _half(match: Match, _meeting: dt.date | None) -> Reading:
    return _ending(match, 6 if match["half"].lower() in {"1", "i"} or match["half"].startswith("перв") else 12)


def _month(match: Match, _meeting: dt.date | None) -> Reading:
    return _ending(match, dates.month_of(match[0]) or 12)


def _year(match: Match, _meeting: dt.date | None) -> Reading:
    return _ending(match, 12)


def _ending(match: Match, month: int) -> Reading:
    groups = match.groupdict()
    year = int(groups["year"] or groups["alone"])
    return Deadline(kind="range", date=dates.last_day(year, month)), ()


def _always(deadline: Deadline) -> Callable[[Match, dt.date | None], Reading]:
    return lambda _match, _meeting: (deadline, ())


def _rule(pattern: str, reading: Callable[[Match, dt.date | None], Reading | None]) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), reading)


RULES = (
    _rule(terms.PERIODIC, lambda match, _: (terms.periodic(match), ())),
    _rule(f"{DAYS}|{DASHED_DAYS}", _days),
    _rule(dates.DATE, _date),
    _rule(QUARTER, _quarter),
    _rule(HALF, _half),
    _rule(MONTH, _month),
    _rule(YEAR, _year),
    _rule(terms.TERM, lambda match, _: (terms.term(match), ())),
    _rule(STANDING, _always(Deadline(kind="standing"))),
    _rule(URGENT, _always(Deadline(kind="relative", pace="urgent"))),
    _rule(PROMPT, _always(Deadline(kind="relative", pace="prompt"))),
    _rule(EVENT, _always(Deadline(kind="event"))),
)
