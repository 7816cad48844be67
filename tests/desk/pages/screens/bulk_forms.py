"""Forms that decide on several assignments at once, as a browser sends them."""

import html
import re

from tests.desk.town import Reader

DAY = "2020-06-04T10:00"


def offered(reader: Reader, path: str) -> list[str]:
    """What may be ticked: number and version of each assignment."""
    return re.findall(r'name="chosen" value="(\d+:\d+)"', reader.text(path))


def send(reader: Reader, path: str, chosen: list[str], **fields: str) -> tuple[int, str]:
    answer = reader.send(f"{path}{'&' if '?' in path else '?'}lang=en", chosen=chosen, **fields)
    return answer.status_code, html.unescape(answer.text)
