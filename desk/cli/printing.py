"""Printing: text whose control characters are seen instead of obeyed, tables, one JSON document."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import click

from commands.context.language import tr

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def say(text: object = "", *, err: bool = False) -> None:
    """A line; what a terminal would obey or not show stands there as its code."""
    click.echo(printable(str(text)), err=err)


def printable(text: str) -> str:
    """With every control and format character but the ends of lines escaped."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(_escaped(letter) if unicodedata.category(letter) in _UNSEEN else letter for letter in text)


def one_line(text: str) -> str:
    """With ends of lines escaped too: nothing that somebody wrote begins a line of ours."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


def _escaped(letter: str) -> str:
    return letter if letter in "\n\t" else letter.encode("unicode_escape").decode()


def print_json(value: object) -> None:
    """One document on stdout."""
    told = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    click.echo(_OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", told))


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Mapping():
            return dict(value)
    raise TypeError(type(value))


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Aligned columns; nothing but a sentence when there are no rows."""
    if not rows:
        say(tr("Nothing to show."))
        return
    cells = [list(head), *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    for row in cells:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _cell(value: object) -> str:
    return "" if value is None else printable(" ".join(str(value).split()))
