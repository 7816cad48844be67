"""Resumptions: entries by which the log went on after a restored backup, judged before they excuse a lost entry.

Anybody with the database can write such an entry. So it counts only with what he has not got: a checkpoint that the
log's key signed (and its witnesses cosigned, where there are any) over just what it gives up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint, Signed
from audit.merkle.fsck import Kept
from audit.merkle.signed_notes import Verifier
from audit.merkle.tile_store import TileStore
from audit.merkle.tiles import WIDTH
from audit.merkle.witness_policy import NONE, WitnessPolicy
from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import read
from audit.trails.tables import entries, leaves
from audit.trails.verify import Fault, Remark
from commands.checks.upgrade import Upgrade
from commands.context.installation import Transaction
from commands.log.consistency import proven
from commands.log.sealing import store_of
from commands.log.witnesses import cosigners, policy_of
from states.actions import Action
from states.refusal import N_, RefusedError

RESUMED = N_("the resumption of entry {seq}")
UNSIGNED = N_("goes on from a checkpoint that the log did not sign ({reason}): it excuses nothing")
RANGES = N_(
    "gives up the places {ranges} from its own place {place}, under a checkpoint of {size} entries: these are not the "
    "last ones below it, so it excuses nothing"
)
STANDS = N_("gives up the places {ranges}, but entries stand there: it excuses nothing")
UNWITNESSED = N_("goes on from a checkpoint without the witnesses that the policy demands: it excuses nothing")
SIGNED_ONLY = N_("no witness vouches for what the log went on from: its own signature stands for it alone")
LOST = N_(
    "the log went on after a restored backup: the entries at its places {first} to {last} ({number}) are lost from the "
    "database; their bytes are in the log's files"
)
WENT_ON = N_("goes on though its entry {seq}, sealed at place {place}, was lost with a restored backup")

_PLACED = (leaves.c.trail == entries.c.trail) & (leaves.c.seq == entries.c.seq)


@dataclass
class Resumptions:
    """What all of them come to: places that are excused, heads that the log must lead to, what is to be said."""

    lost: list[range] = field(default_factory=list)
    heads: list[Kept] = field(default_factory=list)
    found: list[Fault] = field(default_factory=list)


def resumptions_of(tx: Transaction) -> Resumptions:
    """Those of this installation's log. Raises WitnessPolicyError, PolicyFormError."""
    try:
        keys = proven(tx)
    except (LogError, RefusedError, KeyError, TypeError, ValueError):
        keys = []  # the log's own trail is named for what it is
    return resumptions(tx.session.connection(), store_of(tx.settings), keys, policy_of(tx.settings))


def resumptions(
    connection: Connection, store: TileStore, keys: Sequence[Verifier], witnesses: WitnessPolicy
) -> Resumptions:
    """Every resumption that the log's own trail tells of, judged."""
    told, upgrade = Resumptions(), Upgrade(connection)
    wanted = select(entries.c.trail, entries.c.seq, entries.c.body, leaves.c.leaf_index).outerjoin(leaves, _PLACED)
    resumed = wanted.where(entries.c.trail.like("log:%"), entries.c.action == Action.RESUME).order_by(entries.c.seq)
    for row in connection.execute(resumed):
        _judge(connection, row, told, upgrade, keys, witnesses)
    for places in told.lost:
        told.found += _went_on(connection, store, places)
    return told


def _judge(
    connection: Connection,
    row: Row[Any],
    told: Resumptions,
    upgrade: Upgrade,
    keys: Sequence[Verifier],
    witnesses: WitnessPolicy,
) -> None:
    try:
        facts = read(row.body)["facts"]
        signed = Signed.open(str(facts["checkpoint"]).encode(), keys)
        lost = [range(int(start), int(end)) for start, end in facts["lost"]]
    except (LogError, CanonicalError, KeyError, TypeError, ValueError) as error:
        reason = error if isinstance(error, LogError) else type(error).__name__
        told.found.append(Fault(row.trail, row.seq, UNSIGNED, {"reason": reason}))
        return
    amiss = [upgrade.weigh(each) for each in _amiss(row, signed.checkpoint, lost)]
    amiss += _stand(connection, row, lost)
    if witnesses.quorum != NONE and not witnesses.met(cosigners(witnesses, signed.note)):
        amiss.append(Fault(row.trail, row.seq, UNWITNESSED))
    told.found += amiss
    if any(not isinstance(each, Remark) for each in amiss):
        return
    head = signed.checkpoint
    told.heads.append(Kept(RESUMED.format(seq=row.seq), head.size, head.root))
    told.lost += lost
    for each in lost:
        values: dict[str, object] = {"first": each.start, "last": each.stop - 1, "number": len(each)}
        told.found.append(Remark(row.trail, row.seq, LOST, values))
    if witnesses.quorum == NONE:
        told.found.append(Remark(row.trail, row.seq, SIGNED_ONLY))


def _amiss(row: Row[Any], head: Checkpoint, lost: Sequence[range]) -> Iterator[Fault]:
    """It gives up the last places below its own in one piece, and its checkpoint is of all below it."""
    place, size = row.leaf_index, head.size
    right = place == size and (not lost or (len(lost) == 1 and 0 <= lost[0].start < lost[0].stop == size))
    if not right:
        ranges = ", ".join(f"{each.start}–{each.stop - 1}" for each in lost) or "—"
        values = {"ranges": ranges, "place": "—" if place is None else place, "size": size}
        yield Fault(row.trail, row.seq, RANGES, values)


def _stand(connection: Connection, row: Row[Any], lost: Sequence[range]) -> Iterator[Fault]:
    """A place given up is empty: else it would excuse, beside what a backup lacked, whatever somebody took away."""
    for each in lost:
        within = (leaves.c.leaf_index >= each.start) & (leaves.c.leaf_index < each.stop)
        if (
            connection.scalar(select(leaves.c.leaf_index).where(within, leaves.c.trail.is_not(None)).limit(1))
            is not None
        ):
            yield Fault(row.trail, row.seq, STANDS, {"ranges": f"{each.start}–{each.stop - 1}"})


def _went_on(connection: Connection, store: TileStore, lost: range) -> Iterator[Remark]:
    """Trails that have an entry today where one was lost, read from the log's files."""
    for number in range(lost.start // WIDTH, -(-lost.stop // WIDTH)):
        try:
            bodies = store.entries(number, lost.stop)
        except LogError:
            return  # the files are named for what they are
        for place, body in enumerate(bodies, number * WIDTH):
            if place in lost:
                yield from _goes_on(connection, place, body)


def _goes_on(connection: Connection, place: int, body: bytes) -> Iterator[Remark]:
    try:
        told = read(body)
    except CanonicalError:
        return
    here = (entries.c.trail == told["trail"]) & (entries.c.seq == told["seq"])
    if connection.scalar(select(entries.c.seq).where(here)) is not None:
        yield Remark(told["trail"], told["seq"], WENT_ON, {"seq": told["seq"], "place": place})
