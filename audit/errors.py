"""The root of this package's errors: a sentence with its values, translated where somebody reads it."""

from typing import ClassVar


class LogError(Exception):
    """Something of the log can't be used or must not be done. Subclasses give a `template` that names the values."""

    template: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.template.format(**values))
        self.values = values
