"""`make bundle`: a server without a network installs from one archive, and from nothing else."""

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.sentences import PACKAGES, ROOT

OFFLINE = ("unshare", "--net", "--map-root-user")
"""Runs a command in a network namespace of its own, in which there is nothing but a loopback that is down."""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The folder that the archive of this version holds, for this Python."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    platform = re.sub(r"[-.]", "_", sysconfig.get_platform())
    name = f"poruchenie-{version}-cp{sys.version_info[0]}{sys.version_info[1]}-{platform}"
    archive = ROOT / "dist" / f"{name}.tar"
    if not archive.exists():
        missing(f"there is no {archive.name}: run make bundle")
    if archive.stat().st_mtime < max(
        file.stat().st_mtime for package in PACKAGES for file in (ROOT / package).rglob("*.py")
    ):
        missing(f"{archive.name} is older than the program: run make bundle")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    return tmp_path / name


def offline(folder: Path, *command: object) -> subprocess.CompletedProcess[str]:
    """Run to the end without a network, and without what this environment knows of Poruchenie and of packages."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "PORUCHENIE_LANGUAGE": "en"}
    return subprocess.run(
        [*OFFLINE, *map(str, command)], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_a_server_without_a_network_installs_from_the_archive(bundle: Path, tmp_path: Path) -> None:
    interfaces = offline(tmp_path, "cat", "/proc/net/dev")
    if interfaces.returncode:
        missing(f"no network namespace can be made here: {interfaces.stderr.strip()}")
    assert re.findall(r"(\w+):", interfaces.stdout) == ["lo"]

    done = offline(tmp_path, "sh", bundle / "install", "venv")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    program = tmp_path / "venv" / "bin" / "poruchenie"
    assert "Start everything" in offline(tmp_path, program, "--help").stdout
    begun = offline(tmp_path, program, "init")
    assert begun.returncode == 0, begun.stderr
    assert (tmp_path / "var" / "poruchenie.db").exists()
    whole = offline(tmp_path, tmp_path / "venv" / "bin" / "python", "-m", "pip", "check")
    assert whole.returncode == 0, whole.stdout


@pytest.mark.parametrize("harm", ["changed", "lost"])
def test_a_file_that_was_changed_or_lost_on_the_way_is_named_before_anything_is_done(
    bundle: Path, tmp_path: Path, harm: str
) -> None:
    wheel = next((bundle / "wheels").glob("sqlalchemy-*.whl"))
    if harm == "changed":
        wheel.write_bytes(wheel.read_bytes() + b"\0")
    else:
        wheel.unlink()
    done = subprocess.run(
        ["sh", str(bundle / "install"), "venv"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"wheels/{wheel.name} is not the file that was put in; nothing was done." in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_folder_that_is_no_environment_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("mine")
    done = subprocess.run(
        ["sh", str(bundle / "install"), "letters"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "neither a Python environment nor an empty folder" in done.stderr
    assert [each.name for each in (tmp_path / "letters").iterdir()] == ["one.txt"]
