"""Several sellers' Amazon behind one address, or behind several, so that it is seen who asks where.

Each seller is a fake of its own; a question is its whose token, or whose document, it names.
"""

import io
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qs

from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests.fakes.amazon.files import Files
from tests.fakes.amazon.login import Login
from tests.fakes.amazon.server import FakeAmazon, Silent

# Reports of two sellers never have one number.
_NUMBERS_OF_EACH: Final = 10_000
_REPORT: Final = re.compile(r"/documents/.*\.(\d+)")


class Sellers:
    """By their refresh tokens."""

    def __init__(self, files: Mapping[str, Files]) -> None:
        self.fakes = {
            token: FakeAmazon(
                one,
                Login(refresh_tokens={token}),
                first_report=number * _NUMBERS_OF_EACH,
            )
            for number, (token, one) in enumerate(files.items(), 1)
        }

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """WSGI."""
        fake = self._whose(environ)
        return (fake or Response(status=403))(environ, start_response)

    def _whose(self, environ: dict[str, Any]) -> FakeAmazon | None:
        request = Request(environ)
        if document := _REPORT.fullmatch(request.path):
            [fake] = [one for one in self.fakes.values() if document[1] in one.reports.made]
            return fake
        token = request.headers.get("x-amz-access-token")
        if token is not None:
            return next((one for one in self.fakes.values() if one.login.opens(token)), None)
        told = request.get_data()
        environ["wsgi.input"] = io.BytesIO(told)  # to be read once more
        return self.fakes.get(parse_qs(told.decode())["refresh_token"][0])


@contextmanager
def serve_several(sellers: Sellers, addresses: int) -> Iterator[list[dict[str, str]]]:
    """Answer at so many addresses; for each the settings that lead there.

    Afterwards nothing may have misfitted.
    """
    servers = [
        make_server("127.0.0.1", 0, sellers, threaded=True, request_handler=Silent)
        for _ in range(addresses)
    ]
    threads = [threading.Thread(target=one.serve_forever, args=(0.02,)) for one in servers]
    for thread in threads:
        thread.start()
    try:
        yield [FakeAmazon(address=f"http://127.0.0.1:{one.port}").environment for one in servers]
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
    misfits = [one for fake in sellers.fakes.values() for one in fake.checked.misfits]
    assert not misfits, misfits
