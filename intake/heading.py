"""The heading of a protocol: whose, what, when, where, and under what number."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from intake import dates, lemmas
from intake.draft import Span
from intake.lines import Line, collapse, cover, join
from intake.sections import TITLE

PREAMBLE = re.compile(
    r"(?:присутствова|приглаш|участвова|участники|члены|список|повестка|слушали|выступ|председател"
    r"|секретарь|в\s+целях|на\s+основании|в\s+соответствии|по\s+итогам)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"№\s?(?:(?P<number>[\w/.-]*\d[\w/.-]*)|б\s?/?\s?н\b\.?|_*)")
WHEN = re.compile(
    rf"(?:от|дата[^:\d]{{0,40}}:)?\s*(?P<date>{dates.DATE})[\s,.;]*(?:(?:в|время[^:\d]{{0,40}}:|начало[^:\d]{{0,40}}:)\s*)?"
    rf"(?P<time>{dates.TIME})?[\s,.;]*(?:{NUMBER.pattern})?",
    re.IGNORECASE,
)
HOUR = re.compile(rf"(?:(?:время|начало)[^:\d]{{0,40}}:?\s*|в\s+)?{dates.TIME}\W*", re.IGNORECASE)
OWN_NUMBER = re.compile(rf"(?:протокол\s*)?{NUMBER.pattern}\W*", re.IGNORECASE)
PLACE = re.compile(
    r"(?:место\b[^:]{0,40}:\s*|адрес\s*:\s*)?(?P<place>(?:г\.|город\s|ул\.|улица\s|пл\.|площадь\s|просп|пр-т|пр\.|пер\."
    r"|наб\.|дом\s|д\.\s?\d|каб\.|зал\s|пос\.|с\.\s|\d{6},).*|(?<=:\s).+)",
    re.IGNORECASE,
)
# «…, созданной приказом министерства» goes on with the date and number of that order.
ORDER = re.compile(r"(?:приказ|постановлени|распоряжени|указ|письм)[а-яё]{0,3}\b[^№]{0,200}$", re.IGNORECASE)
BODIES = r"групп|комисси|коллеги|совет|комитет|оргкомитет|штаб|президиум|правлени|собрани"
BODY = re.compile(
    rf"\b(?P<noun>(?:{BODIES})[а-яё]{{0,3}})\b(?P<rest>(?:(?!\s[–—-]\s|\s(?:в\s+режиме|с\s+участием|под\s+предс|от\s+\d))"
    r"[^,.;:№«\d]){0,200})",
    re.IGNORECASE,
)
_MARGIN = 500
_ATTRIBUTES = 4


@dataclass(slots=True)
class Heading:
    """The fields that the heading gives, and where in the text each stands."""

    number: str | None = None
    date: dates.Written | None = None
    time: str | None = None
    title: str | None = None
    place: str | None = None
    body: str | None = None
    spans: dict[str, Span] = field(default_factory=dict)


def read(lines: Sequence[Line]) -> Heading:
    """Read the lines above the decisions, each cell of a table row as a line of its own."""
    pieces = [piece for line in lines for piece in _cells(line)]
    named = next((i for i, line in enumerate(pieces) if TITLE.match(line.text)), -1)
    own = [*_own(pieces[named + 1 :])]
    heading = Heading()
    if named >= 0:
        own = [*_beside_title(pieces[named]), *own]
    titled: list[Line] = []
    placed: list[Line] = []
    for line in own:
        if _rests_on_order(titled, line) or not _read_line(heading, line):
            is_place = PLACE.match(line.text) or (heading.date and titled)
            (placed if is_place else titled).append(line)
    _read_title(heading, titled)
    _read_place(heading, placed)
    _read_body(heading, titled, pieces[: max(named, 0)])
    return heading


def _cells(line: Line) -> Iterator[Line]:
    start = 0
    for gap in re.finditer(r"\t\s*|\s{4,}", line.text):
        yield line.part(start, gap.start())
        start = gap.end()
    yield line.part(start)


def _own(lines: Iterable[Line]) -> Iterator[Line]:
    """The heading's own lines, up to what was heard and who was present."""
    for line in lines:
        if PREAMBLE.match(line.text) or lemmas.is_gerund(line.text.split()[0]):
            return
        yield line


def _beside_title(line: Line) -> Iterator[Line]:
    title = TITLE.match(line.text)
    rest = line.part(title.end()) if title else line
    if rest.text:
        yield rest


def _rests_on_order(titled: list[Line], line: Line) -> bool:
    return bool(titled and line.text.startswith("от ") and ORDER.search(titled[-1].text))


def _read_line(heading: Heading, line: Line) -> bool:
    """Take date, time and number off a line that is nothing else; False if it is something else."""
    text = line.text[:_MARGIN]
    if when := WHEN.fullmatch(text):
        _set_date(heading, line, when)
        return True
    if (hour := HOUR.fullmatch(text)) and heading.time is None:
        _set_time(heading, line, hour)
        return True
    if number := OWN_NUMBER.fullmatch(text):
        _set_number(heading, line, number)
        return True
    return False


def _set_date(heading: Heading, line: Line, when: re.Match[str]) -> None:
    if heading.date is None:
        heading.date = next(dates.find(when["date"]))
        heading.spans["date"] = _place(line, when, "date")
    if when["hour"] and heading.time is None:
        _set_time(heading, line, when)
    _set_number(heading, line, when)


def _set_number(heading: Heading, line: Line, match: re.Match[str]) -> None:
    if heading.number is None and match["number"]:
        heading.number = match["number"]
        heading.spans["number"] = _place(line, match, "number")


def _set_time(heading: Heading, line: Line, match: re.Match[str]) -> None:
    heading.time = f"{int(match['hour']):02}:{match['minute']}"
    heading.spans["time"] = (line.start + match.start("hour"), line.start + match.end("minute"))


def _read_title(heading: Heading, lines: list[Line]) -> None:
    """The title, with the date and number that may end it taken off."""
    title = join(lines)
    for when in WHEN.finditer(title[:_MARGIN]) if heading.date is None else ():
        if not title[when.end() :].strip(" .") and not ORDER.search(title[: when.start()]):
            _set_date(heading, lines[-1], when)
            title = title[: when.start()].rstrip(" ,")
            break
    if title:
        heading.title = title
        heading.spans["title"] = cover(lines)


def _read_place(heading: Heading, lines: list[Line]) -> None:
    """The address: the first line that is neither title nor date, with what goes on from it."""
    more = itertools.takewhile(lambda line: not line.opens or PLACE.match(line.text), lines[1:])
    if lines := [*lines[:1], *more]:
        text = join(lines)
        match = PLACE.fullmatch(text)
        heading.place = match["place"] if match else text
        heading.spans["place"] = _where(lines, heading.place)


def _read_body(heading: Heading, titled: list[Line], above: list[Line]) -> None:
    """The body that met: named in the title, else the organisation above it."""
    text = join(titled)[: 2 * _MARGIN]
    if found := BODY.search(text):
        before = text[: found.start()].split()
        attributes: list[str] = []
        while before and len(attributes) < _ATTRIBUTES and lemmas.is_attribute(before[-1]):
            attributes.insert(0, before.pop())
        named = [*lemmas.nominative(attributes, found["noun"]), found["rest"]]
        heading.body = collapse(" ".join(named))
        heading.spans["body"] = _where(titled, " ".join([*attributes, found[0]]).rstrip())
    elif above:
        heading.body, heading.spans["body"] = join(above), cover(above)


def _where(lines: list[Line], words: str) -> Span:
    """The place of some words, or of all the lines where they go over the end of one."""
    for line in lines:
        if (at := line.text.find(words)) >= 0:
            return line.start + at, line.start + at + len(words)
    return cover(lines)


def _place(line: Line, match: re.Match[str], group: str) -> Span:
    return line.start + match.start(group), line.start + match.end(group)
