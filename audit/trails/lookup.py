"""Lookups of entries: by time, action, who acted, and words of what they disclose; SQL for names of trails.

PostgreSQL has an index for each (audit.trails.tables); SQLite, for smaller archives, reads through the entries.
"""

from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Select, false, func, literal, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from audit.trails.tables import ACTOR, FOR, WORDS, Name, disclosures, entries

_LEXEMES = text("SELECT string_agg(quote_literal(lexeme) || ':*', ' & ') FROM unnest(to_tsvector('simple', :words))")


def acted(session: Session, account: int) -> ColumnElement[bool]:
    """Entries of an account that acted, or in whose name somebody did; canonical bytes write numbers in one way."""
    if _is_postgres(session):
        return or_(*(number.in_([str(account)]) for number in (ACTOR, FOR)))
    written = (f'"{role}":{account},'.encode() for role in ("actor", "for"))
    return or_(*(func.instr(entries.c.body, literal(each, LargeBinary)) > 0 for each in written))


def tells(session: Session, words: str) -> Select[tuple[str, int]]:
    """(trail, seq) of entries one of whose disclosed texts has all these words, or words that begin so, however
    capitalised.
    """
    found = select(disclosures.c.trail, disclosures.c.seq)
    if not _is_postgres(session):
        return found.where(*(contains(word, disclosures.c.value) for word in words.split()))
    lexemes = session.scalar(_LEXEMES, {"words": words})
    return found.where(false() if lexemes is None else WORDS.op("@@")(func.to_tsquery("simple", lexemes)))


def trail_of(kind: str, number: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[str]:
    """The name of the trail of a row of this kind, by the column of its number."""
    return literal(f"{kind}:", Name) + number.cast(Name)


def of_kind(kind: str) -> ColumnElement[bool]:
    """Entries of all subjects of a kind. A range, not LIKE: SQLite's looks at every trail."""
    return (entries.c.trail > f"{kind}:") & (entries.c.trail < f"{kind};")


def contains(words: str, *columns: Any) -> ColumnElement[bool]:  # noqa: ANN401 - SQL columns
    """Whether one of the columns has these words, one after the other. SQLite folds no Cyrillic letters, so the usual
    spellings are looked for.
    """
    spellings = {words, words.lower(), words.capitalize(), words.upper()}
    return or_(*(column.contains(each, autoescape=True) for column in columns for each in spellings))


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
