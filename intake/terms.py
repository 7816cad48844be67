"""Terms counted in days, weeks or months, and terms that come round again."""

import re

from intake.draft import Deadline, Period

NUMERALS = {
    "одного": 1, "одной": 1, "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7,
    "восьми": 8, "девяти": 9, "десяти": 10, "двенадцати": 12, "четырнадцати": 14, "пятнадцати": 15,
    "двадцати": 20, "тридцати": 30, "шестидесяти": 60,
}  # fmt: skip
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(NUMERALS)}|трёх|четырёх)"
_SPELT = r"(?:\s*\([^()]{1,30}\))?"
_WORKING = r"(?P<working>рабоч\w{1,4}|календарн\w{1,4})"
_UNIT = r"(?P<unit>дн(?:ей|я|ям)|день|сут(?:ок|ки)|недел[ьюия]|месяц(?:а|ев|ы)?)\b"
_COUNTED = rf"(?P<count>\b{_COUNT}\b)?(?:-?(?:х|ти|и|го)\b)?{_SPELT}\s*(?:{_WORKING}\s+)?{_UNIT}"
_PREFIX = r"(?:в\s+течение|не\s+позднее(?:,?\s+чем)?(?:\s+(?:за|через))?|через)"
_SHORT = (
    rf"\bв\s+(?P<short>{_COUNT}?)(?:-?(?:х|ти)?-?)?\s*(?P<short_unit>дневн|недельн|месячн)\w{{1,3}}"
    r"(?:\s+(?P<short_working>рабочий|календарный))?\s+срок"
)
_SINCE = r"(?:\s*,?\s*(?:со\s+дня|с\s+даты|с\s+момента|после)\s+(?P<since>[^.,;:()]{1,120}))?"
TERM = rf"(?:(?:{_PREFIX}\s+)?{_COUNTED}|{_SHORT}){_SINCE}"
TERM_IN_TEXT = rf"(?:\b{_PREFIX}\s+{_COUNTED}|{_SHORT}){_SINCE}"

_OF_PROTOCOL = re.compile(
    r"(?:подписани|утверждени|приняти|получени|поступлени|регистрации|доведени|издани|заседани|совещани)\w*"
    r"(?:\s+(?:настоящего\s+|данного\s+|этого\s+)?(?:протокол|решени|поручени)\w*)?\s*$",
    re.IGNORECASE,
)

_EVERY = r"еже(?P<every>дневно|недельно|месячно|квартально|годно)"
_ONCE = r"(?:1|один|одного|не\s+реже\s+(?:1|одного))?\s*раза?\s+в\s+(?P<once>день|недел|месяц|квартал|полуго|год)\w*"
PERIODIC = (
    rf"\b(?:{_EVERY}|{_ONCE})"
    r"(?:[^.;]{0,40}?\b(?:до|не\s+позднее|к)\s+(?P<day>[12]?\d|3[01])(?:-?го)?(?:\s+числа|(?=\s*$)))?"
)
PERIODS: dict[str, Period] = {
    "дне": "day", "ден": "day", "нед": "week", "мес": "month", "ква": "quarter", "пол": "half-year", "год": "year",
}  # fmt: skip


def periodic(match: re.Match[str]) -> Deadline:
    """A deadline that comes round, from a match of `PERIODIC`."""
    word = (match["every"] or match["once"]).lower()
    day = int(match["day"]) if match["day"] else None
    return Deadline(kind="periodic", period=PERIODS[word[:3]], day=day or None)


def term(match: re.Match[str]) -> Deadline:
    """A counted term, from a match of `TERM`; counted from another event than the protocol it is an event."""
    unit = (match["unit"] or match["short_unit"]).lower()
    count = _count(match["count"] or match["short"])
    working = match["working"] or match["short_working"]
    since = match["since"]
    return Deadline(
        kind="relative" if since is None or _OF_PROTOCOL.match(since) else "event",
        months=count if unit.startswith("мес") else None,
        days=None if unit.startswith("мес") else count * (7 if unit.startswith("нед") else 1),
        working=working.lower().startswith("рабоч") if working else None,
    )


def _count(word: str | None) -> int:
    if not word:
        return 1
    return int(word) if word.isdigit() else NUMERALS[word.lower().replace("ё", "е")]
