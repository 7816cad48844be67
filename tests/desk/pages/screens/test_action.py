"""Every button calls what `poruchenie act` calls; what was typed outlives a refusal. Who may: test_gates."""

import re

import pytest

from commands.registers.assignments import AssignmentLine
from commands.trails.trail import trail
from states.lifecycle import Role
from tests.desk.town import LETTER, Reader, Town

DAY = "2020-06-04T10:00"
POSITIONS = {"submitted": 0, "returned": 1, "reviewed": 2, "accepted": 3, "withdrawn": 4, "assigned": 6}
"""Where the varied town has each state, on item 1.1."""


@pytest.fixture
def peopled(varied: Town) -> Town:
    """The varied town; `own-…` is the executor of the addressee that stands in a state."""
    for state, position in POSITIONS.items():
        varied.account(f"own-{state}", Role.EXECUTOR, varied.line("1.1", position).addressee)
    return varied


def line(town: Town, state: str) -> AssignmentLine:
    return town.line("1.1", POSITIONS[state])


def act(reader: Reader, number: int, action: str, **more: str) -> tuple[int, str]:
    answer = reader.send(f"/assignments/{number}/{action}?lang=en", **more)
    return answer.status_code, answer.headers.get("location", answer.text)


@pytest.mark.journey
def test_a_report_goes_all_the_way_by_forms(peopled: Town) -> None:
    number = line(peopled, "assigned").id
    executor, reviewer, controller = (
        peopled.reader(DAY, login=each) for each in ("own-assigned", "reviewer", "controller")
    )
    assert act(executor, number, "acknowledge") == (303, f"/assignments/{number}?done=acknowledge")
    sent = executor.send(
        f"/assignments/{number}/submit",
        note="Исполнено",
        files=[("files", ("отчёт.pdf", b"%PDF one")), ("files", (r"C:\papers\table.csv", b"a;b"))],
    )
    assert sent.status_code == 303
    assert act(reviewer, number, "return", note="Нет телефонов", day="2020-06-09")[0] == 303
    assert "Нет телефонов" in executor.text(f"/assignments/{number}/submit")
    assert act(executor, number, "submit", note="Телефоны добавлены")[0] == 303
    assert act(reviewer, number, "review", note="Замечаний нет")[0] == 303
    assert act(controller, number, "accept")[0] == 303
    page = controller.text(f"/assignments/{number}?done=accept&lang=en")
    assert "It stands in the audit log as entry" in page
    assert "table.csv" in page
    assert line(peopled, "assigned").state == "accepted"
    trail = controller.text(f"/trails/assignment:{number}")
    assert len(set(re.findall(r"<code>(web:\d+)</code>", trail))) == 3


@pytest.mark.journey
def test_a_conflict_shows_both_versions_and_keeps_what_was_typed(peopled: Town) -> None:
    number = line(peopled, "submitted").id
    reviewer = peopled.reader(DAY, login="reviewer")
    seen = line(peopled, "submitted").version
    assert f'name="version" value="{seen}"' in reviewer.text(f"/assignments/{number}/review")
    peopled.act(DAY, "own-submitted", number, "submit", "Исправленный отчёт")
    status, page = act(reviewer, number, "review", version=str(seen), note="Моё длинное заключение")
    assert status == 409
    assert "What you saw, and what there is now" in page
    assert f"version {seen}" in re.sub(r"\s+", " ", page)
    assert "Исправленный отчёт" in page
    assert ">Моё длинное заключение</textarea>" in page
    assert line(peopled, "submitted").state == "submitted"
    again = re.search(r'name="version" value="(\d+)"', page)
    assert again
    assert act(reviewer, number, "review", version=again[1], note="Моё длинное заключение")[0] == 303


@pytest.mark.parametrize(
    ("action", "given", "says"),
    [
        ("withdraw", {"note": " "}, "needs its basis"),
        ("extend", {"note": "Приказ", "day": "30.06.2020"}, "“30.06.2020” is not a date"),
        ("extend", {"note": "Приказ", "day": "2020-05-01"}, "must be"),
        ("transfer", {"note": "Приказ", "target": "Нет такой"}, "There is no organisation “Нет такой”"),
        ("reassign", {"target": "ghost"}, "“ghost” can&#39;t take"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    peopled: Town, action: str, given: dict[str, str], says: str
) -> None:
    status, page = act(peopled.reader(DAY), line(peopled, "assigned").id, action, **given)
    assert status in (404, 422)
    assert says in page
    for name in ("note", "day"):
        assert given.get(name, "").strip() in page
    assert 'role="alert"' in page


def test_a_file_that_is_not_taken_is_named(peopled: Town) -> None:
    number = line(peopled, "assigned").id
    answer = peopled.reader(DAY, login="own-assigned").send(
        f"/assignments/{number}/submit?lang=en", note="Отчёт", files=[("files", ("virus.exe", b"MZ"))]
    )
    assert answer.status_code == 415
    assert "“virus.exe” are not accepted" in answer.text
    assert "Not taken: virus.exe." in answer.text
    assert ">Отчёт</textarea>" in answer.text


def test_a_form_of_another_session_keeps_what_was_typed(peopled: Town) -> None:
    reader = peopled.reader(DAY)
    answer = reader.ask(f"/assignments/{line(peopled, 'assigned').id}/withdraw", "POST", data={"note": "Основание 7"})
    assert answer.status_code == 403
    assert ">Основание 7</textarea>" in answer.text
    assert line(peopled, "assigned").state == "assigned"


def test_a_clerk_hands_in_what_came_by_letter(peopled: Town) -> None:
    number = line(peopled, "assigned").id
    clerk = peopled.reader(DAY, login="clerk")
    assert 'type="datetime-local"' in clerk.text(f"/assignments/{number}/submit")
    letter = [("files", (LETTER.name, LETTER.data))]
    done = clerk.send(f"/assignments/{number}/submit", note="Письмо", received="2020-06-03T09:00", files=letter)
    assert done.status_code == 303
    assert not line(peopled, "assigned").late
    with peopled.at().read() as tx:
        told = trail(tx, f"assignment:{number}")[-1].facts
    assert told["submitted_at"] == "2020-06-03T06:00:00Z"  # 09:00 in Moscow


def test_a_file_comes_as_an_attachment_with_a_policy_of_its_own(peopled: Town) -> None:
    number = line(peopled, "submitted").id
    sha256 = "861e8bc5e68f55cc5d2b635ca7e5a79a942e3ef30a0e81c7bca73e4b68147df5"
    answer = peopled.reader(DAY).ask(f"/assignments/{number}/files/{sha256}")
    assert (answer.status_code, answer.content) == (200, LETTER.data)
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["0" * 64, "..%2f..%2fporuchenie.db", "861e", "861E" * 16])
def test_no_other_file_comes(peopled: Town, name: str) -> None:
    number = line(peopled, "submitted").id
    assert peopled.reader(DAY).ask(f"/assignments/{number}/files/{name}").status_code == 404


def test_a_file_of_another_organisation_does_not_come(peopled: Town) -> None:
    sha256 = "861e8bc5e68f55cc5d2b635ca7e5a79a942e3ef30a0e81c7bca73e4b68147df5"
    foreign = line(peopled, "submitted").id
    reader = peopled.reader(DAY, login="own-assigned")
    assert reader.ask(f"/assignments/{foreign}/files/{sha256}").status_code == 404
    own = line(peopled, "assigned").id
    assert reader.ask(f"/assignments/{own}/files/{sha256}").status_code == 404


@pytest.mark.parametrize("step", ["send", "rows", "check"])
def test_a_form_that_a_role_may_not_fill_in_offers_it_nobody(peopled: Town, step: str) -> None:
    owner = peopled.reader(DAY, login="own-assigned")
    for action in ("assign_reviewer", "transfer"):
        answer = owner.send(f"/assignments/{line(peopled, 'assigned').id}/{action}", step=step, note="x", target="x")
        assert answer.status_code == 403
        assert "<option" not in answer.text
