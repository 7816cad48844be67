"""The language of what people read: Russian by default, English on request; English is the catalogue's key."""

import gettext
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from audit.errors import LogError
from states.refusal import RefusedError

LANGUAGES = ("ru", "en")
_LOCALES = {name: Locale(name) for name in LANGUAGES}
_language: ContextVar[str] = ContextVar("language", default="ru")
_zone: ContextVar[tzinfo] = ContextVar("zone")


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations of one language, compiled from its .po file when first asked for."""
    if language == "en":
        return gettext.NullTranslations()
    source = files("commands") / "locale" / f"{language}.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def current() -> str:
    """The language in use here."""
    return _language.get()


def locale() -> Locale:
    """The same for babel, which takes a while to make one of a name."""
    return _LOCALES[_language.get()]


def use(language: str, zone: tzinfo | None = None) -> None:
    """Speak a language and show times in a zone (if given) from here on."""
    _language.set(language)
    if zone is not None:
        _zone.set(zone)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language within the block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def tr(sentence: str, **values: object) -> str:
    """A sentence in the language in use, its values filled in as people write them."""
    translated = catalogue(_language.get()).gettext(sentence) if sentence else ""
    return translated.format(**_shown_all(values)) if values else translated


def counted(one: str, many: str, number: int) -> str:
    """A sentence whose form hangs on a number, which it names as {number}."""
    return catalogue(_language.get()).ngettext(one, many, number).format(number=number)


def shown(value: object) -> str:
    """A value as people write it: moments in the region's zone, dates and our own words in the language in use."""
    match value:
        case datetime() if not _EARLIEST < value.replace(tzinfo=UTC) < _LATEST:  # no other zone may have it
            return value.isoformat()
        case datetime():
            return format_datetime(value.astimezone(_zone.get(UTC)), _PATTERNS[_language.get()][1], locale=locale())
        case date():
            return format_date(value, _PATTERNS[_language.get()][0], locale=locale())
        case str():
            return tr(str(value))
        case RefusedError() | LogError():
            return sentence(value)
        case tuple():
            words = all(isinstance(part, str) for part in value)
            return (", " if words else " ").join(map(_listed, value)) or "—"
    return str(value)


_EARLIEST, _LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)


def shown_due(due: datetime | None) -> str:
    """A due moment as people write it: the end of a day is its 24:00, not the next day's 00:00."""
    if due is None:
        return "—"
    local = due.astimezone(_zone.get(UTC))
    if local.time() == time():
        return shown(local.date() - timedelta(days=1)) + ", 24:00"
    return shown(due)


_PATTERNS = {"ru": ("d MMMM y 'г'.", "d MMMM y 'г'., HH:mm"), "en": ("d MMMM y", "d MMMM y, HH:mm")}


def _listed(part: object) -> str:
    """A word with the code that one types for it, or a sentence that carries its own template."""
    if isinstance(part, str):
        word = tr(str(part))
        return word if word == part else f"{part} ({word})"
    template, values = getattr(part, "template", str(part)), getattr(part, "values", {})
    return said(template, {"line": getattr(part, "line", ""), **values})


def sentence(error: RefusedError | LogError) -> str:
    """A refusal in the language in use."""
    return said(error.template, error.values)


def said(template: str, values: Mapping[str, object]) -> str:
    """A template of ours with its values, in the language in use."""
    translated = catalogue(_language.get()).gettext(template)
    return translated.format(**_shown_all(values))


def _shown_all(values: Mapping[str, object]) -> dict[str, str]:
    """The values of a sentence: what somebody wrote stays as it is, even where it spells one of our words."""
    return {name: str(value) if type(value) is str else shown(value) for name, value in values.items()}
