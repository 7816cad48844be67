"""A form is tried: done, or refused and nothing written, in one transaction that may still draw the page anew."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from fastapi import Request
from fastapi.responses import RedirectResponse

from commands.context.installation import Transaction
from commands.context.language import sentence
from desk.errors import status_of
from desk.request.context import desk_of
from states.refusal import RefusedError

_Done = TypeVar("_Done")


class Refusal:
    """The refusal of a form: what the page says beside what was typed, and the answer's status."""

    def __init__(self, error: RefusedError) -> None:
        self.error = error
        self.says = sentence(error)
        self.status = status_of(error)


def in_savepoint(request: Request, tx: Transaction, token: str, what: Callable[[], _Done]) -> _Done | Refusal:
    """Do it in a savepoint, if the form is ours; what came of it, or why not."""
    try:
        desk_of(request).jar.check(request, token)
        with tx.session.begin_nested():
            return what()
    except RefusedError as error:
        return Refusal(error)


def dry_run(request: Request, tx: Transaction, token: str, what: Callable[[], _Done]) -> _Done | Refusal:
    """Do it and take it back; what would come of it, or why it would be refused."""
    try:
        desk_of(request).jar.check(request, token)
        with tx.session.begin_nested() as savepoint:
            done = what()
            savepoint.rollback()
    except RefusedError as error:
        return Refusal(error)
    return done


def redirect_to(path: str) -> RedirectResponse:
    """To the page that shows what came of it; going back or loading again repeats nothing."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
