"""Where the server may be opened, and how its connections behave."""

import asyncio
import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest
import uvloop

from server.launch import StartRefusedError, bind, serve, somebody_looks
from services.settings import Settings
from tests.common.serving.running import PROJECT, apart
from tests.server.asking import hello


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "host.example"])  # noqa: S104
def test_a_door_to_the_outside_is_refused_with_the_reason(host: str) -> None:
    prepared: list[bool] = []
    with pytest.raises(StartRefusedError, match="nobody signs in here"):
        serve(hello, Settings(_env_file=None, host=host), prepare=lambda: prepared.append(True))
    assert not prepared


def test_a_taken_port_is_said_in_words() -> None:
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartRefusedError, match=f"Port {port} is taken"):
            bind("127.0.0.1", port)


def test_accepted_connections_send_small_messages_at_once() -> None:
    assert apart(uvloop.run, _nodelay_of_an_accepted_connection) != 0


async def _nodelay_of_an_accepted_connection() -> int:
    """As the server does it: our own listening socket, handed to the event loop."""
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    class Look(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            connection = transport.get_extra_info("socket")
            accepted.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            transport.close()

    with bind("127.0.0.1", 0) as listener:
        opened = await asyncio.get_running_loop().create_server(Look, sock=listener)
        _reader, writer = await asyncio.open_connection(*listener.getsockname())
        nodelay = await accepted
        writer.close()
        opened.close()
    return nodelay


def test_plain_asyncio_inherits_it_too() -> None:
    with bind("127.0.0.1", 0) as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname()) as caller:
            connection, _address = listener.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
                assert caller.getpeername() == listener.getsockname()


@pytest.mark.process
def test_the_program_says_why_it_will_not_start() -> None:
    ended = subprocess.run(
        [sys.executable, "asgi.py"],
        cwd=PROJECT,
        env={**os.environ, "HOST": "0.0.0.0"},  # noqa: S104
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("Not serving at 0.0.0.0")
    assert ended.stdout == ""


@pytest.mark.parametrize("screen", ["", ":0"])
def test_a_browser_opens_by_itself_at_a_terminal_of_a_desktop_alone(
    monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert not somebody_looks({"DISPLAY": screen})  # what is said here goes to no terminal
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(isatty=lambda: True))
    assert somebody_looks({"DISPLAY": screen}) is bool(screen)
