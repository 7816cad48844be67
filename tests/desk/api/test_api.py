"""The API: the same commands for programs, by tokens; what a request may do, and how often it is done."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select

from commands.sweeps.sweeps import monitoring
from desk.api.grants import GRANTS, OPEN
from desk.server.app import create_app
from models.access import Reply
from states.lifecycle import Role
from tests.desk.programs import NOW, problem, program, uploaded
from tests.desk.town import MAPPING, SAMPLE, Reader, Town


def test_a_program_reads_what_its_person_sees(varied: Town) -> None:
    asking = program(varied, "controller")
    assert asking.ask("/me").json() == {"login": "controller", "role": "controller", "organisation": None}
    (line,) = asking.ask("/protocols").json()["items"]
    assert (line["id"], line["items"], line["progress"]["state"]) == (1, 8, "overdue")
    items = asking.ask("/protocols/1/items").json()["items"]
    assert [each["number"] for each in items][:2] == ["1.1", "1.2"]
    number = varied.line("1.1", 3).id
    one = asking.ask(f"/assignments/{number}")
    assert (one.json()["state"], one.headers["etag"]) == ("accepted", f'"{one.json()["version"]}"')
    entries = asking.ask(f"/assignments/{number}/trail").json()["entries"]
    assert [each["action"] for each in entries][:4] == ["assign", "submit", "review", "accept"]


def test_an_executor_sees_and_moves_his_own_only(varied: Town) -> None:
    line, other = varied.line("2.1", 0), varied.line("2.1", 1)
    varied.account("school", Role.EXECUTOR, line.addressee)
    asking = program(varied, "school")
    seen = asking.ask("/assignments?limit=1000").json()["items"]
    assert {each["organisation"] for each in seen} == {line.organisation_id}
    assert asking.ask(f"/assignments/{other.id}").status_code == 404
    assert asking.take(other.id, "acknowledge", other.version).status_code == 404
    assert asking.take(line.id, "acknowledge", line.version).status_code == 201
    assert asking.ask("/organisations").status_code == 403


def test_without_a_token_or_with_a_bad_one_nothing_is_told(varied: Town) -> None:
    asking = program(varied, "controller")
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": f"Basic {asking.token}"}):
        answer = asking.reader.ask("/api/v1/me", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert problem(answer)["type"] == "urn:poruchenie:token-needed"
    with_cookie = varied.reader(NOW)  # a browser's session opens pages, not the API
    assert with_cookie.ask("/api/v1/me").status_code == 401


def test_a_revoked_token_is_over_at_once(varied: Town) -> None:
    asking = program(varied, "controller")
    assert asking.ask("/token/revocation", "POST").json() == {"state": "ended"}
    assert asking.ask("/me").status_code == 401


@pytest.mark.journey
def test_every_operation_is_granted_or_open(varied: Town) -> None:
    described = program(varied, "controller").ask("/openapi.json").json()
    operations = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    assert operations == set(GRANTS)
    assert OPEN.isdisjoint(GRANTS)


def test_lists_come_in_pages_that_miss_and_repeat_nothing(varied: Town) -> None:
    asking = program(varied, "controller")
    seen, path = [], "/assignments?limit=50"
    while path:
        answer = asking.ask(path)
        seen += [each["id"] for each in answer.json()["items"]]
        following = answer.json()["next"]
        assert ("link" in answer.headers) == bool(following)
        path = f"/assignments?limit=50&cursor={following}" if following else ""
    assert seen == sorted(set(seen))
    assert len(seen) == 216
    assert len(asking.ask("/assignments?state=accepted").json()["items"]) == 2
    overdue = asking.ask("/assignments?overdue=true&item=1.1&limit=1000").json()["items"]
    assert all(each["overdue"] and each["item"] == "1.1" for each in overdue)
    for bad in ("x", "after-", "after-x", "after-99999999999999999999"):
        assert problem(asking.ask(f"/assignments?cursor={bad}"))["status"] == 400
    assert problem(asking.ask("/assignments?state=lost"))["status"] == 422
    assert problem(asking.ask("/assignments?colour=red"))["errors"] == ["query/colour: extra_forbidden"]


@pytest.mark.journey
def test_a_write_says_what_it_saw_and_is_refused_if_that_is_no_more(varied: Town) -> None:
    asking = program(varied, "controller")
    line = varied.line("1.4")
    bare = asking.ask(f"/assignments/{line.id}/actions", "POST", json={"action": "withdraw", "note": "Order 1"})
    assert problem(bare)["type"] == "urn:poruchenie:version-needed"
    stale = asking.take(line.id, "withdraw", line.version + 1, note="Order 1")
    assert (problem(stale)["type"], stale.status_code) == ("urn:poruchenie:stale-version", 412)
    assert varied.line("1.4").version == line.version
    assert asking.take(line.id, "withdraw", line.version, note="Order 1").json()["state"] == "withdrawn"


def test_the_same_key_does_a_thing_once_and_answers_alike(varied: Town) -> None:
    asking = program(varied, "controller")
    line = varied.line("1.4")
    first = asking.take(line.id, "withdraw", line.version, "key-1", note="Order 1")
    again = asking.take(line.id, "withdraw", line.version, "key-1", note="Order 1")
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, first.json())
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    other = asking.take(line.id, "withdraw", line.version, "key-1", note="Order 2")
    assert problem(other)["type"] == "urn:poruchenie:other-request"
    mine = program(varied, "clerk").take(line.id, "comment", line.version + 1, "key-1", note="Mine")
    assert mine.status_code == 201  # everybody has keys of his own


def test_a_refused_write_keeps_no_answer_and_may_be_mended_under_its_key(varied: Town) -> None:
    asking = program(varied, "controller")
    line = varied.line("1.4")
    assert asking.take(line.id, "withdraw", line.version, "key-1").status_code == 422
    assert asking.take(line.id, "withdraw", line.version, "key-1", note="Order 1").status_code == 201


def test_of_twenty_at_once_with_one_key_one_is_done(varied: Town) -> None:
    asking = program(varied, "controller")
    line = varied.line("1.4")

    def send(_: int) -> httpx.Response:
        return asking.take(line.id, "comment", line.version, "one-key", note="Once")

    with ThreadPoolExecutor(5) as many:
        answers = list(many.map(send, range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert varied.line("1.4").version == line.version + 1


def test_a_file_comes_with_the_action_and_bad_ones_are_refused(varied: Town) -> None:
    line = varied.line("1.4")
    varied.account("school", Role.EXECUTOR, line.addressee)
    asking = program(varied, "school")
    refused = {
        "../a.pdf": 422,
        "a.exe": 415,
    }
    for name, status in refused.items():
        answer = asking.take(line.id, "submit", line.version, files=[uploaded(name, b"x")])
        assert (answer.status_code, problem(answer)["status"]) == (status, status)
    assert asking.take(line.id, "submit", line.version, files=[{"name": "a.pdf", "content": "!"}]).status_code == 422
    done = asking.take(line.id, "submit", line.version, files=[uploaded("a.pdf", b"%PDF-1.4 proof")])
    assert done.json()["state"] == "submitted"
    (entry,) = asking.ask(f"/assignments/{line.id}/trail").json()["entries"][-1:]
    assert entry["files"][0]["name"] == "a.pdf"


def test_a_clerks_program_registers_a_document_and_a_controllers_withdraws_it(town: Town) -> None:
    clerk, controller = program(town, "clerk"), program(town, "controller")
    document = uploaded(
        "second.txt", (SAMPLE / "protocol.txt").read_bytes().replace("1 июня".encode(), "2 июня".encode())
    )
    draft = clerk.ask("/drafts", "POST", json=document).json()["draft"]
    assert len(draft["items"]) == 8
    body = {"document": document, "mapping": MAPPING}
    made = clerk.ask("/protocols", "POST", json=body)
    assert made.status_code == 201, made.text
    assert problem(clerk.ask("/protocols", "POST", json=body))["status"] == 409
    basis = {"note": "Order 5"}
    while controller.ask(f"/protocols/{made.json()['protocol']}/withdrawal", "POST", json=basis).json()["more"]:
        pass
    assert controller.ask(f"/protocols/{made.json()['protocol']}").json()["state"] == "withdrawn"


def test_rosters_and_accounts_are_kept_through_it_too(town: Town) -> None:
    keeping = program(town, "admin")
    done = keeping.ask("/rosters", "POST", json=uploaded("roster.csv", (SAMPLE / "roster.csv").read_bytes()))
    assert done.json()["created"] == 0
    new = {"login": "leader", "role": "leader", "name": "Кто-то"}
    assert keeping.ask("/accounts", "POST", json=new).json()["state"] == "active"
    assert problem(keeping.ask("/accounts", "POST", json=new))["status"] == 409
    assert keeping.ask("/accounts/leader/closing", "POST", json={"note": "Order 3"}).json() == {"state": "closed"}
    assert {each["login"] for each in keeping.ask("/accounts").json()["items"]} > {"leader", "clerk"}


def test_refusals_are_said_in_the_readers_language(varied: Town) -> None:
    asking = program(varied, "controller")
    assert problem(asking.ask("/assignments/9999?lang=ru"))["detail"].startswith("Карточки 9999 нет")
    assert problem(asking.ask("/nowhere"))["status"] == 404
    assert problem(asking.ask("/me", "DELETE"))["status"] == 405


BODIES = [b"", b"{", b"[]", b"\xff", b'{"action": 5}', json.dumps({"action": "x" * 99}).encode()]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_none_is_refused(varied: Town, body: bytes) -> None:
    asking = program(varied, "controller")
    headers = {"Content-Type": "application/json", "If-Match": '"1"'}
    answer = asking.ask("/assignments/1/actions", "POST", content=body, headers=headers)
    assert problem(answer)["status"] == (400 if body == b"\xff" else 422)


def test_the_description_is_read_without_a_token_and_without_foreign_assets(empty: Town) -> None:
    reader = Reader(create_app(empty.at()))
    page = reader.ask("/api/v1/docs?lang=en").text
    assert "POST /assignments/{number}/actions" in page
    assert 'src="http' not in page
    assert 'href="http' not in page
    assert reader.ask("/api/v1/docs?lang=ru").text.count("Принимает") == page.count("Takes")


def test_another_version_under_the_same_key_is_another_request(varied: Town) -> None:
    asking, line = program(varied, "controller"), varied.line("1.4")
    assert asking.take(line.id, "comment", line.version, key="k", note="x").status_code == 201
    other = asking.take(line.id, "comment", line.version + 1, key="k", note="x")
    assert problem(other)["type"] == "urn:poruchenie:other-request"


@pytest.mark.parametrize("content", ["!!!!JVBERg==", "JVBERg==JVBERg==", "JV\nBERg==", "JVBERg", "_-8="])
def test_what_is_no_base64_is_no_file(varied: Town, content: str) -> None:
    line = varied.line("1.4")
    files = [{"name": "letter.pdf", "content": content}]
    answer = program(varied, "controller").take(line.id, "comment", line.version, note="x", files=files)
    assert problem(answer)["errors"] == ["body/files/0/content: base64_decode"]


def test_a_text_with_a_nul_is_refused_and_not_kept(varied: Town) -> None:
    asking, line = program(varied, "controller"), varied.line("1.4")
    assert problem(asking.take(line.id, "comment", line.version, note="a\0b"))["type"] == "urn:poruchenie:nul"
    assert problem(asking.ask("/assignments?item=%00"))["type"] == "urn:poruchenie:nul"
    assert varied.line("1.4").version == line.version


@pytest.mark.parametrize(
    ("header", "status"), [({"content-length": "9" * 12}, 413), ({"transfer-encoding": "chunked"}, 411)]
)
def test_what_is_too_large_is_told_to_a_program_as_a_problem(town: Town, header: dict[str, str], status: int) -> None:
    answer = program(town, "controller").ask("/rosters", "POST", content=b"", headers=header)
    assert (answer.status_code, problem(answer)["title"] != "") == (status, True)


def test_answers_kept_for_a_day_are_forgotten_by_the_next_round(varied: Town) -> None:
    asking, line = program(varied, "controller"), varied.line("1.4")
    assert asking.take(line.id, "comment", line.version, key="k", note="x").status_code == 201
    tomorrow = datetime.now(UTC) + timedelta(days=1, minutes=1)
    for installation, left in ((varied.at(), 1), (replace(varied.at(), system=lambda: tomorrow), 0)):
        monitoring(installation)
        with varied.at().read() as tx:
            assert tx.session.scalar(select(func.count()).select_from(Reply)) == left
