"""By a link from a letter and a mailed code, an organisation without an account reaches one assignment and no more."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from commands.access.account_register import account_line
from commands.access.invitations import invite
from commands.access.one_time_codes import (
    MOST,
    CodesWaitError,
    TooManyCodesError,
    WrongCodeError,
    send_code,
    sign_in_by_code,
)
from commands.access.sessions import Client, NewSession, actor_of
from commands.access.sign_in import NoAccountError, WrongPasswordError, sign_in, sign_in_known
from commands.access.throttling import TooManyFromAddressError
from commands.assignments.effects import PersonError
from commands.assignments.locked_assignment import TakeAction
from commands.assignments.transitions import take_action
from commands.context.actors import Actor, UnknownLoginError, actor_for_login
from commands.mail.links import LinkError, OnlyLinkedError
from models.access import Code
from models.accounts import Account
from models.outbox import Message
from models.rosters import Organisation
from states.refusal import RefusedError
from tests.world import World, moment

PLACE = Client("Firefox/1 (Windows)", "192.0.2.7")
LINK = re.compile(r"/mail/(\d+)/([\w-]+)")
SENT = re.compile(r"\b([2-9A-Z]{5}-[2-9A-Z]{5})\b")


def letters(world: World, recipient: str) -> list[str]:
    with world.installation.read() as tx:
        number = tx.session.scalar(select(Organisation.id).where(Organisation.name == recipient))
        wanted = select(Message.text).where(Message.recipient == f"organisation:{number}").order_by(Message.id)
        return list(tx.session.scalars(wanted))


def allow(world: World, *, links: bool = True) -> None:
    access = world.installation.policy.rules.access
    world.offer(access=access.model_copy(update={"mail_links": links}))
    world.sweep()


@pytest.fixture
def linked(world: World) -> World:
    """The protocol is registered, the letters of the next morning are sent, with links."""
    allow(world)
    world.register()
    world.at("2020-06-02 09:30").sweep()
    return world


def link(world: World, organisation: str = "School 1") -> tuple[str, int]:
    """The key and the assignment of an organisation's first link."""
    found = next(match for text in letters(world, organisation) if (match := LINK.search(text)))
    return found[2], int(found[1])


def ask(world: World, key: str, number: int) -> str:
    """The code that is sent; read before the letter is."""
    with world.installation.write() as tx:
        send_code(tx, key, number, PLACE)
        text = tx.session.scalar(select(Message.text).where(Message.secret).order_by(Message.id.desc()))
    found = SENT.search(text or "")
    assert found
    return found[1]


def enter_with(world: World, key: str, number: int, code: str, client: Client = PLACE) -> NewSession | RefusedError:
    with world.installation.write() as tx:
        return sign_in_by_code(tx, key, number, code, client)


def come(world: World, organisation: str = "School 1") -> tuple[NewSession, int]:
    key, number = link(world, organisation)
    found = enter_with(world, key, number, ask(world, key, number))
    assert isinstance(found, NewSession)
    return found, number


def who(world: World, entered: NewSession) -> Actor | None:
    with world.installation.read() as tx:
        found = actor_of(tx, entered.secret)
    return found[1] if found else None


def later(world: World, wait: timedelta) -> None:
    at: datetime = world.installation.system() + wait
    world.installation = replace(world.installation, system=lambda: at)


def test_letters_hold_no_links_unless_the_policy_says_so(world: World) -> None:
    world.register()
    world.at("2020-06-02 09:30").sweep()
    assert letters(world, "School 1")
    assert not any(LINK.search(text) for text in letters(world, "School 1"))


def test_a_letter_links_what_its_recipient_is_to_do_and_nothing_of_those_below(linked: World) -> None:
    assert link(linked)[1] == linked.one("2.1", "School 1").id
    linked.at("2020-07-02 10:00").sweep()
    linked.at("2020-07-06 10:00").sweep()
    linked.at("2020-07-07 10:00").sweep()
    told = "".join(letters(linked, "Authority A"))
    below = linked.one("2.1", "School 1").id
    assert f"/assignments/{below}\n" in told
    assert f"/mail/{below}/" not in told


def test_a_code_lets_the_organisation_act_and_the_log_says_how_it_came(linked: World) -> None:
    entered, number = come(linked)
    actor = who(linked, entered)
    assert actor is not None
    assert (actor.only, actor.channel, actor.organisation) == (
        number,
        f"mail:{entered.session}",
        number and _of(linked),
    )
    with linked.installation.write() as tx:
        take_action(tx, actor, TakeAction(number, "submit", note="Проведён."))
    last = linked.trail(f"assignment:{number}")[-1]
    assert (last.action, last.actor, last.channel) == ("submit", actor.login, f"mail:{entered.session}")
    told = linked.trail(f"account:{actor.account}")
    assert [line.action for line in told] == ["create", "send_code", "sign_in"]
    assert told[-1].facts == {"by": "mail", "assignment": number}
    assert linked.faults() == []


def _of(world: World) -> int:
    return world.one("2.1", "School 1").organisation_id


def test_a_code_opens_once(linked: World) -> None:
    key, number = link(linked)
    code = ask(linked, key, number)
    assert isinstance(enter_with(linked, key, number, f" {code.lower()} "), NewSession)
    assert isinstance(enter_with(linked, key, number, code), WrongCodeError)


def test_of_two_who_enter_a_code_at_once_one_gets_in(linked: World) -> None:
    key, number = link(linked)
    code = ask(linked, key, number)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: enter_with(linked, key, number, code), range(4)))
    assert [isinstance(each, NewSession) for each in found].count(True) == 1
    assert linked.faults() == []


def test_of_several_who_ask_for_the_first_code_at_once_all_come_to_the_same_account(linked: World) -> None:
    key, number = link(linked)

    def once(_: int) -> None:
        with linked.installation.write() as tx:
            send_code(tx, key, number, PLACE)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(once, range(3)))
    with linked.installation.read() as tx:
        unspent = tx.session.scalars(select(Code.used_at).where(Code.used_at.is_(None))).all()
    assert len(unspent) == 1
    assert linked.faults() == []


def test_a_later_code_ends_the_one_before_but_not_that_of_another_assignment(linked: World) -> None:
    number = linked.one("1.1", "Authority A").id
    key, other = next(
        (key, int(each)) for each, key in LINK.findall(letters(linked, "Authority A")[0]) if each != str(number)
    )
    first, foreign, second = ask(linked, key, number), ask(linked, key, other), ask(linked, key, number)
    assert isinstance(enter_with(linked, key, number, first), WrongCodeError)
    assert isinstance(enter_with(linked, key, number, foreign), WrongCodeError)
    assert isinstance(enter_with(linked, key, number, second), NewSession)
    assert isinstance(enter_with(linked, key, other, foreign), NewSession)


def test_a_code_holds_for_its_minutes(linked: World) -> None:
    key, number = link(linked)
    code = ask(linked, key, number)
    later(linked, timedelta(minutes=15))
    assert isinstance(enter_with(linked, key, number, code), WrongCodeError)


def test_wrong_codes_are_counted_told_and_make_one_wait(linked: World) -> None:
    key, number = link(linked)
    code = ask(linked, key, number)
    found = [enter_with(linked, key, number, "AAAAA-AAAAA") for _ in range(5)]
    assert [type(each) for each in found] == [WrongCodeError] * 4 + [CodesWaitError]
    assert isinstance(enter_with(linked, key, number, code), CodesWaitError)
    with linked.installation.read() as tx:
        account = tx.session.scalar(select(Account.id).where(Account.login.startswith("mail:")))
    assert [line.action for line in linked.trail(f"account:{account}")][2:] == ["refuse_sign_in"] * 5
    later(linked, timedelta(minutes=15))
    assert isinstance(enter_with(linked, key, number, ask(linked, key, number)), NewSession)


def test_wrong_codes_count_for_the_network_address_as_wrong_passwords_do(linked: World) -> None:
    access = linked.installation.policy.rules.access
    linked.offer(access=access.model_copy(update={"address_attempts": 2}))
    linked.sweep()
    key, number = link(linked)
    ask(linked, key, number)
    enter_with(linked, key, number, "x")
    assert isinstance(enter_with(linked, key, number, "x"), TooManyFromAddressError)


def test_only_so_many_codes_are_sent_at_a_time(linked: World) -> None:
    key, number = link(linked)
    for _ in range(MOST):
        ask(linked, key, number)
    with pytest.raises(TooManyCodesError):
        ask(linked, key, number)
    later(linked, timedelta(minutes=15))
    ask(linked, key, number)


def change_address(world: World) -> None:
    world.import_roster("organisation,superior,email\nSchool 1,Authority A,new@example.org\n")


def switch_off(world: World) -> None:
    allow(world, links=False)


@pytest.mark.parametrize("how", [change_address, switch_off])
def test_another_address_or_policy_ends_codes_and_sessions(linked: World, how: Callable[[World], None]) -> None:
    entered, number = come(linked)
    key, _ = link(linked)
    code = ask(linked, key, number)
    assert who(linked, entered)
    how(linked)
    assert who(linked, entered) is None
    try:
        assert isinstance(enter_with(linked, key, number, code), WrongCodeError)
    except LinkError:
        assert how is switch_off


def test_a_link_goes_with_its_assignment_to_no_other_organisation(linked: World) -> None:
    key, number = link(linked)
    linked.act("controller", number, "transfer", to="Authority B", note="Приказ № 1")
    for mistaken in (number, linked.one("2.1", "School 2").id, 10**6):
        with pytest.raises(LinkError):
            ask(linked, key, mistaken)
    with pytest.raises(LinkError):
        ask(linked, "x" * 32, linked.one("2.1", "School 2").id)


def test_the_commands_themselves_take_only_an_executors_steps_on_the_one_assignment(linked: World) -> None:
    entered, number = come(linked, "Authority A")
    actor = who(linked, entered)
    assert actor is not None
    other = next(line.id for line in linked.assignments(addressee="Authority A") if line.id != number)
    for command in (TakeAction(other, "acknowledge"), TakeAction(number, "reassign", to="a")):
        with linked.installation.write() as tx, pytest.raises(OnlyLinkedError):
            take_action(tx, actor, command)


def test_nobody_takes_the_account_of_an_organisation_by_any_other_door(linked: World) -> None:
    entered, number = come(linked)
    actor = who(linked, entered)
    assert actor is not None
    login = actor.login
    with linked.installation.write() as tx:
        assert isinstance(sign_in(tx, login, "", PLACE), WrongPasswordError)
        with pytest.raises(NoAccountError):
            sign_in_known(tx, login, PLACE)
        for absent in (None, login):
            with pytest.raises(UnknownLoginError):
                actor_for_login(tx, "s1" if absent else login, "cli:tester", absent)
        with pytest.raises(UnknownLoginError):
            invite(tx, actor_for_login(tx, "admin", "cli:tester"), login)
        with pytest.raises(UnknownLoginError):
            account_line(tx, login)
    with pytest.raises(PersonError):
        linked.act("controller", number, "reassign", to=login)


def test_a_session_is_loosed_from_its_assignment_by_nobody_unseen(linked: World) -> None:
    come(linked)
    with linked.installation.write() as tx, pytest.raises(DBAPIError, match="codes change only with"):
        tx.session.execute(update(Code).values(session_id=None))


def test_the_text_of_a_code_is_kept_only_until_it_is_sent(linked: World) -> None:
    key, number = link(linked)
    code = ask(linked, key, number)
    linked.sweep()
    with linked.installation.read() as tx:
        texts = tx.session.scalars(select(Message.text).where(Message.secret)).all()
        assert set(texts) == {""}
        assert not tx.session.scalars(select(Code.id).where(Code.secret.contains(code))).all()
    (mail,) = [each for each in linked.installation.settings.mail.glob("*.eml") if code in each.read_text()]
    assert "s1@example.org" in mail.read_text()


def test_nothing_of_this_hangs_on_the_clock_of_the_data(linked: World) -> None:
    entered, _ = come(linked)
    linked.at("2020-08-01 09:00")
    assert who(linked, entered)
    assert entered.until == moment("2020-06-01 21:00")
