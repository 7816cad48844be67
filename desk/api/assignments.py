"""`/assignments`: lists, one, its trail, and actions on it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field

from commands.assignments.locked_assignment import TakeAction
from commands.assignments.transitions import take_action
from commands.context.evidence_store import Attachment
from commands.registers.assignments import AssignmentLine, assignments, explained
from commands.registers.filters import AssignmentFilter
from commands.registers.lookup import one_assignment
from commands.trails.trail import trail
from desk.api.call import Call, ReadCall, WriteCall
from desk.api.paging import Begun, Limited, Page, page, position
from desk.api.problems import documented
from desk.api.shapes import Action, Asked, Assignment, Entries, Entry
from desk.prefect_pages import run_page
from desk.request.path import Number
from desk.request.refusals import VersionNeededError
from states.subjects import Kind, Subject

router = APIRouter(tags=["assignments"])


class Filter(Asked):
    """Which assignments; what is left out does not filter."""

    protocol: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    item: Annotated[str | None, Field(max_length=20, description="Its number, such as 1.3.")] = None
    state: Annotated[str | None, Field(max_length=20)] = None
    organisation: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    overdue: bool = False
    limit: Limited = 100
    cursor: Begun = None


@router.get("/assignments", responses=documented())
def listed(request: Request, response: Response, call: ReadCall, by: Annotated[Filter, Query()]) -> Page[Assignment]:
    """Assignments, by number, as far as the person sees."""
    wanted = AssignmentFilter(
        protocol=by.protocol,
        item=by.item,
        state=by.state,
        overdue=by.overdue,
        within=call.within,
        organisation=by.organisation,
        after=position(by.cursor),
        most=by.limit + 1,
    )
    found = assignments(call.tx, wanted)
    shown, following = page(request, response, found, by.limit, lambda line: line.id)
    return Page(items=[assignment_shape(call, line) for line in shown], next=following)


@router.get("/assignments/{number}", responses=documented(HTTPStatus.NOT_FOUND))
def one(response: Response, call: ReadCall, number: Number) -> Assignment:
    """One assignment; its ETag is its version."""
    line, _ = one_assignment(call.tx, number, call.within)
    response.headers["ETag"] = f'"{line.version}"'
    return assignment_shape(call, line)


@router.get("/assignments/{number}/trail", responses=documented(HTTPStatus.NOT_FOUND))
def its_trail(call: ReadCall, number: Number) -> Entries:
    """Everything that happened to it."""
    one_assignment(call.tx, number, call.within)
    lines = trail(call.tx, Subject(Kind.ASSIGNMENT, number).trail)
    return Entries(entries=[Entry.model_validate(line, from_attributes=True) for line in lines])


@router.post(
    "/assignments/{number}/actions",
    status_code=HTTPStatus.CREATED,
    response_model=Assignment,
    responses=documented(
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.PRECONDITION_REQUIRED,
    ),
)
def take(
    call: WriteCall,
    number: Number,
    action: Action,
    if_match: Annotated[str | None, Header(pattern='^"[1-9][0-9]{0,9}"$', description="The ETag that you saw.")] = None,
) -> Response:
    """Take an action; the assignment as it stands then."""
    if if_match is None:
        raise VersionNeededError
    command = TakeAction(
        number,
        action.action,
        int(if_match.strip('"')),
        action.note,
        tuple(Attachment(file.name, file.content) for file in action.files),
        action.due,
        action.to,
        action.on_behalf,
        action.received,
    )

    def work() -> Assignment:
        one_assignment(call.tx, number, call.within)  # what one does not see, one does not act upon
        take_action(call.tx, call.actor, command)
        return assignment_shape(call, assignments(call.tx, AssignmentFilter(assignment=number))[0])

    return call.once(HTTPStatus.CREATED, work)


def assignment_shape(call: Call, line: AssignmentLine) -> Assignment:
    """One assignment as the API shows it."""
    return Assignment(
        id=line.id,
        protocol=line.protocol,
        item=line.item,
        addressee=line.addressee,
        organisation=line.organisation_id,
        state=line.state,
        version=line.version,
        due=line.due,
        overdue=line.overdue,
        late=line.late,
        due_explained=explained(line.derivation, line.literal),
        run_url=run_page(call.tx.settings, line.run_id),
    )
