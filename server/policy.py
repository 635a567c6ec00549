"""What every answer tells the browser it may and may not do."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final

import streamlit

INDEX_PAGE: Final = Path(streamlit.__file__).parent / "static" / "index.html"
_INLINE_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)

_FEATURES_SWITCHED_OFF: Final = (
    "accelerometer",
    "camera",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "payment",
    "usb",
)


def inline_script_hashes(page: str) -> tuple[str, ...]:
    """The page's own inline scripts, and no other, may run."""
    return tuple(f"'sha256-{_digest(script)}'" for script in _INLINE_SCRIPT.findall(page))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def content_security_policy() -> str:
    """Made from the installed page, so that an upgrade cannot silently break or widen it.

    Styles stay open because the interface writes its own into the page as it draws.
    """
    hashes = " ".join(inline_script_hashes(INDEX_PAGE.read_text(encoding="utf-8")))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


@cache
def security_headers() -> dict[str, str]:
    return {
        "content-security-policy": content_security_policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": ", ".join(f"{name}=()" for name in _FEATURES_SWITCHED_OFF),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
