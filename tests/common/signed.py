"""A dashboard with sign-in, and what a browser that has signed in sends."""

import json
import time
from typing import Final

from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

SECRET: Final = "a secret of thirty-two characters and more"
ORIGIN: Final = "https://claims.example.com"
SIGN_IN: Final = {
    "PUBLIC_URL": ORIGIN,
    "OIDC_METADATA_URL": "https://id.example.com/.well-known/openid-configuration",
    "OIDC_CLIENT_ID": "dashboard",
    "OIDC_CLIENT_SECRET": "known to both",
    "COOKIE_SECRET": SECRET,
}


def cookie_of(subject: str, **more: str) -> dict[str, str]:
    told = {
        "origin": ORIGIN,
        "is_logged_in": True,
        "iss": "https://id.example.com",
        "sub": subject,
        "email": f"{subject}@example.com",
        "email_verified": True,
        "iat": int(time.time()),
        **more,
    }
    return {
        "_streamlit_user": create_signed_value(SECRET, "_streamlit_user", json.dumps(told)).decode()
    }
