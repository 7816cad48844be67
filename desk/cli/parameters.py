"""Parameters that people type: storable text, days and moments within reason, numbers that a database knows."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from commands.context.language import tr

YEARS = range(1990, 2201)
NUMBER = click.IntRange(1, 2**63 - 1)


class Text(click.ParamType):
    """Text that is UTF-8: bytes of another encoding come from the shell as lone surrogates."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's signature
        """Exit 2 on anything else."""
        return _utf8(self, str(value), param, ctx)


class File(click.Path):
    """A file whose name is UTF-8 too: it is written down with the file."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's signature
        """Exit 2 on anything else."""
        _utf8(self, str(value), param, ctx)
        return super().convert(value, param, ctx)


def _utf8(kind: click.ParamType, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        shown = value.encode(errors="backslashreplace").decode()
        kind.fail(tr("“{value}” is not text in UTF-8.", value=shown), param, ctx)
    return value


class Moment(click.ParamType):
    """An ISO time. Without a zone it stays without one: the region's is known when the policy is read."""

    name = "ISO-TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401 - click's signature
        """Exit 2 on anything else."""
        if isinstance(value, datetime):
            return value
        try:
            given = datetime.fromisoformat(value)
        except ValueError:
            self.fail(tr("“{value}” is not an ISO time such as 2020-06-30T09:00+03:00.", value=value), param, ctx)
        _within_reason(self, given, param, ctx)
        return given


class Day(click.ParamType):
    """An ISO date."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401 - click's signature
        """Exit 2 on anything else."""
        if isinstance(value, date):
            return value
        try:
            given = date.fromisoformat(value)
        except ValueError:
            self.fail(tr("“{value}” is not a date such as 2020-06-30.", value=value), param, ctx)
        _within_reason(self, given, param, ctx)
        return given


def _within_reason(kind: click.ParamType, day: date, param: click.Parameter | None, ctx: click.Context | None) -> None:
    if day.year not in YEARS:
        said = tr(
            "“{value}” is out of reason: years from {first} to {last}.",
            value=day.isoformat(),
            first=YEARS[0],
            last=YEARS[-1],
        )
        kind.fail(said, param, ctx)
