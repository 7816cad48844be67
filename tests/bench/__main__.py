"""Runs all and prints one table. `--quick` measures a tenth or less, to see that it works."""

import platform
import sys
from collections.abc import Callable, Iterator

from commands.context.log_lines import configure
from tests.bench import bulk, due, merkle, pages, resident, transition
from tests.bench.ground import databases
from tests.world import World

QUICK = "--quick" in sys.argv
COUNT = 200 if QUICK else 1_000
MILLION = 20_000 if QUICK else 1_000_000
ADDRESSEES = 200 if QUICK else 2_000
RUNGS = 2_000 if QUICK else 100_000
WAITED = 100 if QUICK else 400
RUNS = 100 if QUICK else 1_000
VIEWERS = 50 if QUICK else 500


def lines() -> Iterator[tuple[str, str, str]]:
    """What was measured, the figure, and what it stands beside."""
    dbos = transition.dbos(COUNT)
    with databases() as found:
        for name, make in found:
            yield from ((f"{name}: {what}", figure, beside) for what, figure, beside in _of(name, make, dbos))


def _of(name: str, make: Callable[[], World], dbos: float | None) -> Iterator[tuple[str, str, str]]:
    own, bare, plain = transition.measure(make, COUNT)
    yield "audited transition", f"{own:.0f}/s", f"{own / bare:.2f} × its own SQL ({bare:.0f}/s); target ≥ 0.5"
    beside = f"{own / plain:.2f} × the same with a plain audit row ({plain:.0f}/s); target ≥ 0.5"
    yield "audited transition", f"{own:.0f}/s", beside
    if name == "PostgreSQL" and dbos:
        yield "audited transition", f"{own:.0f}/s", f"{own / dbos:.1f} × a DBOS step ({dbos:.0f}/s); target ≥ 4"
    seconds = bulk.registration(make, 10, ADDRESSEES)
    yield f"registration 10 × {ADDRESSEES}", f"{seconds:.1f} s", "target ≤ 5 s for 10 × 2000"
    many, few = bulk.idle_sweep(make, MILLION)
    yield f"idle sweep over {MILLION}", f"{many * 1000:.1f} ms", f"{many / few:.1f} × over 7 rows; target ≤ 20 ms"
    fired = due.measure(make, RUNGS)
    beside = f"{fired.one / fired.bare:.2f} × bare inserts of the same entries ({fired.bare:.0f}/s); target ≥ 4000/s"
    yield f"escalation of {RUNGS} due", f"{fired.one:.0f}/s", beside
    yield "the same by four workers", f"{fired.four:.0f}/s", f"{fired.doubled} doubled or lost; target 0"
    if name == "SQLite":
        flows = resident.measure(make, RUNS)
        yield "all flows in a resident process", f"{flows.share_of_core:.1f} %", "of one core; target ≤ 10 %"
        beside = f"after {RUNS} runs, {flows.early:.0f} MB after {resident.EARLY}; target: flat"
        yield "its memory", f"{flows.late:.0f} MB", beside
    if name == "PostgreSQL":
        yield from _pages(make)
    log = merkle.sealing(make, MILLION)
    beside = f"{log.sealing / log.hashing:.2f} × hashing alone ({log.hashing:.0f}/s); target ≥ 10,000/s"
    yield f"sealing of {MILLION}", f"{log.sealing:.0f}/s", beside
    beside = f"{log.fsck / log.reading:.1f} × reading and hashing ({log.reading:.1f} s); target ≤ 10 s"
    yield f"bytes, chains and roots of {MILLION}", f"{log.fsck:.1f} s", beside
    yield "a receipt, p99 after the transition", f"{merkle.latency(make, WAITED):.2f} s", "target ≤ 2 s"
    done = bulk.verification(make, MILLION)
    beside = f"{done.verify / done.hashing:.1f} × reading and hashing ({done.hashing:.1f} s); target ≤ 40 s"
    yield f"audit verify of {MILLION}, with replay", f"{done.verify:.1f} s", beside
    yield "peak memory of that", f"{done.megabytes} MB", "constant in the number of entries"


def _pages(make: Callable[[], World]) -> Iterator[tuple[str, str, str]]:
    seen = pages.measure(make, MILLION, VIEWERS)
    for page, milliseconds in seen.p95.items():
        yield f"{page} over {MILLION}, p95", f"{milliseconds:.0f} ms", f"{seen.worst[page]}; target ≤ 100 ms"
    beside = f"{seen.start / seen.empty:.2f} × an empty page of the same stack ({seen.empty:.0f}/s); target ≥ 0.5"
    yield "start page", f"{seen.start:.0f}/s", beside
    yield f"the desk with {VIEWERS} live viewers", f"{seen.viewed:.0f} MB", f"{seen.alone:.0f} MB before they came"


configure()
print(f"{platform.platform()}, Python {platform.python_version()}{', QUICK' if QUICK else ''}")
for what, figure, beside in lines():
    print(f"{what:<52} {figure:>12}   {beside}", flush=True)
