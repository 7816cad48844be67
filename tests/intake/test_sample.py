from collections import Counter

import pytest

from intake.matching import best_match
from intake.protocol import read
from intake.roster import RosterRow, read_roster
from tests.intake.conftest import SAMPLE


@pytest.fixture
def rows() -> list[RosterRow]:
    return read_roster((SAMPLE / "roster.csv").read_bytes(), "roster.csv")


def test_the_region_has_one_root_and_everyone_else_a_superior_in_it(rows: list[RosterRow]) -> None:
    names = {row.organisation for row in rows}
    assert [row.organisation for row in rows if row.superior is None] == ["Министерство образования Озёрной области"]
    assert {row.superior for row in rows if row.superior} <= names


def test_its_authorities_and_schools_are_two_groups(rows: list[RosterRow]) -> None:
    assert sorted(Counter(row.group for row in rows if row.group).values()) == [26, 30]


def test_its_mail_reaches_nobody(rows: list[RosterRow]) -> None:
    assert all(row.email and row.email.endswith("@example.org") for row in rows)
    assert len({row.email for row in rows}) == len(rows)


def test_the_sample_protocol_makes_216_assignments(rows: list[RosterRow]) -> None:
    groups = {row.group: row.aliases for row in rows if row.group}
    draft = read((SAMPLE / "protocol.txt").read_bytes(), "protocol.txt")
    matched = [best_match(phrase, groups) for item in draft.items for phrase in item.addressees]
    assert None not in matched
    assert sum(row.group == group for group in matched for row in rows) == 6 * 26 + 2 * 30 == 216
