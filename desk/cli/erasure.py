"""audit erase, audit restore."""

import click

from commands.context.actors import actor_for_login
from commands.context.language import shown, tr
from commands.log.erasure import ErasureCertificate, erase
from commands.log.restoration import resume
from desk.cli.audit import audit
from desk.cli.context import Desk, by_option, channel
from desk.cli.parameters import Text
from desk.cli.printing import say
from models import schema


@audit.command("erase", help=tr("Destroy a text and its salt in all entries of a subject; the act of it is printed."))
@click.argument("subject", type=Text())
@click.argument("field", type=Text())
@click.option(
    "--reason", type=Text(), required=True, help=tr("Why: whose demand or decision, of what date and number.")
)
@by_option
@click.pass_obj
def erase_command(desk: Desk, *, subject: str, field: str, reason: str, login: str) -> None:
    """Erase."""
    with desk.write(login) as (tx, actor):
        act = erase(tx, actor, subject, field, reason)
    desk.installation.database.forget()
    _print(act)


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
