"""Canonical JSON: one value, one sequence of bytes, by RFC 8785 as far as it goes; floats and odd keys are refused."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.trails.canonical_json import CanonicalError, canonical, parse


def vector(vectors: Path, name: str) -> tuple[Any, bytes]:
    """What goes in, parsed, and the bytes that RFC 8785 demands."""
    folder = vectors / "rfc8785" / "testdata"
    content = json.loads((folder / "input" / f"{name}.json").read_text(encoding="utf-8"))
    return content, (folder / "output" / f"{name}.json").read_bytes()


def test_the_vector_of_plain_values_comes_out_byte_for_byte(vectors: Path) -> None:
    content, demanded = vector(vectors, "arrays")
    assert canonical(content) == demanded


def test_the_vector_of_structures_does_too_once_its_whole_number_is_written_as_one(vectors: Path) -> None:
    content, demanded = vector(vectors, "structures")
    content["1"]["\n"] = int(content["1"]["\n"])  # 56.0
    assert canonical(content) == demanded


def test_the_vector_of_escapes_does_too_without_its_floats(vectors: Path) -> None:
    content, demanded = vector(vectors, "values")
    content["numbers"] = []
    assert canonical(content) == re.sub(rb'"numbers":\[[^]]*\]', b'"numbers":[]', demanded)


def test_the_vector_of_unnormalised_text_comes_out_in_nfc(vectors: Path) -> None:
    content, demanded = vector(vectors, "unicode")
    assert canonical(content) == '{"Unnormalized Unicode":"\u00c5"}'.encode() != demanded


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("structures", "no canonical form: use text, safe integers"),
        ("values", "no canonical form: use text, safe integers"),
        ("french", "is not ASCII text"),
        ("weird", "is not ASCII text"),
    ],
)
def test_vectors_that_hold_what_no_entry_may_hold_are_refused(vectors: Path, name: str, reason: str) -> None:
    content, demanded = vector(vectors, name)
    with pytest.raises(CanonicalError, match=reason):
        canonical(content)
    if name != "structures":  # whose float is a whole number, so that RFC 8785 writes it as one
        with pytest.raises(CanonicalError):
            parse(demanded)


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert (
        canonical({"b": [1, True, None], "a": {"z": "я", "B": -1}})
        == '{"a":{"B":-1,"z":"я"},"b":[1,true,null]}'.encode()
    )


def test_letters_that_look_alike_give_the_same_bytes() -> None:
    assert canonical({"name": "и\u0306"}) == canonical({"name": "й"})


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(1.0, id="a float"),
        pytest.param(float("nan"), id="no number"),
        pytest.param(2**53, id="an integer that JavaScript would round"),
        pytest.param(-(2**53), id="and its negative"),
        pytest.param({"й": 1}, id="a key outside ASCII"),
        pytest.param({1: 1}, id="a key that is no text"),
        pytest.param("\ud800", id="half a surrogate pair"),
        pytest.param(b"bytes", id="bytes"),
        pytest.param({1, 2}, id="a set"),
        pytest.param(object(), id="an object"),
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(CanonicalError):
        canonical({"value": [value]})


def test_nesting_without_end_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(CanonicalError, match="nested too deeply"):
        canonical(endless)
    with pytest.raises(CanonicalError):
        parse(b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"\xff", id="no UTF-8"),
        pytest.param(b'{"a":1}\n', id="a line break after the end"),
        pytest.param(b'{"a": 1}', id="a space"),
        pytest.param(b'{"b":1,"a":2}', id="keys out of order"),
        pytest.param(b'{"a":1,"a":1}', id="a key given twice"),
        pytest.param(b'{"a":1.0}', id="a float"),
        pytest.param(b'{"a":1e2}', id="an exponent"),
        pytest.param(b'{"a":-0}', id="minus zero"),
        pytest.param(b'{"a":9007199254740992}', id="an unsafe integer"),
        pytest.param(b'{"a":NaN}', id="NaN"),
        pytest.param('{"й":1}'.encode(), id="a key outside ASCII"),
        pytest.param('{"a":"и\u0306"}'.encode(), id="text that is not in NFC"),
        pytest.param(b'{"a":"\\u0416"}', id="an escape that is not needed"),
        pytest.param(b'{"a":"\\ud800"}', id="half a surrogate pair"),
        pytest.param(b'{"a":"\\u001F"}', id="an escape in capitals"),
        pytest.param(b'{"a":"\\/"}', id="a slash that was escaped"),
    ],
)
def test_any_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(CanonicalError):
        parse(body)


SAFE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
KEYS = st.text(st.characters(max_codepoint=127), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | SAFE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_bytes_and_value_are_one_to_one(content: dict[str, Any]) -> None:
    body = canonical(content)
    read = parse(body)
    assert canonical(read) == body
    assert json.loads(body) == read


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=3), st.data())
def test_a_changed_byte_is_refused_or_means_something_else(content: dict[str, Any], data: st.DataObject) -> None:
    body = canonical(content)
    place = data.draw(st.integers(0, len(body) - 1))
    changed = body[:place] + bytes([data.draw(st.integers(0, 255))]) + body[place + 1 :]
    try:
        read = parse(changed)
    except CanonicalError:
        return
    assert (read == parse(body)) is (changed == body) or canonical(read) == changed != body


def test_a_line_that_begins_with_an_accent_is_read_as_it_was_written() -> None:
    content = {"note": "x\n\u0303y", "r": "\r\u0301"}
    assert parse(canonical(content)) == content
    with pytest.raises(CanonicalError):
        parse(canonical({"note": "\n\u0303", "other": "?"}).replace(b"?", b"n\xcc\x83"))
