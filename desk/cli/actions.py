"""act, sweep, recount, repair, proceed."""

from datetime import date, datetime
from pathlib import Path

import click

from commands.assignments.locked_assignment import TakeAction
from commands.assignments.transitions import take_action
from commands.context.evidence_store import Attachment
from commands.context.language import shown_due, tr
from commands.recording.tallies import recount
from commands.registers.assignments import assignments
from commands.registers.filters import AssignmentFilter
from commands.sweeps.permission import proceed
from commands.sweeps.rearming import repair
from commands.sweeps.sweeps import sweep
from desk.cli.context import Desk, by_option, channel, json_option
from desk.cli.parameters import NUMBER, Day, File, Moment, Text
from desk.cli.printing import print_json, say
from desk.cli.registers import as_contract
from models import schema
from states.assignment import PERSONAL
from states.refusal import Word


@click.command("act", help=tr("Take an action on an assignment: {actions}.", actions=PERSONAL))
@click.argument("assignment", type=NUMBER)
@click.argument("action", type=Text())
@click.option("--note", help=tr("Report, conclusion, reason, basis or comment."), type=Text())
@click.option("--file", "files", multiple=True, type=File(), help=tr("A file to attach."))
@click.option("--due", type=Day(), help=tr("A date: of a rework, an extension, a new deadline."))
@click.option("--to", type=Text(), help=tr("A login (assign_reviewer, reassign) or an organisation (transfer)."))
@click.option("--on-behalf", metavar="ORG", help=tr("For a registrar: whose report this is."), type=Text())
@click.option("--received", type=Moment(), help=tr("For a registrar: when the report was received."))
@click.option("--version", type=NUMBER, help=tr("The version that you saw; refused if it has changed since."))
@click.option("--instead-of", metavar="LOGIN", help=tr("Act as the substitute of this absent person."), type=Text())
@by_option
@json_option
@click.pass_obj
def act_command(  # noqa: PLR0913 - the options of the command
    desk: Desk,
    *,
    assignment: int,
    action: str,
    note: str | None,
    files: tuple[Path, ...],
    due: date | None,
    to: str | None,
    on_behalf: str | None,
    received: datetime | None,
    version: int | None,
    instead_of: str | None,
    login: str,
    as_json: bool,
) -> None:
    """Act."""
    # Read before the transaction begins: a slow disk (or a pipe) must not keep other writers waiting.
    limit = desk.installation.policy.rules.evidence.file_bytes
    attached = tuple(Attachment.read(path, limit) for path in files)
    command = TakeAction(assignment, action, version, note, attached, due, to, on_behalf, desk.zoned(received))
    with desk.write(login, instead_of) as (tx, actor):
        take_action(tx, actor, command)
        line = assignments(tx, AssignmentFilter(assignment=assignment))[0]
        told = as_contract(tx, line)
    if as_json:
        print_json(told)
        return
    say(
        tr(
            "Assignment {id}: {state}, version {version}, due {due}.",
            id=line.id,
            state=Word(line.state),
            version=line.version,
            due=shown_due(line.due),
        )
    )


@click.command("sweep", help=tr("One pass of what the flows do: assign, remind, escalate, send. Needs no Prefect."))
@json_option
@click.pass_obj
def sweep_command(desk: Desk, *, as_json: bool) -> None:
    """Sweep."""
    schema.check(desk.installation.database)
    done = sweep(desk.installation, channel())
    if as_json:
        print_json(done)
        return
    say(
        tr(
            "Assigned: {assigned}; reminders: {reminded}; escalations: {escalated}; "
            "messages: {messages}, sent {sent}, failed {failed}.",
            **done,
        )
    )


@click.command("recount", help=tr("Count the board's assignments anew, should verification say that it miscounts."))
@click.pass_obj
def recount_command(desk: Desk) -> None:
    """Recount."""
    schema.check(desk.installation.database)
    with desk.installation.write() as tx:
        wrong = recount(tx)
    say(tr("Items whose assignments were miscounted: {number}.", number=wrong))


@click.command(
    "repair",
    help=tr("Derive anew what the sweeps go by and the board counts by, should verification say that it is changed."),
)
@click.option("--basis", type=Text(), required=True, help=tr("Whose decision, of what date and number."))
@by_option
@click.pass_obj
def repair_command(desk: Desk, *, basis: str, login: str) -> None:
    """Repair."""
    with desk.write(login) as (tx, actor):
        done = repair(tx, actor, basis)
    say(
        tr(
            "Derived anew: assignments {assignments}, counts of items {items}. The log tells of it.",
            assignments=done.assignments,
            items=done.items,
        )
    )


@click.command(
    "proceed",
    help=tr("Let ladders and mail go on, when they wait because the clock may be wrong; the log tells of it."),
)
@click.option("--basis", type=Text(), required=True, help=tr("Why: what was looked at, by whose decision."))
@by_option
@click.pass_obj
def proceed_command(desk: Desk, *, basis: str, login: str) -> None:
    """Proceed."""
    with desk.write(login) as (tx, actor):
        proceed(tx, actor, basis)
    say(tr("The sweeps go on with their next run."))


COMMANDS = (act_command, sweep_command, recount_command, repair_command, proceed_command)
