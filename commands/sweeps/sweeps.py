"""The sweeps that flows run, each over its batches; the same for `poruchenie sweep` and without Prefect."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from commands.context.actors import system
from commands.context.idempotency import forget
from commands.context.installation import Installation, Transaction
from commands.mail.delivery import Letter, Outcome, claim, send_all, settle
from commands.mail.digests import compose
from commands.mail.transports import transport
from commands.protocols.expansion import Expanded, expand, unexpanded
from commands.protocols.recurrence import renew
from commands.recording.policy_adoption import adopt_policy
from commands.recording.tallies import sum_up
from commands.reports.findings import Examined
from commands.sweeps.escalation import Escalated, escalate
from commands.sweeps.permission import hold, wait
from commands.sweeps.program_approval import Decided, decide, look, to_look_at
from commands.sweeps.rearming import rearm
from commands.verification.alarms import known_to_database
from models.clock import instance
from models.instance import Sweep


def registration(installation: Installation) -> dict[str, int]:
    """Make the assignments that a registration left unmade, and those of the next period."""
    channel = "flow:registration"
    with installation.read() as tx:
        protocols = unexpanded(tx)
    made = 0
    for protocol in protocols:
        made += sum(step.made for step in installation.batches(partial(_expand, protocol)))
    if _waits(installation):
        return {"assigned": made}
    with finished(installation, "registration"):
        made += sum(step.made for step in installation.batches(lambda tx: renew(tx, system(tx, channel))))
    return {"assigned": made}


def _expand(protocol: int, tx: Transaction) -> Expanded:
    return expand(tx, system(tx, "flow:registration"), protocol)


def escalation(installation: Installation) -> dict[str, int]:
    """Climb every ladder that is due; no further than the policy's bound, and not while the sweeps wait."""
    steps: list[Escalated] = []
    if not _waits(installation):
        with finished(installation, "escalation"):
            for step in installation.batches(lambda tx: escalate(tx, system(tx, "flow:escalation"))):
                steps.append(step)
                if step.more and _is_too_much(installation, steps):
                    break
    return {"reminded": sum(step.reminded for step in steps), "escalated": sum(step.escalated for step in steps)}


def _waits(installation: Installation) -> bool:
    with installation.read() as tx:
        return wait(tx) is not None


def _is_too_much(installation: Installation, steps: Sequence[Escalated]) -> bool:
    """Whether so many rungs were fired that a clock may be wrong; then the sweeps wait from now on."""
    with installation.write() as tx:
        earnest = instance(tx.session).clock == "system"
        fired = sum(step.reminded + step.escalated for step in steps)
        if not earnest or fired < tx.policy.rules.sweeps.most_rungs:
            return False
        hold(tx)
        return True


def program_approval(installation: Installation) -> dict[str, int]:
    """Open what waited, examine submitted programs and give them to reviewers."""
    decided: list[Decided] = []
    after = 0
    with finished(installation, "program_approval"):
        while seen := _looked_at(installation, after):
            for number, examined in seen:
                with installation.write() as tx:
                    decided.append(decide(tx, system(tx, "flow:program_approval"), number, examined))
            after = seen[-1][0]
    return {name: sum(getattr(each, name) for each in decided) for name in ("opened", "checked", "reviewers")}


def _looked_at(installation: Installation, after: int) -> list[tuple[int, Examined | None]]:
    with installation.read() as tx:
        return [(row.id, look(tx, row)) for row in to_look_at(tx, after)]


def delivery(installation: Installation) -> dict[str, int]:
    """Compose what is ripe and send what is due."""
    if _waits(installation):
        return {"messages": 0, "sent": 0, "failed": 0}
    by = transport(installation.settings)
    outcomes: list[Outcome] = []
    with finished(installation, "delivery"):
        composed = sum(step.messages for step in installation.batches(compose))
        while letters := _claimed(installation):
            tried = send_all(by, letters)
            with installation.write() as tx:
                settle(tx, tried)
            outcomes += tried
            if any(outcome.away for outcome in tried):
                break  # the others wait for the next sweep
    sent = sum(outcome.failure is None for outcome in outcomes)
    return {"messages": composed, "sent": sent, "failed": len(outcomes) - sent}


def _claimed(installation: Installation) -> list[Letter]:
    with installation.write() as tx:
        return claim(tx)


def monitoring(installation: Installation, channel: str = "flow:monitoring") -> dict[str, int]:
    """Put a changed policy file in force, sum tallies up, forget old answers; its flow publishes the board."""
    with finished(installation, "monitoring"):
        with installation.write(installation.policy) as tx:
            adopted = adopt_policy(tx, system(tx, channel))
            sum_up(tx)
            forget(tx)
        if adopted:
            _rearm(installation)
    return {"policies": int(adopted)}


def _rearm(installation: Installation) -> None:
    """Other ladders may be in force now; a sweep that is killed here is found by verification, and repaired."""
    last: int | None = 0
    while last is not None:
        with installation.write() as tx:
            last = rearm(tx, last).last


def watch_log(installation: Installation) -> None:
    """The alarm of the monitoring flow: its run fails, for everybody to see.

    Raises SilentSweepsError, ManyRungsError, SealLateError, FaultsFoundError, UnverifiedError.
    """
    with installation.read() as tx:
        if waits := wait(tx):
            raise waits
        for concern in known_to_database(tx):
            raise concern


def sweep(installation: Installation, channel: str = "flow:monitoring") -> dict[str, int]:
    """One sweep of everything. `channel`: by which a changed policy file comes into force."""
    done: dict[str, int] = {}
    for each in (SWEEPS | {"monitoring": partial(monitoring, channel=channel)}).values():
        told = each(installation)
        done |= {name: done.get(name, 0) + number for name, number in told.items()}
    return done


SWEEPS: dict[str, Callable[[Installation], dict[str, int]]] = {
    "monitoring": monitoring,
    "registration": registration,
    "program_approval": program_approval,
    "escalation": escalation,
    "delivery": delivery,
}


@contextmanager
def finished(installation: Installation, name: str) -> Iterator[None]:
    """Note when a sweep ended, unless it failed."""
    yield
    with installation.write() as tx:
        upsert = sqlite_insert if tx.session.get_bind().dialect.name == "sqlite" else postgresql_insert
        done = upsert(Sweep).values(name=name, finished_at=tx.now)
        again = done.on_conflict_do_update(index_elements=[Sweep.name], set_={"finished_at": tx.now})
        tx.session.execute(again)
