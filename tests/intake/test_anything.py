"""Whatever the bytes: an answer in seconds, a draft or a refusal."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import file_text as document
from intake.matching import best_match
from intake.protocol import read
from intake.roster import read_roster
from states.refusal import RefusedError

WORDS = st.sampled_from(
    [
        *(
            "ПРОТОКОЛ",
            "РЕШИЛИ:",
            "ПОРУЧИТЬ:",
            "СЛУШАЛИ:",
            "\n",
            "\n\n",
            "\t",
            "1.",
            "1.1",
            "2)",
            "I.",
            "№",
            "№ 5",
            "«3»",
        ),
        *(
            "Срок – ",
            "срок:",
            "до ",
            "30 июня",
            "2020 года",
            "31.02.2020",
            "16.00",
            "ежемесячно",
            "в течение",
            "0 дней",
        ),
        *("Министерству", "(Иванову И.И.)", "совместно с", "Ответственные:", "Соисполнители:", "обеспечить", ":", ";"),
        *("Рекомендовать", "Принять к сведению", "контроль возложить на", "a@example.org", "Директор", "О.Ю. Луговая"),
        *("школа-", "интернат", "ул.", "\u00ad", "\u200b", "**", "(", ")", ",", "."),
    ]
)
FILENAMES = st.sampled_from(["a.txt", "a.docx", "a.pdf", "a.csv", "a.xlsx", "a", "."])
MAGIC = st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", document.OLE, b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"])


@settings(deadline=None)
@given(MAGIC, st.binary(max_size=300), FILENAMES)
def test_any_bytes_are_read_or_refused(magic: bytes, data: bytes, filename: str) -> None:
    for reader in (read, read_roster):
        with contextlib.suppress(RefusedError):
            reader(magic + data, filename)


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16"]))
def test_any_text_is_read_or_refused(text: str, encoding: str) -> None:
    for reader in (read, read_roster):
        with contextlib.suppress(RefusedError):
            reader(text.encode(encoding, errors="ignore"), "a.txt")


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_any_order_of_a_protocols_own_words_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(RefusedError):
        draft = read(f"ПРОТОКОЛ\n1 июня 2020 года\nРЕШИЛИ:\n1. {text}".encode(), "a.txt")
        for item in draft.items:
            start, end = item.span
            assert 0 <= start < end <= len(draft.text)


@settings(deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=4))
def test_any_phrase_matches_one_of_the_groups_or_none(phrase: str, names: list[str]) -> None:
    groups = dict.fromkeys(names, ())
    assert best_match(phrase, groups) in {None, *groups}


@pytest.mark.slow
@pytest.mark.parametrize(
    "junk",
    [
        "а",
        "а\n",
        "1. а\n",
        "1.1 а\n\n",
        "а-\n",
        "I. а\n",
        "\t",
        "1",
        "1.",
        "a@",
        "Министерству, ",
        "И.И. ",
        "Срок – ",
        "(",
    ],
)
def test_junk_is_answered_in_seconds(junk: str) -> None:
    text = "ПРОТОКОЛ\n1 июня 2020 года\nРЕШИЛИ:\n1. Министерству " + junk * (900_000 // len(junk))
    begun = time.monotonic()
    with contextlib.suppress(RefusedError):
        read(text.encode(), "a.txt")
    assert time.monotonic() - begun < 30
