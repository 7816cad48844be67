"""Headers, hosts, languages: what stands around every page."""

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

import desk.pages
from states.assignment import ASSIGNMENT
from tests.desk.town import Reader, Town

PAGES = Path(desk.pages.__file__).parent


@pytest.mark.parametrize("path", ["/", "/sign-in", "/board", "/protocols/1", "/nowhere", "/health", "/static/desk.css"])
def test_every_answer_forbids_frames_and_foreign_assets(reader: Reader, path: str) -> None:
    headers = reader.ask(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8000", 200), ("localhost:8000", 200), ("[::1]:8000", 200), ("example.org", 400)],
)
def test_only_loopback_names_are_answered(empty: Town, host: str, status: int) -> None:
    reader = empty.reader()
    answer = Reader(reader.app, host=host).ask("/health")
    assert answer.status_code == status
    assert "content-security-policy" in answer.headers


def test_the_language_asked_for_is_remembered(reader: Reader) -> None:
    assert reader.ask("/board").headers["content-language"] == "ru"
    assert "lang" not in reader.cookies
    assert reader.ask("/board?lang=en").headers["content-language"] == "en"
    assert reader.cookies["lang"] == "en"
    assert '<html lang="en">' in reader.text("/protocols/1")
    assert reader.ask("/board?lang=ru").headers["content-language"] == "ru"


def test_an_unknown_language_changes_nothing(reader: Reader) -> None:
    answer = reader.ask("/board?lang=%3Cscript%3E")
    assert answer.headers["content-language"] == "ru"
    assert "set-cookie" not in answer.headers


def test_the_language_switch_keeps_the_rest_of_the_address(reader: Reader) -> None:
    assert 'href="/protocols/1?overdue=true&amp;lang=en"' in reader.text("/protocols/1?overdue=true")


def test_templates_hold_no_style_script_or_address_of_another_host() -> None:
    for file in sorted((PAGES / "templates").iterdir()):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"https?://|\sstyle=|\son\w+=|<style|<script(?! src=\"/static/)", text), file.name


def test_without_javascript_the_page_asks_to_be_loaded_again(reader: Reader) -> None:
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in reader.text("/board")


def _tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", css))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_text_has_the_contrast_of_wcag_aa(scheme: str) -> None:
    css = (PAGES / "static" / "desk.css").read_text(encoding="utf-8")
    light, _, rest = css.partition("@media screen and (prefers-color-scheme: dark)")
    assert rest
    tokens = _tokens(light) | (_tokens(rest.partition("@media")[0]) if scheme == "dark" else {})
    states = ("assigned", "submitted", "reviewed", "accepted", "returned", "withdrawn", "overdue")
    for colour in ("ink", "ink-quiet", "link", *states):
        for ground in ("ground", "paper", "sunken"):
            assert _contrast(tokens[colour], tokens[ground]) >= 4.5, (colour, ground)
    assert _contrast(tokens["overdue"], tokens["overdue-ground"]) >= 4.5
    assert _contrast(tokens["ink"], tokens["banner"]) >= 4.5
    for state in states:
        assert _contrast(tokens[state], tokens["on-mark"]) >= 4.5, state


@pytest.mark.parametrize("dark", [False, True])
def test_whoever_asks_for_more_contrast_gets_aaa_and_no_quiet_grey(dark: bool) -> None:
    css = (PAGES / "static" / "desk.css").read_text(encoding="utf-8")
    asked = "@media screen and (prefers-contrast: more)"
    light, more = (
        css.partition(f"{each} {{")[2].partition("@media")[0]
        for each in (asked, f"{asked} and (prefers-color-scheme: dark)")
    )
    tokens = _tokens(css.partition("@media")[0]) | _tokens(light) | (_tokens(more) if dark else {})
    assert tokens["ink-quiet"] == tokens["ink"] == tokens["line"]
    for colour in ("ink", "link", "focus", *ASSIGNMENT.states, "overdue"):
        for ground in ("ground", "paper", "sunken", "banner", "overdue-ground"):
            assert _contrast(tokens[colour], tokens[ground]) >= 7, (colour, ground)
        assert _contrast(tokens[colour], tokens["on-mark"]) >= 7 or colour in ("ink", "link", "focus")


@pytest.mark.parametrize("path", ["/board", "/protocols/1", "/health", "/static/desk.css"])
def test_head_is_answered_where_get_is(reader: Reader, path: str) -> None:
    head = reader.ask(path, "HEAD")
    assert (head.status_code, head.content) == (reader.ask(path).status_code, b"")
    assert reader.ask(path, "POST").status_code == 405


@pytest.mark.parametrize("form", ["ё", "\ud800", "\0", "", "a" * 64])
def test_a_form_with_any_token_but_ours_is_refused(town: Town, form: str) -> None:
    sent = urlencode({"form": form, "login": "clerk", "password": "x"}, errors="surrogatepass")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for reader, path in ((town.reader(login=None), "/sign-in"), (town.reader(), "/account/sessions/end")):
        reader.token()
        assert reader.ask(path, "POST", content=sent, headers=headers).status_code == 403


@pytest.mark.parametrize("origin", ["http://[bad", "https://example.org", "//", "", "127.0.0.1:8000"])
def test_a_form_from_anywhere_else_is_refused(town: Town, origin: str) -> None:
    reader = town.reader()
    data = {"form": reader.token()}
    assert reader.ask("/account/sessions/end", "POST", data=data, headers={"origin": origin}).status_code == 403
    ours = {"origin": "http://127.0.0.1:8000"}
    assert reader.ask("/account/sessions/end", "POST", data=data, headers=ours).status_code == 303


def test_a_length_beyond_all_lengths_is_refused(town: Town) -> None:
    assert town.reader().ask("/", headers={"content-length": "9" * 5000}).status_code == 411


def test_the_answer_to_a_form_switches_its_language_on_the_page_of_the_form(varied: Town) -> None:
    reader, files = varied.reader("2020-06-04T12:00", "clerk"), {"file": ("roster.csv", b"x")}
    data = {"form": reader.token()}
    for came, leads in (
        ("http://127.0.0.1:8000/roster?find=a", "/roster?find=a&amp;lang=en"),
        ("http://example.org/roster", "/?lang=en"),
        ("", "/?lang=en"),
    ):
        page = reader.ask("/roster", "POST", data=data, files=files, headers={"referer": came}).text
        assert f'href="{leads}" lang="en"' in page, came
