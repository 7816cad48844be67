"""Paths to our own modules, files and folders that a text names, and whether they lead anywhere.

A path is dotted (`states.lifecycle.Role`) or slashed (`docs/adr/`, `desk/pages/{forms,view}`, `tests/**/test_*.py`). Of
Python only strings, docstrings, comments and imports are read: elsewhere `desk` and the like may be variables.
"""

import ast
import io
import itertools
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.sentences import PACKAGES, ROOT

FOLDERS = (*PACKAGES, "tests", "deploy", "docs")
_NOT_BEFORE = r"(?<![\w./@#-])"
_DOTTED = re.compile(rf"{_NOT_BEFORE}(?:{'|'.join((*PACKAGES, 'tests'))})(?:\.[A-Za-z_]\w*)+(?::\w+)?(?![\w-])")
_SLASHED = re.compile(rf"{_NOT_BEFORE}(?:{'|'.join(FOLDERS)})/(?:[\w./*-]|\{{[\w,]+\}})*")
_FILE_ENDINGS = {"csv", "css", "db", "html", "js", "json", "log", "md", "py", "svg", "toml", "txt", "xlsx", "zip"}


def stale(name: str, text: str) -> list[str]:
    """Paths that a file of this name and text names and that lead nowhere."""
    read = "\n".join(_said(text)) if name.endswith(".py") else text
    read = re.sub(r"(?<![\w./])\./", "", read)
    dotted = (each for each in _DOTTED.findall(read) if each.rpartition(".")[2] not in _FILE_ENDINGS)
    slashed = (each.rstrip("./") for each in _SLASHED.findall(read))
    return sorted({
        *(each for each in dotted if not _leads_to_name(each)),
        *(each for each in slashed if not _leads_to_file(each)),
    })  # fmt: skip


def _said(text: str) -> Iterator[str]:
    """The strings and comments of a module, and what it imports."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str(said)):
                yield said
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from (f"{module}.{each.name}" for each in names if each.name != "*")
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.BinOp(op=ast.Div()):
                yield _joined(node)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def _joined(node: ast.expr) -> str:
    """The path that `ROOT / "docs" / "adr"` or `files("models") / "data"` is; nothing for any other division."""
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=str(part))):
            begun = _joined(left)
            return f"{begun}{part}/" if begun or _is_root(left) else ""
        case ast.Call(func=ast.Name(id="files"), args=[ast.Constant(value=str(package))]):
            return package.replace(".", "/") + "/"
    return ""


def _is_root(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "ROOT"


def _leads_to_file(path: str) -> bool:
    return all(any(ROOT.glob(each)) for each in _spelt_out(path))


def _spelt_out(path: str) -> Iterator[str]:
    """Every path that `a/{b,c}` stands for."""
    parts = [part.strip("{}").split(",") for part in re.split(r"(\{[^}]*\})", path)]
    return ("".join(each) for each in itertools.product(*parts))


def _leads_to_name(path: str) -> bool:
    parts = re.split(r"[.:]", path)
    for known in range(len(parts), 0, -1):
        file = _module(parts[:known])
        if file is not None:
            return _holds(file, parts[known:])
        if known < len(parts) and ROOT.joinpath(*parts[:known]).is_dir():
            return False  # a folder of tests, which holds no names
    return False


def _module(parts: list[str]) -> Path | None:
    for file in (ROOT.joinpath(*parts).with_suffix(".py"), ROOT.joinpath(*parts, "__init__.py")):
        if file.exists():
            return file
    return None


def _holds(file: Path, rest: list[str]) -> bool:
    """Whether a module holds a name, and that a name in turn; of what comes from elsewhere, the first is enough."""
    names: object = _names(file)
    for each in rest:
        if not isinstance(names, dict):
            return True
        if each not in names:
            return False
        names = names[each]
    return True


@cache
def _names(file: Path) -> dict[str, object]:
    return _bound(ast.parse(file.read_text(encoding="utf-8")).body)


def _bound(body: list[ast.stmt]) -> dict[str, object]:
    """Name → the names within a class; None for anything else."""
    found: dict[str, object] = {}
    for node in body:
        match node:
            case ast.ClassDef(name=name, bases=bases):
                found[name] = None if bases else _bound(node.body)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found[name] = None
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {each.asname or each.name.partition(".")[0]: None for each in names}
            case ast.If() | ast.Try() | ast.With():
                found |= _bound(node.body)
            case _:
                found |= {each.id: None for each in ast.walk(node) if isinstance(each, ast.Name)}
    return found
