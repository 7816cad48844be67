"""The server of the pages: when it stops, open streams end first, or it would wait for them for ever."""

import gc
import socket
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from desk.pages.live.watcher import watch_of
from desk.pages.screens.log_state import verifying_of


class Server(uvicorn.Server):
    """Serves one application of ours."""

    def __init__(self, app: FastAPI, **config: object) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", server_header=False, ws="none", **config))  # type: ignore[arg-type]  # uvicorn's own options
        self.watch = watch_of(app)
        self.verifying = verifying_of(app)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; a verification is broken off."""
        self.watch.close()
        self.verifying.close()
        await super().shutdown(sockets)


def serve(app: FastAPI, **config: object) -> None:
    """Serve until stopped, in a process that does nothing else.

    What the program itself consists of is no garbage; to look through all of it holds a page up by a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    with suppress(KeyboardInterrupt):  # uvicorn raises it anew when all has ended
        Server(app, **config).run()
