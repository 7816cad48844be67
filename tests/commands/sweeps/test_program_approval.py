"""A program's way: refused at once if it can't be a program, examined, given to a reviewer, reviewed in time."""

from threading import Barrier, Thread

import pytest

from commands.access.substitutions import Substitute, substitute
from commands.assignments.documents import DocumentMissingError
from commands.context.actors import actor_for_login
from commands.registers.items import items
from commands.trails.trail import Line
from intake.file_text import EncryptedFileError, OldFormatError, UnreadableFileError
from states.lifecycle import Role
from tests.commands.sweeps.handing_in import approve, hand_in, number
from tests.programs import MONITORING, program, word_file, wording
from tests.world import World

LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


def findings(world: World, item: str, addressee: str = "Authority A") -> list[str]:
    """Codes of the findings of the latest check."""
    return last_check(world, item, addressee).facts["findings"]  # type: ignore[no-any-return]  # any JSON


def last_check(world: World, item: str, addressee: str) -> Line:
    return [line for line in world.trail(f"assignment:{number(world, item, addressee)}") if line.action == "check"][-1]


def test_the_reader_tells_what_asks_for_a_program_and_how_items_hang_together(ministry: World) -> None:
    with ministry.installation.read() as tx:
        assert [item.deliverable for item in items(tx)] == ["program", "program", None, "program"]


def test_a_program_without_its_document_is_refused(ministry: World) -> None:
    with pytest.raises(DocumentMissingError, match=r"Item 1\.1 asks for a document \(program\)"):
        ministry.act("a", number(ministry, "1.1"), "submit", note="Done")
    with pytest.raises(DocumentMissingError):
        ministry.act("a", number(ministry, "1.1"), "submit", files={"stamp.png": b"\x89PNG picture"})


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("program.docx", LOCKED, EncryptedFileError),
        ("program.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"old", OldFormatError),
        ("program.docx", b"PK\x03\x04 torn off", UnreadableFileError),
        ("program.pdf", b"%PDF-1.7 torn off", UnreadableFileError),
    ],
    ids=["password", "old Word", "torn DOCX", "torn PDF"],
)
def test_a_document_that_does_not_open_is_refused_and_nothing_is_written(
    ministry: World, name: str, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        hand_in(ministry, "a", "1.1", "Authority A", data, name)
    assert ministry.one("1.1", "Authority A").version == 1
    assert not list(ministry.installation.settings.evidence.rglob("*-*"))


def test_a_good_program_is_checked_without_findings_and_given_to_a_reviewer(ministry: World) -> None:
    hand_in(ministry, "a", "1.1", "Authority A", program("Authority A"))
    assert approve(ministry) == {"opened": 0, "checked": 1, "reviewers": 1}
    assert findings(ministry, "1.1") == []
    check, assigned = ministry.trail(f"assignment:{number(ministry, '1.1')}")[-2:]
    assert (check.action, check.role, check.channel) == ("check", "system", "flow:program_approval")
    assert (assigned.action, assigned.facts["load"]) == ("assign_reviewer", 0)
    assert approve(ministry) == {"opened": 0, "checked": 0, "reviewers": 0}
    assert ministry.faults() == []


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        (
            b"Authority A. \xd0\xa6\xd0\xb5\xd0\xbb\xd0\xb8 \xd0\xb8 \xd0\xb7\xd0\xb0\xd0\xb4\xd0\xb0\xd1\x87\xd0\xb8",
            ["no_dates", "no_responsible"],
        ),
        (program("Somebody else"), ["not_named"]),
        (
            program("Authority A", more="Приложение 1\n\nПриложение 2\n\nПеречень мероприятий по месяцам"),
            ["empty_annex"],
        ),
        (program("Authority A", more="Приложение № 1. Перечень\n\nмероприятий на 2020 год, подробно"), []),
    ],
    ids=["no dates, nobody responsible", "another's", "an empty annex", "a full annex"],
)
def test_what_a_document_lacks_is_found_for_the_reviewer(ministry: World, document: bytes, codes: list[str]) -> None:
    hand_in(ministry, "a", "1.1", "Authority A", document)
    approve(ministry)
    assert findings(ministry, "1.1") == codes


def test_the_same_file_and_nearly_the_same_text_of_another_addressee_are_found(ministry: World) -> None:
    text = wording("слово")
    hand_in(ministry, "a", "1.1", "Authority A", program("Authority A и Authority B", more=text))
    hand_in(ministry, "b", "1.1", "Authority B", program("Authority A и Authority B", more=text))
    approve(ministry)
    assert findings(ministry, "1.1") == []
    assert findings(ministry, "1.1", "Authority B") == ["same_file"]

    ministry.act("reviewer", number(ministry, "1.1", "Authority B"), "return", note="Write your own")
    hand_in(ministry, "b", "1.1", "Authority B", program("Authority B", more=text + " и ещё немного"))
    approve(ministry)
    assert findings(ministry, "1.1", "Authority B") == ["same_text"]

    ministry.act("reviewer", number(ministry, "1.1", "Authority B"), "return", note="Write your own")
    hand_in(ministry, "b", "1.1", "Authority B", program("Authority B", more=wording("иное")))
    approve(ministry)
    assert findings(ministry, "1.1", "Authority B") == []


def test_a_rework_by_a_note_alone_keeps_the_documents_and_is_said_to_change_nothing(ministry: World) -> None:
    hand_in(ministry, "a", "1.1", "Authority A", program("Authority A"))
    approve(ministry)
    one = number(ministry, "1.1")
    ministry.act("reviewer", one, "return", note="No money in it")
    ministry.act("a", one, "submit", note="There is none")
    assert ministry.trail(f"assignment:{one}")[-1].files[0]["name"] == "program.txt"
    approve(ministry)
    assert findings(ministry, "1.1") == ["unchanged"]
    assert ministry.actions(one).count("assign_reviewer") == 1  # the same reviewer goes on


@pytest.mark.parametrize(
    ("measures", "codes"),
    [
        ([("низкая читательская грамотность", "занятия в библиотеке")], ["no_measure"]),
        ([("низкая читательская грамотность", "занятия"), ("нехватка учителей математики", "—")], ["no_measure"]),
        ([("низкая читательская грамотность", "занятия"), ("нехватка учителей математики", "целевой набор")], []),
    ],
    ids=["one problem forgotten", "a problem without its measure", "every problem answered"],
)
def test_every_problem_that_the_monitoring_found_must_have_its_measure(
    ministry: World, measures: list[tuple[str, str]], codes: list[str]
) -> None:
    hand_in(ministry, "s1", "2.1", "School 1", MONITORING.encode(), "monitoring.txt")
    hand_in(ministry, "s1", "2.2", "School 1", program("School 1", *measures))
    approve(ministry)
    assert findings(ministry, "2.2", "School 1") == codes


def test_problems_and_measures_are_read_from_the_tables_of_word_too(ministry: World) -> None:
    monitoring = word_file("Итоги", table=[("№", "Проблемы"), ("1", "слабая техника чтения"), ("2", "прогулы")])
    answer = word_file(
        "School 1", table=[("Выявленная проблема", "Мероприятия", "Сроки"), ("прогулы", "разговор с родителями", "май")]
    )
    hand_in(ministry, "s1", "2.1", "School 1", monitoring, "monitoring.docx")
    hand_in(ministry, "s1", "2.2", "School 1", answer, "program.docx")
    approve(ministry)
    assert last_check(ministry, "2.2", "School 1").findings == [
        "The document names nobody responsible.",
        "The monitoring found “слабая техника чтения”, but the document holds no measure against it.",
    ]


def test_without_a_report_on_the_monitoring_that_is_said(ministry: World) -> None:
    hand_in(ministry, "s1", "2.2", "School 1", program("School 1"))
    approve(ministry)
    assert findings(ministry, "2.2", "School 1") == ["no_monitoring"]


def test_the_least_laden_reviewer_who_is_there_and_not_of_the_addressee_is_chosen(ministry: World) -> None:
    ministry.account("busy", Role.REVIEWER, by="controller")
    ministry.account("own", Role.REVIEWER, "Authority B", by="controller")
    ministry.account("away", Role.REVIEWER, by="controller")
    ministry.account("deputy", Role.REVIEWER, "Authority A", by="controller")
    with ministry.installation.write() as tx:
        controller = actor_for_login(tx, "controller", "cli:tester")
        dates = (ministry.installation.policy.calendar.day_of(tx.now),) * 2
        substitute(tx, controller, Substitute("away", "deputy", *dates, "Leave"))
    hand_in(ministry, "s1", "2.2", "School 1", program("School 1"))
    hand_in(ministry, "s2", "2.2", "School 2", program("School 2"))
    hand_in(ministry, "b", "1.1", "Authority B", program("Authority B"))
    approve(ministry)
    with ministry.installation.read() as tx:
        logins = _reviewers(ministry)
    # Fewest reports first, then the older account; never one who is absent, never one of the addressee's own.
    assert logins == {"2.2 School 1": "busy", "2.2 School 2": "own", "1.1 Authority B": "reviewer"}


def _reviewers(world: World) -> dict[str, str]:
    found = {}
    for line in world.assignments(state="submitted"):
        for entry in world.trail(f"assignment:{line.id}"):
            if entry.action == "assign_reviewer":
                found[f"{line.item} {line.addressee}"] = _login(world, entry.facts["set"]["reviewer_id"])
    return found


def _login(world: World, account: int) -> str:
    return world.trail(f"account:{account}")[0].fields["login"]


def test_a_late_reviewer_and_a_late_controller_are_chased_each_by_his_own_term(ministry: World) -> None:
    hand_in(ministry.at("2020-06-10 10:00"), "a", "1.1", "Authority A", program("Authority A"))
    approve(ministry)
    one = number(ministry, "1.1")
    for day in (18, 19):
        ministry.at(f"2020-06-{day} 01:00").sweep()  # five working days ended on the 18th, the 12th being a holiday
    ministry.act("reviewer", one, "review", note="Good")
    ministry.at("2020-06-27 01:00").sweep()  # three ended on the 25th, the 24th being off by decree
    rungs = [
        (line.facts["ladder"], line.facts["rung"])
        for line in ministry.trail(f"assignment:{one}")
        if "rung" in line.facts
    ]
    assert rungs == [("review", -1), ("review", 0), ("acceptance", 0)]
    ministry.at("2020-07-01 01:00").sweep()
    assert ministry.trail(f"assignment:{one}")[-1].facts["ladder"] == "acceptance"
    assert ministry.trail(f"assignment:{one}")[-1].facts["to"] == ["director"]


def test_two_sweeps_at_once_check_a_program_once(ministry: World) -> None:
    for login, addressee in (("a", "Authority A"), ("b", "Authority B")):
        hand_in(ministry, login, "1.1", addressee, program("Authority A и Authority B"))
    start = Barrier(2)
    threads = [Thread(target=_after, args=(start, ministry)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    approve(ministry)
    for addressee in ("Authority A", "Authority B"):
        assert ministry.actions(number(ministry, "1.1", addressee)) == ["assign", "submit", "check", "assign_reviewer"]
    both = [findings(ministry, "1.1", addressee) for addressee in ("Authority A", "Authority B")]
    assert sorted(both) == [[], ["same_file"]]  # whichever came second saw the first
    assert ministry.faults() == []


def _after(start: Barrier, world: World) -> None:
    start.wait()
    approve(world)
