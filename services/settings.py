"""Every setting of the application, read once from the environment (or `.env`) and validated."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What may be set from outside. Each field's description is its documentation."""

    model_config = SettingsConfigDict(env_file=PROJECT / ".env", extra="ignore", frozen=True)

    database_url: SecretStr | None = Field(
        default=None,
        description="The owner's connection to a PostgreSQL server. Unset: an embedded server.",
    )
    app_database_url: SecretStr | None = Field(
        default=None,
        description="The dashboard role's connection, where the operator manages roles himself.",
    )
    loader_database_url: SecretStr | None = Field(
        default=None,
        description="The loader role's connection, where the operator manages roles himself.",
    )
    access_database_url: SecretStr | None = Field(
        default=None,
        description="The access role's connection, where the operator manages roles himself.",
    )
    data_directory: Path = Field(
        default=PROJECT / ".data",
        description="Where the embedded server and scratch files live.",
    )
    host: str = Field(default="127.0.0.1", description="The address the dashboard listens on.")
    port: int = Field(default=8501, ge=1, le=65535, description="The dashboard's port.")
    accept_server_below_security_floor: bool = Field(
        default=False,
        description="Serve several accounts from a PostgreSQL with known row-level-security holes.",
    )
    sample_seed: int = Field(default=20251122, description="The seed of the sample world.")

    @field_validator(
        "database_url", "app_database_url", "loader_database_url", "access_database_url"
    )
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(
            ("postgresql://", "postgresql+psycopg://", "postgres://")
        ):
            raise ValueError("expected a postgresql:// address: PostgreSQL is the one database")
        return value


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings; `settings.cache_clear()` after the environment has changed."""
    return Settings()
