"""What a refusal looks like: one sentence with its values, in English here and translated where it is shown."""

from typing import ClassVar


class RefusedError(Exception):
    """A rule said no. Subclasses give a `template`; the values it names are passed by keyword.

    `str(error)` is the English sentence; whoever shows it to a person translates `template` first
    and formats it with `values` after. A tuple among the values is a list of our own words (states,
    actions, roles) or of further sentences.
    """

    template: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.template.format(**{name: _plain(value) for name, value in values.items()}))
        self.values = values


def _plain(value: object) -> object:
    if not isinstance(value, tuple):
        return value
    words = all(isinstance(part, str) for part in value)
    return (", " if words else " ").join(map(str, value)) or "—"


def N_(sentence: str) -> str:  # noqa: N802 - the customary gettext mark
    """Mark a sentence for the catalogue; it is translated where it is shown."""
    return sentence
