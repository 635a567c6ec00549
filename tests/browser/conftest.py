"""The whole product as a newcomer starts it, and a real Chromium in front of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page

PROJECT = Path(__file__).resolve().parents[2]
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


def server_environment(port: int) -> dict[str, str]:
    """This process's environment for a server of its own: no database but the one then given."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return inherited | {"PORT": str(port)}


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard with its own embedded database and the sample world."""
    home = tmp_path_factory.mktemp("dashboard")
    log = home / "log.txt"
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = server_environment(port) | {"DATA_DIRECTORY": str(home / "data")}
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
def browser_context_args() -> dict[str, Any]:
    """A laptop's screen, no animations."""
    return {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}


def settle(page: Page) -> None:
    """Wait until the page has drawn what it has to draw."""
    page.wait_for_selector(READY, timeout=30_000)
    page.wait_for_function(
        '() => !document.querySelector(\'[data-stale="true"], [data-testid="stSkeleton"]\')'
    )
