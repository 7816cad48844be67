"""How a person gets in, as tests of access do it: asked in by a link, and recognised by a session."""

from dataclasses import replace
from datetime import timedelta

from commands.access.invitations import Invited, accept_invitation, invite
from commands.access.sessions import Client, NewSession, actor_of
from commands.context.actors import actor_for_login
from tests.world import World

GOOD = "сосна не спорит с ветром"
HOME = Client("Firefox", "10.0.0.1")
A = 7  # the account of `a`


def who(world: World, secret: str) -> str | None:
    with world.installation.read() as tx:
        found = actor_of(tx, secret)
    return found[1].login if found else None


def later(world: World, **more: float) -> None:
    """Let the machine's time pass; the database's clock stands still."""
    now = world.installation.system() + timedelta(**more)
    world.installation = replace(world.installation, system=lambda: now)


def asked(world: World, login: str = "a", by: str = "admin") -> Invited:
    with world.installation.write() as tx:
        return invite(tx, actor_for_login(tx, by, "cli:tester"), login)


def accept(world: World, link: str, password: str = GOOD) -> NewSession:
    with world.installation.write() as tx:
        return accept_invitation(tx, link.rpartition("/")[2], password, HOME)
