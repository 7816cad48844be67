"""Entries of all trails are found by what is known of them, on both databases, page by page."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

import commands.trails.search
from audit.trails.tables import entries
from commands.context.installation import Transaction
from commands.rosters.organisations import UnknownOrganisationError
from commands.trails.search import EntryQuery, FoundEntry, PlaceError, search
from tests.world import World


@pytest.fixture
def busy(world: World) -> World:
    world.at("2020-06-01 16:30").register()
    world.act("a", world.one("1.2", "Authority A").id, "submit", note="Методические Центры описаны")
    world.at("2020-06-02 09:00").act("b", world.one("1.2", "Authority B").id, "acknowledge")
    world.act("s1", world.one("2.1", "School 1").id, "comment", note="100% готово")
    return world


def found(world: World, **sought: Any) -> list[tuple[str, str, str]]:
    with world.installation.read() as tx:
        return [(each.line.actor, each.line.action, each.subject) for each in search(tx, EntryQuery(**sought)).found]


def number(world: World, item: str, addressee: str) -> str:
    return f"assignment:{world.one(item, addressee).id}"


def test_each_field_narrows(busy: World) -> None:
    a, b, s1 = number(busy, "1.2", "Authority A"), number(busy, "1.2", "Authority B"), number(busy, "2.1", "School 1")
    assert found(busy, action="submit") == [("a", "submit", a)]
    assert found(busy, login="b") == [("b", "acknowledge", b)]
    assert found(busy, login="ghost") == []
    assert [action for _, action, _ in found(busy, subject=a)] == ["submit", "assign"]
    assert {subject for *_, subject in found(busy, subject="protocol")} == {"protocol:1"}
    assert [each[2] for each in found(busy, since=date(2020, 6, 2))] == [s1, b]
    assert found(busy, since=date(2020, 6, 2), until=date(2020, 6, 1)) == []
    assert found(busy, organisation="Authority A", action="comment") == [("s1", "comment", s1)]
    assert found(busy, action="submit", login="b") == []


@pytest.mark.parametrize("text", ["методические", "МЕТОДИЧЕСКИЕ", "Методические Центры", "описаны"])
def test_texts_are_found_whatever_their_letters(busy: World, text: str) -> None:
    assert found(busy, text=text) == [("a", "submit", number(busy, "1.2", "Authority A"))]


@pytest.mark.parametrize("near", [0, 7, 1_000], ids=["gathered", "of both", "asked one by one"])
@pytest.mark.parametrize(
    "sought", [EntryQuery(organisation="School 1"), EntryQuery(text="отчёт")], ids=["whose", "words"]
)
def test_what_other_tables_know_is_found_near_and_far(
    busy: World, monkeypatch: pytest.MonkeyPatch, near: int, sought: EntryQuery
) -> None:
    for item, addressee in (("1.2", "Authority A"), ("2.1", "School 1"), ("1.2", "Authority B")):
        busy.act("controller", busy.one(item, addressee).id, "comment", note=f"отчёт {addressee}")
    monkeypatch.setattr(commands.trails.search, "NEAR", near)
    monkeypatch.setattr(commands.trails.search, "FEW", 0)
    theirs = {f"assignment:{each.id}" for each in busy.assignments() if each.addressee == "School 1"}
    with busy.installation.read() as tx:
        everything = search(tx, EntryQuery(), size=1000).found
        paged = list(pages(tx, sought, size=1))
    told = [each for each in everything if "отчёт" in str(each.line.note)]
    assert paged == (told if sought.text else [each for each in everything if each.subject in theirs])
    assert len(paged) >= 3


@pytest.mark.parametrize(
    "forged", ["assignment:x", "assignment:", "assignment:0{}", "assignment:{}\n", "assignment:" + "9" * 30]
)
@pytest.mark.parametrize("near", [0, 1_000], ids=["gathered", "asked one by one"])
def test_a_subject_that_names_no_assignment_is_nobodys(
    busy: World, monkeypatch: pytest.MonkeyPatch, near: int, forged: str
) -> None:
    monkeypatch.setattr(commands.trails.search, "NEAR", near)
    monkeypatch.setattr(commands.trails.search, "FEW", 0)
    known = busy.one("1.2", "Authority A").id
    with busy.installation.read() as tx:
        before = list(pages(tx, EntryQuery(organisation="Authority A"), size=1))
    with busy.installation.database.write() as session:
        one = session.execute(select(entries).where(entries.c.trail == f"assignment:{known}")).first()
        assert one is not None
        forgery = {"trail": forged.format(known), "at": one.at + timedelta(hours=10)}
        session.execute(insert(entries).values(one._asdict() | forgery))
    with busy.installation.read() as tx:
        assert list(pages(tx, EntryQuery(organisation="Authority A"), size=1)) == before


def test_signs_of_patterns_are_taken_as_they_are(busy: World) -> None:
    assert found(busy, text="100% г") == [("s1", "comment", number(busy, "2.1", "School 1"))]
    assert found(busy, text="_%") == []


def test_kinds_that_a_reader_may_not_read_are_not_found(busy: World) -> None:
    assert {subject.partition(":")[0] for *_, subject in found(busy, kinds=("assignment",))} == {"assignment"}
    assert found(busy, kinds=("assignment",), subject="account:1") == []
    assert found(busy, kinds=()) == []


def pages(tx: Transaction, sought: EntryQuery, size: int) -> Iterator[FoundEntry]:
    cursor = ""
    while True:
        page = search(tx, sought, cursor, size)
        yield from page.found
        if page.further is None:
            return
        cursor = page.further


def test_pages_follow_each_other_without_gap_or_repetition(busy: World) -> None:
    with busy.installation.read() as tx:
        whole = search(tx, EntryQuery(), size=1000).found
        assert list(pages(tx, EntryQuery(), size=7)) == whole
    assert len(whole) > 30


@pytest.mark.parametrize("cursor", ["x", "account:1/99", "account:1/x", "/", "account:1/" + "9" * 30])
def test_a_cursor_of_nobodys_making_is_refused(busy: World, cursor: str) -> None:
    with pytest.raises(PlaceError), busy.installation.read() as tx:
        search(tx, EntryQuery(), cursor)


def test_an_organisation_that_there_is_not_is_said_so(busy: World) -> None:
    with pytest.raises(UnknownOrganisationError):
        found(busy, organisation="Nowhere")
