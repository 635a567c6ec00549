"""The whole product as a newcomer starts it, and a real Chromium in front of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import URL

from services.database.engine import Database
from tests.browser.provider import Provider, prove, provider_on
from tests.conftest import fresh_database

# Two browsers and a database share two cores with the other tests.
expect.set_options(timeout=15_000)

PROJECT = Path(__file__).resolve().parents[2]
COOKIE_SECRET = "a secret of thirty-two characters and more"
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            if requests.get(f"{address}/api/ready", timeout=2).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.3)
    pytest.fail(f"the dashboard did not start:\n{log.read_text('utf-8')[-4000:]}")


def server_environment(port: int, database: Database) -> dict[str, str]:
    """This process's environment for a server of its own on a database of the test's."""
    return os.environ | {
        "PORT": str(port),
        "DATABASE_URL": database.urls.owner.render_as_string(hide_password=False),
        "ACCEPT_SERVER_BELOW_SECURITY_FLOOR": "true",
        "LOCAL_MODE_WITHOUT_KEY": "true",  # tests/server/test_key.py goes through that door
    }


@contextmanager
def served(
    database: Database, folder: Path, *, port: int | None = None, **settings: str
) -> Iterator[str]:
    """The address of a dashboard on a database, with these settings."""
    port, log = port or free_port(), folder / "log.txt"
    environment = server_environment(port, database) | settings
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "asgi.py"], cwd=PROJECT, env=environment, stdout=out, stderr=out
        )
        try:
            wait_until_ready(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="session")
def dashboard(
    server: URL, sample_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a dashboard in local mode, with the sample world."""
    with (
        fresh_database(server, sample_template) as own,
        served(own, tmp_path_factory.mktemp("dashboard")) as address,
    ):
        yield address


@dataclass(frozen=True)
class Signed:
    """A dashboard that people sign in to, the provider they sign in with, and its database."""

    address: str
    provider: Provider
    database: Database


@pytest.fixture(scope="session")
def signed_dashboard(
    server: URL, sample_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Signed]:
    """One for the whole run: its tests bring people of their own."""
    folder, port = tmp_path_factory.mktemp("signed"), free_port()
    with (
        fresh_database(server, sample_template) as own,
        provider_on(free_port(), folder / "provider.txt") as provider,
        served(own, folder, port=port, **with_sign_in(provider, f"http://127.0.0.1:{port}")) as at,
    ):
        yield Signed(at, provider, own)


def with_sign_in(provider: Provider, public: str) -> dict[str, str]:
    """The settings of a dashboard that people sign in to."""
    return {
        "PUBLIC_URL": public,
        "OIDC_METADATA_URL": provider.metadata,
        "OIDC_CLIENT_ID": "dashboard",
        "OIDC_CLIENT_SECRET": "known to both",
        "COOKIE_SECRET": COOKIE_SECRET,
        "ASK_FOR_ACCESS": "access@example.com",
        "HOST": "127.0.0.1",
    }


def sign_in(page: Page, signed: Signed, email: str, path: str = "/") -> None:
    """From the page that somebody wants, over the provider, back to it."""
    signed.provider.knows(email, email)
    page.goto(f"{signed.address}{path}")
    settle(page)
    page.get_by_role("button", name="Sign in").click()
    prove(page, email)
    settle(page)


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """A laptop's screen, no animations."""
    return {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}


def settle(page: Page) -> None:
    """Wait until the page has drawn what it has to draw."""
    page.wait_for_selector(READY, timeout=30_000)
    page.wait_for_function(
        '() => !document.querySelector(\'[data-stale="true"], [data-testid="stSkeleton"]\')'
    )


def taken(page: Page, label: str) -> bytes:
    """The file behind a link. The browser opens a tab for it, and closes it by itself."""
    link = page.get_by_role("link", name=label, exact=True)
    with page.context.expect_event("response", lambda one: "/api/files/" in one.url) as answered:
        link.click()
    assert answered.value.headers["content-disposition"].startswith("attachment")
    content = page.request.get(answered.value.url).body()
    for tab in page.context.pages:
        if tab != page and not tab.is_closed():
            tab.wait_for_event("close")
    return content
