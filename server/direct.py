"""Whether a browser of this machine's own user is itself at the other end of a connection.

The operating system knows which program holds that end, whatever its headers say. A proxy, a tunnel
or a published port is a program too, and no browser; what such a program passes on is therefore
never taken for a visitor of this machine. Where the system does not tell (another user's browser,
one in a box of its own), nobody is let in by this.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import PurePath
from typing import Final, TypeAlias

import psutil
from anyio import CapacityLimiter, to_thread
from starlette.types import Scope

End: TypeAlias = tuple[IPv4Address | IPv6Address, int]

# What somebody looks at pages with. Programs that fetch or draw pages for others are not here.
_BROWSERS: Final = frozenset({
    "chrome", "chromium", "chromium-browser", "google chrome", "google chrome helper",
    "chromium helper", "firefox", "firefox-bin", "firefox-esr", "librewolf", "msedge",
    "microsoft edge", "microsoft edge helper", "brave", "brave browser", "brave browser helper",
    "opera", "opera helper", "vivaldi", "vivaldi-bin", "vivaldi helper",
    "com.apple.webkit.networking", "webkitnetworkprocess", "epiphany",
})  # fmt: skip
# Looking takes some hundredths of a second of a whole core: few at a time, and never a long queue.
AT_ONCE: Final = 1
_MOST_WAITING: Final = 8


async def comes_directly(scope: Scope, limiter: CapacityLimiter) -> bool:
    """By the program that holds the client's end; False where too many ask at once.

    `limiter`: apart from what pages and readiness wait for.
    """
    client, server = _end(scope.get("client")), _end(scope.get("server"))
    if not client or not server or limiter.statistics().tasks_waiting >= _MOST_WAITING:
        return False
    return await to_thread.run_sync(_is_own_browser, client, server, limiter=limiter)


def _end(address: tuple[str, int] | None) -> End | None:
    try:
        return (_plain(address[0]), address[1]) if address else None
    except ValueError:
        return None


def _plain(host: str) -> IPv4Address | IPv6Address:
    """One address whichever way it is written: a socket for both kinds maps the older one."""
    address = ip_address(host.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def _is_own_browser(client: End, server: End) -> bool:
    try:
        holder = psutil.Process(_holder(client, server))
        return (
            PurePath(holder.exe()).name.lower().removesuffix(".exe") in _BROWSERS
            and holder.username() == psutil.Process().username()
        )
    except (psutil.Error, OSError, LookupError):
        return False  # gone, somebody else's, or not told


def _holder(client: End, server: End) -> int:
    """The process at the client's end of this very connection. Raises LookupError."""
    for held in psutil.net_connections("tcp"):
        if (
            held.pid
            and held.raddr
            and (_end(held.laddr or None), _end(held.raddr)) == (client, server)
        ):
            return held.pid
    raise LookupError
