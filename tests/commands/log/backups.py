"""Backups of a world's database, put back in its place, and the log gone on with after that."""

import shutil
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url

from commands.context.actors import actor_for_login
from commands.log.restoration import Resumed, resume
from models.database import Database
from tests.conftest import POSTGRES
from tests.postgres import administer
from tests.world import World


class Backup:
    """A copy of a world's database as it was."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.url = world.installation.database.url
        self.sqlite = self.url.get_backend_name() == "sqlite"
        world.installation.database.close()
        if self.sqlite:
            self.copy = str(folder / "backup.db")
            with world.installation.database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            world.installation.database.close()
            shutil.copy(str(self.url.database), self.copy)
        else:
            self.copy = f"poruchenie_backup_{uuid4().hex[:8]}"
            administer(POSTGRES, f"CREATE DATABASE {self.copy} TEMPLATE {self.url.database}")

    def restore(self) -> World:
        """The world with this database in the place of its own, as after a restart."""
        self.world.installation.database.close()
        url = make_url(f"sqlite:///{self.copy}") if self.sqlite else self.url.set(database=self.copy)
        object.__setattr__(self.world.installation, "database", Database(url))
        return self.world

    def remove(self) -> None:
        self.world.installation.database.close()
        if not self.sqlite:
            administer(POSTGRES, f"DROP DATABASE {self.copy} WITH (FORCE)")


def resumed(world: World, basis: str = "Order 9") -> Resumed:
    with world.installation.database.write() as session:
        tx = world.installation.transaction(session)
        return resume(tx, actor_for_login(tx, "controller", "cli:tester"), basis)
