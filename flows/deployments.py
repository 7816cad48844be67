"""Deployments on Prefect's server: the work pool, each flow's deployment and schedule. Idempotent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import prefect
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import get_current_settings

from flows.worker import POOL, ResidentWorker
from states.refusal import RefusedError

NAME = "schedule"


class PrefectAwayError(RefusedError):
    """Prefect's server does not answer."""

    template = "Prefect's server does not answer at {url}: {reason}. Start it, or correct PREFECT_API_URL."


class PrefectVersionError(RefusedError):
    """A server of another version than the client that we were tried with."""

    template = (
        "Prefect's server at {url} has version {found}, this program works with {needed}. Install that version there."
    )


class WorkPoolTypeError(RefusedError):
    """Somebody made a pool of our name for another kind of worker."""

    template = (
        "The work pool “{pool}” in Prefect is of the type “{found}”, but it must be “{needed}”. "
        "Delete it in Prefect's pages; the next start makes it anew."
    )


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One row of the table of flows: what runs, how often, how many at a time."""

    flow: Flow[[], dict[str, int]]
    interval: timedelta
    limit: int = 1

    @property
    def name(self) -> str:
        """The flow's name: that of its sweep."""
        return str(self.flow.name)


def register(table: Sequence[Scheduled]) -> None:
    """Make pool and deployments as the table says. Raises PrefectAwayError, PrefectVersionError, WorkPoolTypeError.

    An empty table only examines the server.
    """
    url = str(get_current_settings().api.url)
    try:
        with get_client(sync_client=True) as client:
            _check_version(client, url)
            _check_pool(client)
            for each in table:
                _deploy(client, each)
    except (httpx.HTTPError, OSError) as error:
        raise PrefectAwayError(url=url, reason=str(error) or type(error).__name__) from error


def _check_version(client: SyncPrefectClient, url: str) -> None:
    found = client.request("GET", "/admin/version").json()
    if found != prefect.__version__:
        raise PrefectVersionError(url=url, found=found, needed=prefect.__version__)


def _check_pool(client: SyncPrefectClient) -> None:
    try:
        found = client.read_work_pool(POOL).type
    except ObjectNotFound:
        found = _make_pool(client)
    if found != ResidentWorker.type:
        raise WorkPoolTypeError(pool=POOL, found=found, needed=ResidentWorker.type)


def _make_pool(client: SyncPrefectClient) -> str:
    template: dict[str, Any] = ResidentWorker.get_default_base_job_template()
    try:
        return client.create_work_pool(
            WorkPoolCreate(name=POOL, type=ResidentWorker.type, base_job_template=template)
        ).type
    except ObjectAlreadyExists:  # another worker was faster
        return client.read_work_pool(POOL).type


def _deploy(client: SyncPrefectClient, each: Scheduled) -> None:
    # Newcomers are cancelled: a sweep that is still at work does what they would have done.
    client.create_deployment(
        client.create_flow_from_name(each.name),
        NAME,
        entrypoint=f"{each.flow.fn.__module__}.{each.flow.fn.__qualname__}",
        work_pool_name=POOL,
        schedules=[DeploymentScheduleCreate(schedule=IntervalSchedule(interval=each.interval), active=True)],
        paused=False,
        concurrency_limit=each.limit,
        concurrency_options=ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        enforce_parameter_schema=False,
        parameter_openapi_schema={},
        description=each.flow.description,
    )
