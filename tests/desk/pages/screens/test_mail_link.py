"""A small school without an account: from the link in its letter to the receipt, and not a step beside."""

import re

import pytest
from sqlalchemy import func, select

from commands.mail.links import BY_MAIL
from desk.request.grants import GRANTS, LINKED
from models.access import Code, Session
from models.outbox import Message
from models.rosters import Organisation
from tests.desk.asking import PARAMETERS
from tests.desk.letters import MORNING, code, link
from tests.desk.town import Reader, Town

pytestmark = pytest.mark.parametrize("kind", ["sqlite", "postgresql"], indirect=True)


def written(town: Town) -> list[int | None]:
    with town.at().read() as tx:
        return [tx.session.scalar(select(func.count()).select_from(each)) for each in (Code, Session, Message)]


def come(town: Town, item: str = "1.2", position: int = 0) -> tuple[Reader, int]:
    path, number = link(town, item, position)
    reader = town.reader(MORNING, login=None)
    assert reader.send(f"{path}/code").headers["location"] == f"{path}?sent=1"
    done = reader.send(path, code=code(town.at()))
    assert (done.status_code, done.headers["location"]) == (303, f"/assignments/{number}")
    return reader, number


@pytest.mark.journey
def test_a_school_acknowledges_submits_and_keeps_its_receipt(linked: Town) -> None:
    reader, number = come(linked)
    page = reader.text(f"/assignments/{number}?lang=en")
    for action in BY_MAIL:
        assert f'href="/assignments/{number}/{action}"' in page
    assert "/reassign" not in page
    token = re.search(r'name="form" value="(\w+)"', page)
    assert token
    send = {"form": token[1]}
    assert reader.ask(f"/assignments/{number}/acknowledge", "POST", data=send).status_code == 303
    done = reader.ask(f"/assignments/{number}/submit", "POST", data={**send, "note": "Исполнено"})
    receipt = reader.text(f"{done.headers['location']}?lang=en")
    assert "The report was handed in on" in receipt
    assert "mail:" in receipt
    ask = {**send, "note": "Болезнь", "day": "2020-07-20"}
    assert reader.ask(f"/assignments/{number}/comment", "POST", data=ask).status_code == 303
    assert reader.ask(f"/trails/assignment:{number}").status_code == 200
    assert linked.line("1.2", 0).state == "submitted"


def test_an_extension_is_asked_for_by_mail(linked: Town) -> None:
    reader, number = come(linked)
    page = reader.text(f"/assignments/{number}/request_extension")
    token = re.search(r'name="form" value="(\w+)"', page)
    assert token
    ask = {"form": token[1], "note": "Болезнь", "day": "2020-07-20"}
    assert reader.ask(f"/assignments/{number}/request_extension", "POST", data=ask).status_code == 303


def test_looking_at_a_link_sends_and_spends_nothing(linked: Town) -> None:
    path, _ = link(linked)
    before = written(linked)
    reader = linked.reader(MORNING, login=None)
    for asked in (path, f"{path}?sent=1", f"{path}?have=1"):
        assert reader.ask(asked).status_code == 200
    assert reader.ask(path, "HEAD").status_code == 200
    assert written(linked) == before


def test_the_page_of_a_link_shows_no_address_and_nothing_that_the_letter_does_not(linked: Town) -> None:
    path, _ = link(linked)
    page = linked.reader(MORNING, login=None).text(path)
    with linked.at().read() as tx:
        addresses = [each for each in tx.session.scalars(select(Organisation.email)) if each]
    assert addresses
    assert not any(each in page for each in addresses)


def test_a_wrong_link_a_foreign_one_and_one_to_nothing_say_the_same(linked: Town) -> None:
    path, number = link(linked)
    other = linked.line("1.2", 1).id
    said = set()
    for wrong in (f"{path}x", path.replace(f"/{number}/", f"/{other}/"), path.replace(f"/{number}/", "/999999/")):
        reader = linked.reader(MORNING, login=None)
        for answer in (reader.ask(wrong), reader.send(wrong, code="x"), reader.send(f"{wrong}/code")):
            assert answer.status_code == 410
            said.add(re.sub(r"\s+", " ", answer.text.partition("<main")[2]))
    assert len(said) == 1


def test_a_form_of_another_site_sends_no_code_and_enters_with_none(linked: Town) -> None:
    path, _ = link(linked)
    reader = linked.reader(MORNING, login=None)
    before = written(linked)
    for asked in (path, f"{path}/code"):
        assert reader.ask(asked, "POST", data={"form": "forged", "code": "x"}).status_code == 403
    assert written(linked) == before


def test_a_wrong_code_is_refused_in_a_sentence_beside_the_form(linked: Town) -> None:
    path, _ = link(linked)
    reader = linked.reader(MORNING, login=None)
    reader.send(f"{path}/code")
    refused = reader.send(f"{path}?lang=en", code="AAAAA-AAAAA")
    assert refused.status_code == 403
    assert "The code does not fit" in refused.text
    assert "Send another code" in refused.text


def test_nothing_else_is_reached_from_there(linked: Town) -> None:
    reader, number = come(linked)
    other, foreign = linked.line("1.4", 0).id, linked.line("1.2", 1).id
    assert linked.line("1.4", 0).addressee == linked.line("1.2", 0).addressee
    for each in (other, foreign):
        for path in (f"/assignments/{each}", f"/assignments/{each}/submit", f"/trails/assignment:{each}"):
            assert reader.ask(path).status_code == 403, path
    account = re.search(r"/trails/(account:\d+)", reader.ask("/").text)
    assert account is None
    assert reader.ask("/").headers["location"] == f"/assignments/{number}"
    for operation in GRANTS.keys() - LINKED:
        method, path = operation.split()
        path = re.sub(r"{(\w+)}", lambda found: {**PARAMETERS, "subject": "account:1"}[found[1]], path)
        answer = reader.ask(path, method, **({"data": {"form": "x"}} if method == "POST" else {}))
        assert answer.status_code == 403, operation
    for action in ("reassign", "transfer", "review", "accept"):
        assert reader.ask(f"/assignments/{number}/{action}").status_code == 403


def test_the_page_of_the_assignment_leads_nowhere_that_is_closed(linked: Town) -> None:
    reader, number = come(linked)
    for path in (f"/assignments/{number}", f"/assignments/{number}/submit", f"/trails/assignment:{number}"):
        links = set(re.findall(r'href="(/[^"#?]*)', reader.text(path)))
        for each in links - {"/static/desk.css", "/static/icon.svg"}:
            assert reader.ask(each).status_code not in (403, 404), (path, each)


def test_signing_out_ends_it_and_the_link_begins_again(linked: Town) -> None:
    reader, number = come(linked)
    page = reader.text(f"/assignments/{number}")
    token = re.search(r'name="form" value="(\w+)"', page)
    assert token
    kept = dict(reader.cookies)
    assert reader.ask("/sign-out", "POST", data={"form": token[1]}).status_code == 303
    reader.cookies.update(kept)
    assert reader.ask(f"/assignments/{number}").status_code == 303
    come(linked)


def test_a_substitution_that_a_browser_remembers_lends_nothing(linked: Town) -> None:
    reader, number = come(linked)
    reader.cookies["poruchenie-instead-of"] = "controller"
    assert reader.ask("/accounts").status_code == 403
    assert reader.ask(f"/assignments/{number}").status_code == 200


def test_no_link_is_in_use_unless_the_policy_says_so(town: Town) -> None:
    town.sweep(MORNING)
    with town.at().read() as tx:
        assert not any("/mail/" in text for text in tx.session.scalars(select(Message.text)))
    assert "link from a letter" not in town.reader(MORNING, login=None).text("/sign-in?lang=en")
