"""Settings, all by environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from audit.merkle.signed_notes import KeyFormError, Verifier, named_well
from states.refusal import UnavailableError


class SettingsError(UnavailableError):
    """An environment variable does not say anything usable."""

    template = "{variable} is “{value}”, which is not usable: {expected}."


@dataclass(frozen=True, slots=True)
class SealSettings:
    """Settings of the Merkle log: where it and its keys lie, who else signs; neither in the database's reach."""

    tiles: Path
    signer: Path
    origin: str | None  # the name of a log that is still to begin
    sign_command: str | None
    sign_key: Verifier | None  # the command's
    countersign_command: str | None
    witness_policy: Path | None
    pins: Path  # what is trusted: the log's keys and the witness policy

    @classmethod
    def read(cls, environment: Mapping[str, str], home: Path) -> Self:
        """Raises SettingsError."""
        key = environment.get("PORUCHENIE_SIGN_KEY")
        policy = environment.get("PORUCHENIE_WITNESSES")
        found = cls(
            tiles=Path(environment.get("PORUCHENIE_TILES") or home / "tiles").absolute(),
            signer=Path(environment.get("PORUCHENIE_SIGNER") or home / "signer").absolute(),
            origin=environment.get("PORUCHENIE_ORIGIN"),
            sign_command=environment.get("PORUCHENIE_SIGN_COMMAND"),
            sign_key=_key(key) if key else None,
            countersign_command=environment.get("PORUCHENIE_COUNTERSIGN_COMMAND"),
            witness_policy=Path(policy).absolute() if policy else None,
            pins=Path(environment.get("PORUCHENIE_PINS") or home / "pins.toml").absolute(),
        )
        if found.origin and not named_well(found.origin):
            expected = "example.org/log"
            raise SettingsError(variable="PORUCHENIE_ORIGIN", value=found.origin, expected=expected)
        if found.sign_command and not found.sign_key:
            raise SettingsError(variable="PORUCHENIE_SIGN_KEY", value=key or "", expected=_KEY)
        return found


_KEY = "example.org/log+1a2b3c4d+AbCd…"


def _key(text: str) -> Verifier:
    try:
        return Verifier.parse(text)
    except KeyFormError as error:
        raise SettingsError(variable="PORUCHENIE_SIGN_KEY", value=text, expected=_KEY) from error


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """An OpenID Connect provider by which people may sign in. `claim`: what it tells that is the login here."""

    issuer: str
    client: str
    secret: str | None
    claim: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self | None:
        """None where no provider is named. Raises SettingsError."""
        issuer, client = (environment.get(f"PORUCHENIE_OIDC_{name}") for name in ("ISSUER", "CLIENT"))
        if not issuer and not client:
            return None
        if not issuer or not client or not issuer.startswith(("https://", "http://")):
            expected = "https://accounts.example.org, + PORUCHENIE_OIDC_CLIENT"
            raise SettingsError(variable="PORUCHENIE_OIDC_ISSUER", value=issuer or "", expected=expected)
        claim = environment.get("PORUCHENIE_OIDC_CLAIM") or "preferred_username"
        return cls(issuer, client, environment.get("PORUCHENIE_OIDC_SECRET"), claim)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings: where things lie and whom we talk to. Paths are absolute."""

    home: Path
    database_url: URL
    prefect_url: str  # the UI, for links
    desk_url: str  # the desk, for links
    smtp_url: str | None  # smtp://[user:password@]host:port; without it mail is written to files
    mail_from: str
    policy_file: Path | None
    calendar_file: Path | None
    login: str | None
    language: str
    json_log: bool
    security_contact: str | None  # a URI: whom the desk names for reports of weaknesses
    seal: SealSettings
    oidc: OidcSettings | None

    @property
    def evidence(self) -> Path:
        """The folder of evidence files, by SHA-256."""
        return self.home / "evidence"

    @property
    def mail(self) -> Path:
        """The folder of unsent mail (.eml), used without SMTP."""
        return self.home / "mail"

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Raises SettingsError."""
        home = home_of(environment)

        def path(variable: str) -> Path | None:
            given = environment.get(variable)
            return Path(given).absolute() if given else None

        language = environment.get("PORUCHENIE_LANGUAGE", "ru")
        if language not in ("ru", "en"):
            raise SettingsError(variable="PORUCHENIE_LANGUAGE", value=language, expected="ru / en")
        return cls(
            home=home,
            database_url=_database_url(environment.get("PORUCHENIE_DATABASE_URL"), home),
            prefect_url=environment.get("PORUCHENIE_PREFECT_URL", "http://127.0.0.1:4200").rstrip("/"),
            desk_url=environment.get("PORUCHENIE_DESK_URL", "http://127.0.0.1:8000").rstrip("/"),
            smtp_url=environment.get("PORUCHENIE_SMTP_URL"),
            mail_from=environment.get("PORUCHENIE_MAIL_FROM", "poruchenie@localhost"),
            policy_file=path("PORUCHENIE_POLICY"),
            calendar_file=path("PORUCHENIE_CALENDAR"),
            login=environment.get("PORUCHENIE_LOGIN"),
            language=language,
            json_log=environment.get("PORUCHENIE_LOG", "text") == "json",
            security_contact=_contact(environment.get("PORUCHENIE_SECURITY_CONTACT")),
            seal=SealSettings.read(environment, home),
            oidc=OidcSettings.read(environment),
        )


def _contact(given: str | None) -> str | None:
    if not given or re.fullmatch(r"(mailto:|https://|tel:)[!-~]+", given):
        return given or None
    expected = "mailto:security@example.org, https://…, tel:+7…"
    raise SettingsError(variable="PORUCHENIE_SECURITY_CONTACT", value=given, expected=expected)


def home_of(environment: Mapping[str, str]) -> Path:
    """The folder of everything that lies in files."""
    return Path(environment.get("PORUCHENIE_HOME", "var")).absolute()


def _database_url(given: str | None, home: Path) -> URL:
    if not given:
        return URL.create("sqlite", database=str(home / "poruchenie.db"))
    expected = "sqlite:///file, postgresql+psycopg://user@host/name"
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as error:
        # What can't be read can't be told from a password either.
        raise SettingsError(variable="PORUCHENIE_DATABASE_URL", value="…", expected=expected) from error
    if isinstance(password := url.query.get("password"), str):
        url = url.difference_update_query(["password"]).set(password=password)  # there it is hidden when shown
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        return url
    shown = url.render_as_string(hide_password=True)
    raise SettingsError(variable="PORUCHENIE_DATABASE_URL", value=shown, expected=expected)
