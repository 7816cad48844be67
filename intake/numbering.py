"""The numbers that Word puts before the paragraphs of a list: it counts them anew and stores none."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

LEVELS = 9
ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
ALPHABETS = {"russian": "абвгдежзиклмнопрстуфхцчшщэюя", "": "abcdefghijklmnopqrstuvwxyz"}


@dataclass(frozen=True, slots=True)
class Level:
    """The numbering of one level of a list: first number, style, text like «%1.%2.»."""

    start: int = 1
    style: str = "decimal"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """The levels of a list, and the name under which its paragraphs are counted."""

    levels: dict[int, Level]
    counted_as: str


class Numbering:
    """Counts the paragraphs of every list of a document; ask for each paragraph once, in order."""

    def __init__(self, document: Document) -> None:
        self._series = dict(_series(document))
        self._styles = {_get(style, "styleId"): style for style in document.styles.element.iterchildren(qn("w:style"))}
        self._counts: dict[str, list[int]] = {}

    def label(self, paragraph: BaseOxmlElement) -> str:
        """The number before a paragraph with a space after it; empty for one outside any list."""
        number, depth = self._listed(paragraph)
        series = self._series.get(number)
        if series is None or depth not in series.levels:
            return ""
        counts = self._counts.setdefault(series.counted_as, [0] * LEVELS)
        counts[depth] = counts[depth] + 1 if counts[depth] else series.levels[depth].start
        counts[depth + 1 :] = [0] * (LEVELS - depth - 1)
        text = series.levels[depth].text
        for i in range(depth + 1):
            level = series.levels.get(i, Level())
            text = text.replace(f"%{i + 1}", _written(counts[i] or level.start, level.style))
        return f"{text} " if text else ""

    def _listed(self, paragraph: BaseOxmlElement) -> tuple[str, int]:
        """The list and the level of a paragraph, its own or those of its style."""
        depth = ""
        for properties in self._properties(paragraph):
            listed = properties.find(qn("w:numPr"))
            if listed is None:
                continue
            depth = depth or _child(listed, "ilvl")
            if number := _child(listed, "numId"):
                return number, min(int(depth or 0), LEVELS - 1)
        return "", 0

    def _properties(self, paragraph: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
        """The properties of a paragraph, of its style and of the styles that one rests on."""
        own = paragraph.find(qn("w:pPr"))
        if own is None:
            return
        yield own
        name, seen = _child(own, "pStyle"), set[str]()
        while name in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[name]
            if (properties := style.find(qn("w:pPr"))) is not None:
                yield properties
            name = _child(style, "basedOn")


def _series(document: Document) -> Iterator[tuple[str, Series]]:
    related = [each for each in document.part.rels.values() if each.reltype == RELATIONSHIP_TYPE.NUMBERING]
    if not related:
        return
    root = document.part.numbering_part.element
    shared = {_get(each, "abstractNumId"): dict(_levels(each)) for each in root.iterchildren(qn("w:abstractNum"))}
    for number in root.iterchildren(qn("w:num")):
        name, base = _get(number, "numId"), _child(number, "abstractNumId")
        levels = dict(shared.get(base, {}))
        overrides = list(number.iterchildren(qn("w:lvlOverride")))
        for override in overrides:
            depth, start = int(_get(override, "ilvl") or 0), _child(override, "startOverride")
            levels |= dict(_levels(override))
            if start and depth in levels:
                levels[depth] = replace(levels[depth], start=int(start))
        # Lists of one definition go on counting together, unless one is told to start anew.
        yield name, Series(levels, f"list {name}" if overrides else f"definition {base}")


def _levels(parent: BaseOxmlElement) -> Iterator[tuple[int, Level]]:
    for level in parent.iterchildren(qn("w:lvl")):
        style = _child(level, "numFmt") or "decimal"
        text = "" if style in {"bullet", "none"} else _child(level, "lvlText")
        yield int(_get(level, "ilvl") or 0), Level(int(_child(level, "start") or 1), style, text)


def _written(number: int, style: str) -> str:
    if style.endswith("Roman"):
        written = _roman(number)
    elif style in {"russianLower", "russianUpper", "lowerLetter", "upperLetter"}:
        alphabet = ALPHABETS["russian" if style.startswith("russian") else ""]
        written = alphabet[(number - 1) % len(alphabet)]
    else:
        return str(number)
    return written.upper() if style in {"upperRoman", "upperLetter", "russianUpper"} else written.lower()


def _roman(number: int) -> str:
    for value, sign in ROMAN:
        if number >= value:
            return sign + _roman(number - value)
    return ""


def _child(parent: BaseOxmlElement, name: str) -> str:
    child = parent.find(qn(f"w:{name}"))
    return "" if child is None else _get(child, "val")


def _get(element: BaseOxmlElement, name: str) -> str:
    return str(element.get(qn(f"w:{name}")) or "")
