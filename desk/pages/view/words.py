"""Words and figures that pages show and the command line does not."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit

from commands.context.language import current, locale, shown, tr
from commands.registers.items import ItemLine
from commands.registers.protocols import ProtocolLine

_SHORT = {"ru": "dd.MM.y", "en": "d MMM y"}
_UNITS = ((2**20, "digital-megabyte"), (2**10, "digital-kilobyte"), (1, "digital-byte"))


def label(word: str) -> str:
    """A word of our vocabulary (state, action, role) as a label: «Назначено», “Assigned”."""
    translated = shown(word)
    words = translated if translated != word else word.replace("_", " ")
    return words[:1].upper() + words[1:]


def labels(words: tuple[str, ...]) -> str:
    """Several of them."""
    return ", ".join(label(word) for word in words)


def short_day(day: date) -> str:
    """A date for a narrow column."""
    return format_date(day, _SHORT[current()], locale=locale())


def item_due(item: ItemLine) -> str:
    """The last day of an item's term, for the head of a column."""
    if item.derivation is None:
        return "—"
    hour = item.derivation.get("hour")
    day = short_day(date.fromisoformat(item.derivation["day"]))
    return f"{day}, {hour}" if hour else day


def ago(moment: datetime, now: datetime) -> str:
    """«5 минут назад»."""
    past = now - moment
    if past < timedelta(minutes=1):
        return tr("less than a minute ago")
    return format_timedelta(-past, granularity="minute", add_direction=True, locale=locale())


def protocol_name(line: ProtocolLine) -> str:
    """«Протокол № 5 от 1 июня 2020 г.»."""
    day = shown(line.date).replace(" ", "\N{NO-BREAK SPACE}")
    if line.number:
        return tr("Protocol No. {number} of {day}", number=line.number, day=day)
    return tr("Protocol of {day}", day=day)


def size(octets: int) -> str:
    """A file's size in the largest unit that fits."""
    least, unit = next(each for each in _UNITS if octets >= each[0] or each[0] == 1)
    return format_unit(round(octets / least, 1) if least > 1 else octets, unit, length="short", locale=locale())


def readable(value: Any) -> str:  # noqa: ANN401 - any JSON
    """JSON for people."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)


def readable_text(text: str) -> str:
    """A disclosed text: laid out if it is a JSON object or array, as it is otherwise."""
    try:
        content = json.loads(text)
    except ValueError:
        return text
    return readable(content) if isinstance(content, dict | list) else text


def in_order(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Fields by name, `items/2` before `items/10`."""

    def key(pair: tuple[str, str]) -> list[tuple[int, str]]:
        return [(int(part) if part.isdecimal() else -1, part) for part in pair[0].split("/")]

    return sorted(fields.items(), key=key)


def share(part: int, whole: int) -> int:
    """Thousandths, for the bars of progress."""
    return part * 1000 // whole if whole else 0


def figure(number: int) -> str:
    """A number as people write it: «1 234 567»."""
    return format_decimal(number, locale=locale())


_BROWSERS = ("Firefox", "YaBrowser", "Edg", "OPR", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "Windows", "Mac OS", "Linux")


def browser_name(agent: str) -> str:
    """The name of a browser, in short: “Firefox, Windows”."""
    names = {"YaBrowser": "Яндекс Браузер", "Edg": "Edge", "OPR": "Opera"}
    found = [next((each for each in known if each in agent), None) for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(names.get(each, each) for each in found if each) or agent or "—"
