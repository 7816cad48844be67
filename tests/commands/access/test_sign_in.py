"""Getting in: passwords, waiting after wrong ones, sessions, invitations, and what the trail tells of them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError

from commands.access.accounts import GrantError, close_account
from commands.access.passwords import (
    LongPasswordError,
    OldPasswordError,
    PlainPasswordError,
    ShortPasswordError,
    change_password,
    give_password,
)
from commands.access.sessions import (
    Client,
    NewSession,
    UnknownSessionError,
    actor_of,
    sessions_of,
    sign_out,
    sign_out_everywhere,
)
from commands.access.sign_in import OnlyDemoError, WrongPasswordError, sign_in, sign_in_demo
from commands.access.throttling import TooManyAttemptsError, TooManyFromAddressError
from commands.context.actors import actor_for_login
from commands.context.secret_hash import fingerprint
from models.access import Password, Session
from models.accounts import Account
from models.base import table_of
from states.refusal import RefusedError
from tests.commands.access.signing_in import GOOD, HOME, A, asked, later, who
from tests.world import World

NOBODY: tuple[int, Any] = (0, None)


def give(world: World, login: str = "a", password: str = GOOD, by: str = "admin") -> None:
    with world.installation.write() as tx:
        give_password(tx, actor_for_login(tx, by, "cli:tester"), login, password)


def knock(world: World, login: str = "a", password: str = GOOD, client: Client = HOME) -> NewSession | RefusedError:
    with world.installation.write() as tx:
        return sign_in(tx, login, password, client)


def entered(world: World, login: str = "a", password: str = GOOD) -> NewSession:
    found = knock(world, login, password)
    assert isinstance(found, NewSession)
    return found


def test_a_right_password_opens_a_session_that_the_trail_tells_of(world: World) -> None:
    give(world)
    found = entered(world)
    assert who(world, found.secret) == "a"
    line = world.trail(f"account:{A}")[-1]
    assert (line.action, line.actor, line.channel, line.facts) == ("sign_in", "a", "web:1", {"by": "password"})
    assert world.faults() == []


def test_a_wrong_password_opens_nothing_and_is_told(world: World) -> None:
    give(world)
    for login, password in (("a", "another"), ("a", ""), ("b", GOOD), ("ghost", GOOD), ("system", GOOD)):
        assert isinstance(knock(world, login, password), WrongPasswordError)
    told = [(line.action, line.actor, line.facts) for line in world.trail(f"account:{A}")[-2:]]
    assert told == [("refuse_sign_in", "system", {"wrong": 1}), ("refuse_sign_in", "system", {"wrong": 2})]
    assert world.trail(f"account:{A}")[-1].fields["address"] == "10.0.0.1"
    assert world.faults() == []


def test_after_five_wrong_passwords_a_login_waits_and_the_trail_grows_no_more(world: World) -> None:
    give(world)
    said = [knock(world, password="wrong") for _ in range(5)]
    assert [type(each) for each in said] == [WrongPasswordError] * 4 + [TooManyAttemptsError]
    length = len(world.trail(f"account:{A}"))
    assert isinstance(knock(world), TooManyAttemptsError)
    assert len(world.trail(f"account:{A}")) == length
    later(world, minutes=14)
    assert isinstance(knock(world), TooManyAttemptsError)
    later(world, minutes=1)
    assert entered(world)


def test_a_login_that_does_not_exist_waits_just_the_same(world: World) -> None:
    said = [knock(world, "ghost", "wrong") for _ in range(6)]
    assert [type(each) for each in said][-2:] == [TooManyAttemptsError] * 2


def test_a_new_password_ends_the_waiting(world: World) -> None:
    for _ in range(5):
        knock(world, password="wrong")
    give(world)
    assert entered(world)


@pytest.mark.slow
def test_many_wrong_passwords_from_one_address_keep_it_waiting_and_no_other(world: World) -> None:
    give(world)
    for number in range(30):
        knock(world, f"ghost{number}", "wrong")
    assert isinstance(knock(world), TooManyFromAddressError)
    assert isinstance(knock(world, client=Client("Firefox", "10.0.0.2")), NewSession)


def test_wrong_passwords_now_and_then_keep_nobody_waiting(world: World) -> None:
    give(world)
    for _ in range(12):
        assert isinstance(knock(world, password="wrong"), WrongPasswordError)
        later(world, minutes=4)
    assert entered(world)


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("short", ShortPasswordError),
        ("x" * 201, LongPasswordError),
        ("aaaaaaaaaaaa", PlainPasswordError),
        ("reviewer2020", PlainPasswordError),
    ],
)
def test_a_password_that_would_be_guessed_is_refused(world: World, password: str, error: type[RefusedError]) -> None:
    with pytest.raises(error):
        give(world, "reviewer", password, by="controller")


def test_a_password_is_given_by_whoever_may_make_the_account(world: World) -> None:
    with pytest.raises(GrantError):
        give(world, "reviewer", by="admin")
    with pytest.raises(GrantError):
        asked(world, "reviewer", by="admin")
    with pytest.raises(GrantError):
        asked(world, "a", by="reviewer")


def test_a_password_put_into_the_database_unaudited_opens_nothing(world: World) -> None:
    give(world)
    give(world, "b", "другой пароль, тоже длинный")
    with world.installation.database.write() as session:
        forged = session.get_one(Password, A).hash
        session.execute(update(Password).where(Password.account_id == A + 1).values(hash=forged))
    assert isinstance(knock(world, "b", GOOD), WrongPasswordError)


def test_a_session_put_into_the_database_unaudited_is_refused(world: World) -> None:
    row = {
        "id": 1,
        "account_id": A,
        "secret": fingerprint("x"),
        "browser": "",
        "address": "",
        "seq": 1,
        "ended_at": None,
    }
    times = {"began_at": world.installation.system(), "until": world.installation.system() + timedelta(days=1)}
    with (
        pytest.raises(DBAPIError, match="comes with the audit entry"),
        world.installation.database.write() as session,
    ):
        session.execute(insert(Session), row | times)


def test_a_credential_changed_unaudited_is_refused(world: World) -> None:
    give(world)
    with (
        pytest.raises(DBAPIError, match="change only with the audit entry"),
        world.installation.database.write() as session,
    ):
        session.execute(update(table_of(Account)).where(Account.id == A).values(credential="0" * 64))


def test_a_session_is_over_after_its_term_and_when_the_account_is_closed(world: World) -> None:
    give(world)
    first, second = entered(world), entered(world)
    later(world, hours=11, minutes=59)
    assert who(world, first.secret) == "a"
    later(world, minutes=1)
    assert who(world, second.secret) is None
    third = entered(world)
    with world.installation.write() as tx:
        close_account(tx, actor_for_login(tx, "admin", "cli:tester"), "a", "Order 1")
    assert who(world, third.secret) is None


def test_one_signs_out_of_one_session_or_of_all_the_others(world: World) -> None:
    give(world)
    one, two, three = entered(world), entered(world), entered(world)
    with world.installation.write() as tx:
        _, actor = actor_of(tx, three.secret) or NOBODY
        sign_out(tx, actor, one.session)
    assert [who(world, each.secret) for each in (one, two, three)] == [None, "a", "a"]
    with world.installation.write() as tx:
        assert [line.id for line in sessions_of(tx, A)] == [three.session, two.session]
        _, actor = actor_of(tx, three.secret) or NOBODY
        assert sign_out_everywhere(tx, actor, keep=three.session) == 1
    assert [who(world, each.secret) for each in (two, three)] == [None, "a"]
    assert world.trail(f"account:{A}")[-1].action == "sign_out"
    assert world.faults() == []


def test_nobody_ends_the_session_of_another(world: World) -> None:
    give(world)
    found = entered(world)
    with pytest.raises(UnknownSessionError), world.installation.write() as tx:
        sign_out(tx, actor_for_login(tx, "b", "cli:tester"), found.session)
    assert who(world, found.secret) == "a"


def test_one_changes_ones_own_password_and_all_other_sessions_end(world: World) -> None:
    give(world)
    one, two = entered(world), entered(world)
    new = "пароль, который ещё никто не видел"
    with world.installation.write() as tx:
        number, actor = actor_of(tx, two.secret) or NOBODY
        with pytest.raises(OldPasswordError):
            change_password(tx, actor, "wrong", new, number)
        change_password(tx, actor, GOOD, new, number)
    assert (who(world, one.secret), who(world, two.secret)) == (None, "a")
    assert isinstance(knock(world), WrongPasswordError)
    assert entered(world, password=new)
    assert world.faults() == []


def test_secrets_stand_nowhere_but_in_the_mail(world: World) -> None:
    give(world)
    made, found = asked(world), entered(world)
    hidden = (GOOD, made.link.rpartition("/")[2], found.secret)
    with world.installation.read() as tx:
        names = [name for name in table_of(Account).metadata.tables if name != "messages"]
        stored = str([tx.session.execute(text(f"SELECT * FROM {name}")).all() for name in names])
    assert not [each for each in hidden if each in stored]


def test_nobody_enters_without_a_password_where_people_work_in_earnest(world: World) -> None:
    with pytest.raises(OnlyDemoError), world.installation.write() as tx:
        sign_in_demo(tx, "a", HOME)
