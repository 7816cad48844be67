"""`/search`: entries of all trails by what is known of them; the same as a file, CSV or XLSX."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from commands.context.language import shown, tr
from commands.reports.form_tables import as_csv, as_sheet
from commands.trails.search import MOST, EntryQuery, FoundEntry, search
from desk.pages.forms.parsing import Word, day_of
from desk.pages.view.render import draw
from desk.pages.view.words import label
from desk.request.context import ReadTx, RequestContext
from desk.request.grants import kinds_for
from states.subjects import LIFECYCLES

router = APIRouter()
ACTIONS = tuple(dict.fromkeys(action for lifecycle in LIFECYCLES.values() for action in lifecycle.by_action))
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def _sought(
    subject: Word = "",
    person: Word = "",
    organisation: Word = "",
    action: Word = "",
    since: Word = "",
    until: Word = "",
) -> EntryQuery:
    days = (day_of(since), day_of(until))
    return EntryQuery((), subject.strip(), person.strip(), " ".join(organisation.split()), action, *days)


Given = Annotated[EntryQuery, Depends(_sought)]


def _for(context: RequestContext, sought: EntryQuery, text: str) -> EntryQuery:
    """Only kinds of subjects whose trails the role may read."""
    return replace(sought, kinds=kinds_for(context.actor.role), text=text.strip())


@router.get("/search")
def page(request: Request, context: ReadTx, given: Given, text: Word = "", after: Word = "") -> Response:
    """The form and what was found. Raises UnknownOrganisationError, TypedDayError, CursorError."""
    sought = _for(context, given, text)
    found = search(context.tx, sought, after)
    address = request.url.remove_query_params(["after", "lang"])
    plain = address.replace(scheme="", netloc="")
    return draw(
        request,
        "search.html",
        context,
        HTTPStatus.OK,
        sought=sought,
        found=found.found,
        further=str(plain.include_query_params(after=found.further)) if found.further else None,
        exports={each: str(plain.replace(path=f"/search.{each}")) for each in _TYPES},
        actions=ACTIONS,
        kinds=sought.kinds,
    )


@router.get("/search.{kind}")
def export(context: ReadTx, kind: Literal["csv", "xlsx"], given: Given, text: Word = "") -> Response:
    """The newest entries found, at most `MOST`, as a table."""
    found = search(context.tx, _for(context, given, text), size=MOST).found
    rows = [_head(), *(_row(each) for each in found)]
    data = as_csv(rows) if kind == "csv" else as_sheet(rows)
    headers = {"Content-Disposition": f'attachment; filename="entries.{kind}"'}
    return Response(data, media_type=_TYPES[kind], headers=headers)


def _head() -> list[str]:
    known = (tr("Time"), tr("Subject"), tr("Entry"), tr("Action"), tr("State"), tr("Who"), tr("in the name of"))
    return [*known, tr("Role"), tr("Note"), tr("Files"), tr("Hash")]


def _row(each: FoundEntry) -> list[str]:
    line = each.line
    files = "; ".join(str(file["name"]) for file in line.files)
    told = (shown(line.at), each.subject, str(line.seq), label(line.action), label(line.state), line.actor)
    return [*told, line.actor_for or "", label(line.role), line.note or "", files, line.hash]
