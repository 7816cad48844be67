"""Lemmas of Russian words, from the morphological dictionary; loaded once, at first need."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pymorphy3
    from pymorphy3.analyzer import Parse

INFINITIVE = re.compile(r"[^\W\d_]*(?:ть|ти|чь)(?:ся|сь)?", re.IGNORECASE)
# The dictionary fails on letters that have no Unicode name, and knows nothing of other alphabets anyway.
RUSSIAN = re.compile(r"[а-яё-]{1,60}", re.IGNORECASE)


@cache
def _analyser() -> "pymorphy3.MorphAnalyzer":
    import pymorphy3  # noqa: PLC0415 - as its dictionary: only when a document is read

    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=20_000)
def parses(word: str) -> "tuple[Parse, ...]":
    """The readings of one word, the likeliest first; none for what is no Russian word or too long for one."""
    return tuple(_analyser().parse(word)) if RUSSIAN.fullmatch(word) else ()


def is_known(word: str) -> bool:
    """Whether the dictionary has this very form."""
    return bool(RUSSIAN.fullmatch(word) and _analyser().word_is_known(word.lower()))


def is_infinitive(word: str) -> bool:
    """Whether the likeliest reading is an infinitive («обеспечить»)."""
    if not INFINITIVE.fullmatch(word):
        return False
    return any("INFN" in parse.tag for parse in parses(word)[:1])


def is_gerund(word: str) -> bool:
    """Whether the likeliest reading is an adverbial participle («заслушав»)."""
    return any("GRND" in parse.tag for parse in parses(word)[:1])


def cases(word: str) -> frozenset[str]:
    """The cases in which a noun, adjective or participle may stand, in the dictionary's abbreviations."""
    return frozenset(str(parse.tag.case) for parse in parses(word) if parse.tag.case)


def likely_case(word: str) -> str | None:
    """The case of the likeliest reading."""
    return next((parse.tag.case for parse in parses(word)), None)


def is_noun(word: str) -> bool:
    """Whether the likeliest reading is a noun."""
    return any("NOUN" in parse.tag for parse in parses(word)[:1])


def is_attribute(word: str) -> bool:
    """Whether the likeliest reading is an adjective, participle or numeral, which a noun will follow."""
    return any(parse.tag.POS in {"ADJF", "PRTF", "NUMR"} for parse in parses(word)[:1])


def lemmas(word: str) -> frozenset[str]:
    """All the dictionary forms a word may have, «ё» written as «е»."""
    return frozenset(_plain(form) for form in (word.lower(), *(parse.normal_form for parse in parses(word))))


def speech(word: str) -> frozenset[str]:
    """All the parts of speech a word may be, in the dictionary's abbreviations."""
    return frozenset(str(parse.tag.POS) for parse in parses(word) if parse.tag.POS)


def nominative(words: Iterable[str], noun: str) -> list[str]:
    """The attributes and their noun in the nominative singular, each with the capitals it had."""
    return [*(_inflect(word, noun) for word in words), _inflect(noun, noun)]


def _inflect(word: str, noun: str) -> str:
    head = next((parse for parse in parses(noun) if "NOUN" in parse.tag), None)
    gender = {str(head.tag.gender)} if head and head.tag.gender and word != noun else set()
    reading = next((parse for parse in parses(word) if parse.tag.case), None)
    form = reading.inflect({"nomn", "sing"} | gender) if reading else None
    return _capitals(form.word, like=word) if form else word


def _capitals(word: str, *, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[:1].isupper() else word


def _plain(form: str) -> str:
    return form.replace("ё", "е")
