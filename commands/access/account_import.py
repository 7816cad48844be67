"""Accounts in bulk: from a table, whole or not at all; who is new is invited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from commands.access.accounts import AddAccount, LoginTakenError, UpdateAccount, add_account, update_account
from commands.access.invitations import Invited, invite
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.context.language import LANGUAGES, shown, speaking
from commands.rosters.organisations import organisation_named
from intake.spreadsheet import rows_of
from models.accounts import Account
from states.lifecycle import Role
from states.refusal import InvalidError, RefusedError
from states.subjects import AccountState

MOST = 2_000
_LISTED = 20
_COLUMNS = {
    "login": ("login", "логин"),
    "role": ("role", "роль"),
    "organisation": ("organisation", "organization", "организация"),
    "name": ("name", "имя", "фио"),
    "email": ("email", "e-mail", "эл. почта", "электронная почта"),
}
_NAMES = {name: column for column, names in _COLUMNS.items() for name in names}
Outcome = Literal["created", "updated", "unchanged"]


class AccountColumnsError(InvalidError):
    """A first row that does not say what stands below."""

    template = (
        "The first row of “{name}” must name the columns: login and role, and at will organisation, name, email. "
        "Correct: {wrong}."
    )


class ManyAccountsError(InvalidError):
    """More than one file should bring."""

    template = "“{name}” has {rows} rows; at most {most} accounts come from one file. Divide it."


class UnknownRoleError(InvalidError):
    """A role that there is not."""

    template = "there is no role “{role}”. Roles: {roles}."


class OtherAccountError(InvalidError):
    """A login that belongs to another role or organisation, or is closed."""

    template = "the login “{login}” is taken by an account of another role or organisation, or by a closed one."


class LineError(InvalidError):
    """A line that can't be taken."""

    template = "Line {line}: {reason}"


class BadAccountsError(InvalidError):
    """A file with faults, every one of them in `faults`; nothing of it was taken."""

    template = "The accounts of “{name}” were not taken; faults found: {count}. {listed}"

    def __init__(self, name: str, faults: Sequence[LineError]) -> None:
        self.faults = tuple(faults)
        super().__init__(name=name, count=len(self.faults), listed=self.faults[:_LISTED])


@dataclass(frozen=True, slots=True)
class Admitted:
    """The outcome of an import; `invited` has the links of the new accounts."""

    created: int
    updated: int
    unchanged: int
    invited: tuple[Invited, ...]


def admit(tx: Transaction, actor: Actor, data: bytes, filename: str) -> Admitted:
    """Open an account for each row (columns: see AccountColumnsError); known ones get name and address anew.

    Raises BadAccountsError with every bad line, AccountColumnsError, ManyAccountsError, and what intake says of a
    file that it can't read.
    """
    (_, head), *rows = rows_of(data, filename)
    columns = _columns([str(cell) for cell in head], filename)
    if len(rows) > MOST:
        raise ManyAccountsError(name=filename, rows=len(rows), most=MOST)
    outcomes: list[Outcome] = []
    invited: list[Invited] = []
    faults: list[LineError] = []
    for line, cells in rows:
        try:
            with tx.session.begin_nested():
                asked = _asked(dict(zip(columns, map(str, cells), strict=False)))
                outcomes.append(_take(tx, actor, asked))
                if outcomes[-1] == "created":
                    invited.append(invite(tx, actor, asked.login))
        except RefusedError as error:
            faults.append(LineError(line=line, reason=error))
    if faults:
        raise BadAccountsError(filename, faults)
    counts: dict[Any, int] = {each: outcomes.count(each) for each in ("created", "updated", "unchanged")}
    return Admitted(**counts, invited=tuple(invited))


def _columns(head: Sequence[str], filename: str) -> list[str]:
    """The meaning of each column. Raises AccountColumnsError."""
    columns = [_NAMES.get(" ".join(cell.split()).casefold(), "") for cell in head]
    wrong = [cell for cell, column in zip(head, columns, strict=True) if not column and cell.strip()]
    wrong += [column for column in _COLUMNS if columns.count(column) > 1]
    wrong += [column for column in ("login", "role") if column not in columns]
    if wrong:
        raise AccountColumnsError(name=filename, wrong=", ".join(wrong))
    return columns


def _asked(cells: Mapping[str, str]) -> AddAccount:
    told = {column: " ".join(cells.get(column, "").split()) or None for column in _COLUMNS}
    role = _role(told["role"] or "")
    return AddAccount((told["login"] or "").lower(), role, told["organisation"], told["name"], told["email"])


def _role(word: str) -> Role:
    """By its code or as people call it, in either language. Raises UnknownRoleError."""
    roles = {name: role for role in Role if role is not Role.SYSTEM for name in (role.value, *_called(role))}
    if word.casefold() not in roles:
        raise UnknownRoleError(role=word, roles=tuple(role for role in Role if role is not Role.SYSTEM))
    return roles[word.casefold()]


def _called(role: Role) -> list[str]:
    names = []
    for language in LANGUAGES:
        with speaking(language):
            names.append(shown(role).casefold())
    return names


def _take(tx: Transaction, actor: Actor, asked: AddAccount) -> Outcome:
    try:
        add_account(tx, actor, asked)
    except LoginTakenError:
        return _renew(tx, actor, asked)
    return "created"


def _renew(tx: Transaction, actor: Actor, asked: AddAccount) -> Outcome:
    known = tx.session.scalars(select(Account).where(Account.login == asked.login)).one()
    organisation = organisation_named(tx, asked.organisation).id if asked.organisation else None
    if (known.state, known.role, known.organisation_id) != (AccountState.ACTIVE, asked.role, organisation):
        raise OtherAccountError(login=asked.login)
    name, email = (new if new != old else None for new, old in ((asked.name, known.name), (asked.email, known.email)))
    update_account(tx, actor, UpdateAccount(asked.login, name, email))
    return "updated" if name or email else "unchanged"
