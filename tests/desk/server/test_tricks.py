"""Requests that no honest browser sends: paths, methods, hosts, headers, parameters. None of them gets further."""

from itertools import product
from urllib.parse import quote, urlsplit

import pytest

from desk.api.grants import GRANTS as OPERATIONS
from desk.request.grants import GRANTS, OPEN
from states.assignment import State
from tests.desk.founding import gates
from tests.desk.gates import AUTHORITY, FOREIGN, PERSONS, Gates

__all__ = ["gates"]
HOST = "127.0.0.1:8000"
UP = [
    "../" * 8 + "etc/passwd",
    "%2e%2e/" * 8 + "etc/passwd",
    "..%2f" * 8 + "etc%2fpasswd",
    "%2e%2e%2f" * 8 + "poruchenie.db",
    "%252e%252e%252fporuchenie.db",
    "..%5c" * 8 + "poruchenie.db",
    "..%c0%af" * 4 + "poruchenie.db",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "file:%2f%2f%2fetc%2fpasswd",
    "desk.css%00.svg",
    "%00",
    "․․/poruchenie.db",
    "．．／poruchenie.db",
    "desk.css.",
    "desk.css%20",
    "desk.css/",
    "DESK.CSS",
    ".",
    "..",
    "%ff%fe",
    "%ed%a0%80",
    "%0d%0aSet-Cookie:%20x=y",
    "a" * 20_000,
    "a/" * 5_000,
]
FOLDERS = [
    "/",
    "/static/",
    "/trails/",
    "/receipts/",
    "/assignments/",
    "/assignments/1/files/",
    "/assignments/1/receipts/",
    "/search.",
    "/roster",
    "/mail/1/",
    "/invitations/",
    "/log/entries/",
    "/accounts/",
    "/api/v1/",
    "/api/v1/assignments/",
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_path_leads_out_of_the_desk(gates: Gates, folder: str) -> None:
    before = gates.written()
    for who, up in product(("controller", "nobody"), UP):
        answer = gates.raw(who, folder + quote(up, safe="%/:"))
        assert answer.status < 500, (who, up)
        assert not answer.text.startswith(("SQLite format", "root:")), (who, up)
        assert answer.header("set-cookie") is None or "x=y" not in str(answer.header("set-cookie"))
        assert "Traceback" not in answer.text
        _stays_here(answer.header("location"))
    assert gates.written() == before


def _stays_here(location: str | None) -> None:
    assert location is None or urlsplit(location).netloc in ("", HOST), location
    assert location is None or not location.startswith(("//", "/\\")), location


METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "POST ", "")
ADDRESSES = sorted(
    {each.split()[1] for each in (*GRANTS, *OPEN)} | {f"/api/v1{each.split()[1]}" for each in OPERATIONS}
)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_an_address_does_not_know_does_nothing(gates: Gates, method: str) -> None:
    before = gates.written()
    for address in ADDRESSES:
        path = address.replace("{number}", "1").replace("{action}", "withdraw").replace("{login}", "reviewer")
        bearer = ("authorization", f"Bearer {gates.tokens['controller']}")
        answer = gates.raw("controller", path, method, [bearer])
        assert answer.status in (404, 405), path
    assert gates.written() == before


@pytest.mark.parametrize("header", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_no_header_or_field_makes_a_reading_request_write(gates: Gates, header: str) -> None:
    before, number = gates.written(), gates.numbers[AUTHORITY, State.ASSIGNED]
    body = f"form={gates.form('controller')}&note=Order&_method=POST".encode()
    kind = ("content-type", "application/x-www-form-urlencoded")
    for method, path in product(
        ("GET", "HEAD"), (f"/assignments/{number}/withdraw", "/account", "/board", "/accounts")
    ):
        target = f"{path}?_method=POST&form={gates.form('controller')}&note=Order"
        assert gates.raw("controller", target, method, [(header, "POST"), kind], body).status == 200
    assert gates.raw("controller", "/account/sessions/end", "GET", [(header, "POST"), kind], body).status == 405
    assert gates.written() == before


@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "127.0.0.1.example.org",
        "example.org:8000",
        "127.0.0.1@example.org",
        "",
        "127.0.0.1 example.org",
        "*",
        "[::1].example.org",
    ],
)
def test_a_foreign_host_is_not_answered(gates: Gates, host: str) -> None:
    assert gates.raw("controller", "/board", headers=[("host", host)]).status == 400


@pytest.mark.parametrize(
    "name", ["x-forwarded-host", "x-host", "x-original-url", "x-rewrite-url", "forwarded", "x-forwarded-prefix"]
)
def test_what_a_proxy_might_say_of_a_host_changes_no_address(gates: Gates, name: str) -> None:
    value = "host=evil.example" if name == "forwarded" else "evil.example"
    for who, path in product(("controller", "nobody"), ("/", "/board", "/board/", "/account", "/sign-in", "/accounts")):
        answer = gates.raw(who, path, headers=[(name, value)])
        assert "evil.example" not in answer.text + str(answer.headers), path
        _stays_here(answer.header("location"))


def test_an_address_of_another_host_within_ours_leads_nowhere(gates: Gates) -> None:
    for who, path in product(
        ("controller", "nobody"),
        (
            "//evil.example/",
            "//evil.example/board/",
            "/%2f%2fevil.example/",
            "/\\evil.example/",
            "/board//evil.example",
            "/https://evil.example",
        ),
    ):
        answer = gates.raw(who, path)
        assert answer.status in (303, 307, 404), path
        _stays_here(answer.header("location"))


LINES = ("%0d%0aX-Made: up", "%0aX-Made:%20up", "%0d%0a%0d%0a<script>", "%e5%98%8a%e5%98%8dX-Made: up", "é\u2028x")


def test_no_parameter_writes_a_header(gates: Gates) -> None:
    for name, line in product(("lang", "next", "done", "state", "item", "after", "text", "subject"), LINES):
        for who, path in product(
            ("controller", "nobody"), ("/", "/board", "/search", "/search.csv", "/sign-in", "/roster.csv")
        ):
            answer = gates.raw(who, f"{path}?{name}={quote(line, safe='%')}")
            assert answer.status < 500, (path, name, line)
            assert answer.header("x-made") is None
            assert not any("\n" in value or "\r" in value for _, value in answer.headers)
            assert "<script>" not in answer.text.replace('<script src="/static/', "")


def test_of_two_values_none_gets_past_what_is_checked(gates: Gates) -> None:
    """One value is checked and the other done: that is how such tricks work."""
    before, own, foreign = (
        gates.written(),
        gates.numbers[AUTHORITY, State.ASSIGNED],
        gates.numbers[FOREIGN, State.ASSIGNED],
    )
    kind = ("content-type", "application/x-www-form-urlencoded")
    good, bad = gates.form("authority"), "0" * 64
    body = f"form={good}&form={bad}&note=x".encode()
    assert gates.raw("authority", f"/assignments/{own}/comment", "POST", [kind], body).status == 403
    for query in (f"?number={own}", f"?number={own}&number={foreign}", "?within=0", "?form=" + good):
        for who in ("authority", "link-assigned"):
            answer = gates.raw(who, f"/assignments/{foreign}{query}")
            assert answer.status == (403 if PERSONS[who].only else 404)
            body = f"form={gates.form(who)}&note=x&number={own}".encode()
            assert gates.raw(who, f"/assignments/{foreign}/comment{query}", "POST", [kind], body).status in (403, 404)
    several = f"form={gates.form('reviewer')}&note=x&chosen={own}:1&chosen=1:1,2:1&chosen={own}:99".encode()
    assert gates.raw("reviewer", "/several/review", "POST", [kind], several).status == 409
    session = gates.browsers["authority"].cookies["poruchenie-session"]
    twice = f"poruchenie-session={session}; poruchenie-session={gates.browsers['school'].cookies['poruchenie-session']}"
    answer = gates.raw("authority", f"/assignments/{foreign}", headers=[("cookie", twice)])
    assert answer.status == 404
    token = [("authorization", f"Bearer {gates.tokens[each]}") for each in ("school", "controller")]
    assert gates.raw("nobody", f"/api/v1/assignments/{foreign}", headers=token).status in (401, 404)
    assert gates.written() == before
