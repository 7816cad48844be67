"""`/protocols` and `/drafts`: what is under control, and putting more of it there."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from commands.context.language import said
from commands.protocols.registration import Register, register
from commands.protocols.withdrawal import withdraw
from commands.registers.items import items
from commands.registers.lookup import one_protocol
from commands.registers.progress import Progress as Standing
from commands.registers.protocols import ProtocolLine, protocols_paged
from desk.api.call import ReadCall, WriteCall
from desk.api.paging import Cursor, Limit, Page, page, position
from desk.api.problems import documented
from desk.api.shapes import Basis, Draft, Item, Items, Progress, Protocol, Registered, Registration, Upload, Withdrawn
from desk.draft_json import as_contract
from desk.request.path import Number
from intake.protocol import read

router = APIRouter(tags=["protocols"])


@router.get("/protocols", responses=documented())
def listed(
    request: Request, response: Response, call: ReadCall, limit: Limit = 100, cursor: Cursor = None
) -> Page[Protocol]:
    """Protocols, by number, as far as the person sees."""
    found = protocols_paged(call.tx, call.within, limit + 1, after=position(cursor))[::-1]
    shown, following = page(request, response, found, limit, lambda line: line.id)
    return Page(items=[_protocol_shape(line) for line in shown], next=following)


@router.get("/protocols/{number}", responses=documented(HTTPStatus.NOT_FOUND))
def one(call: ReadCall, number: Number) -> Protocol:
    """One protocol."""
    return _protocol_shape(one_protocol(call.tx, number, call.within))


@router.get("/protocols/{number}/items", responses=documented(HTTPStatus.NOT_FOUND))
def its_items(call: ReadCall, number: Number) -> Items:
    """Its items, as far as the person sees."""
    one_protocol(call.tx, number, call.within)
    return Items(
        items=[
            Item(
                id=line.id,
                protocol=line.protocol,
                number=line.number,
                text=line.text,
                modality=line.modality,
                deadline=line.deadline,
                contacts=list(line.contacts),
                form_columns=None if line.form_columns is None else list(line.form_columns),
                deliverable=line.deliverable,
                progress=_progress(line.progress),
            )
            for line in items(call.tx, number, within=call.within)
        ]
    )


_WRITES = documented(
    HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE
)


@router.post("/drafts", responses=_WRITES)
def draft(_call: ReadCall, document: Upload) -> Draft:
    """What the reader understands of a document; nothing is written."""
    return Draft(draft=as_contract(read(document.content, document.name)))


@router.post("/protocols", status_code=HTTPStatus.CREATED, response_model=Registered, responses=_WRITES)
def registered(call: WriteCall, body: Registration) -> Response:
    """Put a document under control as the reader understands it, or as corrected: look at its draft first."""

    def work() -> Registered:
        command = Register(
            body.document.content,
            body.document.name,
            dict(body.mapping),
            body.department,
            body.signed,
            body.corrections,
            body.number,
        )
        done = register(call.tx, call.actor, command)
        doubts = [said(each.template, each.values) for each in done.doubts]
        return Registered(protocol=done.protocol, items=done.items, doubts=doubts)

    return call.once(HTTPStatus.CREATED, work)


@router.post("/protocols/{number}/withdrawal", response_model=Withdrawn, responses=_WRITES)
def withdrawn(call: WriteCall, number: Number, basis: Basis) -> Response:
    """Take a protocol registered by mistake off control, a batch at a time."""

    def work() -> Withdrawn:
        done = withdraw(call.tx, call.actor, number, basis.note)
        return Withdrawn(assignments=done.assignments, more=done.more)

    return call.once(HTTPStatus.OK, work)


def _protocol_shape(line: ProtocolLine) -> Protocol:
    return Protocol(
        id=line.id,
        number=line.number,
        date=line.date,
        title=line.title,
        state=line.state,
        department=line.department,
        registered_at=line.registered_at,
        items=line.items,
        progress=_progress(line.progress),
    )


def _progress(found: Standing) -> Progress:
    return Progress(state=found.state, counts=dict(found.counts), overdue=found.overdue)
