"""`/several/{action}`: one decision on many assignments, with one reason. Each is done or refused by itself."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from commands.assignments.targets import candidates
from commands.assignments.transitions import take_action
from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.filters import AssignmentFilter
from commands.registers.inbox import MOST, inbox
from commands.registers.lookup import one_assignment
from desk.pages.forms.action_form import Typed, fields_of, typed
from desk.pages.forms.attempt import Refusal, in_savepoint
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext, Token, WriteTx
from desk.request.refusals import TooManyChosenError
from states.assignment import ASSIGNMENT

router = APIRouter()
SEVERAL = tuple(str(edge.action) for edge in ASSIGNMENT.edges if edge.shown and edge.shown.several)
"""What may be decided for several at once."""
_CHOSEN = re.compile("([0-9]{1,18}):([0-9]{1,9})")
ActionName = Annotated[str, Path(pattern=f"^({'|'.join(SEVERAL)})$")]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which assignments are offered: those that lie before the person, unless the address says otherwise."""

    protocol: int | None
    item: str | None
    state: str | None
    overdue: bool

    def lines(self, context: RequestContext, action: str) -> list[AssignmentLine]:
        """As far as the action is possible in this role now, one more than `MOST`. Raises UnknownStateError."""
        edge = ASSIGNMENT.edge(action)
        states = edge.sources if context.actor.role in edge.roles else ()
        if self == Filter(None, None, None, overdue=False):
            work = inbox(context.tx, context.actor)
            return [task.line for task in work.tasks if task.line.state in states]
        some = AssignmentFilter(self.protocol, self.item, self.state, self.overdue, within=context.within)
        return assignments(context.tx, replace(some, states=states, first=MOST + 1))


def _filter(
    protocol: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    item: Annotated[str | None, Query(max_length=20)] = None,
    state: Annotated[str | None, Query(max_length=40)] = None,
    *,
    overdue: bool = False,
) -> Filter:
    return Filter(protocol, item or None, state or None, overdue)


Filtered = Annotated[Filter, Depends(_filter)]


@router.get("/several/{action}")
def form(request: Request, context: ReadTx, action: ActionName, wanted: Filtered, *, all: bool = False) -> Response:  # noqa: A002 - a word of an address
    """The list to choose from. Raises WrongRoleError."""
    edge = ASSIGNMENT.edge(action)
    ASSIGNMENT.move(edge.sources[0], action, context.actor.role)
    lines = wanted.lines(context, action)
    return _page(request, context, action, lines, Typed(), ticked=[line.id for line in lines] if all else ())


@router.post("/several/{action}")
def decide(  # noqa: PLR0917 - what a form is made of
    request: Request,
    context: WriteTx,
    token: Token,
    action: ActionName,
    wanted: Filtered,
    given: Annotated[Typed, Depends(typed)],
    chosen: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Take the action on each that was chosen, as it was seen."""
    asked = list(_read(chosen or ()))
    if len(asked) > MOST:
        too_many = Refusal(TooManyChosenError(chosen=len(asked), most=MOST))
        ticked = {number for number, _ in asked}
        return _page(request, context, action, wanted.lines(context, action), given, refusal=too_many, ticked=ticked)
    told = [(number, _one(request, context, token, action, number, version, given)) for number, version in asked]
    refused = {number: found for number, found in told if isinstance(found, Refusal)}
    done = [number for number, found in told if not isinstance(found, Refusal)]
    lines = assignments(context.tx, AssignmentFilter(numbers=list(refused), within=context.within))
    left = [line for line in wanted.lines(context, action) if line.id not in refused]
    return _page(request, context, action, [*lines, *left], given, done, refused)


def _read(chosen: Sequence[str]) -> Iterator[tuple[int, int]]:
    for each in chosen:
        if found := _CHOSEN.fullmatch(each):
            yield int(found[1]), int(found[2])


def _one(  # noqa: PLR0917 - what a form is made of
    request: Request, context: RequestContext, token: str, action: str, number: int, version: int, given: Typed
) -> int | Refusal:
    tx, actor = context.tx, context.actor

    def work() -> int:
        line, _ = one_assignment(tx, number, context.within)
        fields = fields_of(ASSIGNMENT.edge(action), actor.role)
        return take_action(tx, actor, replace(given, version=version).act(tx, line, fields, ()))

    return in_savepoint(request, tx, token, work)


def _page(  # noqa: PLR0913, PLR0917 - what a form is made of
    request: Request,
    context: RequestContext,
    action: str,
    lines: Sequence[AssignmentLine],
    given: Typed,
    done: Sequence[int] = (),
    refused: dict[int, Refusal] | None = None,
    refusal: Refusal | None = None,
    ticked: Collection[int] = (),
) -> Response:
    refusals = [*([refusal] if refusal else []), *(refused or {}).values()]
    status = next((each.status for each in refusals), HTTPStatus.OK)
    shown = MOST + len(refused or {})
    return draw(
        request,
        "several.html",
        context,
        status,
        fields=fields_of(ASSIGNMENT.edge(action), context.actor.role),
        candidates=candidates(context.tx, action, 0),
        lines=lines[:shown],
        more=len(lines) > shown,
        refusal=refusal,
        ticked=ticked,
        typed=given,
        done=done,
        refused_ones=refused or {},
        tick_all=str(request.url.include_query_params(all="true").replace(scheme="", netloc="")),
    )
