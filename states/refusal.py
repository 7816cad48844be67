"""What a refusal looks like: one sentence with its values, in English here and translated where it is shown."""

from typing import ClassVar


class RefusedError(Exception):
    """A rule said no. Subclasses give a `template`; the values it names are passed by keyword.

    `str(error)` is the English sentence; whoever shows it to a person translates `template` first
    and formats it with `values` after.
    """

    template: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.template.format(**values))
        self.values = values


def N_(sentence: str) -> str:  # noqa: N802 - the customary gettext mark
    """Mark a sentence for the catalogue; it is translated where it is shown."""
    return sentence
