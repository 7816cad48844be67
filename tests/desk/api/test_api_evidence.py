"""What the API gives of the log, and the keeping of accounts beyond opening and closing them."""

from audit.offline_verifier import key_of, verify_receipt
from commands.log.sealing import keys_of
from states.lifecycle import Role
from tests.desk.programs import NOW, problem, program, uploaded
from tests.desk.town import Town


def test_entries_are_searched_page_by_page_as_far_as_the_role_reads(varied: Town) -> None:
    asking, seen, cursor = program(varied, "controller"), list[tuple[str, int]](), ""
    while True:
        page = asking.ask("/entries", params={"subject": "assignment", "limit": 100, "cursor": cursor}).json()
        seen += [(each["subject"], each["seq"]) for each in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert len(seen) == len(set(seen)) > 216
    (found,) = asking.ask("/entries", params={"text": "телефоны"}).json()["items"]
    assert (found["action"], found["note"]) == ("return", "Не указаны телефоны.")
    assert asking.ask("/entries", params={"person": "reviewer", "action": "return"}).json()["items"] == [found]
    clerk = program(varied, "clerk").ask("/entries", params={"subject": "account"})
    assert clerk.json()["items"] == []
    assert problem(asking.ask("/entries", params={"organisation": "Нет такой"}))["status"] == 404


def test_a_receipt_and_a_file_come_with_their_bytes_and_within_ones_scope_only(varied: Town) -> None:
    first, foreign = varied.line("1.1", 0), varied.line("1.1", 1)
    varied.account("first", Role.EXECUTOR, first.addressee)
    own = program(varied, "first")
    assert problem(own.ask(f"/assignments/{first.id}/receipt"))["type"] == "urn:poruchenie:log-not-begun"
    varied.world(NOW).seal()
    receipt = own.ask(f"/assignments/{first.id}/receipt")
    with varied.at(NOW).read() as tx:
        key = key_of(str(keys_of(tx.session)[0]))
    assert len(verify_receipt(receipt.content, [key])["entries"]) == 2
    sha256 = own.ask(f"/assignments/{first.id}/trail").json()["entries"][1]["files"][0]["sha256"]
    assert own.ask(f"/assignments/{first.id}/files/{sha256}").content == b"%PDF-1.4 a letter"
    for path in (f"{foreign.id}/receipt", f"{foreign.id}/files/{sha256}", f"{first.id}/files/{'0' * 64}"):
        assert problem(own.ask(f"/assignments/{path}"))["status"] == 404


def test_accounts_are_invited_and_stood_in_for_through_it_too(varied: Town) -> None:
    keeping = program(varied, "controller")
    made = keeping.ask("/accounts/reviewer/invitations", "POST")
    assert (made.status_code, "/invitations/" in made.json()["link"]) == (201, True)
    asked = {"substitute": "clerk", "since": "2020-06-04", "until": "2020-06-05", "note": "Приказ № 5"}
    done = keeping.ask("/accounts/reviewer/substitutions", "POST", json=asked)
    assert (done.status_code, done.json()) == (201, {"state": "appointed"})
    assert "“reviewer”" in varied.reader(NOW, "clerk").text("/?lang=en")
    refused = keeping.ask("/accounts/clerk/substitutions", "POST", json=asked)
    assert problem(refused)["type"] == "urn:poruchenie:grant"
    table = uploaded("people.csv", b"login;role\nfirst;leader\nsecond;leader\n")
    admitted = program(varied, "admin").ask("/accounts/table", "POST", json=table).json()
    assert (admitted["created"], sorted(admitted["links"])) == (2, ["first", "second"])
