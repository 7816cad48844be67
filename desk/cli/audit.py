"""audit trail, audit verify."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import IO, Any

import click

from audit.trails.verify import Fault
from commands.context.language import said, sentence, shown, tr
from commands.trails.trail import Line, trail
from commands.verification.runs import verified
from desk.cli.context import Desk, channel, json_option
from desk.cli.parameters import Text
from desk.cli.printing import one_line, print_json, say
from desk.verify_now import NotKeptError
from models import schema


@click.group("audit", help=tr("The audit log: trails, verification."))
def audit() -> None:
    """The audit log."""


@audit.command("trail", help=tr("All entries of one subject, such as assignment:17 or protocol:1."))
@click.argument("subject", type=Text())
@json_option
@click.pass_obj
def trail_command(desk: Desk, *, subject: str, as_json: bool) -> None:
    """Show."""
    with desk.read() as tx:
        lines = trail(tx, subject)
    if as_json:
        print_json([as_contract(line) for line in lines])
        return
    for line in lines:
        _show(line)


def as_contract(line: Line) -> dict[str, Any]:
    """One entry as `audit trail --json` prints it."""
    told = asdict(line)
    told["from"], told["to"] = told.pop("source"), told.pop("state")
    return told


def _show(line: Line) -> None:
    moved = shown(line.state) if line.source in (None, line.state) else f"{shown(line.source)} → {shown(line.state)}"
    who = tr("{actor} for {absent}", actor=line.actor, absent=line.actor_for) if line.actor_for else line.actor
    say(f"{line.seq:>3}  {shown(line.at)}  {shown(line.action)}  [{moved}]  {who} ({shown(line.role)}, {line.channel})")
    if line.note:
        say(f"     {line.note.replace(chr(10), chr(10) + ' ' * 5)}")
    for name, act in line.erased.items():
        say(f"     [{name}: {act}]")
    for file in line.files:
        say(f"     {one_line(file['name'])}  {file['size']}  {file['sha256']}")
    for finding in line.findings:
        say(f"     ! {finding}")
    say(f"     {line.hash}")


@audit.command(
    "verify",
    help=tr(
        "Re-read every stored byte, replay every trail, compare with the tables, the Merkle log, its signed heads and "
        "the evidence files."
    ),
)
@click.option(
    "--since",
    "kept",
    type=click.File("rb"),
    metavar="CHECKPOINT",
    help=tr(
        "Read only what was written to after this checkpoint, which the log must extend: whole histories, with their "
        "rows and files. Older ones are not read again: their bytes, rows and files may have been changed since."
    ),
)
@json_option
@click.pass_obj
def verify_command(desk: Desk, *, kept: IO[bytes] | None, as_json: bool) -> None:
    """Verify."""
    schema.check(desk.installation.database, maimed=True)
    found = verified(desk.installation, channel(), kept.read() if kept else None)
    run = next(found)
    hidden = as_json or run.total < 2 * _LONG
    with click.progressbar(length=run.total, label=tr("Entries"), hidden=hidden, file=_stderr()) as bar:
        for run in found:
            bar.update(run.done - bar.pos)
    if run.unkept is not None:
        say(sentence(NotKeptError(reason=run.unkept)), err=True)
    entries, faults = run.entries, run.faults
    if as_json:
        told = {"faults": _as_json(faults), "remarks": _as_json(run.remarks)}
        print_json({"ok": not faults, "entries": entries, **told})
    else:
        _remark(run.remarks)
        _tell(entries, faults, whole=kept is None)
    if faults:
        raise SystemExit(1)


_LONG = 20_000
_MOST = 100
"""Remarks that are printed; of more only their number is told."""


def _says(fault: Fault) -> str:
    """Its sentence without the full stop that some end in."""
    return said(fault.template, fault.values).rstrip(".")


def _as_json(found: Sequence[Fault]) -> list[dict[str, Any]]:
    return [{"trail": str(each.trail), "seq": each.seq, "says": said(each.template, each.values)} for each in found]


def _remark(remarks: Sequence[Fault]) -> None:
    for each in remarks[:_MOST]:
        told = _says(each)
        say(tr("Remark on {trail}, entry {seq}: {says}.", trail=each.trail, seq=each.seq, says=told))
    if len(remarks) > _MOST:
        say(tr("… and {number} remarks more; --json prints them all.", number=len(remarks) - _MOST))


def _stderr() -> Any:  # noqa: ANN401 - a text stream
    return click.get_text_stream("stderr")


def _tell(entries: int, faults: list[Fault], *, whole: bool) -> None:
    for each in faults:
        text = tr("{trail}, entry {seq}: {says}.", trail=each.trail, seq=each.seq, says=_says(each))
        say(text, err=True)
    if faults:
        say(
            tr(
                "The log does not hold: faults {faults}, entries {entries}. Stop work with this database, "
                "keep a copy of it as it is, and compare it with a backup.",
                faults=len(faults),
                entries=entries,
            ),
            err=True,
        )
    elif not whole:
        told = tr(
            "What was written to since that checkpoint holds: {entries} entries. Older histories were not read again; "
            "without --since they are.",
            entries=entries,
        )
        say(told)
    else:
        say(tr("The log holds: {entries} entries, every byte, chain and table agree.", entries=entries))


COMMANDS = (audit,)
