"""A receiver on loopback: it checks each signature and answers as it is told to."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_" + "A" * 32
Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """What arrived, in order, and what is answered next; with nothing left, 204."""

    address: str = ""
    secret: str = SECRET
    answers: deque[int | Act] = field(default_factory=deque)
    tries: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)  # by id, as a receiver does
    headers: list[dict[str, str]] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def read(self, handler: BaseHTTPRequestHandler) -> Act:
        """What to do about a message, which is taken unless its answer is a plain refusal."""
        body = handler.rfile.read(int(handler.headers["content-length"])).decode()
        headers = {name.lower(): value for name, value in handler.headers.items()}
        try:
            message = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError as error:
            self.tries.append(("refused", {"error": repr(error)}))
            return partial(answer, status=401)
        self.headers.append(headers)
        self.tries.append((headers["webhook-id"], message))
        act = self.answers.popleft() if self.answers else 204
        if not isinstance(act, int) or act < 300:
            self.taken.setdefault(headers["webhook-id"], message)
        self.arrived.set()
        return partial(answer, status=act) if isinstance(act, int) else act

    def hang(self, handler: BaseHTTPRequestHandler) -> None:
        """Say nothing for as long as the test does not let go."""
        self.released.wait(20)
        with suppress(OSError):  # whoever asked may have left
            answer(handler, 204)

    def types(self) -> list[str]:
        return [message["type"] for message in self.taken.values()]


def answer(handler: BaseHTTPRequestHandler, status: int, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("content-length", "0")
    handler.end_headers()


def garbage(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\xff this is no HTTP\r\n\r\n" * 20)
    handler.wfile.flush()
    handler.connection.close()


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def elsewhere(address: str) -> Act:
    return lambda handler: answer(handler, 307, location=address)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.read(self)(self)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.address = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
