"""Opens the door at one address, said in one line; without sign-in on this machine only."""

import asyncio
import errno
import os
import socket
import sys
import webbrowser
from collections.abc import Callable, Mapping
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from streamlit import config

from server.hosts import OwnAddressesOnly
from server.log import keep_log
from services.access.local import is_loopback
from services.access.local_key import OPENING, opening_address
from services.settings import Settings

_BACKLOG: Final = 2048
_PING_SECONDS: Final = 30
_GOODBYE_SECONDS: Final = 5


class StartRefusedError(Exception):
    """The server will not start; the message says why and what to do."""


def serve(app: ASGIApp, chosen: Settings, *, prepare: Callable[[], None]) -> None:
    """Serves until stopped; raises StartRefusedError when it may not start.

    What has to be prepared is prepared only when nothing else stands in the way.
    """
    if not chosen.signs_in:
        _require_this_machine(chosen.host)
    with bind(chosen.host, chosen.port) as listener:
        keep_log()
        prepare()
        port = listener.getsockname()[1]
        address = opening_address(chosen.model_copy(update={"port": port}))
        AnnouncingServer(_uvicorn(app, chosen.host, port), address).run(sockets=[listener])


def _require_this_machine(host: str) -> None:
    if not is_loopback(host):
        raise StartRefusedError(
            f"Not serving at {host}: nobody signs in here, so whoever can reach the address could "
            "read every account. Use HOST=127.0.0.1, or set up sign-in: PUBLIC_URL, "
            "OIDC_METADATA_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and COOKIE_SECRET, as "
            "docs/sign-in.md says."
        )


def bind(host: str, port: int) -> socket.socket:
    """Bound here, before the app is loaded: a taken port is known at once.

    Small messages must leave at once (TCP_NODELAY, which accepted connections inherit): held back
    for company, each press of a button would wait about 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host.strip("[]"), port))
    except OSError as problem:
        listener.close()
        raise _in_words(problem, port) from problem
    return listener


def _in_words(problem: OSError, port: int) -> StartRefusedError:
    if problem.errno == errno.EADDRINUSE:
        return StartRefusedError(
            f"Port {port} is taken: another program, or this one started twice, listens there. "
            f"Stop it, or choose another port: PORT={port + 1}"
        )
    return StartRefusedError(f"Port {port} cannot be opened: {problem.strerror}")


def _uvicorn(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        backlog=_BACKLOG,
        loop="uvloop",
        http=OwnAddressesOnly,
        ws="websockets-sansio",
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_max_size=int(config.get_option("server.maxWidgetStateSize")) * 1_000_000,
        ws_per_message_deflate=False,
        server_header=False,
        proxy_headers=False,  # anyone can write X-Forwarded-…: nothing here depends on them
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=_GOODBYE_SECONDS,
    )


class AnnouncingServer(uvicorn.Server):
    """Says where it can be reached once it can, and not before."""

    def __init__(self, chosen: uvicorn.Config, address: str) -> None:
        super().__init__(chosen)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            print(f"Reimbursement is ready at {self.address}", flush=True)  # noqa: T201
            if somebody_looks(os.environ):
                await asyncio.to_thread(webbrowser.open, _without_key(self.address))


def _without_key(address: str) -> str:
    """A browser's command line is everybody's to read on this machine; it comes in without."""
    return address.partition(OPENING)[0]


def somebody_looks(environment: Mapping[str, str]) -> bool:
    """At a terminal of a desktop, so the browser may open by itself."""
    has_screen = sys.platform in {"darwin", "win32"} or bool(
        environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    )
    return has_screen and sys.stdout.isatty()
