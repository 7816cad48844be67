"""Requests to an application without a server: thousands in one loop, and such as no client would send."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI

Headers = Sequence[tuple[str, str]]
PARAMETERS = {
    "number": "1",
    "action": "return",
    "sha256": "0" * 64,
    "entry": "1",
    "kind": "csv",
    "secret": "none",
    "session": "1",
    "login": "clerk",
    "index": "0",
    "tool": "verifier.html",
}
"""A value for each parameter that a path of ours may hold."""


@dataclass(frozen=True)
class Answer:
    """What a raw request got."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


@contextmanager
def looping() -> Iterator[asyncio.AbstractEventLoop]:
    """One loop for thousands of requests: each of its own would start threads anew, which takes longer than they do."""
    loop, over = asyncio.new_event_loop(), asyncio.Event()
    running = threading.Thread(target=loop.run_until_complete, args=(over.wait(),))
    running.start()
    yield loop
    loop.call_soon_threadsafe(over.set)
    running.join()
    loop.close()


async def raw_answer(app: FastAPI, target: str, method: str, headers: Headers, body: bytes) -> Answer:
    """A request as it comes over the wire: no client mends its path or its headers."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path, errors="replace"),  # as uvicorn does
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
    }
    told: list[Any] = []
    coming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not coming:
            await asyncio.Event().wait()  # it never hangs up
        return coming.pop()

    async def send(message: Any) -> None:
        told.append(message)

    with suppress(Exception):  # answered with a page before it is raised again for the log
        await app(scope, receive, send)
    start = next(each for each in told if each["type"] == "http.response.start")
    text = b"".join(each.get("body", b"") for each in told if each["type"] == "http.response.body")
    given = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"]]
    return Answer(start["status"], given, text.decode(errors="replace"))
