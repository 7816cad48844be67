"""Making a database: schema, the flows' account, the first administrator and the first controller, the policy."""

from datetime import datetime

from sqlalchemy import insert

from commands.access.accounts import AddAccount, add_account
from commands.context.actors import SYSTEM, Actor
from commands.context.installation import Installation, Transaction
from commands.recording.changes import Change
from commands.recording.policy_adoption import adopt_policy
from commands.recording.writer import TrailState, numbers, record
from models import schema
from models.accounts import Account
from models.clock import TEST_START, Clock, ClockFixedError, system_clock
from models.instance import Instance
from states.actions import Action
from states.lifecycle import Role
from states.refusal import ConflictError


class AlreadyInitialisedError(ConflictError):
    """`init` on a database that is in use."""

    template = "The database {database} was initialised before; nothing was changed but the schema, if it was older."


def initialise(
    installation: Installation,
    admin: str,
    controller: str,
    clock: str = "system",
    demo_at: datetime | None = None,
    system_time: Clock = system_clock,
) -> None:
    """Bring the schema up to date and make the first accounts. Raises AlreadyInitialisedError, ClockFixedError."""
    if installation.given is not None and clock == "system":
        raise ClockFixedError
    schema.upgrade(installation.database)
    with installation.database.write() as session:
        numbers(session, Account.kind, 0)  # holds the counter: of several at once one makes the accounts
        if session.get(Instance, 1) is not None:
            shown = installation.database.url.render_as_string(hide_password=True)
            raise AlreadyInitialisedError(database=shown)
        made = {"test": TEST_START, "demo": demo_at}.get(clock) or system_time()
        made = installation.given or made
        first = {"id": 1, "clock": clock, "demo_at": demo_at, "real_at": None, "created_at": made}
        session.execute(insert(Instance), first)
        session.flush()
        tx = installation.transaction(session)
        nobody = _first_account(tx, clock)
        for login, role in ((admin, Role.ADMIN), (controller, Role.CONTROLLER)):
            add_account(tx, nobody, AddAccount(login, role))
        adopt_policy(tx, nobody)
        tx.evidence.prepare()


def _first_account(tx: Transaction, clock: str) -> Actor:
    """The flows' account. Its entry is the log's first, and tells what clock the database is made with."""
    number = numbers(tx.session, Account.kind)[0]
    itself = Actor(number, number, SYSTEM, Role.SYSTEM, None, "init")
    columns = dict.fromkeys(("organisation_id", "name", "email"))
    change = Change(
        {"login": SYSTEM, "role": Role.SYSTEM.value, "person_id": number, **columns}, facts={"clock": clock}
    )
    record(tx, itself, TrailState.new(Account, number), Action.CREATE, change)
    return itself
