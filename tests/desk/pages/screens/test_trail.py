"""`/trails/{subject}`: every entry as it is kept."""

import re
import sqlite3

from tests.desk.town import Reader, Town


def test_every_entry_shows_its_facts_texts_and_hash(varied: Town, reader: Reader) -> None:
    page = reader.text(f"/trails/assignment:{varied.line('1.1', 1).id}?lang=en")
    assert re.findall(r'id="entry-(\d+)"', page) == ["1", "2", "3"]
    assert "Не указаны телефоны." in page
    assert "&#34;report_version&#34;: 1" in page
    assert len(re.findall(r'<dd><code class="hash">[0-9a-f]{64}</code>', page)) == 6  # its own, and its lifecycle's


def test_an_entry_links_to_the_one_before_by_its_hash(varied: Town, reader: Reader) -> None:
    page = reader.text(f"/trails/assignment:{varied.line('1.1', 1).id}")
    hashes = re.findall(r'<dd><code class="hash">([0-9a-f]{64})</code>', page)[::2]
    before = re.findall(r'<a href="#entry-(\d+)"><code class="hash">([0-9a-f]{64})', page)
    assert before == [("1", hashes[0]), ("2", hashes[1])]


def test_a_sound_trail_holds(reader: Reader) -> None:
    page = reader.text("/trails/protocol:1?lang=en")
    assert "holds: the stored bytes give this hash" in page
    assert "BROKEN" not in page


def test_a_forged_entry_shows_as_broken(varied: Town) -> None:
    number = varied.line("1.1", 1).id
    with sqlite3.connect(varied.settings.home / "poruchenie.db") as forger:
        for (trigger,) in forger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            forger.execute(f'DROP TRIGGER "{trigger}"')
        forger.execute(
            "UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'return', 'accept') AS BLOB) "
            "WHERE trail = ? AND seq = 3",
            (f"assignment:{number}",),
        )
    forger.close()
    assert varied.reader().text(f"/trails/assignment:{number}?lang=en").count("BROKEN") == 1


def test_every_kind_of_subject_has_its_trail(reader: Reader) -> None:
    for subject in ("assignment:1", "protocol:1", "organisation:1", "group:1", "account:1", "policy:1"):
        assert f"<code>{subject}</code>" in reader.text(f"/trails/{subject}")


def test_fields_come_in_the_order_of_their_numbers(reader: Reader) -> None:
    items = re.findall(r"<code>items/(\d+)</code>", reader.text("/trails/protocol:1"))
    assert items == sorted(items, key=int)
    assert len(items) == 8
