"""Which role may do what on which page. What stands in neither table is denied."""

from collections.abc import Mapping

from fastapi import Request

from commands.context.actors import Actor
from commands.mail.links import BY_MAIL, OnlyLinkedError
from desk.request.refusals import NotGrantedError
from states.lifecycle import Role
from states.subjects import LIFECYCLES, Kind, Subject

_MINISTRY = frozenset({Role.REGISTRAR, Role.REVIEWER, Role.CONTROLLER, Role.LEADER})
_SEEING = _MINISTRY | {Role.EXECUTOR}
_EVERYBODY = _SEEING | {Role.ADMIN}
_ACTING = _SEEING - {Role.LEADER}
_DECIDING = frozenset({Role.REVIEWER, Role.CONTROLLER})
_CLERKS = frozenset({Role.REGISTRAR})
_IMPORTERS = frozenset({Role.REGISTRAR, Role.CONTROLLER, Role.ADMIN})
_WATCHING = frozenset({Role.CONTROLLER, Role.LEADER, Role.ADMIN})
_KEEPERS = frozenset({Role.ADMIN, Role.CONTROLLER})

OPEN = frozenset(
    {
        "GET /health",
        "GET /.well-known/security.txt",
        "GET /sign-in",
        "POST /sign-in",
        "POST /sign-in/demo",
        "GET /sign-in/provider",
        "GET /sign-in/provider/back",
        "GET /invitations/{secret}",
        "POST /invitations/{secret}",
        "GET /mail/{number}/{key}",
        "POST /mail/{number}/{key}",
        "POST /mail/{number}/{key}/code",
    }
)
"""Answered to anybody."""

GRANTS: Mapping[str, frozenset[Role]] = {
    "GET /": _EVERYBODY,
    "GET /board": _SEEING,
    "GET /events": _SEEING,
    "GET /protocols/{number}": _SEEING,
    "GET /assignments/{number}": _SEEING,
    "GET /assignments/{number}/files/{sha256}": _SEEING,
    "GET /assignments/{number}/receipts/{entry}": _SEEING,
    "GET /assignments/{number}/table.xlsx": _SEEING,
    "GET /assignments/{number}/{action}": _ACTING,
    "POST /assignments/{number}/{action}": _ACTING,
    "GET /several/{action}": _DECIDING,
    "POST /several/{action}": _DECIDING,
    "GET /trails/{subject}": _EVERYBODY,
    "GET /register": _CLERKS,
    "POST /register/draft": _CLERKS,
    "POST /register": _CLERKS,
    "GET /roster": _MINISTRY | {Role.ADMIN},
    "GET /roster.csv": _MINISTRY | {Role.ADMIN},
    "POST /roster": _IMPORTERS,
    "POST /roster/rename": _IMPORTERS,
    "GET /organisations/{number}": _MINISTRY | {Role.ADMIN},
    "POST /organisations/{number}": _IMPORTERS,
    "POST /organisations/{number}/groups": _IMPORTERS,
    "GET /groups/{number}": _MINISTRY | {Role.ADMIN},
    "POST /groups/{number}": _IMPORTERS,
    "GET /search": _MINISTRY | {Role.ADMIN},
    "GET /search.{kind}": _MINISTRY | {Role.ADMIN},
    "GET /receipts/{subject}": _EVERYBODY,
    "GET /receipts/{subject}/package.zip": _EVERYBODY,
    "GET /verifier/{tool}": _EVERYBODY,
    "GET /log": _WATCHING,
    "POST /log": _KEEPERS,
    "GET /log/export": frozenset({Role.CONTROLLER}),  # it holds what entries disclose
    "GET /log/entries/{index}": _WATCHING,
    "GET /account": _EVERYBODY,
    "POST /account/password": _EVERYBODY,
    "POST /account/sessions/{session}/end": _EVERYBODY,
    "POST /account/sessions/end": _EVERYBODY,
    "POST /account/name": _EVERYBODY,
    "POST /account/tokens": _EVERYBODY,
    "POST /account/tokens/{number}/end": _EVERYBODY,
    "POST /sign-out": _EVERYBODY,
    "GET /accounts": _KEEPERS,
    "POST /accounts": _KEEPERS,
    "POST /accounts/table": _KEEPERS,
    "GET /accounts/{login}": _KEEPERS,
    "POST /accounts/{login}/update": _KEEPERS,
    "POST /accounts/{login}/invite": _KEEPERS,
    "POST /accounts/{login}/close": _KEEPERS,
    "POST /accounts/{login}/substitute": _KEEPERS,
}
"""Answered to persons in these roles; how far they see is a matter of commands.context.visibility."""

LINKED = frozenset(
    {
        "GET /",
        "GET /assignments/{number}",
        "GET /assignments/{number}/files/{sha256}",
        "GET /assignments/{number}/receipts/{entry}",
        "GET /assignments/{number}/table.xlsx",
        "GET /assignments/{number}/{action}",
        "POST /assignments/{number}/{action}",
        "GET /trails/{subject}",
        "GET /receipts/{subject}",
        "GET /receipts/{subject}/package.zip",
        "GET /verifier/{tool}",
        "POST /sign-out",
    }
)
"""What of that is answered to whoever came by a link from a letter, for its one assignment."""

TRAILS: Mapping[str, frozenset[Role]] = {
    "assignment": _SEEING,  # within one's scope
    "protocol": _MINISTRY,
    "organisation": _MINISTRY | {Role.ADMIN},
    "group": _MINISTRY | {Role.ADMIN},
    "account": _KEEPERS,  # and everybody one's own
    "policy": _MINISTRY | {Role.ADMIN},
    "log": _WATCHING,
}
"""Whose trails a role may read."""


def kinds_for(role: Role) -> tuple[str, ...]:
    """The kinds of subjects whose trails a role may read."""
    return tuple(kind for kind in LIFECYCLES if role in TRAILS.get(kind, ()))


def operation(request: Request) -> str:
    """The method and the path's template: the key of a grant."""
    return f"{request.method} {request.scope['route'].path}"


def grant(request: Request, actor: Actor) -> None:
    """Raises NotGrantedError, OnlyLinkedError."""
    if actor.role not in GRANTS.get(operation(request), ()):
        raise NotGrantedError.of(actor)
    if actor.only is not None and not _leads_to(request, actor.only):
        raise OnlyLinkedError


def _leads_to(request: Request, assignment: int) -> bool:
    places = request.path_params
    of_it = {"number": str(assignment), "subject": Subject(Kind.ASSIGNMENT, assignment).trail}
    same = all(places[name] == value for name, value in of_it.items() if name in places)
    return operation(request) in LINKED and same and places.get("action", BY_MAIL[0]) in BY_MAIL
