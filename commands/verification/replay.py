"""Replays every trail against the lifecycle it names, and holds the tables of today against what the trails tell."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from audit.trails.attempts import Stumble, attempted
from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import Head, read
from audit.trails.tables import edges, entries, lifecycles
from audit.trails.verify import Fault, Trails, tolerant, touched, verify_entries, verify_places
from commands.assignments.locked_assignment import deed
from commands.checks.erasures import Erasures
from commands.checks.item_terms import Assigned, registered
from commands.checks.ladders import missteered
from commands.checks.moments import backdated, forwards
from commands.checks.needs import needs, writes
from commands.checks.notices import unheard
from commands.checks.people import People
from commands.checks.policies import Policies, adoption
from commands.checks.read_entry import STRANGE, ReadEntry
from commands.checks.terms import terms
from commands.checks.upgrade import Upgrade
from commands.context.evidence_store import EvidenceStore
from commands.recording.stored_entries import STUMBLING
from commands.recording.trail_fold import FoldedTrail
from commands.verification.evidence_check import lost
from commands.verification.table_comparison import Comparison
from models.instance import Instance
from states.actions import Action
from states.lifecycle import Lifecycle, Need, Role
from states.refusal import N_, ConflictError, RefusedError, Word
from states.separation import Deed, Separation, separate
from states.subjects import KNOWN, Kind

BATCH = 1_000
_SWEEPS = 8
"""A rung that is due fires within so many leeways (16 minutes), or the sweeps have passed it over."""
FIRST = "account:1"
"""The trail of the flows' account: `init` begins with it."""

REPLAY = N_("the entries, what they mean, and the rows that they tell of")
BYTES = N_("the bytes of the entries")
PLACES = N_("the places of entries and texts")
TIMES = N_("the times of the entries")
CLOCK = N_("the kind of clock")
RULES = N_("the rules of the lifecycles")
FILES = N_("the evidence files")

UNKNOWN_RULES = N_("names a lifecycle that the database does not hold, or that no version of this program had")
FOREIGN_RULES = N_("the database holds a lifecycle that no version of this program had, or bytes that are not its own")
WRONG_KIND = N_("names the lifecycle of another kind of subject (“{named}”)")
ILLEGAL = N_("the lifecycle it names does not allow it: {reason}")
NOT_FOLLOWING = N_("starts from the state “{source}”, but the entry before it ended in “{state}”")
OTHER_CLOCK = N_("the database was made with the clock “{made}”, and goes by “{found}” now")
OTHER_MOVES = N_("the table of legal moves says other than the lifecycle")
NO_SUCH_WORD = N_("it names a role or a policy of separation that does not exist")


class OtherStateError(ConflictError):
    """An entry that ends in another state than its action leads to."""

    template = "“{action}” leads to the state “{state}”, not to “{told}”"


class OtherSeparationError(ConflictError):
    """An entry judged by another policy than the one in force."""

    template = "it names the separation of persons “{named}”, but in force was: {adopted}"


class Replay:
    """Visits entries in order of trail and sequence; memory is bounded by `BATCH` trails."""

    def __init__(self, connection: Connection) -> None:
        self._rules, _ = _rules(connection)
        self._comparison = Comparison(connection)
        self._told = FoldedTrail("")
        self._finished: list[FoldedTrail] = []
        self._connection = connection
        self._policies = Policies(connection)
        self._people = People(connection, self._policies)
        self._assigned = Assigned(connection, self._policies)
        self._erasures = Erasures(connection, self._people)
        self._upgrade = Upgrade(connection)
        self._moved: dict[tuple[str, ...], str] = {}

    def visit(self, content: dict[str, Any], head: Head, shown: Mapping[str, str]) -> Iterator[Fault]:
        """Replay one entry."""
        if content["trail"] != self._told.trail:
            yield from self._turn(content["trail"])
        try:
            yield from self._judge(self._told, content, shown)
            yield from self._told.fold(content, head)
        except (ArithmeticError, AttributeError, LookupError, *STUMBLING):
            yield Fault(content["trail"], content["seq"], STRANGE)

    def finish(self, since: int | None = None) -> Iterator[Fault]:
        """Compare the last trails, then look for rows that no trail accounts for."""
        yield from self._turn("")
        yield from self._compare()
        yield from self._comparison.unaccounted(whole=since is None)

    def _judge(self, told: FoldedTrail, content: dict[str, Any], shown: Mapping[str, str]) -> Iterator[Fault]:
        place = (content["trail"], content["seq"])
        if content["from"] != told.state:
            yield Fault(*place, NOT_FOLLOWING, {"source": Word(content["from"]), "state": Word(told.state)})
        rules = self._rules.get(content["lifecycle"])
        if rules is None:
            yield Fault(*place, UNKNOWN_RULES)
            return
        if rules.name != content["trail"].partition(":")[0]:
            yield Fault(*place, WRONG_KIND, {"named": Word(rules.name)})
            return
        try:
            self._check(rules, content, told.deeds)
        except RefusedError as error:
            yield Fault(*place, ILLEGAL, {"reason": error})
        except (ValueError, KeyError):
            yield Fault(*place, ILLEGAL, {"reason": NO_SUCH_WORD})
        else:
            try:
                yield from self._meaning(ReadEntry(content, rules.edge(content["action"]), told, shown))
            except (AttributeError, KeyError, OverflowError, *STUMBLING):
                yield Fault(*place, STRANGE)
        if content["action"] in (Action.SUBMIT, Action.REVIEW):
            told.deeds.append(deed(content))

    def _meaning(self, entry: ReadEntry) -> Iterator[Fault]:
        """What a legal entry means: who acted, when, what it needs and writes, what comes of it."""
        yield from self._people.judge(entry)
        if entry.edge.needs:
            yield from needs(entry)
        if entry.kind == Kind.POLICY:
            yield from adoption(entry)
        elif entry.kind == Kind.LOG:
            yield from self._erasures.judge(entry)
        for each in self._lenient(entry):
            yield self._upgrade.weigh(each)

    def _lenient(self, entry: ReadEntry) -> Iterator[Fault]:
        """Faults that were none for the versions of before `Upgrade`."""
        if entry.told.at is not None and entry.at < entry.told.at:
            yield from forwards(entry, entry.told.at)
        yield from writes(entry)
        if entry.kind == Kind.ASSIGNMENT:
            yield from self._people.concern(entry)
            yield from terms(entry, self._policies)
        elif entry.kind == Kind.PROTOCOL:
            yield from registered(entry, self._policies)

    def _check(self, rules: Lifecycle, content: dict[str, Any], deeds: list[Deed]) -> None:
        state = self._move(rules, content)
        if state != content["to"]:
            raise OtherStateError(action=Word(content["action"]), state=Word(state), told=Word(content["to"]))
        if Need.SEPARATION in rules.edge(content["action"]).needs:
            named = Separation(content["facts"]["separation"])
            adopted = {each.rules.separation for each in self._policies.at(datetime.fromisoformat(content["at"]))}
            if named not in adopted:
                raise OtherSeparationError(named=Word(named), adopted=tuple(Word(each) for each in sorted(adopted)))
            separate(named, deeds, deed(content))

    def _move(self, rules: Lifecycle, content: dict[str, Any]) -> str:
        """A million entries make some dozens of different moves: the machine is asked once for each."""
        key = (content["lifecycle"], content["from"], content["action"], content["role"])
        if key not in self._moved:
            self._moved[key] = rules.move(content["from"], content["action"], Role(content["role"]))
        return self._moved[key]

    def _turn(self, trail: str) -> Iterator[Fault]:
        if self._told.trail:
            self._finished.append(self._told)
        self._told = FoldedTrail(trail)
        if len(self._finished) >= BATCH:
            yield from self._compare()

    def _compare(self) -> Iterator[Fault]:
        finished, self._finished = self._finished, []
        yield from self._comparison.compare(finished)
        yield from map(self._upgrade.weigh, self._assigned.compare(finished))
        yield from missteered(self._connection, finished, self._policies.recent, self._policies.leeway * _SWEEPS)
        yield from map(self._upgrade.weigh, unheard(self._connection, finished))


def _hex(digest: object) -> str:
    return digest.hex() if isinstance(digest, bytes) else str(digest)


def _rules(connection: Connection) -> tuple[dict[str, Lifecycle], list[bytes]]:
    """Lifecycles by hash (hex), and the hashes of those that can't be trusted."""
    rules, foreign = {}, []
    for digest, declared in connection.execute(select(lifecycles.c.hash, lifecycles.c.declared)):
        if digest in KNOWN and isinstance(declared, bytes) and hashlib.sha256(declared).digest() == digest:
            rules[digest.hex()] = Lifecycle.parse(declared)
        else:
            foreign.append(digest if isinstance(digest, bytes) else str(digest).encode())
    return rules, foreign


def verify(
    connection: Connection, evidence: EvidenceStore | None = None, since: int | None = None
) -> Iterator[Fault | int]:
    """Every fault of bytes, chains, replay, tables and evidence; in between the number of entries read so far.

    `since`: only of trails that were written to after so many entries of the log, each from its beginning; of the
    others neither bytes nor rows nor files are read.
    """
    only = None if since is None else touched(since)
    with tolerant(connection):
        yield from _entries(connection, since, only)
        yield from attempted(connection, PLACES, verify_places(connection))
        yield from attempted(connection, TIMES, _times(connection, since or 0))
        yield from attempted(connection, CLOCK, _told_time(connection))
        yield from attempted(connection, RULES, _moves(connection))
        if evidence is not None:
            yield from attempted(connection, FILES, lost(connection, evidence, only))


def _entries(connection: Connection, since: int | None, only: Trails | None) -> Iterator[Fault | int]:
    """Bytes, replay and rows in one reading. What replay stumbles over must not hide the bytes behind it."""
    told, stumbled = set(), False
    for found in attempted(connection, REPLAY, _replayed(connection, since, only)):
        stumbled = stumbled or isinstance(found, Stumble)
        told.add(str(found))
        yield found
    if stumbled:
        again = attempted(connection, BYTES, verify_entries(connection, None, only, texts=False))
        yield from (found for found in again if str(found) not in told)


def _replayed(connection: Connection, since: int | None, only: Trails | None) -> Iterator[Fault | int]:
    replay = Replay(connection)
    yield from verify_entries(connection, replay.visit, only)
    yield from replay.finish(since)


def _times(connection: Connection, since: int) -> Iterator[Fault]:
    yield from map(Upgrade(connection).weigh, backdated(connection, Policies(connection).leeway, since))


def _told_time(connection: Connection) -> Iterator[Fault]:
    """The kind of clock is the one of the first entry of all (databases of before 0003 told none)."""
    found = connection.scalar(select(Instance.clock))
    body = connection.scalar(select(entries.c.body).where(entries.c.trail == FIRST, entries.c.seq == 1))
    try:
        made = read(body)["facts"].get("clock") if body is not None else None
    except (AttributeError, CanonicalError, TypeError):
        return  # it is named where it is read with its trail
    if made not in (None, found):
        yield Fault(FIRST, 1, OTHER_CLOCK, {"made": made, "found": found})


def _moves(connection: Connection) -> Iterator[Fault]:
    """The table by which the database refuses illegal entries holds the moves of the lifecycles, and no others."""
    rules, foreign = _rules(connection)
    stored: dict[str, set[tuple[str, str, str]]] = {}
    for digest, *move in connection.execute(select(*edges.c["lifecycle", "action", "source", "state"])):
        stored.setdefault(_hex(digest), set()).add(tuple(move))
    for digest in sorted(stored.keys() | rules.keys()):
        legal = rules[digest].legal() if digest in rules else ()
        if stored.get(digest, set()) != set(legal):
            yield Fault(f"lifecycle:{digest[:16]}", 0, OTHER_MOVES)
    yield from (Fault(f"lifecycle:{digest.hex()[:16]}", 0, FOREIGN_RULES) for digest in foreign)
