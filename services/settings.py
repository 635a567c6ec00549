"""Every setting of the application, read once from the environment (or `.env`) and validated."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Self, TypeVar

from pydantic import (
    AnyHttpUrl,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says what it should be."""


class Settings(BaseSettings):
    """What may be set from outside. Each field's description is its documentation."""

    model_config = SettingsConfigDict(
        env_file=PROJECT / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: SecretStr | None = Field(
        default=None,
        description="The owner's connection to a PostgreSQL server. Unset: an embedded server.",
    )
    app_database_url: SecretStr | None = Field(
        default=None,
        description="The app role's connection, where the operator manages roles himself.",
    )
    manager_database_url: SecretStr | None = Field(
        default=None,
        description="The manager role's connection, where the operator manages roles himself.",
    )
    support_database_url: SecretStr | None = Field(
        default=None,
        description="The support role's connection, where the operator manages roles himself.",
    )
    loader_database_url: SecretStr | None = Field(
        default=None,
        description="The loader role's connection, where the operator manages roles himself.",
    )
    access_database_url: SecretStr | None = Field(
        default=None,
        description="The access role's connection, where the operator manages roles himself.",
    )
    operator_database_url: SecretStr | None = Field(
        default=None,
        description="The operator role's connection, where the operator manages roles himself.",
    )
    worker_database_url: SecretStr | None = Field(
        default=None,
        description="The worker role's connection, where the operator manages roles himself.",
    )
    sync_database_url: SecretStr | None = Field(
        default=None,
        description="The sync role's connection, where the operator manages roles himself.",
    )
    data_directory: Path = Field(
        default=PROJECT / ".data",
        description="Where the embedded server and scratch files live.",
    )
    database_processes: int = Field(
        default=2,
        ge=1,
        le=1000,
        description="How many dashboards and workers share the database's connections.",
    )
    host: str = Field(default="127.0.0.1", description="The address the dashboard listens on.")
    port: int = Field(default=8501, ge=1, le=65535, description="The dashboard's port.")
    public_url: AnyHttpUrl | None = Field(
        default=None,
        description="The address people open, e.g. https://recovery.example.com; with sign-in, and"
        " wherever a proxy or a forwarded port stands before the dashboard.",
    )
    local_mode_without_key: bool = Field(
        default=False,
        description="Without sign-in, serve whoever reaches the port on this machine, without the"
        " key that the printed address carries.",
    )
    worker_beside_dashboard: bool = Field(
        default=True,
        description="With the embedded server, the dashboard's command runs a worker too.",
    )
    sessions_per_process: int = Field(
        default=200, ge=1, description="How many pages may be open at once in one process."
    )
    oidc_metadata_url: AnyHttpUrl | None = Field(
        default=None,
        description="The identity provider's …/.well-known/openid-configuration. Unset: no sign-in"
        " and local mode, on this machine only.",
    )
    oidc_client_id: str = Field(default="", description="Our name at the identity provider.")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Our password at the identity provider."
    )
    oidc_vouches_for_addresses: bool = Field(
        default=False,
        description="The provider never says email_verified, and checks every address itself.",
    )
    cookie_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="Signs the sign-in cookie and downloads; the same for all processes."
        " At least 32 characters.",
    )
    sign_in_hours: int = Field(default=12, ge=1, le=720, description="How long a sign-in holds.")
    ask_for_access: str = Field(
        default="", description="Whom a stranger should write to: an e-mail address or a name."
    )
    help_desk_url: AnyHttpUrl | None = Field(
        default=None,
        description="Where each step of an activation request is sent (Standard Webhooks)."
        " Unset: nothing is sent, the queue alone serves.",
    )
    help_desk_secret: SecretStr | None = Field(
        default=None,
        description="Signs what is sent to the help desk: whsec_ and base64; while it changes, the"
        " new one and the old one with a space between.",
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="smtp://, smtp+starttls:// or smtps://user:password@host:port, for digests.",
    )
    mail_from: str = Field(default="", description="The sender of digests.")
    webhooks_may_reach_private_addresses: bool = Field(
        default=False,
        description="Let people send their digest to addresses inside this network.",
    )
    accept_server_below_security_floor: bool = Field(
        default=False,
        description="Serve several people from a PostgreSQL with known row-level-security holes,"
        " or from the embedded one.",
    )
    exchange_rates_url: AnyHttpUrl = Field(
        default=AnyHttpUrl("https://www.ecb.europa.eu/stats/eurofxref/"),
        description="Where the European Central Bank's files of exchange rates are.",
    )
    fetch_exchange_rates: bool = Field(
        default=True,
        description="The worker fetches these files by itself. Off: they come by command only.",
    )
    case_feed_url: AnyHttpUrl | None = Field(
        default=None,
        description="Where the service team's records of the cases are read from."
        " Unset: cases come as files only.",
    )
    case_feed_token: SecretStr | None = Field(
        default=None, description="The bearer token of the case feed."
    )
    sealing_keys: SecretStr | None = Field(
        default=None,
        description="Seals what opens sellers' data at the marketplaces; while it changes, the new"
        " key and the old ones with spaces between. Made by `python -m services rotate-keys --new`."
        " Unset, with the embedded server: a key of its own in DATA_DIRECTORY.",
    )
    sample_seed: int = Field(default=20251122, description="The seed of the sample world.")

    @field_validator(
        "database_url",
        "app_database_url",
        "manager_database_url",
        "support_database_url",
        "loader_database_url",
        "access_database_url",
        "operator_database_url",
        "worker_database_url",
        "sync_database_url",
    )
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(
            ("postgresql://", "postgresql+psycopg://", "postgres://")
        ):
            raise ValueError("expected a postgresql:// address: PostgreSQL is the one database")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: AnyHttpUrl | None) -> AnyHttpUrl | None:
        if value and not re.fullmatch(r"https?://[^/?#@]+/?", str(value)):
            raise ValueError("expected an address without a path, e.g. https://claims.example.com")
        return value

    @field_validator("help_desk_secret")
    @classmethod
    def _signs(cls, value: SecretStr | None) -> SecretStr | None:
        for one in value.get_secret_value().split() if value else ():
            if not re.fullmatch(r"whsec_[A-Za-z0-9+/]{32,88}={0,2}", one):
                raise ValueError("expected whsec_ and 24 to 64 bytes in base64")
        return value

    @field_validator("sealing_keys")
    @classmethod
    def _seals(cls, value: SecretStr | None) -> SecretStr | None:
        for one in value.get_secret_value().split() if value else ():
            if not re.fullmatch(r"[A-Za-z0-9_-]{43}=", one):
                raise ValueError("expected 32 bytes in URL-safe base64: 43 characters and =")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(
            ("smtp://", "smtp+starttls://", "smtps://")
        ):
            raise ValueError("expected smtp://, smtp+starttls:// or smtps://")
        return value

    @property
    def signs_in(self) -> bool:
        """Whether people sign in with a provider; otherwise local mode."""
        return self.oidc_metadata_url is not None

    @property
    def origin(self) -> str:
        """The address people open without a path, as browsers say it."""
        if self.public_url is None:
            return f"http://{_as_typed(self.host)}:{self.port}"
        return str(self.public_url).rstrip("/")

    @property
    def is_https(self) -> bool:
        return self.public_url is not None and self.public_url.scheme == "https"

    @model_validator(mode="after")
    def _signs_in_whole(self) -> Self:
        needed = {
            "PUBLIC_URL": self.public_url,
            "OIDC_METADATA_URL": self.oidc_metadata_url,
            "OIDC_CLIENT_ID": self.oidc_client_id,
            "OIDC_CLIENT_SECRET": self.oidc_client_secret.get_secret_value(),
            "COOKIE_SECRET": self.cookie_secret,
        }
        missing = [name for name, value in needed.items() if not value]
        if self.signs_in and missing:
            raise ValueError(f"Sign-in needs {', '.join(missing)} too: docs/sign-in.md")
        if self.oidc_client_id and not self.signs_in:
            raise ValueError("Sign-in needs OIDC_METADATA_URL too: docs/sign-in.md")
        return self

    @model_validator(mode="after")
    def _sends_whole(self) -> Self:
        if self.help_desk_url and not self.help_desk_secret:
            raise ValueError("HELP_DESK_URL needs HELP_DESK_SECRET: nothing is sent unsigned")
        if self.smtp_url and not self.mail_from:
            raise ValueError("SMTP_URL needs MAIL_FROM: the sender of the weekly summary")
        return self


def _as_typed(host: str) -> str:
    """Browsers keep what they remember by name: one and the same for this machine."""
    if host in {"127.0.0.1", "::1"}:
        return "localhost"
    return f"[{host}]" if ":" in host else host


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings; `settings.cache_clear()` after the environment has changed.

    Raises SettingsError.
    """
    return read_settings(Settings)


_Kind = TypeVar("_Kind", bound=BaseSettings)


def read_settings(kind: type[_Kind]) -> _Kind:
    """Settings of this kind: those of a marketplace stand in its folder. Raises SettingsError."""
    try:
        return kind()
    except ValidationError as problem:
        raise SettingsError("\n".join(_in_words(problem))) from None


def _in_words(problem: ValidationError) -> list[str]:
    """One sentence a setting, without its value: it may be a secret."""
    return [
        ": ".join([*(str(part).upper() for part in one["loc"]), _said(one["msg"])])
        for one in problem.errors(include_input=False, include_url=False)
    ]


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")
