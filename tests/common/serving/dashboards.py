"""The whole product in a process of its own, as a newcomer or an operator starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import requests

from services.database.engine import Database
from services.settings import PROJECT
from tests.common.serving.provider import Provider

COOKIE_SECRET: Final = "a secret of thirty-two characters and more"


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
    database: Database,
    folder: Path,
    *,
    port: int | None = None,
    program: Sequence[str] = ("asgi.py",),
    **settings: str,
) -> Iterator[str]:
    """The address of a dashboard on a database, with these settings."""
    port, log = port or free_port(), folder / "log.txt"
    environment = server_environment(port, database) | settings
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, *program], cwd=PROJECT, env=environment, stdout=out, stderr=out
        )
        try:
            wait_until_ready(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(30)


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
