"""Whether a browser of this machine's own user is itself at the other end of a connection.

The operating system knows which program holds that end, whatever its headers say. A proxy, a tunnel
or a published port is a program too, and none of these; what such a program passes on is therefore
never taken for a visitor of this machine. Where the system does not tell (another user's browser,
one in a box of its own), nobody is let in by this.
"""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

import psutil
from starlette.types import Scope

# Programs that ask for what somebody wants to see, and pass nothing on to anybody else.
_DIRECT: Final = frozenset({
    "chrome", "chromium", "chromium-browser", "chrome-headless-shell", "headless_shell",
    "google chrome", "google chrome helper", "chromium helper", "firefox", "firefox-bin",
    "firefox-esr", "librewolf", "msedge", "microsoft edge", "microsoft edge helper", "brave",
    "brave browser", "brave browser helper", "opera", "opera helper", "vivaldi", "vivaldi-bin",
    "vivaldi helper", "com.apple.webkit.networking", "webkitnetworkprocess", "epiphany", "curl",
    "wget",
})  # fmt: skip


def comes_directly(scope: Scope) -> bool:
    """By the program that holds the client's end. Takes some tenths of a second at most."""
    client, server = scope.get("client"), scope.get("server")
    if client is None or server is None:
        return False
    return any(_holds(process, client[1], server[1]) for process in _own_browsers())


def _own_browsers() -> Iterator[psutil.Process]:
    me = psutil.Process().username()
    for process in psutil.process_iter():
        try:
            if _name(process) in _DIRECT and process.username() == me:
                yield process
        except (psutil.Error, OSError):
            continue  # gone, or somebody else's


def _name(process: psutil.Process) -> str:
    """As its file is called: what a program calls itself is its own choice."""
    return PurePath(process.exe()).name.lower().removesuffix(".exe")


def _holds(process: psutil.Process, own_port: int, server_port: int) -> bool:
    try:
        held = process.net_connections("tcp")
    except (psutil.Error, OSError):
        return False
    return any(
        one.raddr and (one.laddr.port, one.raddr.port) == (own_port, server_port) for one in held
    )
