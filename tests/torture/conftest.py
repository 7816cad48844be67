"""A PostgreSQL server of our own, to be restarted without pity for the other tests."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text

from tests.conftest import missing
from tests.world import free_port


@dataclass(frozen=True)
class Cluster:
    """A running server, reached on loopback."""

    programs: Path
    data: Path
    port: int
    user: tuple[str, ...]

    @property
    def url(self) -> URL:
        return URL.create("postgresql+psycopg", "torture", host="127.0.0.1", port=self.port, database="postgres")

    def control(self, *words: str) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        command = [*self.user, str(self.programs / "pg_ctl"), "-D", str(self.data), "-w", "-o", options, *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def restart(self) -> None:
        """As after a power cut: no good-byes, recovery from the log."""
        self.control("-m", "immediate", "restart")

    def administer(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = found[-1] if found else Path(shutil.which("initdb") or "")
    if not initdb.is_file():
        missing("no initdb: PostgreSQL's server programs are not installed")
    folder = Path(tmp_path_factory.mktemp("cluster"))
    user: tuple[str, ...] = ()
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        user = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
        for each in (folder, *list(folder.parents)[:4]):
            each.chmod(0o755)
        shutil.chown(folder, "postgres", "postgres")
    made = Cluster(initdb.parent, folder / "data", free_port(), user)
    words = [*user, str(initdb), "-D", str(made.data), "-U", "torture", "--auth=trust", "-E", "UTF8", "--no-locale"]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")
    made.control("start")
    yield made
    made.control("-m", "immediate", "stop")
