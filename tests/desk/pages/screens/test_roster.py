"""The roster in a browser: organisations and groups, found, paged, and kept one at a time."""

import re

import pytest

from commands.reports.form_tables import as_csv
from tests.desk.town import Reader, Town

pytestmark = pytest.mark.parametrize("kind", ["sqlite", "postgresql"], indirect=True)

NOON = "2020-06-04T12:00"


@pytest.fixture
def clerk(town: Town) -> Reader:
    return town.reader(NOON, "clerk")


def number_of(reader: Reader, name: str, kind: str = "organisations") -> int:
    found = re.search(rf'/{kind}/(\d+)">[^<]*{re.escape(name)}', reader.text(f"/roster?find={name}"))
    assert found, name
    return int(found[1])


def test_organisations_come_in_pages_and_are_found_by_name_however_it_is_spelt(town: Town) -> None:
    root = town.reader(NOON).text("/roster").split('id="all"')[1]
    top = re.search(r'/organisations/1">([^<]+)<', root)
    assert top
    rows = [["organisation", "superior"], *([f"Школа посёлка {number:03}", top[1]] for number in range(150))]
    reader = town.reader(NOON, "clerk")
    assert reader.send("/roster", files={"file": ("roster.csv", as_csv(rows))}).status_code == 200
    pages, path = [], "/roster"
    while path:
        page = reader.text(path).split('id="all"')[1]
        pages.append(re.findall(r"/organisations/(\d+)", page))
        further = re.search(r'href="(/roster\?[^"]*after=[^"]+)"', page)
        path = further[1].replace("&amp;", "&") if further else ""
    together = [int(each) for page in pages for each in page]
    assert (len(pages[0]), together) == (100, sorted(set(together)))
    assert len(together) > 150
    assert len(re.findall(r"/organisations/\d+", reader.text("/roster?find=школа+посёлка+149"))) == 1
    assert "No organisation is like that" in reader.text("/roster?find=nothing&lang=en")


def test_an_organisation_gets_another_address_and_a_place_in_a_group(town: Town, clerk: Reader) -> None:
    name = town.line("1.1").addressee
    number = number_of(clerk, name)
    assert clerk.send(f"/organisations/{number}", email="new@example.org").status_code == 303
    fields = {"group": "Пилотные", "since": "2020-07-01", "until": "2020-08-31"}
    assert clerk.send(f"/organisations/{number}/groups", **fields).status_code == 303
    page = clerk.text(f"/organisations/{number}?lang=en")
    assert 'value="new@example.org"' in page
    assert "1 July 2020" in page
    group = re.search(r'/groups/(\d+)">Пилотные', page)
    assert group
    assert name in clerk.text(f"/groups/{group[1]}")
    assert (
        clerk.send(f"/groups/{group[1]}", organisation=name, since="2020-07-01", until="2020-07-31").status_code == 303
    )
    assert "31 July 2020" in clerk.text(f"/groups/{group[1]}")


def test_what_the_roster_refuses_is_said_and_stays_typed(town: Town, clerk: Reader) -> None:
    number = number_of(clerk, town.line("1.1").addressee)
    bad = clerk.send(f"/organisations/{number}?lang=en", email="нет адреса")
    assert bad.status_code == 422
    assert "«нет адреса» is not an e-mail address" in bad.text
    assert 'value="нет адреса"' in bad.text
    mistyped = clerk.send("/groups/1?lang=en", organisation="Школа, которой нет", until="2020-07-01")
    assert mistyped.status_code == 404
    assert 'value="Школа, которой нет"' in mistyped.text
    assert "No organisation is like that" in clerk.text("/roster?find=Школа,+которой+нет&lang=en")
    back = clerk.send(f"/organisations/{number}/groups?lang=en", group="", since="2020-07-01")
    assert back.status_code in (303, 422)


@pytest.mark.parametrize("path", ["/organisations/999999", "/groups/999999"])
def test_what_is_not_in_the_roster_is_not_found(clerk: Reader, path: str) -> None:
    assert clerk.ask(path).status_code == 404
    assert clerk.send(path, email="a@example.org", organisation="x").status_code == 404


def test_a_reviewer_reads_the_roster_and_changes_nothing(town: Town) -> None:
    reviewer = town.reader(NOON, "reviewer")
    assert "<form" not in reviewer.text("/organisations/2").split('<main id="main"')[1]
    for path in ("/organisations/2", "/organisations/2/groups", "/groups/1"):
        assert reviewer.send(path, email="a@example.org", group="x", organisation="x").status_code == 403


def test_texts_that_look_like_formulas_come_back_as_they_were(town: Town, clerk: Reader) -> None:
    number = number_of(clerk, town.line("1.1").addressee)
    assert clerk.send(f"/organisations/{number}", head="=Иванов И.И.").status_code == 303
    assert 'value="=Иванов И.И."' in clerk.text(f"/organisations/{number}")
    exported = clerk.ask("/roster.csv").content
    assert "'=Иванов" in exported.decode("utf-8-sig")
    again = clerk.send("/roster?lang=en", files={"file": ("roster.csv", exported)})
    assert "Created: 0, updated: 0" in again.text


def test_further_leads_on_from_the_answer_to_a_form_too(clerk: Reader) -> None:
    top = "Министерство образования Озёрной области"
    rows = [["organisation", "superior"], *([f"Школа посёлка {each:03}", top] for each in range(150))]
    page = clerk.send("/roster", files={"file": ("roster.csv", as_csv(rows))}).text
    further = re.search(r'href="(/roster\?[^"]*after=[^"]+)"', page)
    assert further
    assert clerk.ask(further[1].replace("&amp;", "&")).status_code == 200
