"""The product really serving, and visitors who speak to it in their own words, byte by byte."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import (
    create_signed_value,
    generate_xsrf_token_string,
)
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from services.settings import PROJECT
from tests.common.serving.dashboards import (
    COOKIE_SECRET,
    free_port,
    server_environment,
    wait_until_ready,
    with_sign_in,
)
from tests.common.serving.provider import Provider
from tests.common.worlds.zoo import Marked, Zoo

SECONDS: Final = 20
_NOWHERE: Final = Provider("http://127.0.0.1:9")  # nobody is asked: who signs in brings a cookie
_ISSUER: Final = "https://provider.example.com"  # of the marked accounts' people
_KEY_FILE: Final = "local-key"
# The interface says in two places that it is the one that was handed out: any word will do.
TOKEN: Final = generate_xsrf_token_string()


@dataclass(frozen=True)
class Answer:
    """What came back over the wire; status 0: the connection was closed without a word."""

    status: int
    whole: bytes

    @property
    def body(self) -> bytes:
        return self.whole.partition(b"\r\n\r\n")[2]


@dataclass(frozen=True)
class Dashboard:
    """One that serves, and what is known of it from inside."""

    port: int
    zoo: Zoo
    process: psutil.Process
    log: Path
    key: str  # what local mode asks for; empty where people sign in

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory(self) -> int:
        """Bytes that the process holds."""
        return int(self.process.memory_info().rss)

    @property
    def log_size(self) -> int:
        return self.log.stat().st_size

    def cookies_of(self, one: Marked | None) -> dict[str, str]:
        """The header of a browser: an account's seller's, or nobody's."""
        own = "" if one is None else f"; {self._proof_of(one)}"
        return {"Cookie": f"_streamlit_xsrf={TOKEN}{own}"}

    def _proof_of(self, one: Marked) -> str:
        if self.key:
            return f"local_key_{self.port}={self.key}"
        email = f"seller@{one.word.lower()}.example.com"
        claims = {
            "iss": _ISSUER,
            "sub": email,
            "email": email,
            "email_verified": True,
            "nonce": "made by hand",
            "origin": self.address,
            "is_logged_in": True,
            "iat": int(time.time()),
        }
        value = create_signed_value(COOKIE_SECRET, "_streamlit_user", json.dumps(claims)).decode()
        return f"_streamlit_user={value}"

    def marks_in(self, sent: bytes) -> set[str]:
        """Of every account: what nobody but its own people may be sent."""
        text = sent.decode("utf-8", "replace")
        return set().union(*(one.marks_in(text) for one in self.zoo.accounts))


def said_to(port: int, said: bytes, *, wait: float = SECONDS) -> Answer:
    """The first answer to these very bytes."""
    with socket.create_connection(("127.0.0.1", port), wait) as line:
        came = b""
        with suppress(OSError):  # cut off: that is an answer, too
            line.sendall(said)
            while part := line.recv(65536):
                came += part
                if _is_whole(came):
                    break
    return Answer(_status(came), came)


def _is_whole(came: bytes) -> bool:
    head, ended, body = came.partition(b"\r\n\r\n")
    if not ended:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
    return head.startswith(b"HTTP/1.1 101") or body.endswith(b"0\r\n\r\n")


def _status(came: bytes) -> int:
    first = came.split(b"\r\n", 1)[0].split()
    return int(first[1]) if len(first) > 1 and first[1].isdigit() else 0


def request(
    method: str, target: str | bytes, headers: Mapping[str, str], body: bytes = b""
) -> bytes:
    """A request as bytes, in which nothing is made proper."""
    path = target if isinstance(target, bytes) else target.encode("utf-8", "surrogateescape")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if body or method in ("PUT", "POST"):
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")
    return b"%s %s HTTP/1.1\r\n%s%s" % (method.encode(), path, head, body)


@contextmanager
def line_to(
    dashboard: Dashboard, one: Marked | None, origin: str | None, *, port: int | None = None
) -> Iterator[ClientConnection]:
    """A live connection of an account's seller, or of nobody, from a page at `origin`; straight, or
    by the port of a proxy. Raises what websockets raises where it is refused.
    """
    headers = dashboard.cookies_of(one) | ({} if origin is None else {"Origin": origin})
    came_by = socket.create_connection(("127.0.0.1", port or dashboard.port), SECONDS)
    with connect(
        f"ws://127.0.0.1:{dashboard.port}/_stcore/stream",
        sock=came_by,
        max_size=None,
        additional_headers=headers,
        subprotocols=[Subprotocol("streamlit"), Subprotocol(TOKEN)],
        open_timeout=SECONDS,
        close_timeout=1,
    ) as line:
        yield line


def first_run(line: ClientConnection, page: str, query: str = "") -> list[ForwardMsg]:
    """Opens a page, and returns all that its first run sends."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = page
    line.send(asked.SerializeToString())
    came = []
    while not came or came[-1].WhichOneof("type") != "script_finished":
        came.append(ForwardMsg())
        came[-1].ParseFromString(line.recv(SECONDS, decode=False))
    return came


@contextmanager
def local_dashboard(zoo: Zoo, folder: Path) -> Iterator[Dashboard]:
    with _serving(zoo, folder, free_port(), {}) as dashboard:
        yield dashboard


@contextmanager
def signed_dashboard(zoo: Zoo, folder: Path) -> Iterator[Dashboard]:
    port = free_port()
    settings = with_sign_in(_NOWHERE, f"http://127.0.0.1:{port}")
    with _serving(zoo, folder, port, settings) as dashboard:
        yield dashboard


@contextmanager
def _serving(zoo: Zoo, folder: Path, port: int, settings: Mapping[str, str]) -> Iterator[Dashboard]:
    log, data = folder / "log.txt", folder / "data"
    data.mkdir(exist_ok=True)
    environment = server_environment(port, zoo.database) | {
        "DATA_DIRECTORY": str(data),
        "LOCAL_MODE_WITHOUT_KEY": "false",
        **settings,
    }
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "asgi.py"], cwd=PROJECT, env=environment, stdout=out, stderr=out
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", server, log)
        key = "" if settings else (data / _KEY_FILE).read_text("ascii").strip()
        yield Dashboard(port, zoo, psutil.Process(server.pid), log, key)
    finally:
        server.terminate()
        server.wait(30)
