"""The sign-in of a dashboard that people open by https: request by request, as a proxy with TLS
passes them on."""

import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import URL

from tests.common.databases import fresh_database
from tests.common.serving.dashboards import COOKIE_SECRET, free_port, served, with_sign_in
from tests.common.serving.provider import provider_on

pytestmark = pytest.mark.xdist_group("signing in")

PUBLIC = "https://claims.example.com"


def test_cookies_travel_encrypted_only_and_no_longer_than_a_sign_in(
    server: URL, template: str, tmp_path: Path
) -> None:
    with (
        fresh_database(server, template) as own,
        provider_on(free_port(), tmp_path / "provider.txt") as provider,
        served(own, tmp_path, **with_sign_in(provider, PUBLIC)) as address,
    ):
        provider.knows("dana", "dana@example.com")
        asked = {"Host": "claims.example.com", "Referer": f"{PUBLIC}/expiring?account=3"}
        began = _get(f"{address}/auth/login?provider={_default_provider()}", asked)
        at_provider = requests.post(
            began.headers["location"], data={"sub": "dana"}, allow_redirects=False, timeout=10
        )
        back = urlsplit(at_provider.headers["location"])
        assert f"{back.scheme}://{back.netloc}" == PUBLIC
        kept = "; ".join(one.partition(";")[0] for one in _cookies(began))
        ended = _get(f"{address}{back.path}?{back.query}", {**asked, "Cookie": kept})
        assert ended.headers["location"] == "/expiring?account=3"
        assert ended.headers["strict-transport-security"]
        given = {
            one.partition("=")[0]: one.split("; ") for one in _cookies(began) + _cookies(ended)
        }
        assert {"_streamlit_user", "_streamlit_session", "wanted_page"} <= set(given)
        for cookie in given.values():
            assert "Secure" in cookie
            assert "httponly" in [part.lower() for part in cookie]
            lasts = [int(part[8:]) for part in cookie if part.lower().startswith("max-age=")]
            assert max(lasts, default=0) <= 12 * 3600
        assert _get(f"{address}/", {"Host": "elsewhere.example"}).status_code == 421


def _get(url: str, headers: dict[str, str]) -> requests.Response:
    return requests.get(url, headers=headers, allow_redirects=False, timeout=10)


def _cookies(answer: requests.Response) -> list[str]:
    return answer.raw.headers.getlist("set-cookie")


def _default_provider() -> str:
    """What the framework's own button carries: which provider, signed and not for long."""
    claims = {"provider": "default", "exp": int(time.time()) + 120}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(COOKIE_SECRET))
