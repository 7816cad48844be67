"""`python -m desk.demo`: let the demo's people act as their time comes, until stopped."""

import time

from commands.context.installation import Installation
from commands.context.language import use
from commands.context.log_lines import configure
from desk.demo.players import play
from models import clock
from models.settings import Settings
from states.refusal import RefusedError

PAUSE_S = 1.5


def main() -> None:
    """Play until the story is over; the database's clock says when."""
    configure()
    installation = Installation.open(Settings.read())
    use(installation.settings.language, installation.policy.calendar.zone)
    while True:
        try:
            play(installation)
            with installation.read() as tx:
                over = clock.pace(tx.session, tx.now) == 1
        except RefusedError:
            over = False  # the database is away for a moment
        time.sleep(60 if over else PAUSE_S)


main()
