"""Changes: what an action does to a subject, and how its entry tells it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from audit.trails.canonical_json import canonical
from audit.trails.entries import stamp
from models.base import Attached, Audited, table_of
from models.database import NulError


@dataclass(frozen=True, slots=True)
class Change:
    """A change by an action to a subject: columns of its row, attached rows, further facts, committed texts."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    attached: Sequence[tuple[type[Attached], Mapping[str, Any]]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Entries hold NFC, so the rows must too, or verification would find them different.
        object.__setattr__(self, "columns", {name: _nfc(value) for name, value in self.columns.items()})
        object.__setattr__(self, "attached", [(model, _nfc(row)) for model, row in self.attached])


def _nfc(value: Any) -> Any:  # noqa: ANN401 - any column's value
    match value:
        case str() if "\0" in value:  # within JSON the database would not see it
            raise NulError(text=value[:100].replace("\0", "␀"))
        case str():
            return unicodedata.normalize("NFC", value)
        case list() | tuple():
            return [_nfc(each) for each in value]
        case dict():
            return {key: _nfc(each) for key, each in value.items()}
    return value


def facts_and_texts(model: type[Audited], change: Change) -> tuple[dict[str, Any], dict[str, str]]:
    """Facts and texts of an entry: plain columns under `set`, attached rows under `rows`, the rest committed."""
    facts = dict(change.facts)
    fields = dict(change.texts)
    plain: dict[str, Any] = {}
    for name, value in change.columns.items():
        if name in model.committed:
            fields[name] = as_text(value)
        else:
            plain[name] = as_json(value)
    if plain:
        facts["set"] = plain
    rows: dict[str, list[Any]] = {}
    for attached, columns in change.attached:
        row = {name: as_json(value) for name, value in columns.items()}
        if attached.committed:
            # By its key: a later entry that tells the row again takes the place of this one, and of no other's.
            key = "-".join(str(columns[column.name]) for column in table_of(attached).primary_key)
            fields[f"{attached.__tablename__}/{key}"] = as_text(row)
        else:
            rows.setdefault(attached.__tablename__, []).append(row)
    if rows:
        facts["rows"] = rows
    return facts, fields


def as_json(value: object) -> Any:  # noqa: ANN401 - any JSON
    """A column's value as an entry tells it."""
    match value:
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case tuple():
            return list(value)
    return value


def as_text(value: object) -> str:
    """A committed column's value as text: itself, or JSON (a null is no text, so it is `null`)."""
    return value if isinstance(value, str) else canonical(as_json(value)).decode()
