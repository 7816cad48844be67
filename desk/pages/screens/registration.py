"""`/register`: a document is read, its draft corrected beside the source, and put under control once confirmed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response

from commands.context.evidence_store import Attachment
from commands.protocols.addressing import groups_by_phrase
from commands.protocols.expansion import expand
from commands.protocols.registration import Register, late_items, register
from commands.rosters.roster_register import groups_listed, organisations_listed
from desk.pages.forms.action_form import read as read_upload
from desk.pages.forms.attempt import Refusal, dry_run, in_savepoint, redirect_to
from desk.pages.forms.draft_form import AS_READ, MODALITIES, SEND, Editing, edited, editing, stored
from desk.pages.forms.kept_files import keep_document, kept_files
from desk.pages.forms.parsing import day_of
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext, Token, WriteTx
from desk.request.refusals import NoDocumentError
from intake.correction import corrected
from intake.draft import Doubt, Draft
from intake.limits import LARGEST
from intake.protocol import read
from states.refusal import RefusedError

router = APIRouter()
Text = Annotated[str, Form(max_length=2_000)]


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields that the clerk filled in beside the draft."""

    day: str = ""
    number: str = ""
    department: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    editing: Editing = AS_READ

    def command(self, document: Attachment) -> Register:
        """Raises TypedDayError."""
        department, number = (" ".join(each.split()) or None for each in (self.department, self.number))
        corrections = self.editing.corrections
        return Register(document.data, document.name, self.mapping, department, day_of(self.day), corrections, number)

    def stepped(self, document: Attachment) -> "Filled":
        """With the corrections after this step. Raises what `corrected` raises."""
        if not self.editing.changes:
            return self
        corrections = self.editing.corrected(read(document.data, document.name))
        done = replace(self, editing=replace(self.editing, corrections=corrections, typed=None, fresh=False))
        done.command(document).draft()
        return done


def _filled(
    asked: Annotated[Editing, Depends(editing)],
    day: Text = "",
    number: Text = "",
    department: Text = "",
    phrase: Annotated[list[str] | None, Form()] = None,
    group: Annotated[list[str] | None, Form()] = None,
) -> Filled:
    pairs = zip(phrase or (), group or (), strict=False)
    return Filled(day, number, department, {said: name for said, name in pairs if name}, asked)


@router.get("/register")
def form(request: Request, context: ReadTx) -> Response:
    """The page that takes a document."""
    return draw(request, "register.html", context, refusal=None)


@router.post("/register/draft")
def draft(
    request: Request, context: ReadTx, token: Token, document: Annotated[UploadFile | None, File()] = None
) -> Response:
    """What the reader understands of it. Nothing is written but the file, which no entry names yet."""

    def work() -> Attachment:
        if document is None or not document.filename:
            raise NoDocumentError
        taken = read_upload(document, LARGEST)
        read(taken.data, taken.name)
        return taken

    found = dry_run(request, context.tx, token, work)
    if isinstance(found, Refusal):
        return draw(request, "register.html", context, found.status, refusal=found)
    return _page(request, context, found, Filled())


@router.post("/register")
def confirm(
    request: Request,
    context: WriteTx,
    token: Token,
    filled: Annotated[Filled, Depends(_filled)],
    document: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:
    """Put it under control with its first assignments; the flow “registration” makes the others."""
    tx, actor = context.tx, context.actor
    kept = kept_files(tx, [document])
    if not kept:
        refusal = Refusal(NoDocumentError())
        return draw(request, "register.html", context, refusal.status, refusal=refusal)
    stepped = in_savepoint(request, tx, token, lambda: filled.stepped(kept[0]))
    if isinstance(stepped, Refusal):
        return _page(request, context, kept[0], filled, stepped)
    if filled.editing.step != SEND:
        return _page(request, context, kept[0], stepped)

    def work() -> int:
        done = register(tx, actor, stepped.command(kept[0]))
        expand(tx, actor, done.protocol)
        return done.protocol

    done = in_savepoint(request, tx, token, work)
    return (
        _page(request, context, kept[0], stepped, done)
        if isinstance(done, Refusal)
        else redirect_to(f"/protocols/{done}")
    )


def _page(
    request: Request, context: RequestContext, document: Attachment, filled: Filled, refusal: Refusal | None = None
) -> Response:
    tx = context.tx
    corrections = filled.editing.corrections
    found = corrected(read(document.data, document.name), corrections)
    opened = edited(found, filled.editing)
    return draw(
        request,
        "draft.html",
        context,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        draft=found,
        filename=document.name,
        document=keep_document(tx, document),
        filled=filled,
        corrections=stored(corrections),
        changed={each.number for each in corrections if not each.dropped},
        dropped=[each.number for each in corrections if each.dropped],
        edited=opened,
        fresh=opened is not None and (filled.editing.fresh or not opened.number),
        modalities=MODALITIES,
        standing=groups_by_phrase(tx, found),
        groups=sorted(each.name for each in groups_listed(tx)),
        departments=[each.name for each in organisations_listed(tx, most=100)],
        late=_late(context, found, filled),
        source=list(marked(found)),
    )


def _late(context: RequestContext, found: Draft, filled: Filled) -> tuple[Doubt, ...]:
    try:
        signed = day_of(filled.day) or found.date
        return late_items(context.tx, found, signed) if signed else ()
    except RefusedError:
        return ()


def marked(found: Draft) -> Iterator[tuple[str, str | None]]:
    """The source's text in pieces, each with the number of the item that was read from it."""
    at = 0
    for item in sorted(found.items, key=lambda each: each.span):
        start, end = item.span
        if start >= at:
            yield found.text[at:start], None
            yield found.text[start:end], item.number
            at = end
    yield found.text[at:], None
