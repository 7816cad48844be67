"""Canonical JSON: one value, one sequence of bytes (RFC 8785, less the floats, which no entry may hold)."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

_SAFE = 2**53 - 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class CanonicalError(ValueError):
    """A value has no canonical form here: a float, an unsafe integer, a key outside ASCII, half a surrogate pair."""


def canonical(value: Json) -> bytes:
    """UTF-8 bytes of `value`, strings in NFC, keys sorted. Raises CanonicalError."""
    try:
        return _ENCODER.encode(_checked(value)).encode()
    except UnicodeEncodeError as error:
        raise CanonicalError(f"a string holds half a surrogate pair: {error}") from error
    except RecursionError as error:
        raise CanonicalError("the value is nested too deeply") from error


def _checked(value: object) -> object:
    match value:
        case str():
            return value if value.isascii() else unicodedata.normalize("NFC", value)
        case None | bool():
            return value
        case int() if -_SAFE <= value <= _SAFE:
            return int(value)
        case list() | tuple():
            return [_checked(each) for each in value]
        case Mapping():
            return {_key(key): _checked(each) for key, each in value.items()}
    raise CanonicalError(f"{value!r} has no canonical form: use text, safe integers, lists and objects")


def _key(key: object) -> str:
    # ASCII keys sort alike by code point and by UTF-16 unit, so json.dumps orders as RFC 8785 demands.
    if isinstance(key, str) and key.isascii():
        return str(key)
    raise CanonicalError(f"the key {key!r} is not ASCII text")


def parse(body: bytes) -> dict[str, Any]:
    """The object that canonical bytes hold. Raises CanonicalError for any other bytes (say, a key given twice)."""
    try:
        text = body.decode()
        # Writing it again is half the proof; what canonical() would have refused or changed is the other half.
        content = (_ASCII if text.isascii() else _DECODER).decode(text)
        if isinstance(content, dict) and _ENCODER.encode(content) == text and _composed(text, content):
            return content
    except (ValueError, RecursionError) as error:
        raise CanonicalError(str(error)) from error
    raise CanonicalError("the bytes are not one object in canonical form")


def _composed(text: str, content: dict[str, Any]) -> bool:
    # An accent that begins a line stands in the text after the n of “\\n”: then each string is looked at by itself.
    return unicodedata.is_normalized("NFC", text) or canonical(content) == text.encode()


def _integer(digits: str) -> int:
    if abs(number := int(digits)) > _SAFE:
        raise CanonicalError(f"{digits} is no safe integer")
    return number


def _no_float(digits: str) -> None:
    raise CanonicalError(f"{digits} is no integer")


def _ascii_keys(content: dict[str, Any]) -> dict[str, Any]:
    if not all(map(str.isascii, content)):
        raise CanonicalError("a key is not ASCII text")
    return content


_REFUSING: dict[str, Any] = {"parse_int": _integer, "parse_float": _no_float, "parse_constant": _no_float}
_DECODER = json.JSONDecoder(object_hook=_ascii_keys, **_REFUSING)
_ASCII = json.JSONDecoder(**_REFUSING)
"""An ASCII text that is written again as it was has only such keys; of a million entries it shows."""
