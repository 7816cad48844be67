"""`docs/architecture.md`: its floors, rooms and decisions, written from the contracts, the docstrings and the ADRs."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.sentences import PACKAGES, ROOT

FILE = ROOT / "docs" / "architecture.md"
_STATUS = re.compile(r"^Status: (.+)$", re.MULTILINE)


def architecture() -> str:
    """The page: what people wrote, and between its marks what is generated."""
    text = FILE.read_text(encoding="utf-8")
    made = {"floors": _floors(), "contracts": _contracts(), "rooms": _rooms(), "decisions": _decisions()}
    for name, lines in made.items():
        before, opening, rest = text.partition(f"<!-- {name} -->\n")
        _, closing, after = rest.partition(f"<!-- /{name} -->")
        assert closing, f"{FILE.name} has no place for the {name}"
        text = "".join((before, opening, *(f"{line}\n" for line in lines), closing, after))
    return text


def _linter() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return contracts


def _floors() -> Iterator[str]:
    """Chains of floors, the uppermost first: of the packages, and within each package that has floors of its own."""
    yield "```mermaid"
    yield "flowchart TB"
    for contract in _linter():
        if contract["type"] != "layers":
            continue
        for container in contract.get("containers", [""]):
            key = container.replace(".", "_") or "packages"
            yield f'    subgraph {key}["{f"within {container}" if container else "the packages"}"]'
            yield "        direction TB"
            floors = [_floor(each) for each in contract["layers"]]
            yield from (f'        {key}_{number}["{floor}"]' for number, floor in enumerate(floors))
            yield f"        {' --> '.join(f'{key}_{number}' for number in range(len(floors)))}"
            yield "    end"
    yield "```"


def _floor(layer: str) -> str:
    return " · ".join(name.strip(" ()") for name in re.split(r"[|:]", layer))


def _contracts() -> Iterator[str]:
    return (f"- **{contract['name']}.**{_explained(contract)}" for contract in _linter())


def _explained(contract: Mapping[str, Any]) -> str:
    match contract["type"]:
        case "forbidden":
            directly = " directly" if contract.get("allow_indirect_imports") else ""
            never, sources = _names(contract["forbidden_modules"]), _names(contract["source_modules"])
            return f" Not to be imported{directly}: {never}; by: {sources}."
        case "protected":
            closed, allowed = _names(contract["protected_modules"]), _names(contract["allowed_importers"])
            return f" To be imported by {allowed} alone: {closed}."
    return ""


def _names(modules: list[str]) -> str:
    return ", ".join(f"`{each}`" for each in modules)


def _rooms() -> Iterator[str]:
    yield "| room | is for |"
    yield "|---|---|"
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("__init__.py")):
            told = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n\n")[0]
            assert told, f"{file} does not say what the room is for"
            yield f"| `{file.parent.relative_to(ROOT)}/` | {' '.join(told.split())} |"


def _decisions() -> Iterator[str]:
    yield "| decision | status |"
    yield "|---|---|"
    for file in sorted((ROOT / "docs" / "adr").glob("*.md")):
        title, status = _title(file), _STATUS.findall(file.read_text(encoding="utf-8"))
        assert len(status) == 1, f"{file.name} needs one line “Status: …”"
        yield f"| [{title}](adr/{file.name}) | {status[0]} |"


def _title(file: Path) -> str:
    return file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
