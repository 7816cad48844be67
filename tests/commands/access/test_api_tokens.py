"""Tokens: made by a person for a program, shown once, good for their scopes and days, and on the record."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from commands.access.accounts import close_account
from commands.access.api_tokens import (
    Issued,
    Scope,
    TokenLifeError,
    TokenNameError,
    TokenScopeError,
    UnknownTokenError,
    actor_of_token,
    issue_token,
    revoke_token,
    tokens_of,
)
from commands.assignments.locked_assignment import TakeAction
from commands.assignments.transitions import take_action
from commands.context.actors import actor_for_login
from tests.world import World

A = 7  # the account of `a`


def issued(world: World, login: str = "a", name: str = "School's system", days: int = 30) -> Issued:
    with world.installation.write() as tx:
        return issue_token(tx, actor_for_login(tx, login, "cli:tester"), name, ["act", "read"], days)


def opens(world: World, secret: str) -> bool:
    with world.installation.read() as tx:
        return actor_of_token(tx, secret) is not None


def revoke(world: World, token: int, login: str = "a") -> None:
    with world.installation.write() as tx:
        revoke_token(tx, actor_for_login(tx, login, "cli:tester"), token)


def test_who_acts_by_a_token_is_its_person_and_the_entry_names_the_token(world: World) -> None:
    world.register()
    made = issued(world)
    number = world.one("1.2", "Authority A").id
    with world.installation.write() as tx:
        found = actor_of_token(tx, made.secret)
        assert found
        actor, scopes = found
        assert (actor.login, scopes) == ("a", [Scope.READ, Scope.ACT])
        take_action(tx, actor, TakeAction(number, "submit", note="Done"))
    last = world.trail(f"assignment:{number}")[-1]
    assert (last.actor, last.channel) == ("a", f"token:{made.token}")
    assert world.faults() == []


def test_its_making_and_its_end_stand_in_the_trail_but_its_secret_nowhere(world: World) -> None:
    made = issued(world)
    revoke(world, made.token)
    assert [line.action for line in world.trail("account:7")[-2:]] == ["issue_token", "revoke_token"]
    with world.installation.read() as tx:
        for table in ("tokens", "disclosures", "entries"):
            for row in tx.session.execute(text(f"SELECT * FROM {table}")):
                assert made.secret not in repr(row)
                assert made.secret.encode() not in repr(row).encode()
    assert world.faults() == []


def test_one_that_was_revoked_is_over_or_whose_person_is_gone_opens_nothing(world: World) -> None:
    revoked, over, gone = issued(world), issued(world, days=1), issued(world, "b", days=60)
    assert all(opens(world, each.secret) for each in (revoked, over, gone))
    revoke(world, revoked.token)
    assert not opens(world, revoked.secret)

    now = world.installation.system()
    world.installation = replace(world.installation, system=lambda: now + timedelta(days=2))
    assert not opens(world, over.secret)

    with world.installation.write() as tx:
        close_account(tx, actor_for_login(tx, "admin", "cli:tester"), "b", "Order 9")
    assert not opens(world, gone.secret)
    assert not opens(world, gone.secret + "x")
    assert not opens(world, "")
    assert not opens(world, "\ud800")


def test_nobody_ends_anothers_token_or_one_twice(world: World) -> None:
    made = issued(world)
    with pytest.raises(UnknownTokenError):
        revoke(world, made.token, "b")
    revoke(world, made.token)
    with pytest.raises(UnknownTokenError, match=f"You have no token {made.token}"):
        revoke(world, made.token)


def test_only_open_tokens_are_listed_the_newest_first(world: World) -> None:
    first, second, third = (issued(world, name=name) for name in ("one", "two", "three"))
    revoke(world, second.token)
    with world.installation.read() as tx:
        assert [(each.id, each.name) for each in tokens_of(tx, A)] == [(third.token, "three"), (first.token, "one")]


@pytest.mark.parametrize(
    ("name", "scopes", "days", "error"),
    [
        (" ", ["read"], 30, TokenNameError),
        ("x" * 81, ["read"], 30, TokenNameError),
        ("two\nlines", ["read"], 30, TokenNameError),
        ("x", [], 30, TokenScopeError),
        ("x", ["everything"], 30, TokenScopeError),
        ("x", ["read"], 0, TokenLifeError),
        ("x", ["read"], 366, TokenLifeError),
    ],
)
def test_a_token_without_name_scope_or_end_is_refused(
    world: World, name: str, scopes: list[str], days: int, error: type[Exception]
) -> None:
    with world.installation.write() as tx, pytest.raises(error):
        issue_token(tx, actor_for_login(tx, "a", "cli:tester"), name, scopes, days)
