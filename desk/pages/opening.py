"""One request, one reading transaction: what every page depends on."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request

from commands.installation import Installation, Office
from models import schema
from models.clock import NotInitialisedError


class Opening:
    """The installation behind the pages. Its schema is examined until it is right, not at every request."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._examined = False

    def examine(self) -> None:
        """Raises NotInitialisedError, SchemaError, DatabaseAwayError."""
        database = self.installation.database
        if not self._examined:
            schema.check(database)
            self._examined = True
        elif not database.exists():
            raise NotInitialisedError


def opening_of(request: Request) -> Opening:
    """The opening behind the application that answers a request."""
    found: Opening = request.app.state.opening
    return found


def _office(request: Request) -> Iterator[Office]:
    opening = opening_of(request)
    opening.examine()
    with opening.installation.read() as office:
        yield office


Reading = Annotated[Office, Depends(_office, scope="function")]
