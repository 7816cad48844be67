"""`python -m flows`: register the flows' schedules with Prefect's server and run what comes due, until stopped."""

from datetime import timedelta
from typing import cast

from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from flows.sweeps import delivery, escalation, monitoring, registration

SCHEDULE = (
    (escalation, timedelta(minutes=1)),
    (delivery, timedelta(minutes=1)),
    (monitoring, timedelta(minutes=1)),
    (registration, timedelta(minutes=5)),
)
ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def _deployment(each: Flow[[], dict[str, int]], interval: timedelta) -> RunnerDeployment:
    # A file entrypoint would import the flow twice; the module path imports it once.
    made = each.to_deployment(
        name="schedule",
        interval=interval,
        concurrency_limit=ONE_AT_A_TIME,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return cast("RunnerDeployment", made)


def main() -> None:
    """Serve every flow on its schedule, one run at a time each, newcomers cancelled."""
    for each, _ in SCHEDULE:
        each()  # what a standstill held back is caught up with at once, not at the next full minute
    deployments = [_deployment(each, interval) for each, interval in SCHEDULE]
    serve(*deployments, limit=len(deployments), print_starting_message=False)


if __name__ == "__main__":
    main()
