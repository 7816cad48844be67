"""The policy files: the package's own are sound; whatever is wrong with another is said by its place."""

import codecs
from datetime import date
from pathlib import Path

import pytest

from models import policy
from models.policy import PolicyError

OWN = Path(policy.__file__).parent / "data"
POLICY = (OWN / "policy.toml").read_text(encoding="utf-8")
CALENDAR = (OWN / "calendar-ru.toml").read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def test_the_packages_own_calendar_knows_the_days_given_by_decree() -> None:
    calendar = policy.load().calendar
    assert [calendar.is_working(date(2020, month, day)) for month, day in ((6, 23), (6, 24), (7, 1), (7, 2))] == [
        True, False, False, True,
    ]  # fmt: skip


def test_the_packages_own_ladders_are_those_of_the_design() -> None:
    ladders = policy.load().ladders
    order = [(rung.days, *rung.recipients) for rung in ladders["order"].rungs]
    assert order == [
        (-5, "executor"), (-1, "executor"), (0, "executor", "controller"), (1, "superior"), (3, "director"),
        (5, "minister"),
    ]  # fmt: skip
    told = {recipient for rung in ladders["recommend"].rungs for recipient in rung.recipients}
    assert "minister" not in told
    assert set(ladders) == {"order", "recommend", "review", "acceptance"}


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('to = ["superior"]', 'to = ["tsar"]', "ladders.order.3.to.0: Input should be 'executor', 'reviewer'"),
        ('to = ["superior"]', "to = []", "ladders.order.3.to: Tuple should have at least 1 item"),
        ("\ndays = 3", "\ndays = 1", "ladders.order: Value error, the days of a ladder must rise from rung to rung"),
        ("\ndays = 5", "\ndays = 2", "the days of a ladder must rise"),
        ("days = -5", "days = -61", "ladders.order.0.days: Input should be greater than or equal to -60"),
        ('"Europe/Moscow"', '"Europe/Atlantis"', "zone: Value error, there is no time zone 'Europe/Atlantis'"),
        ('"Europe/Moscow"', '"../../etc/passwd"', "zone: Value error, there is no time zone"),
        ('"Europe/Moscow"', '""', "zone: "),
        ('country = "RU"', 'country = "Russia"', "country: Value error, there is no country 'Russia' (two capital"),
        ('separation = "three"', 'separation = "one"', "separation: Input should be 'three' or 'two'"),
        ('digest_at = "09:00"', 'digest_at = "9 o\'clock"', "digest_at: "),
        ('"preceding" ', '"sideways" ', "deadlines.weekend_shift: Input should be 'preceding', 'following' or 'none'"),
        ("urgent_days = 3", "urgent_days = 0", "deadlines.urgent_days: Input should be greater than or equal to 1"),
        ('standing_period = "quarter"', 'standing_period = "day"', "deadlines.standing_period: Input should be"),
        ("file_bytes = 20_971_520", "file_bytes = -1", "evidence.file_bytes: "),
        ("urgent_days = 3", "urgent_day = 3", "deadlines.urgent_days: Field required"),
        ("urgent_days = 3", "urgent_days = 3\nhaste = 1", "deadlines.haste: Extra inputs are not permitted"),
        ("[deadlines]", "[deadlines", "Expected ']' at the end of a table declaration"),
    ],
)
def test_a_wrong_value_is_said_by_its_place(file: Path, written: str, instead: str, said: str) -> None:
    assert written in POLICY
    file.write_text(POLICY.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        policy.load(file)
    assert f"The policy file {file} can't be used: " in str(refused.value)
    assert said in str(refused.value)


def test_a_ladder_that_ends_before_the_deadline_is_refused(file: Path) -> None:
    ladders = "\n".join(
        f'[[ladders.{name}]]\ndays = -1\nto = ["executor"]' for name in ("order", "recommend", "review")
    )
    before, after = POLICY.index("# Ladders:"), POLICY.index("[evidence]")
    file.write_text(POLICY[:before] + ladders + "\n" + POLICY[after:], encoding="utf-8")
    with pytest.raises(PolicyError, match=r"ladders\.order: .*a ladder must have a rung at or after the deadline"):
        policy.load(file)


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("days_worked = []", "days_worked = [2020-06-24]", "2020-06-24 stands both among the days off and among"),
        ("days_worked = []", 'days_worked = ["someday"]', "days_worked.0: "),
        ('version = "ru-2026.1"', "", "version: Field required"),
        ("days_worked = []", "days_lost = []", "days_lost: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_calendar_is_said_by_its_place(file: Path, written: str, instead: str, said: str) -> None:
    assert written in CALENDAR
    file.write_text(CALENDAR.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        policy.load(None, file)
    assert said in str(refused.value)
    assert str(file) in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        (b"\x00\x01 no TOML", "The policy file"),
        ("zone = 'Москва'".encode("cp1251"), "can't decode byte"),
        (b"", "Field required"),
    ],
)
def test_a_file_that_is_none_is_named(file: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PolicyError, match=said) as refused:
        policy.load(file)
    assert str(file) in str(refused.value)


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="Is a directory"):
        policy.load(tmp_path)


def test_a_byte_order_mark_does_no_harm(file: Path) -> None:
    file.write_bytes(codecs.BOM_UTF8 + POLICY.encode())
    assert policy.load(file).hash == policy.load().hash


def test_the_hash_tells_any_change_of_what_decides_and_no_other(file: Path) -> None:
    file.write_text("# a remark\n" + POLICY, encoding="utf-8")
    assert policy.load(file).hash == policy.load().hash
    file.write_text(POLICY.replace("prompt_days = 10", "prompt_days = 11"), encoding="utf-8")
    assert policy.load(file).hash != policy.load().hash
    file.write_text(CALENDAR.replace("2020-07-01", "2020-07-02"), encoding="utf-8")
    assert policy.load(None, file).hash != policy.load().hash
