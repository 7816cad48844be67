"""On a full disk nothing is half-written, a sentence says so each time, and work goes on where there is room again."""

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import missing
from tests.sentences import ROOT


def test_on_a_full_disk_everything_is_refused_whole_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    own = ["unshare", "--map-root-user", "--mount"]  # a name space in which one may mount a small disk
    try:
        subprocess.run([*own, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        missing(f"no mount name spaces here: {error}")
    words = [*own, sys.executable, "-m", "tests.torture.filling", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["kept"] > 3
    assert told["version"] == 1 + told["kept"]  # each file that was kept is a report, the refused one is none
    assert "the disk is full. Nothing was recorded; make room and repeat" in told["evidence"]
    assert told["leftovers"] == []
    assert "database or disk is full. Nothing was written" in told["comment"]
    assert "database or disk is full. Nothing was written" in told["sweep"]
    assert told["untouched"] == [1, []]
    assert told["escalated"] == [26, 0]  # all that was due, once
    assert told["faults"] == []
