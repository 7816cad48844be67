"""Why a request is refused before any command is asked."""

from commands.actors import Actor
from states.refusal import RefusedError


class NotSignedInError(RefusedError):
    """Nobody is signed in, or the session is over."""

    template = (
        "You are not signed in, or your session is over; nothing was done. Sign in in another window, come back to "
        "this one, and send the form again: what you typed is still in it."
    )


class NotGrantedError(RefusedError):
    """A page or an operation that the role has no business with."""

    template = "The role “{role}” of “{login}” does not reach this. If your work needs it, ask a control officer."

    @classmethod
    def of(cls, actor: Actor) -> "NotGrantedError":
        """Of an actor."""
        return cls(role=actor.role, login=actor.login)


class ForeignFormError(RefusedError):
    """A form that another site sent, or one of a session that is over."""

    template = (
        "This form was drawn before you signed in here, or by another site; nothing was done. "
        "Look it over and send it once more."
    )
