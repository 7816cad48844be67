"""Changes of the log's keys: a key that somebody invented signs nothing, and is named."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from audit.errors import LogError
from audit.merkle.signed_notes import Verifier
from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import read
from audit.trails.tables import entries, leaves
from audit.trails.verify import Fault, Remark
from commands.context.installation import Transaction
from commands.log.consistency import proven
from commands.log.sealing import published_size, signer_of
from states.actions import Action
from states.refusal import N_, RefusedError

NO_OVERLAP = N_("changes the log's keys otherwise than by adding one or retiring one")
INVENTED = N_("adds the key {key}, by which nothing is signed: the log's signer does not hold it")
UNPROVEN = N_("the key {key}, added here and retired since, has signed nothing that is at hand")

_PLACED = (leaves.c.trail == entries.c.trail) & (leaves.c.seq == entries.c.seq)


def key_changes(tx: Transaction) -> Iterator[Fault]:
    """Faults of every change of keys that the log's own trail tells of."""
    changes = list(_changes(tx))
    if not changes:
        return
    published, signed, held = _published(tx), _signing(tx), _held(tx)
    last = changes[-1][3]
    for seq, place, before, after in changes:
        added, retired = set(after) - set(before), set(before) - set(after)
        if before and len(added) + len(retired) != 1:
            yield Fault("log:1", seq, NO_OVERLAP)
        for key in sorted(added) if before else ():
            waits = place is None or place >= published
            if key in signed or (waits and key in held):
                continue
            yield (Fault if key in last else Remark)("log:1", seq, INVENTED if key in last else UNPROVEN, {"key": key})


def _changes(tx: Transaction) -> Iterator[tuple[int, int | None, Sequence[str], Sequence[str]]]:
    """Entry, place, keys before and after, of each entry that sets keys and can be read."""
    wanted = select(entries.c.seq, entries.c.body, leaves.c.leaf_index).outerjoin(leaves, _PLACED)
    set_keys = entries.c.action.in_((Action.BEGIN, Action.ROTATE))
    before: Sequence[str] = ()
    for seq, body, place in tx.session.execute(
        wanted.where(entries.c.trail == "log:1", set_keys).order_by(entries.c.seq)
    ):
        try:
            keys: Any = read(body)["facts"]["set"]["keys"]
            after = [str(Verifier.parse(each)) for each in keys]
        except (LogError, CanonicalError, KeyError, TypeError, ValueError, AttributeError):
            continue  # replay names it
        yield seq, place, before, after
        before = after


def _published(tx: Transaction) -> int:
    try:
        return published_size(tx.session, tx.settings)
    except (LogError, RefusedError):
        return 0


def _signing(tx: Transaction) -> set[str]:
    try:
        return {str(key) for key in proven(tx)}
    except (LogError, RefusedError, KeyError, TypeError, ValueError):
        return set()


def _held(tx: Transaction) -> set[str]:
    try:
        return {str(key) for key in signer_of(tx.settings).verifiers()}
    except LogError:
        return set()
