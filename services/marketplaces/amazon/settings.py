"""What may be set from outside of how Amazon is asked."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from services.settings import Settings, read_settings


class AmazonSettings(BaseSettings):
    """Each field's description is its documentation."""

    model_config = Settings.model_config

    amazon_application_id: str = Field(
        default="",
        description="Our application at Amazon, amzn1.sp.solution.…: sellers consent to it.",
    )
    amazon_client_id: str = Field(
        default="", description="Its name at Login with Amazon, amzn1.application-oa2-client.…"
    )
    amazon_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Its password there, to be changed every 180 days."
    )
    amazon_client_secret_made_on: date | None = Field(
        default=None,
        description="The day on which that password was made, e.g. 2026-11-01: its end is counted"
        " down from there.",
    )
    amazon_application_is_draft: bool = Field(
        default=False, description="The application is not published yet: consent says so."
    )
    amazon_sandbox: bool = Field(
        default=False, description="Ask Amazon's sandbox, which answers with fixed examples."
    )
    amazon_api_address: str = Field(
        default="https://sellingpartnerapi-{region}.amazon.com",
        description="Where the Selling Partner API answers; {region} becomes na, eu or fe.",
    )
    amazon_token_address: AnyHttpUrl = Field(
        default=AnyHttpUrl("https://api.amazon.com/auth/o2/token"),
        description="Where Login with Amazon gives tokens.",
    )
    amazon_consent_address: AnyHttpUrl | None = Field(
        default=None,
        description="Where sellers consent. Unset: Seller Central of the channel's country.",
    )
    amazon_connect_seconds: float = Field(
        default=10, gt=0, le=120, description="How long a connection to Amazon may take."
    )
    amazon_read_seconds: float = Field(
        default=60, gt=0, le=600, description="How long Amazon may be silent."
    )
    amazon_download_seconds: float = Field(
        default=1800, gt=0, le=86400, description="How long a whole report may take."
    )

    @field_validator("amazon_api_address")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        AnyHttpUrl(value.replace("{region}", "na"))
        return value.rstrip("/")

    @field_validator("amazon_client_secret_made_on")
    @classmethod
    def _is_made(cls, value: date | None) -> date | None:
        # Somewhere it is tomorrow already.
        if value and value > datetime.now(UTC).date() + timedelta(days=1):
            raise ValueError("expected a day that has come")
        return value

    def api_address(self, region: str) -> str:
        """Of a channel's region (NA, EU, FE), without a slash at its end.

        Source: developer-docs.amazon.com/sp-api, "SP-API endpoints" and "The Selling Partner API
        sandbox".
        """
        address = self.amazon_api_address.replace("{region}", region.lower())
        return address.replace("://", "://sandbox.", 1) if self.amazon_sandbox else address

    @property
    def missing(self) -> list[str]:
        """The settings without which no seller can be connected."""
        given = {
            "AMAZON_APPLICATION_ID": self.amazon_application_id,
            "AMAZON_CLIENT_ID": self.amazon_client_id,
            "AMAZON_CLIENT_SECRET": self.amazon_client_secret.get_secret_value(),
        }
        return [name for name, value in given.items() if not value]


@lru_cache(maxsize=1)
def amazon_settings() -> AmazonSettings:
    """The process's; `amazon_settings.cache_clear()` after the environment has changed.

    Raises SettingsError.
    """
    return read_settings(AmazonSettings)
