"""Parsing of what a person types into an address or a form."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query

from desk.request.refusals import TypedDayError, TypedMomentError

Word = Annotated[str, Query(max_length=300)]
"""One part of an address's query."""


def day_of(value: str) -> date | None:
    """A date; None where nothing was typed. Raises TypedDayError."""
    try:
        return date.fromisoformat(value.strip()) if value.strip() else None
    except ValueError as error:
        raise TypedDayError(value=value) from error


def moment_of(value: str, zone: ZoneInfo) -> datetime | None:
    """A moment, in the zone unless the text names another; None where nothing was typed. Raises TypedMomentError."""
    if not value.strip():
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise TypedMomentError(value=value) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
