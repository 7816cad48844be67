"""The installation (settings, policy, database), and one transaction of it: what every command works with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from commands.context import clock_guard, rollback_guard
from commands.context.evidence_store import EvidenceStore
from models import clock, policy
from models.clock import Clock, NotInitialisedError, system_clock
from models.database import Database
from models.policy import Policy
from models.policy_in_force import in_force
from models.settings import Settings
from states.refusal import ConflictError


@dataclass(slots=True)
class Transaction:
    """One transaction with all that a command needs in it. `now` (UTC) is the moment of whatever it writes next.

    It is taken when the transaction begins, and once more when rows were locked that somebody else may have held.
    `real` is the machine's time, for what must not follow a demo's clock: how long a person stays signed in.
    `unusable`: why it goes by neither the clock nor the policy of the database, of whose state it is to tell.
    """

    session: Session
    policy: Policy
    evidence: EvidenceStore
    settings: Settings
    now: datetime
    real: datetime
    clock: Clock
    unusable: Exception | None = None

    def take_time(self) -> None:
        """Take the time anew, because the rows to be written are locked now. It never runs backwards."""
        self.not_before(self.clock())

    def not_before(self, moment: datetime) -> None:
        """Move on to a moment if it is later: that of the entry that the next one follows."""
        self.now = max(self.now, moment)


class Batch(Protocol):
    """One batch of bulk work, as it ended."""

    @property
    def more(self) -> bool:
        """Whether another batch is needed."""


_B = TypeVar("_B", bound=Batch)


@dataclass(frozen=True)
class Installation:
    """Settings, policy and database, opened once by each process. `given` is the time of --now.

    `policy` is what the files say. Work goes by the policy in force; the files' comes into force by adoption only.
    """

    settings: Settings
    policy: Policy
    database: Database
    given: datetime | None = None
    system: Clock = system_clock

    @classmethod
    def open(cls, settings: Settings, given: datetime | None = None) -> "Installation":
        """Raises PolicyError. The database is not touched yet."""
        rules = policy.load(settings.policy_file, settings.calendar_file)
        return cls(settings, rules, Database(settings.database_url), given)

    @contextmanager
    def write(self, rules: Policy | None = None) -> Iterator[Transaction]:
        """One writing transaction, committed at the end of the block. `rules`: instead of those in force, to adopt.

        Raises RestoredError, at the first write after a start, for a database older than what was sealed, and
        ClockBehindError, ClockAheadError for a machine whose clock is wrong.
        """
        with self.database.write() as session:
            if not self.database.noticed:
                rollback_guard.notice(session, self.settings)
                self.database.noticed = True
            tx = self.transaction(session, rules)
            clock_guard.check(session, self.settings, tx.policy.rules.audit, tx.now)
            if self.given is not None:
                clock.leap(session, self.given)
            yield tx

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One reading transaction."""
        with self.database.read() as session:
            yield self.transaction(session)

    @contextmanager
    def inspect(self) -> Iterator[Transaction]:
        """One reading transaction on a database that may hold anything: where its clock or its policy can't be gone by,
        it goes by the machine's time and the policy of the files. Raises ConflictError for a time of --now, and
        NotInitialisedError where nothing was ever written.
        """
        with self.database.read() as session:
            yield self._inspecting(session)

    def _inspecting(self, session: Session) -> Transaction:
        try:
            with session.begin_nested():
                return self.transaction(session)
        except ConflictError:
            raise
        except Exception as error:
            if isinstance(error, NotInitialisedError) and clock.newest(session) is None:
                raise
            store = EvidenceStore(self.settings.evidence, self.policy.rules.evidence)
            at = self.system()
            return Transaction(session, self.policy, store, self.settings, at, at, self.system, error)

    def transaction(self, session: Session, rules: Policy | None = None) -> Transaction:
        """The transaction of a session that is already open. Raises PolicyError."""
        shown = clock.running(session, self.given, self.system)
        rules = rules or in_force(session, self.policy)
        store = EvidenceStore(self.settings.evidence, rules.rules.evidence)
        return Transaction(session, rules, store, self.settings, shown(), self.system(), shown)

    def batches(self, work: Callable[[Transaction], _B]) -> Iterator[_B]:
        """Bulk work: a transaction for each batch, until a batch says that nothing remains."""
        more = True
        while more:
            with self.write() as tx:
                done = work(tx)
            more = done.more
            yield done
