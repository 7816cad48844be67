"""Accounts: what an address must be, what closing one demands, and who is left."""

import pytest

from commands.access.accounts import (
    AddAccount,
    EmailError,
    LastAccountError,
    UpdateAccount,
    add_account,
    close_account,
    update_account,
)
from commands.access.substitutions import Substitute, substitute
from commands.context.actors import actor_for_login
from commands.recording.requirements import NeedError
from states.lifecycle import Role
from tests.world import World, moment

BAD = ['"', "a@[", "<", "", "a@b.c\nBcc: x@y.org", "=?utf-8?q?=0d=0aBcc:x?= <a@b>", "name <a@example.org>"]


@pytest.mark.parametrize("email", BAD)
def test_an_account_takes_no_address_that_mail_could_not_be_sent_to(world: World, email: str) -> None:
    with (
        pytest.raises(EmailError),
        world.installation.write() as tx,
    ):
        update_account(tx, actor_for_login(tx, "controller", "cli:tester"), UpdateAccount("reviewer", email=email))
    with pytest.raises(EmailError):
        add(world, email)
    assert [line.action for line in world.trail("account:5")] == ["create"]


def test_an_account_is_closed_and_a_substitute_appointed_on_a_basis_only(world: World) -> None:
    day = moment("2020-06-02 00:00").date()
    with pytest.raises(NeedError, match="its basis"), world.installation.write() as tx:
        close_account(tx, actor_for_login(tx, "controller", "cli:tester"), "reviewer", " ")
    command = Substitute("reviewer", "director", day, day, "")
    with pytest.raises(NeedError, match="its basis"), world.installation.write() as tx:
        substitute(tx, actor_for_login(tx, "controller", "cli:tester"), command)
    assert [line.action for line in world.trail("account:5")] == ["create"]


@pytest.mark.parametrize(("login", "role"), [("controller", Role.CONTROLLER), ("admin", Role.ADMIN)])
def test_the_last_account_that_grants_roles_stays_open(world: World, login: str, role: Role) -> None:
    with pytest.raises(LastAccountError, match=f"“{login}” is the last open account"):
        close(world, login, by=login)
    world.account("second", role, by=login)
    close(world, login, by="second")
    with pytest.raises(LastAccountError):
        close(world, "second", by="second")
    assert world.faults() == []


def add(world: World, email: str) -> None:
    with world.installation.write() as tx:
        add_account(tx, actor_for_login(tx, "admin", "cli:tester"), AddAccount("new", Role.LEADER, email=email))


def close(world: World, login: str, by: str) -> None:
    with world.installation.write() as tx:
        close_account(tx, actor_for_login(tx, by, "cli:tester"), login, "Order 1")
