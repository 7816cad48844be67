"""The pages served to a real browser."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from desk.server.serving import Server
from tests.conftest import missing
from tests.desk.town import Town

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


Way = tuple[tuple[int, int], bool]
"""A window's width and height, and whether it runs JavaScript."""


def ways(*widths: int) -> dict[str, Way]:
    """Each width with JavaScript and without it in torture; else each once, the usual one with it."""
    heights = {360: 800, 1366: 768, 1920: 1080}
    return {
        f"{width}-{'script' if script else 'plain'}": ((width, heights[width]), script)
        for width in widths
        for script in (True, False)
        if "PORUCHENIE_TORTURE" in os.environ or script is (width == USUAL)
    }


USUAL = 1366
Sit = Callable[[str | None, str], Page]


@contextmanager
def windows(browser: Browser, town: Town, address: str, way: Way, forgiven: str) -> Iterator[Sit]:
    """Gives a person's window at a path; none of them may complain, but of what is `forgiven`, or scroll sideways."""
    (width, height), script = way
    contexts, complaints = [], list[str]()

    def sit_down(login: str | None, path: str) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, locale="ru-RU", base_url=address
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url))
        if login:
            sign_in(page, town, address, login)
        page.goto(path)
        return page

    yield sit_down
    for context in contexts:
        for page in context.pages:
            if script:
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
        context.close()
    assert [each for each in complaints if forgiven not in each] == []
