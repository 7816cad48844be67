"""The flows. Each is a short sweep of commands: safe to kill at any line, safe to run twice at once."""

from functools import lru_cache

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.logging import get_run_logger

from commands.context.installation import Installation
from commands.context.language import use
from commands.context.log_lines import configure
from commands.sweeps import sweeps
from commands.sweeps.schedule import BOARD
from flows.board import publish, publish_situations
from flows.pruning import bury, prune
from models import clock, policy
from models.database import Database
from models.settings import Settings

_database = lru_cache(maxsize=1)(Database)
"""A resident process keeps its connections from run to run."""


def installed() -> Installation:
    """The installation, its policy read anew: monitoring puts a changed file in force. Raises RefusedError."""
    configure()
    settings = Settings.read()
    installation = Installation(
        settings, policy.load(settings.policy_file, settings.calendar_file), _database(settings.database_url)
    )
    use(settings.language, installation.policy.calendar.zone)
    return installation


@flow(name="registration")
def registration() -> dict[str, int]:
    """Make the assignments that registrations left unmade, and those of the next period."""
    return _logged(sweeps.registration(installed()))


@flow(name="monitoring")
def monitoring() -> dict[str, int]:
    """Put a changed policy in force, make the board true, tidy Prefect's list of runs."""
    installation = installed()
    done = sweeps.monitoring(installation)
    with installation.read() as tx:
        pace = clock.pace(tx.session, tx.now)
    with get_client(sync_client=True) as client, sweeps.finished(installation, BOARD):
        done |= {"published": publish(installation, client)}
        done |= {"situations": publish_situations(installation, client), "pruned": prune(client, pace)}
    bury()
    sweeps.watch_log(installation)  # last: what is amiss with the log must not keep the board waiting
    return _logged(done)


@flow(name="program_approval")
def program_approval() -> dict[str, int]:
    """Open what waited, check submitted programs, give them to reviewers."""
    return _logged(sweeps.program_approval(installed()))


@flow(name="escalation")
def escalation() -> dict[str, int]:
    """Remind and escalate."""
    return _logged(sweeps.escalation(installed()))


@flow(name="delivery")
def delivery() -> dict[str, int]:
    """Compose and send what the outbox holds."""
    return _logged(sweeps.delivery(installed()))


def _logged(done: dict[str, int]) -> dict[str, int]:
    get_run_logger().info(", ".join(f"{name}: {number}" for name, number in done.items()))
    return done
