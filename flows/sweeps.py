"""The flows. Each is a short round of commands: safe to kill at any line, safe to run twice at once."""

from prefect import flow
from prefect.logging import get_run_logger

from commands import rounds
from commands.installation import Installation
from commands.language import use
from commands.log import configure
from flows.board import publish
from models.settings import Settings


def _installation() -> Installation:
    configure()
    installation = Installation.open(Settings.read())
    use(installation.settings.language, installation.policy.calendar.zone)
    return installation


@flow(name="registration")
def registration() -> dict[str, int]:
    """Make the assignments that registrations left unmade, and those of the next period."""
    return _told(rounds.registration(_installation()))


@flow(name="monitoring")
def monitoring() -> dict[str, int]:
    """Put a changed policy in force and make the board true."""
    installation = _installation()
    return _told(rounds.monitoring(installation) | {"published": publish(installation)})


@flow(name="escalation")
def escalation() -> dict[str, int]:
    """Remind and escalate."""
    return _told(rounds.escalation(_installation()))


@flow(name="delivery")
def delivery() -> dict[str, int]:
    """Compose and send what the outbox holds."""
    return _told(rounds.delivery(_installation()))


def _told(done: dict[str, int]) -> dict[str, int]:
    get_run_logger().info(", ".join(f"{name}: {number}" for name, number in done.items()))
    return done
