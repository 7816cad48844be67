"""Addressees: the head of a decision («Министерству … (Иванову И.И.) совместно с …») and lists of names."""

import re
from dataclasses import dataclass

from intake import lemmas
from intake.draft import Modality
from intake.lines import collapse

LONGEST_HEAD = 2_000
LONGEST_LIST = 20_000
INFORM = re.compile(
    r"(?:принять\b.{0,600}?\bк\s+сведению|к\s+сведению\s+принять|(?:про)?информировать\b|отметить,)",
    re.IGNORECASE,
)
OPENING = re.compile(
    r"(?P<recommend>рекоменд(?:овать|уется|уем)|предложить|просить|прошу)(?:\s+|\s*:\s*)|(?:поруч(?:ить|ается)|обязать)(?:\s+|\s*:\s*)",
    re.IGNORECASE,
)
TOGETHER = re.compile(r",?\s*\(?\bсовместно\s+с(?:о)?\s+", re.IGNORECASE)
TOGETHER_APART = re.compile(r"[(,]\s*совместно\s+с(?:о)?\s+([^,.;:()]{3,300})(?=[,.;)]|$)", re.IGNORECASE)
CHARGED = re.compile(
    r"контроль\b.{0,300}?\b(?:возложить\s+на|оставить\s+за|поручить)\s+|возложить\s+на\s+", re.IGNORECASE
)
CIRCUMSTANCE = re.compile(
    r"(?:в\s+(?:цел|соответств|рамк|связи|срок\b|период|ходе|случае|рабочем)|с\s+(?:цель|учет|учёт|\d)|на\s+основани"
    r"|по\s+(?:итогам|результатам|мере)|при\s|до\s+\d|не\s+позднее|ежеме|ежеква|еженед|ежегод|ежедн)",
    re.IGNORECASE,
)
TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[:()]")
INITIALS = r"[А-ЯЁ]\.(?:\s?[А-ЯЁ]\.)?+"
SURNAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
PERSON = re.compile(rf"(?:{SURNAME}\s{{1,3}}{INITIALS}(?!\s?[А-ЯЁ][а-яё])|{INITIALS}\s{{0,3}}{SURNAME})")
ABBREVIATION = re.compile(r"[А-ЯЁ]{2,}\b")
SEPARATOR = re.compile(r"\s*;\s*|\s*,\s*(?:а\s+также\s+|и\s+)?|\s+(?:и|а\s+также)\s+")
# Their dative looks like their genitive, so only the word itself tells that a new addressee begins.
ORGANISATIONS = frozenset({"администрация", "комиссия", "инспекция", "дирекция", "организация", "академия"})


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a decision taken apart; `rest` is what is to be done, from `at` in the given text."""

    modality: Modality
    addressees: tuple[str, ...]
    co_executors: tuple[str, ...]
    rest: str


def read_head(text: str) -> Head:
    """Take the modality, the addressees and those who act with them off the beginning of a decision."""
    if INFORM.match(text):
        return Head("inform", (), (), text)
    opening = OPENING.match(text)
    modality: Modality = "recommend" if opening and opening["recommend"] else "order"
    start = opening.end() if opening else 0
    phrase, end = _dative_phrase(text, start)
    if not phrase:
        rest = text[start:] if opening and _begins_with_verb(text[start:]) else text
        return Head(modality, _charged(text), _apart(text), rest)
    alone, others = _divide(phrase)
    rest = text[end:].lstrip(" :,–—-")
    return Head(modality, names(alone), names(others) + _apart(rest), rest)


def names(phrase: str) -> tuple[str, ...]:
    """The addressees that a list names, as written: divided where another begins, never inside one."""
    phrase = _trim(phrase)
    if not phrase or len(phrase) > LONGEST_LIST:
        return (phrase,) if phrase else ()
    case = _case(phrase)
    found, start = [], 0
    for separator in SEPARATOR.finditer(phrase):
        opened = phrase.count("(", start, separator.start()) - phrase.count(")", start, separator.start())
        if opened <= 0 and _begins_another(phrase[separator.end() :], separator[0], case):
            found.append(phrase[start : separator.start()])
            start = separator.end()
    return (*found, phrase[start:])


def _dative_phrase(text: str, start: int) -> tuple[str, int]:
    """The words from `start` that name addressees in the dative, and where they end."""
    if not _begins_in_dative(text[start : start + 300]):
        return "", start
    depth = 0
    for token in TOKEN.finditer(text, start, start + LONGEST_HEAD):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth > 0 or token[0] == ")":
            continue
        ends = token[0] == ":" or lemmas.is_infinitive(token[0]) or CIRCUMSTANCE.match(text, token.start())
        if ends:
            return text[start : token.start()].strip(" ,–—-"), token.start()
    return "", start


def _begins_in_dative(text: str) -> bool:
    if PERSON.match(text):
        return "datv" in lemmas.cases(text.split(maxsplit=1)[0])
    for word in TOKEN.findall(text)[:6]:
        if "datv" not in lemmas.cases(word):
            return False
        if lemmas.is_noun(word):
            return True
        if not lemmas.is_attribute(word):
            return False
    return False


def _divide(phrase: str) -> tuple[str, str]:
    together = TOGETHER.search(phrase)
    if not together:
        return phrase, ""
    return phrase[: together.start()], phrase[together.end() :].removesuffix(")")


def _apart(text: str) -> tuple[str, ...]:
    found = TOGETHER_APART.search(text)
    return names(found[1]) if found else ()


def _charged(text: str) -> tuple[str, ...]:
    found = CHARGED.match(text)
    return names(text[found.end() :]) if found else ()


def _trim(phrase: str) -> str:
    words = collapse(phrase).strip(" ,;:")
    return words if re.search(rf"{INITIALS}$", words) else words.rstrip(".")


def _begins_with_verb(text: str) -> bool:
    return any(lemmas.is_infinitive(word) for word in TOKEN.findall(text[:100])[:1])


def _case(phrase: str) -> str | None:
    return next((lemmas.likely_case(word) for word in TOKEN.findall(phrase) if lemmas.is_noun(word)), None)


def _begins_another(text: str, separator: str, case: str | None) -> bool:
    """Whether a new addressee begins here rather than the last one going on."""
    if PERSON.match(text) or ";" in separator:
        return True
    if ABBREVIATION.match(text):
        return "," in separator
    for word in TOKEN.findall(text[:300])[:6]:
        if lemmas.is_noun(word):
            return lemmas.likely_case(word) == case or bool(lemmas.lemmas(word) & ORGANISATIONS)
        if not lemmas.is_attribute(word) or (case and case not in lemmas.cases(word)):
            return False
    return False
