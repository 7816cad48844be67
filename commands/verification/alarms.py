"""Alarms of the audit log: sentences that say what is amiss and what to do, for the page, the doctor and the flow."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from audit.errors import LogError
from audit.merkle.sequencer import size as placed
from audit.merkle.witness_policy import NONE
from audit.trails.tables import entries, leaves
from commands.context.installation import Transaction
from commands.log.empty_places import first_empty_place
from commands.log.pins import unpinned
from commands.log.sealing import keys_of, log_of, unpublished, waiting
from commands.log.signer_memory import memory_amiss
from commands.log.witnesses import damaged, enough, policy_of
from commands.verification.last_run import last_verified
from models.clock import instance, pace
from states.refusal import DamagedError, RefusedError, UnavailableError


class SealLateError(UnavailableError):
    """Entries that nobody seals."""

    template = (
        "Entries of the audit log wait since {since} to be sealed. Look at the process “poruchenie audit seal "
        "--follow” and its log; “poruchenie doctor” says how the log stands."
    )


class FaultsFoundError(DamagedError):
    """The last verification's result."""

    template = (
        "The verification of {at} found that the audit log does not hold: faults {faults}. Stop work with this "
        "database, keep a copy of it as it is, and compare it with a backup; “poruchenie audit verify” names every "
        "fault."
    )


class UnverifiedError(UnavailableError):
    """Nobody has looked for too long."""

    template = (
        "Nobody has verified the whole audit log since {since}. Press “Verify now” on the page “State of the log”, "
        "or run “poruchenie audit verify”; it should run every night by itself."
    )


class UnwitnessedError(UnavailableError):
    """Too few witnesses, for too long."""

    template = (
        "The log holds {size} entries, but the witnesses that the policy demands have cosigned only {met}. Look at the "
        "process “poruchenie audit seal --follow”, which asks them, or ask one by hand: “poruchenie audit ask”."
    )


def known_to_database(tx: Transaction) -> Iterator[RefusedError]:
    """Whatever can be told without the log's files, which are not everywhere that a flow runs."""
    seal = waiting(tx)
    if seal.late:
        yield SealLateError(since=seal.since)
    verified = last_verified(tx)
    if verified.last and verified.last.faults:
        yield FaultsFoundError(at=verified.last.at, faults=verified.last.faults)
    elif verified.old:
        yield UnverifiedError(since=verified.since)


def alarms(tx: Transaction) -> Iterator[RefusedError | LogError]:
    """Everything. Raises LogNotBegunError, and what reading the log's files and the witness policy raises."""
    yield from known_to_database(tx)
    yield from unpinned(log_of(tx.session), tx.settings)
    if empty := first_empty_place(tx.session, tx.settings):
        yield empty
    placed_only = unpublished(tx)
    if placed_only.late:
        yield SealLateError(since=placed_only.since)
    if amiss := memory_amiss(tx.settings):
        yield amiss
    yield from damaged(tx.settings)
    if policy_of(tx.settings).quorum == NONE:
        return
    found = enough(tx.settings, keys_of(tx.session))
    met, size = found.checkpoint.size if found else 0, placed(tx.session.connection())
    if met < size and _long(tx, met):
        yield UnwitnessedError(size=size, met=met)


def _long(tx: Transaction, place: int) -> bool:
    """Whether the entry at this place lacks its witnesses for too long; the very first need no patience."""
    if place == 0:
        return True
    same = (entries.c.trail == leaves.c.trail) & (entries.c.seq == leaves.c.seq)
    # Places that a restored backup lost have no entry; the next one that there is has waited since.
    first = select(entries.c.at).join_from(leaves, entries, same).where(leaves.c.leaf_index >= place)
    at = tx.session.scalar(first.order_by(leaves.c.leaf_index).limit(1))
    if at is None or instance(tx.session).clock == "test":
        return False
    term = timedelta(hours=tx.policy.rules.audit.witnessed_hours)
    return bool(tx.now - at > term * pace(tx.session, tx.now))
