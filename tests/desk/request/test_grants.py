"""Denied unless granted: every route is named. Who passes which: test_gates."""

import re

import pytest

from commands.access.accounts import close_account
from commands.context.actors import actor_for_login
from commands.registers.assignments import assignments
from commands.registers.filters import AssignmentFilter
from desk.request.grants import GRANTS, OPEN
from states.lifecycle import Role
from tests.desk.town import Reader, Town


@pytest.fixture
def peopled(town: Town) -> Town:
    """The town with an account of each role; the executor's organisation is the first addressee's."""
    town.account("director", Role.LEADER)
    town.account("office", Role.EXECUTOR, town.line("1.1", 0).addressee)
    return town


def _operations(reader: Reader) -> set[str]:
    paths = reader.app.openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


@pytest.mark.journey
def test_every_operation_is_granted_to_somebody_or_open_and_no_other_is_named(peopled: Town) -> None:
    assert _operations(peopled.reader()) == GRANTS.keys() | OPEN
    assert not GRANTS.keys() & OPEN


def test_a_route_that_nobody_granted_is_denied(peopled: Town) -> None:
    reader = peopled.reader()
    from desk.request.context import ReadTx  # noqa: PLC0415 - as a page would

    def forgotten(context: ReadTx) -> str:
        return context.actor.login

    reader.app.add_api_route("/forgotten", forgotten)
    assert reader.ask("/forgotten").status_code == 403


def test_an_executor_sees_his_own_organisation_only(peopled: Town) -> None:
    reader = peopled.reader(login="office")
    own, foreign = peopled.line("1.1", 0), peopled.line("1.1", 1)
    assert own.addressee in reader.text("/protocols/1")
    page = reader.text("/protocols/1?lang=en")
    assert foreign.addressee not in page
    with peopled.at().read() as tx:
        total = len(assignments(tx, AssignmentFilter(within=own.organisation_id)))  # with its schools
    assert f"0 of {total} accepted" in page
    assert reader.ask(f"/assignments/{own.id}").status_code == 200
    assert reader.ask(f"/trails/assignment:{own.id}").status_code == 200
    for path in (f"/assignments/{foreign.id}", f"/trails/assignment:{foreign.id}"):
        assert reader.ask(path).status_code == 404, path
    for subject in ("protocol:1", "account:2", "organisation:1", "policy:1"):
        assert reader.ask(f"/trails/{subject}").status_code == 403, subject


@pytest.mark.parametrize(
    "subject", ["assignment:1_0", "assignment:01", "assignment:", "assignment:-1", "x:1", "assignment:1:2"]
)
def test_a_subject_has_one_spelling(peopled: Town, subject: str) -> None:
    assert peopled.reader(login="office").ask(f"/trails/{subject}").status_code == 404


def test_a_closed_account_is_out_at_once(peopled: Town) -> None:
    reader = peopled.reader(login="clerk")
    assert reader.ask("/board").status_code == 200
    with peopled.at().write() as tx:
        close_account(tx, actor_for_login(tx, "admin", "cli:test"), "clerk", "Приказ № 1")
    assert reader.ask("/board").status_code == 303


def test_accounts_are_opened_invited_and_closed_by_whoever_may(peopled: Town) -> None:
    admin, controller = peopled.reader(login="admin"), peopled.reader()
    made = admin.send("/accounts?lang=en", login="New.One", role="leader", email="")
    assert "Give its person this link" in made.text
    link = re.search(r"http://127.0.0.1:8000(/invitations/[\w-]+)", made.text)
    assert link
    assert admin.ask(link[1]).status_code == 200
    assert admin.send("/accounts?lang=en", login="new.one", role="leader").status_code == 409
    assert admin.send("/accounts", login="more", role="reviewer").status_code == 403
    refused = admin.send("/accounts?lang=en", login="плохой", role="leader", name="Осокина", email="x@example.org")
    assert refused.status_code == 422
    assert 'value="плохой"' in refused.text
    assert 'value="x@example.org"' in refused.text
    assert controller.send("/accounts", login="more", role="reviewer", email="m@example.org").status_code == 200
    assert admin.send("/accounts/more/invite").status_code == 403
    assert admin.send("/accounts/new.one/update", name="Осокина Р.Л.", email="").status_code == 303
    assert "Осокина Р.Л." in admin.text("/accounts/new.one")
    assert admin.send("/accounts/new.one/close?lang=en", note="").status_code == 422
    assert admin.send("/accounts/new.one/close", note="Приказ № 2").status_code == 303
    assert "Closed" in admin.text("/accounts/new.one?lang=en")
    assert admin.ask("/accounts/ghost").status_code == 403
