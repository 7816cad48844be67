"""Accounts from a table: whole or not at all, every bad line named, who is new invited."""

import pytest
from sqlalchemy import select

from commands.access.account_import import (
    MOST,
    AccountColumnsError,
    Admitted,
    BadAccountsError,
    ManyAccountsError,
    admit,
)
from commands.access.account_register import account_line, accounts_numbered
from commands.context.actors import actor_for_login
from commands.reports.form_tables import as_csv, as_sheet
from models.access import Invitation
from models.outbox import Message
from states.lifecycle import Role
from tests.world import World

HEAD = ["Логин", "Роль", "Организация", "ФИО", "Эл. почта"]
GOOD = [
    HEAD,
    ["School-1", "исполнитель", "School 1", "Орлова Мария Петровна", "orlova@example.org"],
    ["school-2", "Executor", "School 2", "", ""],
    ["watcher", "leader", "", "", "watcher@example.org"],
]


def take(world: World, rows: list[list[str]], by: str = "admin", *, sheet: bool = False) -> Admitted:
    data, name = (as_sheet(rows), "people.xlsx") if sheet else (as_csv(rows), "people.csv")
    with world.installation.write() as tx:
        return admit(tx, actor_for_login(tx, by, "cli:tester"), data, name)


def logins(world: World) -> list[str]:
    with world.installation.read() as tx:
        return [each.login for each in accounts_numbered(tx)]


@pytest.mark.parametrize("sheet", [False, True])
def test_a_table_opens_accounts_and_invites_their_people(world: World, sheet: bool) -> None:
    done = take(world, GOOD, sheet=sheet)
    assert (done.created, done.updated, done.unchanged) == (3, 0, 0)
    assert [(each.login, each.mailed) for each in done.invited] == [
        ("school-1", True),
        ("school-2", False),
        ("watcher", True),
    ]
    with world.installation.read() as tx:
        line = account_line(tx, "school-1")
        mailed = tx.session.scalars(select(Message.text)).all()
        invitations = tx.session.scalars(select(Invitation)).all()
    assert (line.role, line.organisation, line.name) == (Role.EXECUTOR, "School 1", "Орлова Мария Петровна")
    assert [done.invited[at].link in text for at, text in zip((0, 2), mailed, strict=True)] == [True, True]
    assert len(invitations) == 3
    assert [line.action for line in world.trail(f"account:{line.id}")] == ["create", "invite"]
    assert world.faults() == []


def test_a_second_time_nothing_happens_and_nobody_is_invited_again(world: World) -> None:
    take(world, GOOD)
    again = take(world, GOOD)
    assert (again.created, again.updated, again.unchanged, again.invited) == (0, 0, 3, ())


def test_a_known_account_gets_its_name_and_address_anew(world: World) -> None:
    take(world, GOOD)
    done = take(world, [HEAD, ["school-2", "executor", "School 2", "Белов Иван Ильич", "belov@example.org"]])
    assert (done.created, done.updated, done.invited) == (0, 1, ())
    with world.installation.read() as tx:
        assert account_line(tx, "school-2").email == "belov@example.org"


def test_every_bad_line_is_named_and_nothing_is_taken(world: World) -> None:
    before = logins(world)
    rows = [
        *GOOD,
        ["плохой", "executor", "School 1", "", ""],
        ["other", "директор школы", "School 1", "", ""],
        ["other", "executor", "School 99", "", ""],
        ["other", "executor", "", "", ""],
        ["other", "reviewer", "", "", ""],
        ["other", "executor", "School 1", "", "нет"],
        ["school-2", "executor", "School 3", "", ""],
    ]
    with pytest.raises(BadAccountsError) as refused:
        take(world, rows)
    assert [str(fault).partition(":")[0] for fault in refused.value.faults] == [f"Line {line}" for line in range(5, 12)]
    says = str(refused.value)
    for part in (
        "“плохой” can't be a login",
        "no role “директор школы”. Roles: registrar, executor",
        "no organisation “School 99”",
        "belongs to an organisation",
        "may not grant the role “reviewer”",
        "“нет” is not an e-mail address",
        "“school-2” is taken by an account of another role or organisation",
    ):
        assert part in says
    assert logins(world) == before
    with world.installation.read() as tx:
        assert tx.session.scalars(select(Message.id)).all() == []
    assert world.faults() == []


@pytest.mark.parametrize(
    ("head", "wrong"),
    [(["login"], "role"), (["login", "role", "phone"], "phone"), (["login", "логин", "role"], "login")],
)
def test_a_first_row_that_names_no_columns_is_refused(world: World, head: list[str], wrong: str) -> None:
    with pytest.raises(AccountColumnsError, match=f"Correct: {wrong}"):
        take(world, [head, ["x"] * len(head)])


def test_more_accounts_than_one_file_should_bring_are_refused(world: World) -> None:
    with pytest.raises(ManyAccountsError, match=f"at most {MOST}"):
        take(world, [HEAD, *([f"n{number}", "leader", "", "", ""] for number in range(MOST + 1))])
