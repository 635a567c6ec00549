"""Cookies, the way back after the sign-in, and what the settings must be: without a browser."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from server.identity import claims_of
from server.sign_in import WANTED, BackToThePage, StrictCookies, own_path, secrets_of
from services.access.identity import SignedOutError
from services.settings import Settings, SettingsError, settings
from tests.server.asking import ask, headers_of

SECRET = "a secret of thirty-two characters and more"
ORIGIN = "https://claims.example.com"
SIGNED: dict[str, Any] = {
    "public_url": ORIGIN,
    "oidc_metadata_url": "https://id.example.com/.well-known/openid-configuration",
    "oidc_client_id": "dashboard",
    "oidc_client_secret": "known to both",
    "cookie_secret": SECRET,
}


def chosen(**changed: Any) -> Settings:
    return Settings(_env_file=None, **{**SIGNED, **changed})


def answering(*cookies: str, location: str = "", status: int = 302) -> ASGIApp:
    """An inner app that sets these cookies and leads there."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"set-cookie", cookie.encode()) for cookie in cookies]
        headers += [(b"location", location.encode())] if location else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return app


def cookies_of(app: ASGIApp, path: str = "/", **headers: str) -> list[str]:
    sent = ask(app, path, headers=[("host", "claims.example.com"), *headers.items()])
    return [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            "_streamlit_user=x; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax",
            "_streamlit_user=x; HttpOnly; Max-Age=43200; Path=/; SameSite=lax; Secure",
        ),
        ("a=b; max-age=60; Secure", "a=b; max-age=60; Secure"),
        ("gone=; Max-Age=0; Path=/", "gone=; Max-Age=0; Path=/; Secure"),
    ],
)
def test_a_cookie_lasts_as_long_as_a_sign_in_and_travels_encrypted(given: str, kept: str) -> None:
    strict = StrictCookies(answering(given), timedelta(hours=12), secure=True)
    assert cookies_of(strict) == [kept]


def test_on_plain_http_a_secure_cookie_would_be_lost() -> None:
    assert cookies_of(StrictCookies(answering("a=b"), timedelta(1), secure=False)) == ["a=b"]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (f"{ORIGIN}/expiring?account=3&in=30d", "/expiring?account=3&in=30d"),
        (f"{ORIGIN}/", "/"),
        (f"{ORIGIN}//evil.example", None),
        (f"{ORIGIN}/\\evil.example", None),
        (f"{ORIGIN}/a b", None),
        (f"{ORIGIN}/oauth2callback?code=1", None),
        (f"{ORIGIN}/auth/logout", None),
        (f"{ORIGIN}/{'x' * 3000}", None),
        ("https://evil.example/expiring", None),
        (f"{ORIGIN}.evil.example/expiring", None),
        ("http://claims.example.com/expiring", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_page_of_ours_is_come_back_to(address: str | None, path: str | None) -> None:
    assert own_path(address, ORIGIN) == path


def test_the_wanted_page_is_kept_over_the_sign_in_and_then_forgotten() -> None:
    app = BackToThePage(answering(location="/"), ORIGIN, secure=True)
    (kept,) = cookies_of(app, "/auth/login", referer=f"{ORIGIN}/cases?account=3&q=ab%20c")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/oauth2callback"} <= set(kept.split("; "))
    sent = ask(app, "/oauth2callback", headers=[("host", "x"), ("cookie", kept.partition(";")[0])])
    answer = headers_of(sent)
    assert answer["location"] == "/cases?account=3&q=ab%20c"
    assert "Max-Age=0" in answer["set-cookie"]


@pytest.mark.parametrize("forged", ["%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%0d%0ax"])
def test_a_forged_way_back_leads_nowhere(forged: str) -> None:
    app = BackToThePage(answering(location="/"), ORIGIN, secure=True)
    sent = ask(app, "/oauth2callback", headers=[("host", "x"), ("cookie", f"{WANTED}={forged}")])
    assert headers_of(sent)["location"] == "/"


def test_other_pages_are_left_alone() -> None:
    app = BackToThePage(answering("a=b"), ORIGIN, secure=True)
    assert cookies_of(app, "/expiring", referer=f"{ORIGIN}/x", cookie=f"{WANTED}=%2Fy") == ["a=b"]


@pytest.mark.parametrize("missing", ["public_url", "oidc_client_id", "cookie_secret"])
def test_half_a_sign_in_is_refused_by_name(missing: str) -> None:
    with pytest.raises(ValidationError, match=f"Sign-in needs {missing.upper()} too"):
        chosen(**{missing: None if missing != "oidc_client_id" else ""})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("COOKIE_SECRET", "short", "COOKIE_SECRET: Value should have at least 32"),
        ("PUBLIC_URL", "https://claims.example.com/app", "PUBLIC_URL: expected an address without"),
        ("PUBLIC_URL", "https://claims.example.com#f", "PUBLIC_URL: expected an address without"),
        ("PUBLIC_URL", "https://claims.example.com/?", "PUBLIC_URL: expected an address without"),
        ("PUBLIC_URL", "https://:p@claims.example.com", "PUBLIC_URL: expected an address without"),
        ("OIDC_CLIENT_ID", "dashboard", "Sign-in needs OIDC_METADATA_URL too"),
        ("PORT", "none", "PORT: Input should be a valid integer"),
    ],
)
def test_a_wrong_setting_is_said_by_name_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(SettingsError, match=said) as refused:
        settings()
    settings.cache_clear()
    assert value == "dashboard" or f"'{value}'" not in str(refused.value)


def test_a_setting_that_is_left_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HELP_DESK_URL", "OIDC_METADATA_URL", "COOKIE_SECRET", "PORT"):
        monkeypatch.setenv(name, "")
    kept = Settings(_env_file=None)
    assert (kept.help_desk_url, kept.cookie_secret, kept.port) == (None, None, 8501)
    assert not kept.signs_in
    monkeypatch.setenv("OIDC_CLIENT_ID", "dashboard")
    with pytest.raises(ValidationError, match="Sign-in needs OIDC_METADATA_URL too"):
        Settings(_env_file=None)


def test_an_address_is_one_address_however_it_is_written() -> None:
    assert chosen(public_url="https://Claims.Example.com:443/").origin == ORIGIN
    assert chosen(public_url="http://127.0.0.1:8501").origin == "http://127.0.0.1:8501"
    assert Settings(_env_file=None, port=9).origin == "http://localhost:9"
    assert Settings(_env_file=None, host="::1").origin == "http://localhost:8501"
    assert secrets_of(chosen())["auth"]["redirect_uri"] == f"{ORIGIN}/oauth2callback"  # type: ignore[index]
    assert secrets_of(Settings(_env_file=None)) is None


def asked_with(cookie: str) -> Request:
    headers = [(b"host", b"claims.example.com"), (b"cookie", f"_streamlit_user={cookie}".encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


@pytest.fixture
def signing() -> Any:
    before = config.get_option("server.cookieSecret")
    config.set_option("server.cookieSecret", SECRET)
    yield
    config.set_option("server.cookieSecret", before)


def cookie(secret: str, origin: str, **said: object) -> str:
    told = {"origin": origin, "is_logged_in": True, "sub": "s1", **said}
    return create_signed_value(secret, "_streamlit_user", json.dumps(told)).decode()


def test_the_frameworks_own_cookie_says_who_asks(signing: None) -> None:
    assert claims_of(asked_with(cookie(SECRET, ORIGIN)), chosen())["sub"] == "s1"


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "nonsense",
        cookie("another secret of thirty-two characters", ORIGIN),
        cookie(SECRET, "https://other.example.com"),
        cookie(SECRET, ORIGIN, is_logged_in=False),
        cookie(SECRET, ORIGIN)[:-2] + "xx",
    ],
    ids=["none", "nonsense", "other secret", "other address", "signed out", "altered"],
)
def test_a_forged_cookie_or_one_of_another_address_is_nobodys(signing: None, forged: str) -> None:
    with pytest.raises(SignedOutError):
        claims_of(asked_with(forged), chosen())
