"""The pages served to a real browser."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from desk.pages.serving import Server
from tests.conftest import missing
from tests.desk.conftest import Town

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@contextmanager
def opened() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing(f"no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        # Another application, such as the witness's, has nobody to let go.
        ours = hasattr(app.state, "watch")
        server = Server(app) if ours else uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def sign_in(page: Page, town: Town, address: str, login: str = "controller") -> None:
    page.context.add_cookies([{"name": "poruchenie-session", "value": town.session(login), "url": address}])
