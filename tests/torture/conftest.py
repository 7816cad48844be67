"""A PostgreSQL server of our own, to be restarted without pity for the other tests."""

import os
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, text

from models import schema
from models.database import Database
from tests.conftest import missing
from tests.world import World


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
        log = self.data.with_name("server.log")
        pg_ctl = [str(self.programs / "pg_ctl"), "-D", str(self.data), "-l", str(log), "-w", "-o", options, *words]
        done = subprocess.run([*self.user, *pg_ctl], capture_output=True, text=True, cwd="/", check=False)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}{log.read_text('utf-8')[-3000:]}"

    def restart(self) -> None:
        """As after a power cut: no good-byes, recovery from the log."""
        self.control("-m", "immediate", "restart")

    def administer(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = found[-1] if found else Path(shutil.which("initdb") or "")
    if not initdb.is_file():
        missing("no initdb: PostgreSQL's server programs are not installed")
    # Not among pytest's temporary folders: those it closes to everybody else whenever another run begins.
    folder = Path(tempfile.mkdtemp(prefix="poruchenie-torture-"))
    user: tuple[str, ...] = ()
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        user = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
        shutil.chown(folder, "postgres", "postgres")
    made = Cluster(initdb.parent, folder / "data", _port(), user)
    words = [*user, str(initdb), "-D", str(made.data), "-U", "torture", "--auth=trust", "-E", "UTF8", "--no-locale"]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")
    made.control("start")
    yield made
    made.control("-m", "immediate", "stop")
    shutil.rmtree(folder)


def _port() -> int:
    """A free port below those that systems lend to outgoing connections: one of them might hold it at a restart."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    cluster.administer("CREATE DATABASE tortured")
    database = Database(cluster.url.set(database="tortured"))
    schema.upgrade(database)
    database.close()
    return "tortured"


@pytest.fixture
def world(cluster: Cluster, template: str, tmp_path: Path) -> Iterator[World]:
    name = f"t{uuid4().hex[:12]}"
    cluster.administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    database = Database(cluster.url.set(database=name))
    yield World.found(database, tmp_path, clock="system")
    database.close()
    cluster.administer(f"DROP DATABASE {name} WITH (FORCE)")
