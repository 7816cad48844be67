"""Settings come from the environment; a value that is not usable is refused by its variable's name."""

from pathlib import Path

import pytest

from models.settings import Settings, SettingsError


def test_with_nothing_set_everything_lies_in_var_on_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({})
    assert settings.home == tmp_path / "var"
    assert settings.database_url.render_as_string() == f"sqlite:///{tmp_path / 'var' / 'poruchenie.db'}"
    assert (settings.evidence, settings.mail) == (tmp_path / "var" / "evidence", tmp_path / "var" / "mail")
    assert (settings.language, settings.json_log, settings.login) == ("ru", False, None)
    assert (settings.policy_file, settings.calendar_file, settings.smtp_url) == (None, None, None)


def test_paths_are_absolute_wherever_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({"PORUCHENIE_HOME": "home", "PORUCHENIE_POLICY": "mine.toml"})
    assert (settings.home, settings.policy_file) == (tmp_path / "home", tmp_path / "mine.toml")


@pytest.mark.parametrize("name", ["postgresql", "postgres", "postgresql+psycopg"])
def test_any_name_of_postgresql_means_our_driver(name: str) -> None:
    settings = Settings.read({"PORUCHENIE_DATABASE_URL": f"{name}://user@host/base"})
    assert settings.database_url.render_as_string() == "postgresql+psycopg://user@host/base"


def test_addresses_end_without_a_slash() -> None:
    settings = Settings.read({"PORUCHENIE_DESK_URL": "https://desk/", "PORUCHENIE_PREFECT_URL": "https://flows/"})
    assert (settings.desk_url, settings.prefect_url) == ("https://desk", "https://flows")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PORUCHENIE_LANGUAGE", "fr", "PORUCHENIE_LANGUAGE is “fr”, which is not usable: ru / en."),
        ("PORUCHENIE_DATABASE_URL", "mysql://host/base", "PORUCHENIE_DATABASE_URL is “mysql://host/base”"),
        ("PORUCHENIE_DATABASE_URL", "postgresql+asyncpg://host/base", "sqlite:///file, postgresql+psycopg://user@"),
        ("PORUCHENIE_DATABASE_URL", "nonsense", "PORUCHENIE_DATABASE_URL is “…”, which is not usable"),
        ("PORUCHENIE_DATABASE_URL", "postgresql://host:port/base", "PORUCHENIE_DATABASE_URL is “…”"),
        ("PORUCHENIE_SECURITY_CONTACT", "security@example.org", "not usable: mailto:security@example.org, https://…"),
        ("PORUCHENIE_SECURITY_CONTACT", "http://example.org", "not usable: mailto:security@example.org, https://…"),
        ("PORUCHENIE_SECURITY_CONTACT", "mailto:a@b.org\nContact: tel:1", "PORUCHENIE_SECURITY_CONTACT is “mailto:"),
    ],
)
def test_a_value_that_is_not_usable_is_refused_by_name(variable: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.read({variable: value})
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:s3cret@host/base",
        "mysql://host/base?user=clerk&password=s3cret",
        "postgresql//user:s3cret@host/base",
        "postgresql://user:s3cret@host:port/base",
    ],
)
def test_a_password_is_never_repeated_in_a_refusal(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.read({"PORUCHENIE_DATABASE_URL": url})
    assert "s3cret" not in str(refused.value) + str(refused.value.values)


def test_a_password_among_the_parameters_is_hidden_like_any_other() -> None:
    url = Settings.read({"PORUCHENIE_DATABASE_URL": "postgresql://user@host/base?password=s3cret"}).database_url
    assert url.password == "s3cret"
    assert "s3cret" not in url.render_as_string(hide_password=True)
