"""What entries are looked up by: the time, the action, who acted, and words of what they disclose.

PostgreSQL has an index for each (audit.tables); SQLite, for smaller archives, reads through the entries.
"""

from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, and_, case, exists, false, func, literal, or_, select, text, tuple_
from sqlalchemy.orm import Session

from audit.tables import ACTOR, FOR, WORDS, disclosures, entries

FEW = 1_000
_LEXEMES = text("SELECT string_agg(quote_literal(lexeme) || ':*', ' & ') FROM unnest(to_tsvector('simple', :words))")


def acted(session: Session, account: int) -> ColumnElement[bool]:
    """Entries of an account that acted, or in whose name somebody did; canonical bytes write numbers in one way."""
    if _is_postgres(session):
        return or_(*(number.in_([str(account)]) for number in (ACTOR, FOR)))
    written = (f'"{role}":{account},'.encode() for role in ("actor", "for"))
    return or_(*(func.instr(entries.c.body, literal(each, LargeBinary)) > 0 for each in written))


def tells(session: Session, words: str) -> ColumnElement[bool]:
    """Entries one of whose disclosed texts has all these words, or words that begin so, however capitalised."""
    if _is_postgres(session):
        return _found(session, session.scalar(_LEXEMES, {"words": words}))
    here = and_(disclosures.c.trail == entries.c.trail, disclosures.c.seq == entries.c.seq)
    return exists().where(here, *(contains(word, disclosures.c.value) for word in words.split()))


def _found(session: Session, sought: str | None) -> ColumnElement[bool]:
    """A few are named one by one; of many the newest entries will hold some, so each that is read is looked into."""
    if sought is None:
        return false()
    matches = WORDS.op("@@")(func.to_tsquery("simple", sought))
    few = session.execute(select(disclosures.c.trail, disclosures.c.seq).where(matches).limit(FEW + 1)).all()
    if len(few) <= FEW:
        return tuple_(entries.c.trail, entries.c.seq).in_([tuple(row) for row in few])
    here = and_(disclosures.c.trail == entries.c.trail, disclosures.c.seq == entries.c.seq)
    return case((exists().where(here, matches), True), else_=False)  # a bare EXISTS would be joined with all entries


def contains(words: str, *columns: Any) -> ColumnElement[bool]:  # noqa: ANN401 - SQL columns
    """Whether one of the columns has these words, one after the other. SQLite folds no Cyrillic letters, so the usual
    spellings are looked for.
    """
    spellings = {words, words.lower(), words.capitalize(), words.upper()}
    return or_(*(column.contains(each, autoescape=True) for column in columns for each in spellings))


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
