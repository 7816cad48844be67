"""The front door: plain `make` says what there is."""

import re
import subprocess

from tests.sentences import ROOT


def test_plain_make_names_every_target_with_a_line_of_its_own() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert phony
    said = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^make (\S+) +\S.+$", said, re.MULTILINE) == phony[1].split()


def test_what_ci_calls_runs_every_test() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = text.partition("\ntest: ")[2].partition("\n\n")[0]
    assert "-m pytest -n 3 --dist loadgroup" in commands
    assert "--quick" not in commands
