"""The built wheel holds everything that an editable install finds in the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from tests.sentences import PACKAGES, ROOT


def test_the_wheel_is_whole_and_works_alone(tmp_path: Path) -> None:
    wheel = Path(next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])))
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    listing = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(listing.stdout.split("\n")) - held == {""}

    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORUCHENIE")}
    # PYTHONPATH comes before the path of the editable install, so the wheel is what runs.
    environment |= {"PYTHONPATH": str(tmp_path / "installed"), "PORUCHENIE_HOME": str(tmp_path / "home")}

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "desk", *words]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("init", "--test-clock")
    sample = str(tmp_path / "installed" / "desk" / "sample" / "roster.csv")
    assert "62" in run("roster", "import", sample, "--by", "controller")
