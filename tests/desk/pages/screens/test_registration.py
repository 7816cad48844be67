"""A clerk reads a document in, sees the draft beside its source, and confirms it."""

import html
import re

import pytest

from commands.context.actors import actor_for_login
from commands.registers.assignments import assignments
from commands.registers.protocols import protocols
from commands.rosters.roster_import import import_roster
from desk.pages.screens.registration import marked
from intake.protocol import read
from states.lifecycle import Role
from tests.desk.town import MAPPING, SAMPLE, Reader, Town

DOCUMENT = ("document", ("protocol.txt", (SAMPLE / "protocol.txt").read_bytes()))
DAY = "2020-06-01T16:30"


@pytest.fixture
def ministry(empty: Town) -> Town:
    """A roster and a clerk, no protocol yet."""
    with empty.at("2020-06-01T09:00").write() as tx:
        import_roster(tx, actor_for_login(tx, "controller", "cli:test"), (SAMPLE / "roster.csv").read_bytes(), "r.csv")
    empty.account("clerk", Role.REGISTRAR)
    return empty


@pytest.fixture
def clerk(ministry: Town) -> Reader:
    return ministry.reader(DAY, login="clerk")


def held(page: str) -> str:
    found = re.search(r'name="document" value="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def counted(town: Town) -> tuple[int, int]:
    with town.at().read() as tx:
        return len(protocols(tx)), len(assignments(tx))


def test_a_draft_stands_beside_its_source_and_nothing_is_registered_yet(ministry: Town, clerk: Reader) -> None:
    page = clerk.send("/register/draft?lang=en", files=[DOCUMENT]).text
    assert page.count('<mark id="source-') == 8
    assert "сведения о методических центрах" in page
    assert 'value="2020-06-01"' in page
    for phrase in MAPPING:
        assert phrase in page
    assert counted(ministry) == (0, 0)


@pytest.mark.journey
def test_a_confirmed_draft_goes_under_control_with_its_assignments(ministry: Town, clerk: Reader) -> None:
    page = clerk.send("/register/draft", files=[DOCUMENT]).text
    names = {"phrase": list(MAPPING), "group": list(MAPPING.values())}
    done = clerk.send("/register", document=held(page), day="2020-06-01", **names)
    assert (done.status_code, done.headers["location"]) == (303, "/protocols/1")
    assert counted(ministry) == (1, 216)
    assert "216" in clerk.text("/board")


def test_what_a_clerk_chose_outlives_a_refusal(ministry: Town, clerk: Reader) -> None:
    page = clerk.send("/register/draft", files=[DOCUMENT]).text
    phrase, group = next(iter(MAPPING.items()))
    chosen = {"department": "Нет такого", "phrase": [phrase], "group": [group]}
    answer = clerk.send("/register?lang=en", document=held(page), day="2020-06-01", **chosen)
    assert answer.status_code in (404, 422)
    assert "Нет такого" in answer.text
    assert counted(ministry) == (0, 0)
    assert clerk.send("/register", document=held(answer.text), day="2020-06-01").status_code in (303, 422)


def test_the_same_document_again_is_refused_with_the_number_of_the_first(town: Town) -> None:
    clerk = town.reader("2020-06-01T17:00", login="clerk")
    page = clerk.send("/register/draft", files=[DOCUMENT]).text
    names = {"phrase": list(MAPPING), "group": list(MAPPING.values())}
    answer = clerk.send("/register?lang=en", document=held(page), day="2020-06-01", **names)
    assert answer.status_code == 409
    assert "under control already, as protocol 1" in answer.text


@pytest.mark.parametrize(
    ("name", "data"), [("p.exe", b"MZ"), ("p.txt", b""), ("p.docx", b"PK no archive"), ("p.txt", b"words")]
)
def test_what_is_no_protocol_is_refused_in_words(ministry: Town, clerk: Reader, name: str, data: bytes) -> None:
    answer = clerk.send("/register/draft", files=[("document", (name, data))])
    assert answer.status_code in (200, 422)
    assert "Traceback" not in answer.text
    assert counted(ministry) == (0, 0)


def test_a_form_without_its_document_says_so(clerk: Reader) -> None:
    for answer in (clerk.send("/register/draft?lang=en"), clerk.send("/register?lang=en", document="forged" * 30)):
        assert answer.status_code == 422
        assert "No file came with the form" in answer.text


def test_a_form_that_holds_what_it_cannot_is_said_so(clerk: Reader) -> None:
    answer = clerk.send("/register/draft?lang=en", document="text where a file should be")
    assert answer.status_code == 422
    assert "The field “document” of the form holds something that it can" in answer.text


def test_the_marked_pieces_are_the_whole_source() -> None:
    draft = read((SAMPLE / "protocol.txt").read_bytes(), "protocol.txt")
    assert "".join(text for text, _ in marked(draft)) == draft.text
    assert [number for _, number in marked(draft) if number] == [item.number for item in draft.items]


def test_a_roster_is_imported_exported_and_renamed(empty: Town) -> None:
    reader = empty.reader("2020-06-01T09:00")
    done = reader.send("/roster?lang=en", files=[("file", ("roster.csv", (SAMPLE / "roster.csv").read_bytes()))])
    assert "Created: " in done.text
    exported = reader.ask("/roster.csv").content
    again = reader.send("/roster?lang=en", files=[("file", ("roster.csv", exported))])
    assert "Created: 0, updated: 0" in again.text
    old = "Школа № 1 деревни Утиный Кордон"
    assert reader.send("/roster/rename", old=old, new="Школа № 1 имени Осокиной").status_code == 200
    assert "Школа № 1 имени Осокиной" in reader.text("/roster")
    refused = reader.send("/roster/rename?lang=en", old=old, new="Другая")
    assert refused.status_code == 404
    assert 'value="Другая"' in refused.text
    assert reader.send("/roster?lang=en", files=[("file", ("r.csv", b"a;b\n1;2"))]).status_code == 422
    assert reader.send("/roster?lang=en").status_code == 422


def corrections(page: str) -> str:
    found = re.search(r'name="corrections" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def step(clerk: Reader, page: str, name: str, **fields: str) -> str:
    """Press a button of the draft; the page that comes back."""
    brought = {"document": held(page), "corrections": corrections(page), "day": "2020-06-01"}
    return clerk.send("/register?lang=en", step=name, **brought, **fields).text


def test_an_item_is_corrected_beside_its_source_and_goes_under_control_so(ministry: Town, clerk: Reader) -> None:
    page = step(clerk, clerk.send("/register/draft", files=[DOCUMENT]).text, "edit:1.2")
    assert "Correct item 1.2" in page
    words = html.unescape(re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page)[0])
    fields = {"open": "known", "edited": "1.2", "text": words, "whom": next(iter(MAPPING)), "kind": "order"}
    page = step(clerk, page, "take", **fields, due="до 20 августа 2020 года")
    assert "20 August 2020" in page
    assert '"deadline":"до 20 августа 2020 года"' in corrections(page)
    assert '"text":null' in corrections(page)
    names = {"phrase": list(MAPPING), "group": list(MAPPING.values())}
    done = clerk.send(
        "/register", step="send", document=held(page), corrections=corrections(page), day="2020-06-01", **names
    )
    assert done.status_code == 303, done.text
    with ministry.at().read() as tx:
        (item,) = {line.derivation["day"] for line in assignments(tx) if line.item == "1.2" and line.derivation}
    assert item == "2020-08-20"
    assert '"corrected":["1.2"]' in ministry.reader(DAY).text("/trails/protocol:1").replace("&#34;", '"')


def test_an_item_is_left_out_taken_in_again_and_added_from_the_source(clerk: Reader) -> None:
    read_first = clerk.send("/register/draft", files=[DOCUMENT]).text
    page = step(clerk, read_first, "drop:1.2")
    assert "Left out: 1.2" in re.sub(r"\s+", " ", page)
    assert page.count('<mark id="source-') == read_first.count('<mark id="source-') - 1
    page = step(clerk, page, "undo:1.2")
    assert corrections(page) == "[]"
    page = step(clerk, page, "edit:")
    assert "Add an item that was not read" in page
    words = {"open": "fresh", "text": "Выслушав сообщение Луговой Т.С.", "whom": "Главам", "kind": "inform"}
    taken = step(clerk, page, "take", edited="1.1", **words)
    assert "The draft has an item 1.1 already" in taken
    assert corrections(taken) == "[]"
    page = step(clerk, taken, "take", edited="9", **words)
    assert 'id="source-9"' in page


def test_words_that_the_document_does_not_have_are_refused_and_stay_typed(clerk: Reader) -> None:
    page = step(clerk, clerk.send("/register/draft", files=[DOCUMENT]).text, "edit:1.2")
    words = {"open": "known", "text": "выделить миллион", "whom": "Главам", "kind": "recommend"}
    page = step(clerk, page, "take", edited="1.2", due="срочно", **words)
    assert "The words of item 1.2 do not stand in the document: «выделить миллион»" in page
    assert ">выделить миллион</textarea>" in page
    assert 'value="срочно"' in page
    assert corrections(page) == "[]"


@pytest.mark.parametrize("sent", ["nonsense", "{}", '[{"number":"1.1","price":1}]', "[[]]"])
def test_corrections_that_did_not_come_whole_do_nothing(ministry: Town, clerk: Reader, sent: str) -> None:
    page = clerk.send("/register/draft", files=[DOCUMENT]).text
    answer = clerk.send("/register?lang=en", document=held(page), corrections=sent, step="send", day="2020-06-01")
    assert answer.status_code == 422
    assert "did not come whole" in answer.text
    assert counted(ministry) == (0, 0)


def test_a_protocol_without_a_number_gets_the_one_that_the_clerk_gives(ministry: Town, clerk: Reader) -> None:
    page = clerk.send("/register/draft", files=[DOCUMENT]).text
    names = {"phrase": list(MAPPING), "group": list(MAPPING.values())}
    clerk.send("/register", document=held(page), day="2020-06-01", number=" 17 ", **names)
    with ministry.at().read() as tx:
        assert [line.number for line in protocols(tx)] == ["17"]


@pytest.mark.parametrize("button", ["send", "edit:1.1", "drop:1.1"])
def test_what_stands_in_the_fields_of_an_item_is_taken_over_by_every_button(
    ministry: Town, clerk: Reader, button: str
) -> None:
    page = clerk.send("/register/draft", files=[DOCUMENT]).text
    open_ = {"open": "known", "edited": "1.2", "kind": "order", "due": "до 20 августа 2020 года"}
    open_ |= {"whom": next(iter(MAPPING)), "text": re.findall(r'<p class="text">([^<]*)</p>', page)[1]}
    names = {"phrase": list(MAPPING), "group": list(MAPPING.values())}
    brought = {"document": held(page), "corrections": corrections(page), "day": "2020-06-01"}
    answer = clerk.send("/register?lang=en", step=button, **brought, **open_, **names)
    if button == "send":
        assert answer.status_code == 303, answer.text
        with ministry.at().read() as tx:
            found = {line.derivation["day"] for line in assignments(tx) if line.item == "1.2" and line.derivation}
        assert found == {"2020-08-20"}
    else:
        assert "до 20 августа 2020 года" in corrections(answer.text)


def test_typed_words_that_are_refused_stop_the_registration(ministry: Town, clerk: Reader) -> None:
    page = clerk.send("/register/draft", files=[DOCUMENT]).text
    brought = {"document": held(page), "corrections": "[]", "day": "2020-06-01"}
    open_ = {"open": "known", "edited": "1.2", "text": "выделить миллион", "whom": "", "kind": "order", "due": ""}
    answer = clerk.send("/register?lang=en", step="send", **brought, **open_)
    assert answer.status_code == 422
    assert ">выделить миллион</textarea>" in answer.text
    assert counted(ministry) == (0, 0)
