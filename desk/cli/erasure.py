"""audit erase, audit ask-erasure, audit restore."""

import click

from commands.context.actors import actor_for_login
from commands.context.language import shown, tr
from commands.log.erasure import Erase, ErasureCertificate, ask_erasure, erase
from commands.log.restoration import resume
from desk.cli.audit import audit
from desk.cli.context import Desk, by_option, channel
from desk.cli.parameters import NUMBER, Text
from desk.cli.printing import say
from models import schema

_REASON = click.option(
    "--reason", type=Text(), required=True, help=tr("Why: whose demand or decision, of what date and number.")
)
_ENTRY = click.option("--entry", type=NUMBER, help=tr("Only in this entry of the subject."))


@audit.command("erase", help=tr("Destroy a text and its salt in all entries of a subject; the act of it is printed."))
@click.argument("subject", type=Text())
@click.argument("field", type=Text())
@_REASON
@_ENTRY
@click.option(
    "--asked",
    type=NUMBER,
    help=tr("The number of another person's request: evidence and reasons of decisions are destroyed by two."),
)
@by_option
@click.pass_obj
def erase_command(
    desk: Desk, *, subject: str, field: str, reason: str, entry: int | None, asked: int | None, login: str
) -> None:
    """Erase."""
    with desk.write(login) as (tx, actor):
        act = erase(tx, actor, Erase(subject, field, reason, entry, asked))
    desk.installation.database.forget()
    _print(act)


@audit.command("ask-erasure", help=tr("Ask that another person destroys a text, where it takes two."))
@click.argument("subject", type=Text())
@click.argument("field", type=Text())
@_REASON
@_ENTRY
@by_option
@click.pass_obj
def ask_erasure_command(desk: Desk, *, subject: str, field: str, reason: str, entry: int | None, login: str) -> None:
    """Ask."""
    with desk.write(login) as (tx, actor):
        asked = ask_erasure(tx, actor, Erase(subject, field, reason, entry))
    told = f"poruchenie audit erase {subject} {field} --asked {asked}"
    say(tr("Request {asked} is in the log. Another person carries it out: {command}", asked=asked, command=told))


def _print(act: ErasureCertificate) -> None:
    say(tr("ACT OF DESTRUCTION of personal data in the audit log"))
    say(tr("Subject: {subject}; text: “{field}”.", subject=act.subject, field=act.field))
    for each in act.texts:
        say(tr("  entry {seq}, commitment {digest}: value and salt destroyed", seq=each.seq, digest=each.digest))
    say(tr("Reason: {reason}", reason=act.reason))
    say(tr("Destroyed by {by}, {at}.", by=act.by, at=shown(act.at)))
    say(tr("Extract from the log: log:1, entry {entry}, hash {hash}.", entry=act.entry, hash=act.hash.hex()))


@audit.command("restore", help=tr("Go on after the database was restored from a backup older than what was sealed."))
@click.option("--basis", type=Text(), required=True, help=tr("Whose decision, of what date and number."))
@by_option
@click.pass_obj
def restore_command(desk: Desk, *, basis: str, login: str) -> None:
    """Resume."""
    schema.check(desk.installation.database)
    # Not by a writing transaction, which refuses such a database.
    with desk.installation.database.write() as session:
        tx = desk.installation.transaction(session)
        done = resume(tx, actor_for_login(tx, login, channel()), basis)
    lost = done.end - done.start - done.found
    say(
        tr(
            "The log goes on at place {end}. Of {all} entries sealed after the backup {lost} are lost from the "
            "database; their bytes stay in the log's files.",
            end=done.end,
            all=done.end - done.start,
            lost=lost,
        )
    )


COMMANDS = ()
"""They hang below `audit`."""
