"""The draft that a reading yields: values only, each with its place in the text or the doubt that stands beside it."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Modality = Literal["order", "recommend", "inform"]
DeadlineKind = Literal["date", "range", "relative", "periodic", "standing", "event", "inherited", "none"]
Period = Literal["day", "week", "month", "quarter", "half-year", "year"]
Pace = Literal["urgent", "prompt"]
Deliverable = Literal["plan", "program"]
Span = tuple[int, int]


class Value(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Doubt(Value):
    """Something a person should look at before the draft goes under control.

    `template` is an English `str.format` sentence, the key of its translation; `values` fill it.
    """

    code: str
    template: str
    values: dict[str, str | int | dt.date] = Field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


class Deadline(Value):
    """The rule for a deadline as the protocol writes it; what moment it means is for others to say.

    `date` is the last day (itself included) of a date or a range, or the inherited one. `days` or `months`
    with `working` belong to relative terms and to terms counted from an event, `pace` to «срочно» and
    «оперативно» which give no number, `period` and `day` (of the month) to periodic ones. An inherited
    deadline names the item it comes from and the kind it has there. `time` is "HH:MM" where an hour is given.
    """

    kind: DeadlineKind
    date: dt.date | None = None
    time: str | None = None
    literal: str | None = None
    days: int | None = None
    months: int | None = None
    working: bool | None = None
    pace: Pace | None = None
    period: Period | None = None
    day: int | None = None
    inherited_from: str | None = None
    inherited_kind: DeadlineKind | None = None


class DraftItem(Value):
    """One decision: what is ordered, to whom, by when. `span` is [start, end) in `Draft.text`.

    `deliverable` is the document it asks for. `follows` is the number of the item whose document it only sends on,
    `builds_on` that of the item whose findings its document answers.
    """

    number: str
    text: str
    addressees: tuple[str, ...]
    co_executors: tuple[str, ...]
    modality: Modality
    deadline: Deadline
    contacts: tuple[str, ...]
    form_columns: tuple[str, ...] | None
    deliverable: Deliverable | None = None
    follows: str | None = None
    builds_on: str | None = None
    span: Span
    doubts: tuple[Doubt, ...]


class Draft(Value):
    """A protocol as read, for a person to confirm.

    `text` is the plain text of the document; `spans` gives the places of the heading's fields in it by
    field name. `time` is "HH:MM" at the place of the meeting.
    """

    number: str | None
    date: dt.date | None
    time: str | None
    title: str | None
    place: str | None
    body: str | None
    signatory: str | None
    items: tuple[DraftItem, ...]
    doubts: tuple[Doubt, ...]
    spans: dict[str, Span]
    text: str
