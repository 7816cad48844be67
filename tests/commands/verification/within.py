"""An installation whose every transaction is within one connection's, so that whatever is done is undone together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import URL, Connection
from sqlalchemy.orm import Session

from commands.context.installation import Installation
from models.database import Database


class _Within(Database):
    def __init__(self, url: URL, connection: Connection) -> None:
        super().__init__(url)
        self.noticed = True
        self._connection = connection

    @contextmanager
    def read(self) -> Iterator[Session]:
        with (
            self.reachable(),
            Session(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session,
        ):
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self.read() as session, session.begin():
            yield session


def within(installation: Installation, connection: Connection) -> Installation:
    """The installation as a connection with uncommitted work sees it."""
    return replace(installation, database=_Within(installation.database.url, connection))
