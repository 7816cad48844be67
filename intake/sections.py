"""The three parts of a protocol: heading, decisions, closing with the signature."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake import addressees, lemmas
from intake.draft import Span
from intake.lines import Line, collapse, cover, join

NUMBER = re.compile(r"(?P<number>[1-9]\d{0,2}(?:\.[1-9]\d{0,2}){0,4})(?P<mark>[.)]*)(?:\s+(?=\S)|(?=[^\W\d_]))")
FAR_NUMBER = re.compile(NUMBER.pattern.replace("{0,2}", "{0,3}"))
ROMAN = re.compile(r"(?P<number>(?:X{0,2})(?:IX|IV|V?I{1,3}|V|X))\.\s+(?=\S)")
DEADLINE = re.compile(
    r"\(?срок[аи]?\b(?:(?:\s+[а-яё]+){0,4}\s*[:–—-]+\s*|\s+(?:исполнения\s+)?(?=до\s|не\s+позднее|с\s|в\s|\d))",
    re.IGNORECASE,
)
CO_EXECUTORS = re.compile(r"соисполнител\w{1,3}\s*[:–—-]+\s*", re.IGNORECASE)
RESPONSIBLE = re.compile(
    r"(?:ответственн\w{2,3}(?:\s+исполнител\w{1,3})?|исполнител\w{1,3}|отв\.)(?:\s+за\s+[а-яё]+)?\s*[:–—-]+\s*",
    re.IGNORECASE,
)
LABEL = re.compile(
    rf"(?P<deadline>{DEADLINE.pattern})|(?P<others>{CO_EXECUTORS.pattern})|(?P<responsible>{RESPONSIBLE.pattern})",
    re.IGNORECASE,
)
TITLE = re.compile(r"п\s?р\s?о\s?т\s?о\s?к\s?о\s?л(?![а-яё])|перечень\s+поручений", re.IGNORECASE)

_WORDS = (
    r"р\s?е\s?ш\s?и\s?л\s?[аи]?|п\s?о\s?с\s?т\s?а\s?н\s?о\s?в\s?и\s?л\s?[аи]?|постановляет|решает|решено"
    r"|постановлено|поруч(?:ить|ено)|приня(?:то|ты)\s+(?:следующ\w+\s+)?решени[ея]|решени[ея]"
)
MARKER_ALONE = re.compile(r"(?:РЕШИЛ[АИ]?|ПОСТАНОВИЛ[АИ]?|ПОРУЧИТЬ)\.?")
MARKER_FIRST = re.compile(rf"(?:{_WORDS})\s*:\s*", re.IGNORECASE)
MARKER_LAST = re.compile(rf"(?:^|[\s,])(?:{_WORDS})\s*:$", re.IGNORECASE)
PROCEEDINGS = re.compile(
    r"(?:с\s?л\s?у\s?ш\s?а\s?л\s?и|выступили|голосовали)\s*(?::|$)"
    r"|по\s+(?:перв|втор|трет|четв[её]р|пят|шест|седьм|восьм|девят|десят|\d)[\w-]*\s+вопросу\b",
    re.IGNORECASE,
)
ANNEX = re.compile(
    r"приложени[ея](?:\s*№?\s*\d{1,2})?\.?$|приложени[ея]\s+(?:№\s*\d{1,2}\s+)?к\s+протоколу|протокол\s+(?:составил|в[её]л)"
    r"|согласовано\b|рассылка\s*:|разослано\s*:|исп\.\s",
    re.IGNORECASE,
)
POSITION = re.compile(
    r"(?:(?:и\.\s?о\.|врио|исполняющ\w+\s+обязанности|перв\w+)\s+)?(?:заместител|министр|директор|председател|руководител"
    r"|начальник|губернатор|глава\b|секретар|заведующ|управляющ|президент|ректор|мэр\b|вице-|статс-|генеральн|прокурор"
    r"|главн|ведущ|советник)",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE = 12
_MARGIN = 250


@dataclass(frozen=True, slots=True)
class Sections:
    """The lines of each part; `signatory` is position and name in one string, at `place`."""

    heading: tuple[Line, ...]
    decisions: tuple[Line, ...]
    signatory: str | None
    place: Span | None


def divide(lines: Sequence[Line]) -> Sections:
    """Find the parts of a protocol; no decisions where no marker and no numbered line stands."""
    end, start, first = _opening(lines)
    closing = next((i for i in range(start, len(lines)) if _starts(lines, i, ANNEX)), len(lines))
    within = lines[start:closing]
    signature = _signature(within)
    decided = tuple(_decided(within[: signature.start if signature else len(within)]))
    if not signature:
        return Sections(tuple(lines[:end]), first + decided, None, None)
    signed = [*within[signature.start : signature.stop]]
    if name := addressees.PERSON.search(signed[-1].text):
        signed[-1] = signed[-1].part(0, name.end())
    return Sections(tuple(lines[:end]), first + decided, join(signed), cover(signed))


def _opening(lines: Sequence[Line]) -> tuple[int, int, tuple[Line, ...]]:
    """The end of the heading, where decisions begin, and what of them stands before: topic and marker's line."""
    title = next((i for i, line in enumerate(lines) if TITLE.match(line.text)), 0)
    topics: list[int] = []
    for i, line in enumerate(lines):
        if i > title and ROMAN.match(line.text):
            topics.append(i)
        first = MARKER_FIRST.match(line.text)
        if first or MARKER_ALONE.fullmatch(line.text) or MARKER_LAST.search(line.text[-_MARGIN:]):
            rest = (line.part(first.end()),) if first and line.text[first.end() :] else ()
            return min([*topics[:1], i]), i + 1, (*(lines[topic] for topic in topics[-1:]), *rest)
    start = next((i for i in range(title + 1, len(lines)) if NUMBER.match(lines[i].text)), len(lines))
    return start, start, ()


def _decided(lines: Sequence[Line]) -> Iterator[Line]:
    """The decisions, without what was heard and said between those on one question and the next."""
    deciding = True
    for line in lines:
        if ROMAN.match(line.text):
            yield line
        elif line.text[:1].isupper() and PROCEEDINGS.match(line.text):
            deciding = False
        elif MARKER_ALONE.fullmatch(line.text) or MARKER_LAST.search(line.text[-_MARGIN:]):
            deciding = True
        elif first := MARKER_FIRST.match(line.text):
            deciding = True
            yield line.part(first.end())
        elif deciding:
            yield line


def _signature(lines: Sequence[Line]) -> range | None:
    """The lines of the first signature: a position, up to the name with initials, after the last decision."""
    after = max((i for i, line in enumerate(lines) if _is_anchor(line)), default=-1) + 1
    for start in range(after, len(lines)):
        stop = _named(lines, start)
        if stop and (_starts(lines, start, POSITION) or (lines[start].opens and _is_title(lines[start:stop]))):
            return range(start, stop)
    return None


def _named(lines: Sequence[Line], start: int) -> int | None:
    reach = range(start, min(start + _LONGEST_SIGNATURE, len(lines)))
    return next((i + 1 for i in reach if addressees.PERSON.search(lines[i].text)), None)


def _is_title(lines: Sequence[Line]) -> bool:
    words = collapse(join(lines)).split()
    return not any(line.finished for line in lines) and not any(map(lemmas.is_infinitive, words))


def _is_anchor(line: Line) -> bool:
    return bool(NUMBER.match(line.text) or LABEL.match(line.text))


def _starts(lines: Sequence[Line], i: int, pattern: re.Pattern[str]) -> bool:
    """Whether line `i` begins a new thought, and begins it like the pattern."""
    fresh = i == 0 or lines[i].opens or lines[i - 1].finished or LABEL.match(lines[i - 1].text)
    return bool(fresh and lines[i].text[:1].isupper() and pattern.match(lines[i].text))
