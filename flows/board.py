"""The board in Prefect's UI: one flow run for each item, made true from the database, never the other way round."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort

from commands.context.installation import Installation
from commands.context.language import shown
from commands.registers.item_history import steps_after
from commands.registers.situation import situations
from commands.sweeps.publication import Card, cards, note_published, note_situation, published_situations
from flows.artifacts import of_item, of_protocol
from flows.run_log import tell
from states.assignment import State as AssignmentState
from states.rollup import OVERDUE

FLOW = "protocol-item"
PAGE = 200  # Prefect answers no more flow runs at once
BUDGET_S = 20
"""A sweep goes on so many seconds and leaves what remains to the next: a slow Prefect may catch its breath."""
_TYPES = {
    AssignmentState.ASSIGNED: StateType.RUNNING,
    AssignmentState.SUBMITTED: StateType.RUNNING,
    AssignmentState.REVIEWED: StateType.RUNNING,
    OVERDUE: StateType.FAILED,
    AssignmentState.ACCEPTED: StateType.COMPLETED,
    AssignmentState.WITHDRAWN: StateType.CANCELLED,
}


def publish(installation: Installation, client: SyncPrefectClient) -> int:
    """Bring every run that differs from its item up to date; how many were. Repeated, it publishes nothing."""
    with installation.read() as tx:
        every = list(cards(tx))
    if not every:
        return 0
    runs = _runs(client, every)
    changed = [card for card in every if card.stale or _tampered(card, runs.get(card.item.run_id or ""))]
    unborn = any(card.item.run_id not in runs for card in changed)
    flow = client.create_flow_from_name(FLOW) if unborn else None
    until = time.monotonic() + BUDGET_S
    done = 0
    for card in sorted(changed, key=lambda card: card.item.run_id is not None):
        _publish(installation, client, flow, card, runs)
        done += 1
        if time.monotonic() > until:
            break  # Prefect is slow: the rest is for the next sweep
    return done


def publish_situations(installation: Installation, client: SyncPrefectClient) -> int:
    """Bring the overview of every protocol up to date where it has changed; how many."""
    with installation.read() as tx:
        told = {each.protocol: of_protocol(each) for each in situations(tx)}
        known = published_situations(tx)
    hashes = {number: hashlib.sha256(str(each.data).encode()).hexdigest() for number, each in told.items()}
    changed = [number for number, digest in hashes.items() if known.get(number) != digest]
    for number in changed:
        client.create_artifact(told[number])
        with installation.write() as tx:
            note_situation(tx, number, hashes[number])
    return len(changed)


def _runs(client: SyncPrefectClient, cards: Sequence[Card]) -> dict[str, FlowRun]:
    ids = [UUID(card.item.run_id) for card in cards if card.item.run_id]
    found: dict[str, FlowRun] = {}
    for start in range(0, len(ids), PAGE):
        wanted = FlowRunFilter(id=FlowRunFilterId(any_=ids[start : start + PAGE]))
        found |= {str(run.id): run for run in _read(client, wanted)}
    return found


def _read(client: SyncPrefectClient, wanted: FlowRunFilter) -> list[FlowRun]:
    return client.read_flow_runs(flow_run_filter=wanted, sort=FlowRunSort.ID_DESC, limit=PAGE)


def _tampered(card: Card, run: FlowRun | None) -> bool:
    if run is None or run.state is None:
        return True
    return (run.name, run.state.name, run.state.type) != (card.name, _name(card), _TYPES[card.state])


def _name(card: Card) -> str:
    word = shown(card.state)
    return word[:1].upper() + word[1:]


def _publish(
    installation: Installation, client: SyncPrefectClient, flow: UUID | None, card: Card, runs: Mapping[str, FlowRun]
) -> None:
    known = runs.get(card.item.run_id or "")
    # A run deleted by hand is made anew: its old key would give nothing back.
    key = f"{card.key}-{card.item.run_id}" if card.item.run_id and known is None else card.key
    run_id = known.id if known else _create(client, flow, card, key)
    if known and known.name != card.name:
        client.update_flow_run(run_id, name=card.name)
    state: State[Any] = State(type=_TYPES[card.state], name=_name(card), message=card.message)
    client.set_flow_run_state(run_id, state, force=True)
    with installation.read() as tx:
        steps, versions = steps_after(tx, card.item.id, card.versions)
        artifacts = list(of_item(tx, card.item, run_id))
    tell(client, run_id, steps)
    for artifact in artifacts:
        client.create_artifact(artifact)
    with installation.write() as tx:
        note_published(tx, card, str(run_id), versions)


def _create(client: SyncPrefectClient, flow: UUID | None, card: Card, key: str) -> UUID:
    # The client's own method lacks the idempotency key, without which a killed publish would leave two runs.
    answer = client.request(
        "POST",
        "/flow_runs/",
        json={
            "flow_id": str(flow),
            "name": card.name,
            "tags": list(card.tags),
            "idempotency_key": key,
            "state": {"type": _TYPES[card.state].value, "name": _name(card), "message": card.message},
        },
    )
    answer.raise_for_status()
    return UUID(answer.json()["id"])
