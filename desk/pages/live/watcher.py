"""Those who watch pages, and the one who looks at the database for all of them."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import ClassVar

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from commands.context.installation import Installation, Transaction
from commands.registers.change_marker import still_open, version
from desk.request.refusals import CrowdError
from states.refusal import RefusedError

log = structlog.get_logger("poruchenie")
_KEY = secrets.token_bytes(32)


def watch_of(app: FastAPI) -> "Watch":
    """The one behind an application."""
    found: Watch = app.state.watch
    return found


def mark(tx: Transaction) -> str:
    """The mark that a page knows: another mark, another state of things. How much has happened it does not tell."""
    return hmac.new(_KEY, repr(version(tx)).encode(), hashlib.sha256).hexdigest()[:16]


@dataclass(slots=True, eq=False)
class _Viewer:
    session: int
    seen: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Watch:
    """Looks every `pace` seconds while somebody watches; wakes those who saw another state, or are signed out."""

    MOST: ClassVar = 1000
    MOST_OF_ONE: ClassVar = 12
    KEPT_ALIVE_S: ClassVar = 15

    def __init__(self, installation: Installation, pace: float = 1) -> None:
        self.installation = installation
        self.pace = pace
        self._viewers: set[_Viewer] = set()
        self._looking: asyncio.Task[None] | None = None
        self._mark = ""
        self._over = False

    def admit(self, session: int, seen: str) -> AsyncIterator[str]:
        """The stream of somebody's page, which has `seen` things as that mark says. Raises CrowdError."""
        own = sum(each.session == session for each in self._viewers)
        if len(self._viewers) >= self.MOST or own >= self.MOST_OF_ONE:
            raise CrowdError
        return self._stream(_Viewer(session, seen))

    def close(self) -> None:
        """Let everybody go: the process ends."""
        self._over = True
        for viewer in self._viewers:
            viewer.woken.set()

    async def _stream(self, viewer: _Viewer) -> AsyncIterator[str]:
        self._viewers.add(viewer)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            yield ": open\n\n"
            while not self._over:
                try:
                    await asyncio.wait_for(viewer.woken.wait(), self.KEPT_ALIVE_S)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                viewer.woken.clear()
                if self._over or viewer not in self._viewers:
                    return
                viewer.seen = self._mark
                yield "event: changed\ndata: -\n\n"
        finally:
            self._viewers.discard(viewer)

    async def _look(self) -> None:
        try:
            while self._viewers and not self._over:
                try:
                    self._wake(await run_in_threadpool(self._found, {each.session for each in self._viewers}))
                except RefusedError as error:  # the database is away: whoever watches will ask, and be told so
                    log.warning("watch.failed", reason=str(error))
                await asyncio.sleep(self.pace)
        finally:
            self._looking = None

    def _found(self, sessions: set[int]) -> tuple[str, set[int], set[int]]:
        with self.installation.read() as tx:
            return mark(tx), sessions, still_open(tx, sessions)

    def _wake(self, found: tuple[str, set[int], set[int]]) -> None:
        self._mark, asked, still = found
        for viewer in list(self._viewers):
            if viewer.session in asked - still:
                self._viewers.remove(viewer)
            elif viewer.seen == self._mark:
                continue
            viewer.woken.set()
