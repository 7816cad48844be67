"""Looking for words in texts. Databases differ in how they fold Cyrillic letters, so the usual spellings are sought."""

from typing import Any

from sqlalchemy import ColumnElement, or_


def contains(words: str, *columns: Any) -> ColumnElement[bool]:  # noqa: ANN401 - SQL columns
    """Whether one of the columns has the words, however they are capitalised."""
    spellings = {words, words.lower(), words.capitalize(), words.upper()}
    return or_(*(column.contains(each, autoescape=True) for column in columns for each in spellings))
