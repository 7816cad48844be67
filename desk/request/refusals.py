"""Refusals of requests before any command is asked."""

from commands.context.actors import Actor
from states.refusal import ForbiddenError, InvalidError, NotFoundError, RefusedError, UnavailableError


class UnauthenticatedError(RefusedError):
    """Kind: nobody knows who asks."""


class MalformedError(RefusedError):
    """Kind: a request that no answer of ours led to."""


class PreconditionError(RefusedError):
    """Kind: a program that does not say what it rests on."""


class NotSignedInError(UnauthenticatedError):
    """Nobody is signed in, or the session is over."""

    template = (
        "You are not signed in, or your session is over; nothing was done. Sign in in another window, come back to "
        "this one, and send the form again: what you typed is still in it."
    )


class NotGrantedError(ForbiddenError):
    """A page or an operation that the role has no business with."""

    template = "The role “{role}” of “{login}” does not reach this. If your work needs it, ask a control officer."

    @classmethod
    def of(cls, actor: Actor) -> "NotGrantedError":
        """Of an actor."""
        return cls(role=actor.role, login=actor.login)


class ForeignFormError(ForbiddenError):
    """A form that another site sent, or one of a session that is over."""

    template = (
        "This form was drawn before you signed in here or in another name, or by another site; nothing was done. "
        "Look it over and send it once more."
    )


class ScopeMissingError(ForbiddenError):
    """A token that was made for less."""

    template = "This token may not do that: it lacks the scope “{scope}”. Make one that has it."


class VersionNeededError(PreconditionError):
    """A program that writes without saying what it saw."""

    template = "Say which version you saw: send its ETag as If-Match, such as “3” in straight quotation marks."


class CursorError(MalformedError):
    """A cursor that no answer of ours held."""

    template = "“{cursor}” is no cursor. Take it from “next” of the page before, or leave it out to begin anew."


class TokenNeededError(UnauthenticatedError):
    """A program without a token, or with one that opens nothing (any more)."""

    template = (
        "No token came with the request, or it opens nothing any more: send “Authorization: Bearer poruchenie_…”. "
        "“poruchenie token issue” makes one."
    )


class TypedDayError(InvalidError):
    """A date that can't be read."""

    template = "“{value}” is not a date such as 2020-06-30."


class TypedMomentError(InvalidError):
    """A time that can't be read."""

    template = "“{value}” is not a date and time such as 2020-06-30T09:00."


class FilesLostError(InvalidError):
    """A form that names files of a process that is gone."""

    template = (
        "Files that you chose before are not kept any more, and nothing was handed in. "
        "Choose them again, and send the form once more."
    )


class KnownItemError(InvalidError):
    """An item to be added under a number that another has."""

    template = "The draft has an item {number} already: correct that one, or give the new one another number."


class CorrectionsLostError(InvalidError):
    """A form whose corrections of a draft can't be read."""

    template = "The corrections of the draft did not come whole, and nothing was done. Read the document anew."


class NoFileError(NotFoundError):
    """A file that no entry of the assignment names."""

    template = "Assignment {assignment} has no such file. Its page lists those that it has."


class NoDocumentError(InvalidError):
    """A form without its file."""

    template = "No file came with the form. Choose it, and send the form once more."


class TooManyChosenError(InvalidError):
    """More at once than one form decides on."""

    template = "{chosen} are ticked, at most {most} are decided on at once, and nothing was done. Untick some of them."


class CrowdError(UnavailableError):
    """More open streams than this process keeps."""

    template = "Too many pages are watched at once. This one asks again by itself every few seconds instead."
