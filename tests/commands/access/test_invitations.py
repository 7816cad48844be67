"""Invitations: a link opens an account once, within its term, and only the newest does."""

import pytest

from commands.access.invitations import InvitationError
from commands.access.passwords import ShortPasswordError
from models.outbox import Message
from tests.commands.access.signing_in import A, accept, asked, later, who
from tests.world import World


def test_an_invitation_opens_once(world: World) -> None:
    made = asked(world)
    assert made.link.startswith("http://127.0.0.1:8000/invitations/")
    with pytest.raises(ShortPasswordError):
        accept(world, made.link, "short")
    assert who(world, accept(world, made.link).secret) == "a"
    with pytest.raises(InvitationError):
        accept(world, made.link)
    assert [line.action for line in world.trail(f"account:{A}")] == ["create", "invite", "set_password", "sign_in"]
    assert world.faults() == []


def test_an_invitation_is_over_after_its_term_or_when_there_is_a_newer_one(world: World) -> None:
    first, second = asked(world), asked(world)
    with pytest.raises(InvitationError):
        accept(world, first.link)
    later(world, days=7)
    with pytest.raises(InvitationError):
        accept(world, second.link)
    with pytest.raises(InvitationError):
        accept(world, "http://127.0.0.1:8000/invitations/guessed")


def test_an_invitation_goes_by_mail_where_there_is_an_address(world: World) -> None:
    made = asked(world)
    assert made.mailed
    with world.installation.read() as tx:
        (message,) = tx.session.query(Message).all()
    assert message.recipient == f"account:{A}"
    assert made.link in message.text
