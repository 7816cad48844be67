"""Pages of the desk over a whole archive: how long they take, how many come in a second, what live viewers cost."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import httpx

from commands.access.accounts import account_named
from commands.access.sessions import Client, begin
from commands.context.installation import Installation
from tests.bench.archive import archive
from tests.world import World, free_port

ROUNDS = 100  # of fewer, the two or three first ones, on new connections, would decide
SECONDS = 5.0
AT_ONCE = 8
OF_ONE = 10
"""Windows of one session."""
Asked = tuple[str, str]
"""A login and a path."""

WANTED: Mapping[str, Sequence[Asked]] = {
    "board": (("controller", "/board"), ("director", "/board?before=50")),
    "board, filtered": tuple(
        ("controller", f"/board?{query}")
        for query in (
            "organisation=District+3",
            "item=1.4&state=overdue",
            "state=submitted",
            "person=reviewer3&state=reviewed",
            "since=2020-09-01&until=2020-09-30",
            "organisation=Place+17&state=overdue",
        )
    ),
    "matrix": tuple(("controller", f"/protocols/{number}?page={page}") for number, page in ((1, 1), (50, 3), (90, 5))),
    "search": tuple(
        ("controller", f"/search?{query}")
        for query in (
            "",
            "subject=assignment:500017",
            "person=reviewer3",
            "organisation=Place+7",
            "organisation=District+3",
            "action=accept",
            "since=2021-03-01&until=2021-03-02",
            "text=№+777777",
            "text=утверждена",
            "text=№+10",  # common, but of the first years only
            "person=reviewer3&action=return&since=2021-01-01",
        )
    ),
    "start page": (("controller", "/"), ("reviewer3", "/"), ("school", "/"), ("director", "/")),
}


@dataclass(frozen=True, slots=True)
class Served:
    """Milliseconds (95th percentile, worst address), requests a second, megabytes of the server before and after."""

    p95: Mapping[str, float]
    worst: Mapping[str, str]
    start: float
    empty: float
    alone: float
    viewed: float


def measure(make: Callable[[], World], assignments: int, viewers: int) -> Served:
    """A server in a process of its own, asked from this one."""
    world = archive(make, assignments)
    cookies = {login: {"poruchenie-session": _session(world, login)} for login in _logins()}
    with _served(world) as (address, process):
        timings = {name: _timings(address, cookies, asked) for name, asked in WANTED.items()}
        start, empty = (asyncio.run(_rate(address + path, cookies["controller"])) for path in ("/", "/empty"))
        alone = _resident(process)
        sessions = [_session(world, "controller") for _ in range(-(-viewers // OF_ONE))]
        viewed = asyncio.run(_viewed(f"{address}/events", sessions, viewers, process))
    p95 = {name: max(times.values()) for name, times in timings.items()}
    worst = {name: max(times, key=lambda path: times[path]) for name, times in timings.items()}
    return Served(p95, worst, start, empty, alone, viewed)


def _logins() -> set[str]:
    return {login for asked in WANTED.values() for login, _ in asked}


def _session(world: World, login: str) -> str:
    installation = Installation.open(world.installation.settings)  # sessions run by the machine's clock
    with closing(installation.database), installation.write() as tx:
        return begin(tx, account_named(tx, login), Client("bench", "127.0.0.1"), "password").secret


@contextmanager
def _served(world: World) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    settings, port = world.installation.settings, free_port()
    environment = os.environ | {
        "PORUCHENIE_HOME": str(settings.home),
        "PORUCHENIE_DATABASE_URL": settings.database_url.render_as_string(hide_password=False),
    }
    command = [sys.executable, "-m", "tests.bench.desk", str(port)]
    with subprocess.Popen(command, env=environment) as process:
        address = f"http://127.0.0.1:{port}"
        while True:
            try:
                httpx.get(f"{address}/health")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        try:
            yield address, process
        finally:
            process.terminate()


def _timings(address: str, cookies: Mapping[str, dict[str, str]], asked: Sequence[Asked]) -> dict[str, float]:
    return {f"{login} {path}": _p95(address + path, cookies[login]) for login, path in asked}


def _p95(url: str, cookies: dict[str, str]) -> float:
    with httpx.Client(cookies=cookies, timeout=120) as client:
        taken = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            answer = client.get(url)
            taken.append(1000 * (time.perf_counter() - begun))
            assert answer.status_code == 200, (url, answer.status_code)
    return sorted(taken)[round(ROUNDS * 0.95) - 1]


async def _rate(url: str, cookies: dict[str, str]) -> float:
    """Answers a second to a few clients that ask without a pause."""
    done, end = 0, time.perf_counter() + SECONDS

    async def ask() -> None:
        nonlocal done
        async with httpx.AsyncClient(cookies=cookies, timeout=60) as client:
            while time.perf_counter() < end:
                (await client.get(url)).raise_for_status()
                done += 1

    await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    return done / SECONDS


async def _viewed(url: str, sessions: Sequence[str], viewers: int, process: subprocess.Popen[bytes]) -> float:
    """Megabytes of the server while so many look on and each has heard from it."""
    limits = httpx.Limits(max_connections=None)
    heard = 0
    everybody = asyncio.Event()
    done = asyncio.Event()

    async def look(client: httpx.AsyncClient, session: str) -> None:
        nonlocal heard
        async with client.stream("GET", url, headers={"Cookie": f"poruchenie-session={session}"}) as answer:
            answer.raise_for_status()
            async for _ in answer.aiter_bytes():
                heard += 1
                if heard == viewers:
                    everybody.set()
                break
            await done.wait()

    async with httpx.AsyncClient(timeout=120, limits=limits) as client:
        looking = [asyncio.create_task(look(client, sessions[number // OF_ONE])) for number in range(viewers)]
        await asyncio.wait([asyncio.create_task(everybody.wait()), *looking], return_when=asyncio.FIRST_COMPLETED)
        measured = _resident(process)
        done.set()
        await asyncio.gather(*looking)
    return measured


def _resident(process: subprocess.Popen[bytes]) -> float:
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:  # noqa: PTH123 - no file of ours
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return kilobytes / 1024
