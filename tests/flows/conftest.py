"""One Prefect server for all tests of a session: it takes seconds to start."""

from collections.abc import Iterator

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.testing.utilities import prefect_test_harness


@pytest.fixture(scope="session")
def server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def client(server: None) -> Iterator[SyncPrefectClient]:  # noqa: ARG001 - it must be up
    with get_client(sync_client=True) as opened:
        yield opened
