"""Shapes of what operations take and answer."""

import base64
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Base64Encoder, BaseModel, ConfigDict, EncodedBytes, Field
from pydantic_core import PydanticCustomError

from intake.correction import Correction
from states.lifecycle import Role

Note = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=1_000)]


class Asked(BaseModel):
    """What comes in: nothing beyond what is documented."""

    model_config = ConfigDict(extra="forbid")


class _Strict(Base64Encoder):
    """RFC 4648, § 3.3: pydantic's own passes over foreign letters, and what is filed is not what was sent."""

    @classmethod
    def decode(cls, data: bytes) -> bytes:
        """Raises PydanticCustomError."""
        try:
            return base64.b64decode(data, validate=True)
        except ValueError as error:
            raise PydanticCustomError("base64_decode", "Base64 decoding error") from error


class Upload(Asked):
    """A file: its name, and its bytes in Base64."""

    name: Name
    content: Annotated[bytes, EncodedBytes(encoder=_Strict)]


class Action(Asked):
    """An action on an assignment, as `poruchenie act` takes it."""

    action: Annotated[str, Field(max_length=40)]
    note: Note | None = None
    files: Annotated[list[Upload], Field(max_length=20)] = []
    due: date | None = None
    to: Name | None = None
    on_behalf: Name | None = None
    received: AwareDatetime | None = None


class Registration(Asked):
    """A document to be put under control. `mapping`: addressee phrase → group of the roster."""

    document: Upload
    mapping: dict[Name, Name] = {}
    department: Name | None = None
    signed: date | None = None
    number: Name | None = None
    corrections: list[Correction] = Field(default=[], max_length=2_000)


class Basis(Asked):
    """Whose decision, of what date and number."""

    note: Note


class NewAccount(Asked):
    """As `poruchenie user add` takes it."""

    login: Name
    role: Role
    organisation: Name | None = None
    name: Name | None = None
    email: Name | None = None
    same_person_as: Name | None = None


class Me(BaseModel):
    """Who the token acts for."""

    login: str
    role: Role
    organisation: int | None


class Progress(BaseModel):
    """How many assignments stand where."""

    state: str
    counts: dict[str, int]
    overdue: int


class Protocol(BaseModel):
    """A protocol."""

    id: int
    number: str | None
    date: date
    title: str | None
    state: str
    department: str
    registered_at: datetime
    items: int
    progress: Progress


class Item(BaseModel):
    """An item of a protocol."""

    id: int
    protocol: int
    number: str
    text: str
    modality: str
    deadline: dict[str, Any]
    contacts: list[Any]
    form_columns: list[Any] | None
    deliverable: str | None
    progress: Progress


class Assignment(BaseModel):
    """An assignment. `version` is what If-Match wants, in quotation marks."""

    id: int
    protocol: int
    item: str
    addressee: str
    organisation: int
    state: str
    version: int
    due: datetime | None
    overdue: bool
    late: bool
    due_explained: str
    run_url: str | None


class Entry(BaseModel):
    """An entry of a trail, as far as it is disclosed."""

    seq: int
    at: datetime
    action: str
    source: str | None
    state: str
    actor: str
    actor_for: str | None
    role: str
    channel: str
    note: str | None
    files: list[dict[str, Any]]
    findings: list[str]
    hash: str


class Found(Entry):
    """An entry that was searched for, with its subject."""

    subject: str


class Entries(BaseModel):
    """A trail, oldest entry first."""

    entries: list[Entry]


class Items(BaseModel):
    """The items of a protocol, in order."""

    items: list[Item]


class Draft(BaseModel):
    """What the reader understands of a document."""

    draft: dict[str, Any]


class Registered(BaseModel):
    """A protocol under control; its assignments are made by the flow `registration`, at the latest within minutes."""

    protocol: int
    items: int
    doubts: list[str]


class Withdrawn(BaseModel):
    """A batch of a withdrawal: repeat while there is `more`."""

    assignments: int
    more: bool


class Organisation(BaseModel):
    """An organisation of the roster."""

    id: int
    name: str
    superior: str | None


class Imported(BaseModel):
    """What an import of a roster did."""

    created: int
    updated: int
    unchanged: int


class Admitted(Imported):
    """What an import of accounts did. `links`: by login, where no mail could bring the invitation."""

    links: dict[str, str]


class Substitution(Asked):
    """Who acts in an account's name, from which day to which (local, both included), and on what basis."""

    substitute: Name
    since: date
    until: date
    note: Note


class Invited(BaseModel):
    """A link by which a password is set, once. `link` is null where it has gone by mail."""

    link: str | None
    until: datetime


class Account(BaseModel):
    """An account."""

    id: int
    login: str
    role: Role
    state: str
    organisation: str | None


class Done(BaseModel):
    """It is done."""

    state: str
