"""Which role may use which operation, and with which scope of a token. What does not stand here is denied."""

from collections.abc import Mapping

from commands.access.api_tokens import Scope
from states.lifecycle import Role

_MINISTRY = frozenset({Role.REGISTRAR, Role.REVIEWER, Role.CONTROLLER, Role.LEADER})
_SEEING = _MINISTRY | {Role.EXECUTOR}
_EVERYBODY = _SEEING | {Role.ADMIN}
_ACTING = frozenset({Role.EXECUTOR, Role.REVIEWER, Role.CONTROLLER, Role.REGISTRAR})
_ROSTERS = frozenset({Role.REGISTRAR, Role.CONTROLLER, Role.ADMIN})
_KEEPERS = frozenset({Role.ADMIN, Role.CONTROLLER})

OPEN = frozenset({"GET /docs", "GET /openapi.json"})
"""Answered to anybody."""

GRANTS: Mapping[str, tuple[Scope, frozenset[Role]]] = {
    "GET /me": (Scope.READ, _EVERYBODY),
    "POST /token/revocation": (Scope.READ, _EVERYBODY),
    "GET /protocols": (Scope.READ, _SEEING),
    "GET /protocols/{number}": (Scope.READ, _SEEING),
    "GET /protocols/{number}/items": (Scope.READ, _SEEING),
    "POST /drafts": (Scope.REGISTER, frozenset({Role.REGISTRAR})),
    "POST /protocols": (Scope.REGISTER, frozenset({Role.REGISTRAR})),
    "POST /protocols/{number}/withdrawal": (Scope.REGISTER, frozenset({Role.CONTROLLER})),
    "GET /assignments": (Scope.READ, _SEEING),
    "GET /assignments/{number}": (Scope.READ, _SEEING),
    "GET /assignments/{number}/trail": (Scope.READ, _SEEING),
    "POST /assignments/{number}/actions": (Scope.ACT, _ACTING),
    "GET /assignments/{number}/receipt": (Scope.READ, _SEEING),
    "GET /assignments/{number}/files/{sha256}": (Scope.READ, _SEEING),
    "GET /entries": (Scope.READ, _MINISTRY | {Role.ADMIN}),
    "GET /organisations": (Scope.READ, _MINISTRY | {Role.ADMIN}),
    "POST /rosters": (Scope.KEEP, _ROSTERS),
    "GET /accounts": (Scope.KEEP, _KEEPERS),
    "POST /accounts": (Scope.KEEP, _KEEPERS),
    "POST /accounts/table": (Scope.KEEP, _KEEPERS),
    "POST /accounts/{login}/closing": (Scope.KEEP, _KEEPERS),
    "POST /accounts/{login}/invitations": (Scope.KEEP, _KEEPERS),
    "POST /accounts/{login}/substitutions": (Scope.KEEP, _KEEPERS),
}
