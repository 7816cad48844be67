"""`/assignments/{id}`: one assignment, how it came to stand where it stands, and what may follow."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from commands.assignments.transitions import answers_for
from commands.registers.assignments import AssignmentLine
from commands.registers.items import ItemLine
from commands.registers.lookup import one_assignment, one_protocol, responsible
from commands.reports.similarity import Hint, hints
from commands.trails.trail import trail
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext
from desk.request.path import Number
from states.assignment import ASSIGNMENT, AT_MINISTRY, PERSONAL
from states.lifecycle import Edge, Role
from states.refusal import RefusedError
from states.subjects import Kind, Subject

router = APIRouter()
JUDGES = (Role.REVIEWER, Role.CONTROLLER)


def possible(state: str) -> list[Edge]:
    """Actions open to persons from a state: first what moves the assignment on, in the lifecycle's order."""
    edges = [ASSIGNMENT.edge(action) for action in PERSONAL if state in ASSIGNMENT.edge(action).sources]
    return sorted(edges, key=lambda edge: edge.dest is None)


def offered(state: str, role: Role) -> list[Edge]:
    """Actions open to a role from a state: the buttons, the one that moves it on first."""
    return [edge for edge in possible(state) if role in edge.roles]


def may_take(context: RequestContext, line: AssignmentLine, edge: Edge) -> bool:
    """Whether a button leads anywhere."""
    try:
        answers_for(context.actor, line, edge.action)
    except RefusedError:
        return False
    return True


def hints_for(context: RequestContext, line: AssignmentLine, item: ItemLine) -> list[Hint]:
    """Hints at what a report at the ministry shares with others, for those who judge it."""
    judging = context.actor.role in JUDGES and line.state in AT_MINISTRY
    return hints(context.tx, line, item, context.within) if judging else []


@router.get("/assignments/{number}")
def assignment(request: Request, context: ReadTx, number: Number, done: str = "") -> HTMLResponse:
    """The page of an assignment."""
    tx = context.tx
    line, item = one_assignment(tx, number, context.within)
    return draw(
        request,
        "assignment.html",
        context,
        assignment=line,
        item=item,
        protocol=one_protocol(tx, line.protocol, context.within),
        concerned=responsible(tx, number),
        hints=hints_for(context, line, item),
        entries=trail(tx, Subject(Kind.ASSIGNMENT, number).trail),
        possible=possible(line.state),
        offered=[edge for edge in offered(line.state, context.actor.role) if may_take(context, line, edge)],
        done=done if done in PERSONAL else "",
    )
