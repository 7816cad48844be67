"""What people are told: one digest a working day, at once what can't wait, and never lost on the way."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st

from commands.access import accounts
from commands.access.accounts import UpdateAccount, update_account
from commands.context.actors import actor_for_login
from commands.mail.transports import transport
from intake.roster import EMAIL
from models.settings import SettingsError
from tests.commands.mail.postbox import Postbox, messages
from tests.world import World, free_port


def mails(world: World) -> list[EmailMessage]:
    """What was written into the mail folder, in the order of the messages."""
    folder = world.installation.settings.mail
    files = sorted(folder.glob("*.eml"), key=lambda file: int(file.name.split("-")[1])) if folder.exists() else []
    read = (email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files)
    return [mail for mail in read if isinstance(mail, EmailMessage)]


def test_new_assignments_come_in_one_digest_next_morning(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    world.sweep()
    assert mails(world) == []

    world.at("2020-06-02 09:00").sweep()
    to_a = [mail for mail in mails(world) if mail["To"] == "a@example.org"]
    assert len(to_a) == 1
    assert to_a[0]["Subject"] == "2 assignments under control"
    text = to_a[0].get_content()
    assert "item 1.1 of the protocol of 1 June 2020, due 3 June 2020" in text
    assert "/assignments/1" in text


def test_no_digest_on_a_day_off(world: World) -> None:
    world.at("2020-06-11 18:00").register()  # Thursday; Friday is Russia Day
    world.at("2020-06-14 12:00").sweep()
    assert mails(world) == []
    world.at("2020-06-15 09:00").sweep()
    # The deadline of 3 June had passed before: with the five addressees the ministry hears of that.
    assert sorted(mail["To"].partition("@")[0] for mail in mails(world)) == ["a", "b", "ministry", "s1", "s2", "s3"]


def test_a_return_is_told_at_once(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    one = world.one("1.1", "Authority A").id
    world.at("2020-06-02 09:00").sweep()
    before = len(mails(world))
    world.at("2020-06-02 22:00").act("a", one, "submit", note="Done")
    world.act("reviewer", one, "return", note="No annex")
    world.sweep()
    assert [mail["To"] for mail in mails(world)[before:]] == ["a@example.org"]
    assert "Returned for rework" in mails(world)[-1].get_content()


def test_the_first_hour_overdue_is_told_at_once_and_says_so(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    world.at("2020-06-02 09:00").sweep()
    before = len(mails(world))
    world.at("2020-06-04 00:01").sweep()
    told = mails(world)[before:]
    assert sorted(mail["To"] for mail in told if mail["Subject"].startswith("Overdue")) == [
        "a@example.org",
        "b@example.org",
    ]


def test_a_recipient_without_an_address_is_shown_as_a_failure(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    one = world.one("1.1", "Authority A").id
    world.at("2020-06-02 22:00").act("a", one, "request_extension", note="Later", due="2020-06-05")
    world.at("2020-06-03 09:00").sweep()
    failed = [message for message in messages(world) if message.failure]
    assert [(message.recipient, message.failure, message.next_attempt_at) for message in failed] == [
        ("account:3", "no e-mail address in the roster", None)
    ]


@pytest.fixture
def postbox(world: World) -> Iterator[Postbox]:
    """A real SMTP server, and a world that sends through it."""
    handler = Postbox()
    server = Controller(handler, hostname="127.0.0.1", port=free_port())
    server.start()
    url = f"smtp://127.0.0.1:{server.port}"
    world.installation = replace(world.installation, settings=replace(world.installation.settings, smtp_url=url))
    yield handler
    server.stop()


def test_mail_goes_over_smtp_once(world: World, postbox: Postbox) -> None:
    world.at("2020-06-01 16:30").register()
    world.at("2020-06-02 09:00")
    assert world.sweep()["sent"] == 5
    assert world.sweep()["sent"] == 0
    assert len(set(postbox.taken)) == 5


def test_a_passing_failure_is_tried_again_under_the_same_message_id(world: World, postbox: Postbox) -> None:
    world.at("2020-06-01 16:30").register()
    postbox.answer = "451 come back later"
    world.at("2020-06-02 09:00").sweep()
    assert {message.attempts for message in messages(world)} == {1}
    assert world.sweep()["failed"] == 0  # not before a minute has passed

    postbox.answer = "250 OK"
    assert world.at("2020-06-02 09:01").sweep()["sent"] == 5
    assert all(message.sent_at and not message.failure for message in messages(world))


def test_a_permanent_failure_is_given_up_and_shown(world: World, postbox: Postbox) -> None:
    world.at("2020-06-01 16:30").register()
    postbox.answer = "550 no such mailbox"
    world.at("2020-06-02 09:00").sweep()
    assert all("no such mailbox" in (message.failure or "") for message in messages(world))
    postbox.answer = "250 OK"
    assert world.at("2020-06-03 08:00").sweep()["sent"] == 0


def test_a_server_that_is_away_loses_nothing(world: World) -> None:
    away = replace(world.installation.settings, smtp_url="smtp://127.0.0.1:9")
    world.installation = replace(world.installation, settings=away)
    world.at("2020-06-01 16:30").register()
    world.at("2020-06-02 09:00").sweep()
    assert len([message for message in messages(world) if message.next_attempt_at]) == 5


@pytest.mark.parametrize("spoilt", ['"', "a@[", "<", "a@b.c\nBcc: x@y.org", "=?utf-8?q?=0d=0aBcc:x?= <a@b>"])
def test_a_letter_that_cannot_be_written_fails_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    monkeypatch.setattr(accounts, "is_email", bool)  # as an address from before the check, or from a restored backup
    with world.installation.write() as tx:
        update_account(tx, actor_for_login(tx, "controller", "cli:tester"), UpdateAccount("controller", email=spoilt))
    world.at("2020-06-01 16:30").register()
    world.act("a", world.one("1.1", "Authority A").id, "request_extension", due="2020-06-20", note="Illness")
    done = world.at("2020-06-02 09:00").sweep()
    assert (done["sent"], done["failed"]) == (5, 1)
    assert [each.recipient for each in messages(world) if each.failure] == ["account:3"]
    assert world.sweep()["failed"] == 0


@given(st.from_regex(EMAIL, fullmatch=True))
@pytest.mark.slow
def test_every_address_that_is_taken_can_be_written_to(address: str) -> None:
    mail = EmailMessage()
    mail["To"] = address
    assert bytes(mail).count(b"\n") >= 1


def test_an_address_of_our_own_that_nothing_could_be_sent_from_is_said_so(world: World) -> None:
    settings = replace(world.installation.settings, mail_from="<")
    with pytest.raises(SettingsError, match="PORUCHENIE_MAIL_FROM"):
        transport(settings)
