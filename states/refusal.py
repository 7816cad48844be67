"""Refusals: one sentence with its values, in English here and translated where it is shown; and their kinds."""

from typing import ClassVar


class RefusedError(Exception):
    """A rule said no. Subclasses give a `template`; the values it names are passed by keyword.

    `str(error)` is the English sentence; whoever shows it to a person translates `template` first
    and formats it with `values` after. Among the values, members of enums and `Word`s are translated too;
    a tuple is a list of our own words (states, actions, roles) or of further sentences. Each is of one of the kinds
    below, by which whoever answers a request knows what to answer.
    """

    template: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.template.format(**{name: _plain(value) for name, value in values.items()}))
        self.values = values


class NotFoundError(RefusedError):
    """Kind: what was asked for does not exist, or not for whoever asks."""


class ForbiddenError(RefusedError):
    """Kind: it exists, but this person may not do that."""


class ConflictError(RefusedError):
    """Kind: not in the state that things are in now."""


class InvalidError(RefusedError):
    """Kind: what was given can't be taken as it is; the sentence says how it must be."""


class UnsupportedError(RefusedError):
    """Kind: a sort of file that is not taken at all."""


class GoneError(RefusedError):
    """Kind: it was good once; it has been used, or its time is over."""


class TooManyError(RefusedError):
    """Kind: too often; it is possible again later."""


class TooLargeError(RefusedError):
    """Kind: more than is taken at once."""


class DamagedError(RefusedError):
    """Kind: what is stored is not what was stored; somebody must look into it."""


class UnavailableError(RefusedError):
    """Kind: something that this rests on can't be used now: a database, a disk, a setting, another server."""


def _plain(value: object) -> object:
    if not isinstance(value, tuple):
        return value
    words = all(isinstance(part, str) for part in value)
    return (", " if words else " ").join(map(str, value)) or "—"


class Word(str):
    """A word of our own vocabulary (a state, an action) among a sentence's values.

    It is translated with the sentence, as members of enums are. Any other text is somebody's (a login, a name) and
    is shown as it is, even where it spells one of our words.
    """

    __slots__ = ()


def N_(sentence: str) -> Word:  # noqa: N802 - the customary gettext mark
    """Mark a sentence for the catalogue; it is translated where it is shown."""
    return Word(sentence)
