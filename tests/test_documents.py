"""Generated documents are up to date; `make docs` writes them anew."""

import subprocess
import sys

from tests.concepts import CONCEPTS
from tests.sentences import ROOT


def test_generated_documents_are_not_stale() -> None:
    # A process of its own: command help is made in the language in use when it is imported.
    script = (
        "from tests.documents import documents\n"
        "stale = [f.name for f, told in documents().items() if not f.exists() or f.read_text('utf-8') != told]\n"
        "assert not stale, f'stale: {stale}; run make docs'"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_concept_is_about_a_module_that_is_there() -> None:
    files = {word: ROOT.joinpath(*module.split(".")).with_suffix(".py") for word, (_, _, module) in CONCEPTS.items()}
    assert {word for word, file in files.items() if not file.is_file()} == set()
    assert list(CONCEPTS) == sorted(CONCEPTS)
