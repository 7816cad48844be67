"""Policies adopted, as the trail of the policy tells of them: which were in force when."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import read
from audit.trails.tables import entries
from audit.trails.verify import Fault, Remark
from commands.checks.read_entry import ReadEntry
from models import policy
from models.base import table_of
from models.instance import Instance
from models.policy import Policy, PolicyError
from states.actions import Action
from states.refusal import N_
from states.subjects import Kind

_LEEWAY_MINUTES = 2
_SHORT = timedelta(days=1)
OTHER_FILES = N_("in force is another policy than the files of this installation say; the next sweep adopts theirs")
SHORT = N_("a policy was in force from {at} to {until} only, and then the one of before again: look at what came of it")
NO_POLICY = N_("adopts something that is no policy: {reason}")
OTHER_HASH = N_("adopts a policy under the hash of another")


def fastest(connection: Connection) -> int:
    """The pace of this database's time at its fastest: a demo's is a multiple of ours."""
    found = connection.execute(select(*table_of(Instance).c["clock", "speed"])).first()
    runs_fast = found is not None and found.clock == "demo" and isinstance(found.speed, int)
    return max(int(found.speed), 1) if found is not None and runs_fast else 1


def policy_remarks(connection: Connection, offered: Policy, in_force: Policy) -> Iterator[Remark]:
    """What is to be known of adoptions: one that the files do not say, and one that was taken back within a day."""
    if offered.hash != in_force.hash:
        yield Remark("policy:1", 0, OTHER_FILES)
    adopted = list(Policies(connection).adopted())
    for (_, _, before), (seq, at, between), (_, until, after) in zip(adopted, adopted[1:], adopted[2:], strict=False):
        if before.hash == after.hash != between.hash and until - at < _SHORT:
            yield Remark("policy:1", seq, SHORT, {"at": at, "until": until})


class Policies:
    """Every adoption of a policy, oldest first. `leeway`: by so much moments of transactions at once may differ."""

    def __init__(self, connection: Connection) -> None:
        self._adopted: list[Policy] = []
        self._since: list[datetime] = []
        self._seqs: list[int] = []
        wanted = select(entries.c.body).where(entries.c.trail == "policy:1").order_by(entries.c.seq)
        for body in connection.scalars(wanted):
            try:
                content = read(body)
                adopted = policy.read(content["facts"]["set"]["content"])
                at = datetime.fromisoformat(content["at"])
            except (CanonicalError, PolicyError, AttributeError, KeyError, TypeError, ValueError):
                continue  # it is named where its own trail is verified
            self._adopted.append(adopted)
            self._seqs.append(content["seq"])
            self._since.append(max(at, self._since[-1]) if self._since else at)
        minutes = self._adopted[-1].rules.audit.leeway_minutes if self._adopted else _LEEWAY_MINUTES
        self.leeway = timedelta(minutes=minutes) * fastest(connection)

    def at(self, moment: datetime) -> Sequence[Policy]:
        """The policies in force about a moment: one, or more if the policy changed about then."""
        if len(self._adopted) == 1:
            return self._adopted if self._since[0] <= moment + self.leeway else ()
        first = max(bisect_left(self._since, moment - self.leeway) - 1, 0)
        after = bisect_left(self._since, moment + self.leeway + timedelta(microseconds=1))
        return self._adopted[first:after]

    def adopted(self) -> Iterator[tuple[int, datetime, Policy]]:
        """Entry, moment and policy of each adoption."""
        return zip(self._seqs, self._since, self._adopted, strict=True)

    @property
    def recent(self) -> Sequence[Policy]:
        """The policy adopted last, and the one before it: ladders are derived anew by the sweep after an adoption."""
        return self._adopted[-2:]


def adoption(entry: ReadEntry) -> Iterator[Fault]:
    """Faults of an adoption: its content is a policy, under that policy's own hash."""
    if entry.kind != Kind.POLICY or entry.action != Action.ADOPT:
        return
    told = entry.columns
    try:
        found = policy.read(told.get("content"))
    except PolicyError as error:
        yield entry.fault(NO_POLICY, reason=error)
        return
    if found.as_adopted != told.get("content_hash"):
        yield entry.fault(OTHER_HASH)
