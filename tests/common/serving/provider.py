"""A real OpenID Connect provider on loopback, in a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page

_START = """
import sys
import werkzeug.serving
from oidc_provider_mock import app
werkzeug.serving.run_simple("127.0.0.1", int(sys.argv[1]), app(), threaded=True)
"""


@dataclass(frozen=True)
class Provider:
    """Where people prove who they are."""

    address: str

    @property
    def metadata(self) -> str:
        return f"{self.address}/.well-known/openid-configuration"

    def knows(self, subject: str, email: str, *, verified: bool | None = True) -> None:
        """Somebody at the provider; `verified` None: it says nothing about the address."""
        said = {} if verified is None else {"email_verified": verified}
        claims = {"email": email, "name": subject, **said}
        requests.put(f"{self.address}/users/{subject}", json=claims, timeout=10).raise_for_status()


@contextmanager
def provider_on(port: int, log: Path) -> Iterator[Provider]:
    address = f"http://localhost:{port}"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _START, str(port)], stdout=out, stderr=out
        )
        try:
            _wait_until_ready(address, server, log)
            yield Provider(address)
        finally:
            server.terminate()
            server.wait(30)


def _wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if requests.get(f"{address}/jwks", timeout=2).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail(f"the provider did not start:\n{log.read_text('utf-8')[-2000:]}")


def prove(page: Page, subject: str) -> None:
    """At the provider: be somebody."""
    page.get_by_placeholder("sub", exact=True).fill(subject)
    page.get_by_role("button", name="Authorize").click()
