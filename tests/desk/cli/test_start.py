"""A command starts without what it does not need."""

import subprocess
import sys

from tests.sentences import ROOT

_HEAVY = ("alembic", "docx", "fastapi", "openpyxl", "prefect", "pymorphy3", "pypdf", "uvicorn")


def test_no_reader_of_documents_and_no_server_is_loaded_before_it_is_needed() -> None:
    program = f"import sys, desk.cli.main; print([name for name in {_HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
