"""Templates to answers. Whatever a template shows goes through autoescape and, if it is ours, through the catalogue."""

from collections.abc import Iterator, Mapping
from functools import partial
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import URL

from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.context.language import LANGUAGES, counted, current, said, shown, shown_due, tr
from commands.registers.assignments import explained
from commands.registers.progress import Progress
from desk.pages.live.watcher import mark
from desk.pages.view import words
from desk.pages.view.lifecycle_picture import HIGH, WIDE, picture
from desk.prefect_pages import items_page, run_page
from desk.request.context import RequestContext, desk_of
from desk.request.grants import GRANTS
from models import clock
from states.assignment import ASSIGNMENT, State
from states.refusal import N_
from states.rollup import OVERDUE

STATES = (OVERDUE, *ASSIGNMENT.states)
_NOBODY = {"actor": None, "absent": None, "heard": None}
_WORDS = (
    "ago",
    "browser_name",
    "figure",
    "in_order",
    "item_due",
    "label",
    "labels",
    "protocol_name",
    "readable",
    "readable_text",
    "short_day",
    "size",
)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("desk.pages"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {name: getattr(words, name) for name in _WORDS}
    made.globals |= {
        "tr": tr,
        "counted": counted,
        "shown": shown,
        "shown_due": shown_due,
        "explained": explained,
        "said": said,
        "language": current,
        "bar": bar,
        "STATES": STATES,
        "picture": picture,
        "wide": WIDE,
        "high": HIGH,
        "sections": sections,
        "watching": GRANTS["GET /events"],
    }
    return made


def bar(progress: Progress) -> Iterator[tuple[str, int, int]]:
    """The stretches of a progress bar, the most advanced first: (kind, start, length) in thousandths."""
    counts = progress.counts
    waiting = counts.get(State.ASSIGNED, 0) + counts.get(State.RETURNED, 0) - progress.overdue
    stretches: dict[str, int] = {
        **{state: counts.get(state, 0) for state in (State.ACCEPTED, State.REVIEWED, State.SUBMITTED)},
        State.ASSIGNED: waiting,
        State.WITHDRAWN: counts.get(State.WITHDRAWN, 0),
        OVERDUE: progress.overdue,
    }
    done = 0
    for kind, number in stretches.items():
        start, done = words.share(done, progress.total), done + number
        if number:
            yield kind, start, words.share(done, progress.total) - start


def sections(actor: Actor) -> list[tuple[str, str]]:
    """The sections that a role finds in the head of every page: (address, name)."""
    seeing, keeping, searching = (GRANTS[f"GET {path}"] for path in ("/board", "/accounts", "/search"))
    registering, calling, watching = (GRANTS[f"GET {path}"] for path in ("/register", "/roster", "/log"))
    named = (
        ("/", N_("My work"), seeing),
        ("/board", N_("Protocols"), seeing),
        ("/register", N_("Registration"), registering),
        ("/roster", N_("Organisations"), calling),
        ("/search", N_("Audit log"), searching),
        ("/log", N_("State of the log"), watching),
        ("/accounts", N_("Accounts"), keeping),
    )
    return [(address, tr(name)) for address, name, roles in named if actor.role in roles]


def draw(
    request: Request, template: str, context: RequestContext, status: HTTPStatus = HTTPStatus.OK, **content: object
) -> HTMLResponse:
    """A page for a person. Raises TypeError for content under a name that every page has."""
    absent = desk_of(request).jar.absent(request) if context.actor.instead_of else None
    about = {"actor": context.actor, "absent": absent, "heard": mark(context.tx)}
    return _answer(request, template, status, dict(**content, **_about(context.tx), **about))


def draw_open(
    request: Request, template: str, tx: Transaction, status: HTTPStatus = HTTPStatus.OK, **content: object
) -> HTMLResponse:
    """A page for anybody."""
    return _answer(request, template, status, dict(**content, **_about(tx), **_NOBODY))


def draw_refusal(request: Request, status: HTTPStatus, heading: str, sentence: str) -> HTMLResponse:
    """A page in words for what can't be shown. It needs no database."""
    content = {"heading": heading, "sentence": sentence, "status": int(status)}
    return _answer(request, "refusal.html", status, content | {"tx": None, "demo_since": None} | _NOBODY)


def _about(tx: Transaction) -> dict[str, object]:
    instance = clock.instance(tx.session)
    return {"tx": tx, "demo_since": instance.created_at if instance.clock == "demo" else None}


def _answer(request: Request, template: str, status: HTTPStatus, content: Mapping[str, object]) -> HTMLResponse:
    desk = desk_of(request)
    page = _TEMPLATES.get_template(template).render(
        **content,
        token=desk.jar.token(request),
        here=request.url.path,
        run_page=partial(run_page, desk.installation.settings),
        items_page=partial(items_page, desk.installation.settings),
        refresh=request.app.state.refresh,
        switches={
            each: str(_page_of(request).include_query_params(lang=each).replace(scheme="", netloc=""))
            for each in LANGUAGES
        },
        query=request.query_params,
    )
    answer = HTMLResponse(page, status)
    desk.jar.keep(request, answer)
    return answer


def _page_of(request: Request) -> URL:
    """The address of a page; of an answer to a form that of the page where the form stood."""
    if request.method in {"GET", "HEAD"}:
        return request.url
    came = URL(request.headers.get("referer", ""))
    return came if came.netloc == request.url.netloc and came.path else request.url.replace(path="/", query="")


_TEMPLATES = _environment()
