"""`/.well-known/security.txt`: whom to tell of a weakness."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.desk.town import Town

PATH = "/.well-known/security.txt"


@pytest.mark.parametrize("contact", ["mailto:security@example.org", "https://example.org/report", "tel:+74950000000"])
def test_anybody_reads_whom_the_operator_has_named(empty: Town, contact: str) -> None:
    town = replace(empty, settings=replace(empty.settings, security_contact=contact))
    answer = town.reader(login=None).ask(PATH)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields.keys() == {"Contact", "Expires", "Preferred-Languages"}
    assert (fields["Contact"], fields["Preferred-Languages"]) == (contact, "ru, en")
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=29) < left < timedelta(days=365), "RFC 9116 wants less than a year"


def test_where_nobody_is_named_there_is_no_such_page(empty: Town) -> None:
    answer = empty.reader(login=None).ask(f"{PATH}?lang=en")
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text
