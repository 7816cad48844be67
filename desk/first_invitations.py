"""The first two accounts get in: whoever makes a database is given a link for each."""

from collections.abc import Iterator

from commands.access.invitations import Invited, invite
from commands.context.actors import actor_for_login
from commands.context.installation import Installation
from commands.context.language import tr


def first_invitations(installation: Installation, channel: str, *logins: str) -> Iterator[str]:
    """A line for each of the first accounts, who invite themselves."""
    with installation.write() as tx:
        made = [invite(tx, actor_for_login(tx, login, channel), login) for login in logins]
    return map(invitation_told, made)


def invitation_told(made: Invited) -> str:
    """The link, for whom it is, and until when."""
    return tr(
        "Password of “{login}”, to be set once by {until}: {link}", login=made.login, until=made.until, link=made.link
    )
