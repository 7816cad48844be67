"""The benchmarks still measure what they say; how fast, only `make bench` says."""

from collections.abc import Callable, Iterator

import pytest

from tests.bench import bulk, due, merkle, pages, transition
from tests.bench.ground import databases
from tests.conftest import missing
from tests.world import World

Make = Callable[[], World]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    with databases() as found:
        makers = dict(found)
        if request.param not in makers:
            missing("no PostgreSQL")
        yield makers[request.param]


def test_work_is_measured(make: Make) -> None:
    assert min(transition.measure(make, 30)) > 0
    assert bulk.registration(make, 2, 20) > 0
    assert min(bulk.idle_sweep(make, 100)) > 0


def test_escalation_is_measured_and_exact(make: Make) -> None:
    fired = due.measure(make, 100)
    assert fired.doubled == 0
    assert min(fired.one, fired.four, fired.bare) > 0


def test_the_log_that_is_measured_is_whole(make: Make) -> None:
    assert merkle.sealing(make, 1_000).sealing > 0
    assert bulk.verification(make, 1_000).megabytes > 0
    assert merkle.latency(make, 3) > 0


@pytest.mark.parametrize("make", ["PostgreSQL"], indirect=True)
def test_every_page_that_is_measured_answers(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROUNDS", 1)
    monkeypatch.setattr(pages, "SECONDS", 0.2)
    seen = pages.measure(make, 20_000, 5)
    assert seen.p95.keys() == pages.WANTED.keys()
    assert min(seen.start, seen.empty) > 0
