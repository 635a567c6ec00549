"""A mail server on loopback that keeps what it is given, and pages that anyone can open."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from aiosmtpd.controller import Controller
from starlette.applications import Starlette

from server import digest_stop
from services.database import start
from services.database.engine import Database
from services.settings import settings
from tests.digest.mailbox import Mailbox


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("MAIL_FROM", "Reimbursement <summary@recovery.example.com>")
    monkeypatch.setenv("PUBLIC_URL", "https://recovery.example.com")
    settings.cache_clear()
    yield box
    controller.stop()
    settings.cache_clear()


@pytest.fixture
def site(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the way out, over the network."""
    monkeypatch.setattr(start, "open_database", lambda **_: database)
    start.database.cache_clear()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = Starlette(routes=digest_stop.routes())
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()
    start.database.cache_clear()
