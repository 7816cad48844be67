"""The rooms are as they are said to be, and whatever names a path of ours names one that is there."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mentions import stale
from tests.sentences import PACKAGES, ROOT

OTHERS = {
    "flows.example.org",  # a host
    "flows/filter",  # a path of Prefect's API
    "deploy/tls",  # made by whoever installs it
    "deploy/viewers",
}
FLAT = {
    "desk/cli",  # a module for each group of commands, found by `poruchenie --help`
    "desk/pages/screens",  # a module for each page
    "intake",  # one reader; rooms would part what reads one document
    "models",  # a module for each group of tables
}
SMALL = {
    "audit",  # holds rooms
    "commands",
    "desk/pages",
    "desk/pages/live",  # pages that keep themselves up to date have a watcher and a stream, and nothing more
}
ROOMS = sorted({str(file.parent.relative_to(ROOT)) for each in PACKAGES for file in (ROOT / each).rglob("__init__.py")})


def ours() -> list[Path]:
    """Every file that is kept or about to be."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def text_of(file: Path) -> str:
    """What stands in a file; nothing, for a picture or a font."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_every_path_that_is_named_anywhere_is_there() -> None:
    found = {str(file.relative_to(ROOT)): stale(file.name, text_of(file)) for file in ours() if file != Path(__file__)}
    assert {name: left for name, paths in found.items() if (left := sorted(set(paths) - OTHERS))} == {}


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("README.md", "See `commands/told.py`.", "commands/told.py"),
        ("README.md", "See [the pages](desk/pages/{screens,found}/).", "desk/pages/{screens,found}"),
        ("desk.service", "ExecStart=/opt/bin/python -m desk.pages.serving", "desk.pages.serving"),
        ("compose.yml", "      - ./deploy/nginx/gone.conf:/etc/nginx/nginx.conf", "deploy/nginx/gone.conf"),
        ("pyproject.toml", 'poruchenie = "desk.cli:run"', "desk.cli:run"),
        ("pyproject.toml", '"audit/journal/*.py" = ["S608"]', "audit/journal/*.py"),
        ("Makefile", "\tpython -m tests.papers", "tests.papers"),
        ("a.py", '"""Beside `states.lifecycle.Office`."""', "states.lifecycle.Office"),
        ("a.py", "x = 1  # as intake/readers says", "intake/readers"),
        ("a.py", 'patch("desk.pages.screens.bulk_action.LEAST", 1)', "desk.pages.screens.bulk_action.LEAST"),
        ("a.py", "from models.tables import Base", "models.tables.Base"),
        ("a.py", 'page = ROOT / "docs" / "gone.md"', "docs/gone.md"),
        ("a.py", 'policy = files("models") / "gone" / "policy.toml"', "models/gone/policy.toml"),
    ],
)
def test_a_path_that_leads_nowhere_is_found(name: str, text: str, named: str) -> None:
    assert named in stale(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "`states.lifecycle.Role`, tests/**/test_*.py, desk/{pages,server}/; docs.example.org/desk/cli."),
        ("a.py", "desk.read(flows.client)"),
        ("a.py", 'url = "https://host.example/docs/page" + "/desk/pages"'),
        ("a.py", 'patch("commands.registers.inbox.MOST", 1); "models.accounts.Account.login"'),
    ],
)
def test_a_path_that_leads_somewhere_and_what_is_none_pass(name: str, text: str) -> None:
    assert stale(name, text) == []


def test_every_link_of_a_document_leads_to_a_file() -> None:
    documents = [file for file in ours() if file.suffix == ".md"]
    assert len(documents) > 20
    for file in documents:
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), (file.relative_to(ROOT), target)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for(room: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert re.match(r"[A-Z].{20,}\.", said), f"{room}/__init__.py has no sentence that says what the room is for"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_neither_a_cupboard_nor_a_hall(room: str) -> None:
    count = len([file for file in (ROOT / room).glob("*.py") if not file.name.startswith("__")])
    assert count <= 16 or room in FLAT, f"{room}: {count} modules; part it, or say in FLAT why not"
    assert count >= 3 or room in SMALL, f"{room}: {count} modules; join it to another, or say in SMALL why not"


def test_only_a_room_holds_modules() -> None:
    folders = {str(file.parent.relative_to(ROOT)) for each in PACKAGES for file in (ROOT / each).rglob("*.py")}
    assert folders - {"models/migrations", "models/migrations/versions"} == set(ROOMS)  # Alembic reads those as files


def test_the_tests_mirror_the_rooms() -> None:
    folders = {str(file.parent.relative_to(ROOT / "tests")) for file in (ROOT / "tests").rglob("*.py")}
    mirrored = {each for each in folders if each.partition("/")[0] in PACKAGES}
    assert mirrored <= set(ROOMS), "a folder of tests whose room is gone"
    assert {each for each in ROOMS if each.startswith("commands/")} <= mirrored, "a room of commands without tests"


def test_no_module_of_tests_imports_from_another_that_tests() -> None:
    """What both need belongs into a module named for it, or a fixture into the conftest of their room."""
    found = {}
    for file in (ROOT / "tests").rglob("*.py"):
        shared = [each for each in imported(file) if re.search(r"\btest_", each)]
        if shared:
            found[str(file.relative_to(ROOT))] = shared
    assert found == {}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=module, names=names):
                yield from (f"{module}.{each.name}" for each in names)
            case ast.Import(names=names):
                yield from (each.name for each in names)
