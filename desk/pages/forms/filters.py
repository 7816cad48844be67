"""Filters on assignments as an address carries them: what was typed, and what it means."""

from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends

from commands.registers.filters import AssignmentFilter
from commands.rosters.organisations import organisation_seen
from desk.pages.forms.parsing import Word, day_of
from desk.request.context import RequestContext
from states.rollup import OVERDUE

_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as it was typed; what is empty does not narrow. `state` may be `overdue`."""

    protocol: str = ""
    organisation: str = ""
    item: str = ""
    state: str = ""
    person: str = ""
    since: str = ""
    until: str = ""

    def __bool__(self) -> bool:
        return self != Filter()

    def address(self, **changes: str | int) -> str:
        """The query of an address with this filter, some of it changed."""
        return "?" + urlencode({name: value for name, value in (asdict(self) | changes).items() if value})

    def wanted(self, context: RequestContext) -> AssignmentFilter:
        """As far as the person sees. Raises UnknownOrganisationError, TypedDayError."""
        under = organisation_seen(context.tx, self.organisation, context.within) if self.organisation else None
        number = self.protocol if self.protocol.isascii() and self.protocol.isdigit() else "0"
        return AssignmentFilter(
            protocol=int(number[:_DIGITS]) if self.protocol else None,
            item=self.item or None,
            state=None if self.state in ("", OVERDUE) else self.state,
            overdue=self.state == OVERDUE,
            within=context.within,
            under=under,
            person=self.person or None,
            since=day_of(self.since),
            until=day_of(self.until),
        )


def _filter(  # noqa: PLR0917 - what an address may name
    protocol: Word = "",
    organisation: Word = "",
    item: Word = "",
    state: Word = "",
    person: Word = "",
    since: Word = "",
    until: Word = "",
) -> Filter:
    return Filter(*(" ".join(each.split()) for each in (protocol, organisation, item, state, person, since, until)))


Given = Annotated[Filter, Depends(_filter)]
