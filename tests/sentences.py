"""Every sentence and word that people may read, gathered from the code: the keys that the catalogue must hold."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2.ext import babel_extract

from states.calendar import Shift
from states.ladders import Recipient
from states.lifecycle import NEW, Role
from states.rollup import OVERDUE
from states.separation import Separation
from states.subjects import LIFECYCLES

ROOT = Path(__file__).parent.parent
PACKAGES = ("audit", "commands", "desk", "flows", "intake", "models", "states")
_MARKS = {"tr": 1, "N_": 1, "counted": 2}
_WORDS = (
    "order recommend inform date range relative periodic standing event inherited none "
    "day week month quarter half-year year registration monitoring "
    "program_approval board escalation delivery plan program"
)


@cache
def sentences() -> frozenset[str]:
    """All of them."""
    return frozenset({*_in_code(), *_in_templates(), *words()})


def words() -> set[str]:
    """States, actions, roles, places on ladders, kinds of deadlines."""
    found = {NEW, OVERDUE, *Role, *Recipient, *Shift, *Separation, *LIFECYCLES, *_WORDS.split()}
    for lifecycle in LIFECYCLES.values():
        found |= {*lifecycle.states, *lifecycle.by_action}
    return {str(word) for word in found}


def _in_code() -> Iterator[str]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                yield from _texts(node)


def _texts(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=arguments) if name in _MARKS:
            yield from _constants(arguments[: _MARKS[name]])
        case ast.Assign(targets=[ast.Name(id="template")], value=value):
            yield from _constants([value])
        case ast.keyword(arg="template", value=value):
            yield from _constants([value])
        case ast.AnnAssign(annotation=ast.Name(id="ClassVar"), value=ast.expr() as value):
            yield from _constants([value])


def _constants(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def _in_templates() -> Iterator[str]:
    for file in sorted((ROOT / "desk").rglob("*.html")):
        with file.open("rb") as source:
            for _, _, message, _ in babel_extract(source, ["tr", "counted"], [], {}):
                told = message if isinstance(message, tuple) else (message,)
                yield from (each for each in told if each)
