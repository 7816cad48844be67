"""The board in Prefect's UI says what the database says, whatever somebody clicks there."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, State, StateType
from sqlalchemy import update

from commands.sweeps import sweeps
from flows.board import publish, publish_situations
from models.base import table_of
from models.protocols import Item
from tests.programs import PROTOCOL, program
from tests.world import World

pytestmark = pytest.mark.xdist_group("prefect")


def run_of(world: World, client: SyncPrefectClient, item: str) -> FlowRun:
    """The run of an item of the world's protocol."""
    run_id = world.assignments(item=item)[0].run_id
    assert run_id
    return client.read_flow_run(UUID(run_id))


def shown(run: FlowRun) -> tuple[str, str | None, str | None]:
    assert run.state
    return (run.state.type.value, run.state.name, run.state.message)


def test_every_item_has_a_run_in_its_state(world: World, client: SyncPrefectClient) -> None:
    world.at("2020-06-01 16:30").register()
    one = world.one("1.2", "Authority A").id
    two = world.one("1.2", "Authority B").id
    for login, number in (("a", one), ("b", two)):
        world.at("2020-06-02 10:00").act(login, number, "submit", note="Done")
    assert publish(world.installation, client) == 3
    assert shown(run_of(world, client, "1.1")) == ("RUNNING", "Assigned", "0 of 2 accepted")
    assert shown(run_of(world, client, "1.2")) == ("RUNNING", "Submitted", "0 of 2 accepted")

    world.at("2020-06-04 10:00")
    for number in (one, two):
        world.act("reviewer", number, "review", note="Complete")
        world.act("controller", number, "accept")
    publish(world.installation, client)
    assert shown(run_of(world, client, "1.1")) == ("FAILED", "Overdue", "0 of 2 accepted, 2 overdue")
    assert shown(run_of(world, client, "1.2")) == ("COMPLETED", "Accepted", "2 of 2 accepted")


def test_only_what_changed_is_published(world: World, client: SyncPrefectClient) -> None:
    world.register()
    publish(world.installation, client)
    assert publish(world.installation, client) == 0
    world.act("a", world.one("1.2", "Authority A").id, "submit", note="Done")
    assert publish(world.installation, client) == 1
    assert run_of(world, client, "1.2").name == "Protocol 1, item 1.2"


def test_what_somebody_clicks_in_prefect_is_put_right_and_changes_nothing_here(
    world: World, client: SyncPrefectClient
) -> None:
    world.register()
    publish(world.installation, client)
    first, second, third = (run_of(world, client, item) for item in ("1.1", "1.2", "2.1"))
    client.set_flow_run_state(first.id, State(type=StateType.CANCELLED, name="Cancelled"), force=True)
    client.update_flow_run(second.id, name="Something else")
    client.delete_flow_run(third.id)

    assert publish(world.installation, client) == 3
    assert shown(run_of(world, client, "1.1"))[:2] == ("RUNNING", "Assigned")
    assert run_of(world, client, "1.2").name == "Protocol 1, item 1.2"
    assert shown(run_of(world, client, "2.1"))[:2] == ("RUNNING", "Assigned")
    assert {line.state for line in world.assignments()} == {"assigned"}


def test_a_publish_killed_before_it_noted_the_run_makes_no_second_one(world: World, client: SyncPrefectClient) -> None:
    world.register()
    publish(world.installation, client)
    before = run_of(world, client, "1.1").id
    with world.installation.write() as tx:
        tx.session.execute(update(table_of(Item)).values(run_id=None, published=None))
    publish(world.installation, client)
    assert run_of(world, client, "1.1").id == before


def test_the_run_logs_each_transition_once(world: World, client: SyncPrefectClient) -> None:
    world.at("2020-06-01 16:30").register()
    publish(world.installation, client)
    world.at("2020-06-02 10:00").act("a", world.one("1.2", "Authority A").id, "submit", note="Done")
    publish(world.installation, client)
    assert _logs(world, client, "1.2") == [
        "Authority A: assign (clerk), now assigned",
        "Authority B: assign (clerk), now assigned",
        "Authority A: submit (a), now submitted",
    ]


def test_progress_and_addressees_are_artifacts_with_links_to_the_desk(world: World, client: SyncPrefectClient) -> None:
    world.register()
    publish(world.installation, client)
    run = run_of(world, client, "1.1")
    wanted = {"artifacts": {"flow_run_id": {"any_": [str(run.id)]}}}
    artifacts = client.request("POST", "/artifacts/filter", json=wanted).json()
    by_type = {artifact["type"]: artifact["data"] for artifact in artifacts}
    assert by_type["progress"] == 0
    rows = json.loads(by_type["table"])
    number = world.one("1.1", "Authority A").id
    assert rows[0] == {
        "Addressee": f"[Authority A](http://127.0.0.1:8000/assignments/{number})",
        "State": "assigned",
        "Due": "3 June 2020, 24:00",
        "Version": 1,
    }


def test_an_empty_database_publishes_nothing(world: World, client: SyncPrefectClient) -> None:
    assert client.api_url
    assert publish(world.installation, client) == 0


def situation(client: SyncPrefectClient, protocol: int) -> str:
    key = {"artifacts": {"key": {"any_": [f"protocol-{protocol}-situation"]}}, "sort": "CREATED_DESC"}
    data: str = client.request("POST", "/artifacts/filter", json=key).json()[0]["data"]
    return data


def test_the_situation_of_today_says_what_moved_what_is_late_and_what_comes(
    world: World, client: SyncPrefectClient
) -> None:
    protocol = world.at("2020-06-01 16:30").register()
    world.at("2020-06-25 10:00").act("a", world.one("1.2", "Authority A").id, "submit", note="Done")
    assert publish_situations(world.installation, client) == 1
    assert publish_situations(world.installation, client) == 0
    assert situation(client, protocol) == (
        "# Situation on 25 June 2020\n\n## What moved today\n\n- submit: 1\n\n## What is late\n\n"
        "- Item 1.1: Authority A, Authority B\n\n## What falls due within a week\n\n"
        "- Item 1.2, by 30 June 2020: 1 not handed in yet\n- Item 2.1, by 30 June 2020: 3 not handed in yet"
    )
    world.at("2020-06-26 10:00")
    assert publish_situations(world.installation, client) == 1  # a new day


def test_a_program_shows_its_stages(world: World, client: SyncPrefectClient) -> None:
    world.at("2020-06-01 16:30").register(PROTOCOL)
    world.act("a", world.one("1.1", "Authority A").id, "submit", files={"p.txt": program("Somebody")})
    world.act("b", world.one("1.1", "Authority B").id, "submit", files={"p.txt": program("Authority B")})
    sweeps.program_approval(world.installation)
    world.act("reviewer", world.one("1.1", "Authority B").id, "review", note="Good")
    publish(world.installation, client)
    assert _stages(world, client, "1.1") == [
        ("checked, findings: 1", "reviewer", "8 June 2020, 24:00"),
        ("reviewed", "reviewer", "4 June 2020, 24:00"),
    ]
    awaited = world.one("1.1", "Authority A").id
    assert _stages(world, client, "1.2")[0] == (f"opens with assignment {awaited}", "—", "—")


def _stages(world: World, client: SyncPrefectClient, item: str) -> list[tuple[str, str, str]]:
    wanted = {
        "artifacts": {"flow_run_id": {"any_": [str(run_of(world, client, item).id)]}, "type": {"any_": ["table"]}}
    }
    (artifact,) = client.request("POST", "/artifacts/filter", json=wanted).json()
    return [(row["Stage"], row["Reviewer"], row["Term"]) for row in json.loads(artifact["data"])]


def test_what_is_committed_late_is_logged_all_the_same(world: World, client: SyncPrefectClient) -> None:
    world.at("2020-06-02 10:00").register()
    publish(world.installation, client)
    one = world.one("1.2", "Authority A").id
    early = world.installation
    world.at("2020-06-02 12:00").act("b", world.one("1.2", "Authority B").id, "submit", note="Done")
    publish(world.installation, client)
    world.installation = replace(early, given=None)  # the clock set back: it may not go behind the newest entry
    world.act("a", one, "submit", note="Done")
    publish(world.installation, client)
    logs = _logs(world, client, "1.2")
    assert [log for log in logs if "submit" in log] == [
        "Authority B: submit (b), now submitted",
        "Authority A: submit (a), now submitted",
    ]


def _logs(world: World, client: SyncPrefectClient, item: str) -> list[str]:
    wanted = {"logs": {"flow_run_id": {"any_": [str(run_of(world, client, item).id)]}}, "sort": "TIMESTAMP_ASC"}
    return [log["message"] for log in client.request("POST", "/logs/filter", json=wanted).json()]


def test_a_change_costs_at_most_five_requests(world: World, client: SyncPrefectClient) -> None:
    world.at("2020-06-01 16:30").register()
    publish(world.installation, client)
    quiet = _requests(client, world)
    world.act("a", world.one("1.2", "Authority A").id, "submit", note="Done")
    assert quiet == 1  # the runs are read in any case
    assert _requests(client, world) - quiet <= 5


def _requests(client: SyncPrefectClient, world: World) -> int:
    seen: list[object] = []
    client._client.event_hooks["request"].append(seen.append)
    publish(world.installation, client)
    client._client.event_hooks["request"].remove(seen.append)
    return len(seen)


def test_a_slow_prefect_gets_the_rest_in_the_next_round(
    world: World, client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.register()
    monkeypatch.setattr("flows.board.BUDGET_S", 0)
    assert [publish(world.installation, client) for _ in range(4)] == [1, 1, 1, 0]
