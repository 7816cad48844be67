"""Beginning a demo again: its database, log, mail, evidence and Prefect's home are taken away, and nothing else."""

import shutil
from pathlib import Path

from commands.context.installation import Installation
from desk.home_lock import only_one
from models import schema
from models.clock import instance
from states.refusal import InvalidError


class NoDemoError(InvalidError):
    """A database in earnest use, or none at all."""

    template = "The database {database} is no demo; nothing was taken away."


def reset(installation: Installation) -> None:
    """Raises NoDemoError, RunningError."""
    database, settings = installation.database, installation.settings
    shown = database.url.render_as_string(hide_password=True)
    if not database.exists() or schema.empty(database):
        raise NoDemoError(database=shown)
    schema.check(database)
    with installation.read() as tx:
        if instance(tx.session).clock != "demo":
            raise NoDemoError(database=shown)
    with only_one(settings.home):
        schema.downgrade(database, "base")
        database.close()
        if database.url.get_backend_name() == "sqlite" and database.url.database:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{database.url.database}{suffix}").unlink(missing_ok=True)
        seal = settings.seal
        for folder in (settings.evidence, settings.mail, settings.home / "prefect", seal.tiles, seal.signer):
            shutil.rmtree(folder, ignore_errors=True)
        seal.pins.unlink(missing_ok=True)
