"""Who hears of what: whoever gets something, and nobody whose account is closed."""

from sqlalchemy import select

from commands.access.accounts import close_account
from commands.context.actors import actor_for_login
from models.accounts import Account
from models.outbox import Notice
from states.lifecycle import Role
from tests.world import World


def heard(world: World, action: str) -> list[str]:
    with world.installation.read() as tx:
        wanted = select(Notice.recipient).where(Notice.action == action).order_by(Notice.recipient)
        return list(tx.session.scalars(wanted))


def account(world: World, login: str) -> int:
    with world.installation.read() as tx:
        return tx.session.scalars(select(Account.id).where(Account.login == login)).one()


def test_who_gets_something_hears_of_it(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    one = world.one("1.2", "Authority A").id
    world.account("a2", Role.EXECUTOR, "Authority A")
    world.act("controller", one, "reassign", to="a2")
    world.act("controller", one, "transfer", to="Control department", note="Merger")
    world.account("second", Role.REVIEWER, by="controller")
    two = world.one("1.2", "Authority B").id
    world.act("b", two, "submit", note="Done")
    world.act("controller", two, "assign_reviewer", to="second")
    number = account(world, "second")
    assert heard(world, "reassign") == [f"account:{account(world, 'a2')}", "organisation:3"]
    assert heard(world, "transfer") == ["organisation:2"]
    assert heard(world, "assign_reviewer") == [f"account:{number}"]
    assert world.at("2020-06-02 09:00").sweep()["messages"] > 0


def test_a_closed_account_hears_of_nothing(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    one = world.one("1.2", "Authority A").id
    world.account("second", Role.REVIEWER, by="controller")
    world.act("a", one, "submit", note="Done")
    world.act("controller", one, "assign_reviewer", to="second")
    with world.installation.write() as tx:
        close_account(tx, actor_for_login(tx, "controller", "cli:tester"), "second", "Order 1")
    world.act("a", one, "submit", note="Done better")
    # The first version had no reviewer yet and the second has none any more: both go to the controllers.
    assert heard(world, "submit") == [f"account:{account(world, 'controller')}"] * 2
