"""What may be set from outside for asking Walmart; each field's description is its documentation.

A seller's own key needs none of it. The client id and secret are those of a solution provider's
app, which a seller allows on Walmart's consent page.
"""

from functools import lru_cache
from typing import Final

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import BaseSettings

from services.settings import Settings, read_settings

_SANDBOX: Final = "https://sandbox.walmartapis.com"


class WalmartSettings(BaseSettings):
    """Where Walmart is asked, as whom, and how patiently."""

    model_config = Settings.model_config

    walmart_sandbox: bool = Field(
        default=False, description="Ask Walmart's sandbox: its answers are no seller's."
    )
    walmart_api_address: AnyHttpUrl = Field(
        default=AnyHttpUrl("https://marketplace.walmartapis.com"),
        description="Where Walmart's API answers.",
    )
    walmart_consent_address: AnyHttpUrl = Field(
        default=AnyHttpUrl("https://login.account.wal-mart.com/authorize"),
        description="The page on which a seller allows the app.",
    )
    walmart_client_id: str = Field(
        default="", description="Our app's client id at Walmart. Unset: sellers' own keys only."
    )
    walmart_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Our app's client secret at Walmart."
    )
    walmart_reports_an_hour: int = Field(
        default=1,
        ge=1,
        description="How many reports of one type Walmart makes for a seller in an hour.",
    )
    walmart_connect_seconds: float = Field(
        default=10, gt=0, le=120, description="How long a connection to Walmart may take."
    )
    walmart_read_seconds: float = Field(
        default=60, gt=0, le=600, description="How long Walmart may be silent while it answers."
    )
    walmart_download_seconds: float = Field(
        default=1800, gt=0, le=86400, description="How long one download from Walmart may take."
    )

    @property
    def api_address(self) -> str:
        """Where it is asked, without a slash at its end."""
        return _SANDBOX if self.walmart_sandbox else str(self.walmart_api_address).rstrip("/")

    @property
    def has_app(self) -> bool:
        """Whether sellers can allow our app."""
        return bool(self.walmart_client_id and self.walmart_client_secret.get_secret_value())


@lru_cache(maxsize=1)
def walmart_settings() -> WalmartSettings:
    """The process's settings; `cache_clear()` after the environment has changed.

    Raises SettingsError.
    """
    return read_settings(WalmartSettings)
