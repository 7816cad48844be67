"""The form by which a report is handed in, as a browser sends it."""

from typing import Any

from tests.desk.town import Reader, Town

DAY = "2020-06-02T10:00"


def path(school: Town, item: str = "1.1") -> str:
    """Where the first addressee of an item hands in."""
    return f"/assignments/{school.line(item, 0).id}/submit"


def send(office: Reader, address: str, **fields: Any) -> tuple[int, str]:
    answer = office.send(f"{address}?lang=en", **fields)
    return answer.status_code, answer.headers.get("location", answer.text)
