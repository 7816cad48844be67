"""`docs/access.md`: which role reaches which page and operation, written from the grants themselves."""

from collections.abc import Collection, Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute

import desk.server.app  # before the API, which builds on its modules
from commands.context.language import speaking, tr
from desk.api import grants as programs
from desk.api.app import ROUTERS
from desk.request import grants as pages
from states.lifecycle import Role

ROLES = tuple(role for role in Role if role is not Role.SYSTEM)
_HEAD = """# Who reaches what

Generated from `desk/request/grants.py` and `desk/api/grants.py` by `make docs`; what does not stand here is denied.
How far a person sees is a matter of `commands/context/visibility.py`: ministry roles see all assignments, an executor
those of his organisation and of all below it, an administrator none. What may be done to an assignment that one sees is
a matter of the lifecycle: [lifecycles.md](lifecycles.md); an executor acts for his own organisation only.
`tests/desk/test_gates.py` and `tests/desk/test_every_door.py` try everybody at every door.
"""


def access() -> str:
    """The page."""
    return "".join((_HEAD, *_pages(), *_programs(), *_trails()))


def _pages() -> Iterator[str]:
    told = _told([each.router for each in desk.server.app.PAGES])
    yield "\n## Pages\n\n" + _row("page", "link", *map(_role, ROLES), "what it is") + _line(len(ROLES) + 3)
    for operation, roles in pages.GRANTS.items():
        link = "●" if operation in pages.LINKED else ""
        yield _row(f"`{operation}`", link, *_marks(roles), told[operation])
    yield "\n“link”: whoever came by a link from a letter, for the one assignment that it leads to.\n"
    yield "\nAnswered to anybody:\n\n"
    yield from (f"- `{operation}`: {told[operation]}\n" for operation in sorted(pages.OPEN))


def _programs() -> Iterator[str]:
    told = _told(ROUTERS)
    head = _row("operation", "scope", *map(_role, ROLES), "what it is")
    yield f"\n## Operations of the API, under `/api/v1`\n\n{head}{_line(len(ROLES) + 3)}"
    for operation, (scope, roles) in programs.GRANTS.items():
        yield _row(f"`{operation}`", f"`{scope}`", *_marks(roles), told[operation])
    yield "\nAnswered to anybody: " + ", ".join(f"`{each}`" for each in sorted(programs.OPEN)) + ".\n"


def _trails() -> Iterator[str]:
    yield "\n## Trails\n\n" + _row("trail of", *map(_role, ROLES)) + _line(len(ROLES) + 1)
    for kind, roles in pages.TRAILS.items():
        yield _row(f"`{kind}`, {_ru(kind)}", *_marks(roles))
    yield "\nEverybody reads the trail of his own account.\n"


def _told(routers: Collection[APIRouter]) -> dict[str, str]:
    """Operation → the first line that its function says of itself."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return {
        f"{method} {route.path}": (route.endpoint.__doc__ or "").partition("Raises")[0].strip().partition("\n")[0]
        for route in routes
        for method in route.methods or ()
    }


def _marks(roles: Collection[Role]) -> list[str]:
    return ["●" if role in roles else "" for role in ROLES]


def _role(role: Role) -> str:
    return f"{role}, {_ru(role)}"


def _ru(word: str) -> str:
    with speaking("ru"):
        return tr(str(word))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _line(columns: int) -> str:
    return "|" + "---|" * columns + "\n"
