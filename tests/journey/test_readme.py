"""What the README tells people to type is what runs here, taken from its own text."""

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import pytest

from commands.context.installation import Installation
from commands.sweeps import sweeps
from desk.cli.main import root
from desk.demo.making import load, moment
from models import policy, schema
from models.database import Database
from models.settings import Settings
from tests.sentences import ROOT

READMES = ("README.md", "README.ru.md")
MAKING, DEMO, EARNEST = range(3)
"""The blocks, in their order."""


def blocks(name: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def commands(block: str) -> Iterator[list[str]]:
    """The commands of a block without what is said in the reader's language: comments, notes, texts of files."""
    for line in block.splitlines():
        words = shlex.split(line, comments=True)
        if words[0] == "echo":
            words[1] = "…"
        if "--note" in words:
            words[words.index("--note") + 1] = "…"
        if words != ["export", "PORUCHENIE_LANGUAGE=en"]:  # Russian is the default
            yield words


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like a checkout after `make up`."""
    (tmp_path / "desk").symlink_to(ROOT / "desk")
    command = tmp_path / ".venv" / "bin" / "poruchenie"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -P -m desk "$@"\n')
    command.chmod(0o755)
    return tmp_path


@contextmanager
def terminal(*typed: str) -> Iterator[int]:
    """Where somebody sits who types this."""
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{line}\n" for line in typed).encode())
    yield theirs
    os.close(theirs)
    os.close(ours)


def run(checkout: Path, script: str, *typed: str) -> str:
    """What a shell says that is given these lines, each of which must succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORUCHENIE")}
    file = checkout / "typed.sh"
    file.write_text(script, encoding="utf-8")
    with terminal(*typed) as stdin:
        done = subprocess.run(
            ["sh", "-e", str(file)],
            cwd=checkout, env=environment, stdin=stdin, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_both_readmes_tell_people_to_type_the_same() -> None:
    english, russian = ([list(commands(block)) for block in blocks(name)] for name in READMES)
    assert english == russian
    assert len(english) == 3


@pytest.mark.parametrize("name", READMES)
def test_what_make_is_asked_for_it_makes(name: str) -> None:
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    asked = re.findall(r"^make ([\w-]+)", blocks(name)[MAKING], re.MULTILINE)
    asked += re.findall(r"`make ([\w-]+)", (ROOT / name).read_text(encoding="utf-8"))
    assert {"up", "test", "bench"} <= set(asked)
    assert [each for each in asked if not re.search(rf"^{each}:", made, re.MULTILINE)] == []


@pytest.mark.parametrize("name", READMES)
def test_every_command_that_is_named_in_passing_exists_with_its_options(name: str) -> None:
    named = re.findall(r"`poruchenie ([^`]+)`", (ROOT / name).read_text(encoding="utf-8"))
    assert len(named) > 5
    for line in named:
        words = shlex.split(line)
        *above, command = reached(words)
        assert above, line
        options = {option for each in (*above, command) for parameter in each.params for option in parameter.opts}
        assert [word for word in words if word.startswith("--") and word not in options] == [], line


def reached(words: list[str]) -> list[click.Command]:
    """The command that the words lead to, after those that lead there."""
    found: list[click.Command] = [root]
    for word in words:
        if isinstance(found[-1], click.Group) and word in found[-1].commands:
            found.append(found[-1].commands[word])
    return found


def test_in_earnest_every_line_does_what_it_says(checkout: Path) -> None:
    alias = blocks("README.md")[DEMO].splitlines()[0]
    english = "export PORUCHENIE_LANGUAGE=en"
    said = run(checkout, "\n".join((alias, english, blocks("README.md")[EARNEST])), "y")
    assert "Put it under control?" in said
    assert re.search(r"^ *74 .*Выдроречинск", said, re.MULTILINE), "another assignment than the README's"
    assert [said.count(note) for note in ("Nobody is named as responsible", "Named", "Complete")] == [1, 1, 1]
    assert "The log holds" in said
    assert (checkout / "var" / "trial" / "poruchenie.db").exists()


def test_in_the_demo_every_line_does_what_it_says(checkout: Path) -> None:
    """On the evening of 2 July, if nobody had reported at all."""
    settings = Settings.read({"PORUCHENIE_HOME": str(checkout / "var")})
    demo = Installation(settings, policy.load(), Database(settings.database_url))
    demo.database.make_file()
    schema.upgrade(demo.database)
    load(demo, lambda _: None)
    sweeps.sweep(replace(demo, given=moment(demo, date(2020, 7, 2), "17:30")))
    demo.database.close()
    said = run(checkout, blocks("README.md")[DEMO])
    assert re.search(r"^ *91 .* assigned !", said, re.MULTILINE)
    assert "Order 12 of 26 June 2020" in said
    assert "The log holds" in said
