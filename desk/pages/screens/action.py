"""`/assignments/{id}/{action}`: one form for each action of the lifecycle. It calls what `poruchenie act` calls."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from commands.assignments.locked_assignment import StaleVersionError, TakeAction
from commands.assignments.preview import Preview, preview
from commands.assignments.targets import candidates
from commands.assignments.transitions import SystemActionError, answers_for, take_action
from commands.registers.lookup import one_assignment, one_protocol, responsible
from commands.reports.version_diff import changes
from commands.trails.trail import Line, trail
from desk.pages.forms.action_form import Typed, fields_of, typed
from desk.pages.forms.attempt import Refusal, dry_run, in_savepoint, redirect_to
from desk.pages.forms.table_form import Paper, bad_cells
from desk.pages.screens.assignment import hints_for
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext, Token, WriteTx
from desk.request.path import Number
from desk.request.refusals import ForeignFormError
from states.actions import Action
from states.assignment import ASSIGNMENT, PERSONAL
from states.refusal import Word
from states.subjects import Kind, Subject

router = APIRouter()
ActionName = Annotated[str, Path(pattern="^[a-z_]{1,40}$")]
Given = Annotated[Typed, Depends(typed)]
_JUDGING = (Action.REVIEW, Action.RETURN, Action.ACCEPT)


@router.get("/assignments/{number}/{action}")
def form(request: Request, context: ReadTx, number: Number, action: ActionName) -> Response:
    """The form. Raises what the lifecycle says if the action is not possible now, or not in this role; and what
    the scope says if it is not for this organisation.
    """
    line, item = one_assignment(context.tx, number, context.within)
    edge = ASSIGNMENT.edge(action)
    if edge.action not in PERSONAL:
        raise SystemActionError(action=Word(action), actions=PERSONAL)
    ASSIGNMENT.move(line.state, action, context.actor.role)
    answers_for(context.actor, line, action)
    given = Typed(line.version)
    return _page(request, context, number, action, given, Paper.begun(context.tx, action, item, number))


@router.post("/assignments/{number}/{action}")
def take(
    request: Request, context: WriteTx, token: Token, number: Number, action: ActionName, given: Given
) -> Response:
    """Take the action, or draw the form again with what was typed.

    Raises WrongRoleError: the form offers people and organisations that not everybody may see.
    """
    tx, actor = context.tx, context.actor
    line, item = one_assignment(tx, number, context.within)
    fields = fields_of(ASSIGNMENT.permit(action, actor.role), actor.role)
    paper = Paper.typed(tx, action, item, given.sent)

    def command() -> TakeAction:
        return given.act(tx, line, fields, paper.files())

    match given.sent.step:
        case "rows" | "load":
            ours = in_savepoint(request, tx, token, lambda: None)
            return _page(request, context, number, action, given, paper, ours or paper.refusal)
        case "check":
            tried = dry_run(request, tx, token, lambda: preview(tx, actor, command()))
            refusal = tried if isinstance(tried, Refusal) else None
            shown = tried if isinstance(tried, Preview) else None
            return _page(request, context, number, action, given, paper, refusal, shown)
    done = in_savepoint(request, tx, token, lambda: take_action(tx, actor, command()))
    if isinstance(done, Refusal):
        return _page(request, context, number, action, given, paper, done)
    return redirect_to(
        f"/assignments/{number}/receipts/{done}" if action == Action.SUBMIT else f"/assignments/{number}?done={action}"
    )


def _page(  # noqa: PLR0913, PLR0917 - what a form is made of
    request: Request,
    context: RequestContext,
    number: int,
    action: str,
    given: Typed,
    paper: Paper,
    refusal: Refusal | None = None,
    tried: Preview | None = None,
) -> Response:
    tx = context.tx
    line, item = one_assignment(tx, number, context.within)
    entries = trail(tx, Subject(Kind.ASSIGNMENT, number).trail)
    stale = refusal is not None and isinstance(refusal.error, StaleVersionError)
    foreign = refusal is not None and isinstance(refusal.error, ForeignFormError)
    held, lost = ([], paper.names()) if foreign else paper.hold(tx)
    about = responsible(tx, number)
    return draw(
        request,
        "act.html",
        context,
        refusal.status if refusal else HTTPStatus.OK,
        assignment=line,
        item=item,
        protocol=one_protocol(tx, line.protocol, context.within),
        concerned=about,
        changed=changes(tx, number) if action in _JUDGING and about.report_version > 1 else [],
        entries=entries,
        hints=hints_for(context, line, item),
        fields=fields_of(ASSIGNMENT.edge(action), context.actor.role),
        edge=ASSIGNMENT.edge(action),
        candidates=candidates(tx, action, line.organisation_id),
        typed=given,
        paper=paper,
        held=held,
        lost=lost,
        bad=bad_cells(refusal),
        tried=tried,
        limits=tx.policy.rules.evidence,
        refusal=refusal,
        report=_latest(entries, Action.SUBMIT),
        checked=_latest(entries, Action.CHECK),
        conclusion=_latest(entries, Action.REVIEW),
        back=_latest(entries, Action.RETURN, Action.REOPEN),
        seen=next((each for each in entries if each.seq == given.version), None) if stale else None,
        since=[each for each in entries if each.seq > (given.version or 0)] if stale else [],
    )


def _latest(entries: list[Line], *actions: str) -> Line | None:
    return next((each for each in reversed(entries) if each.action in actions), None)
