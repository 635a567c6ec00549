"""The HTTP around the fake: each request is checked, counted, answered, and the answer checked.

What does not conform stands in `checked.misfits`, and such a request is refused.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.datastructures import Headers
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.fakes.checking import Checked
from tests.fakes.faults import Faults
from tests.fakes.walmart.answers import CONSENT, DOWNLOADS, Answers, refused
from tests.fakes.walmart.models import models

_OPEN_TO_ALL: Final = frozenset({"tokenAPI", "consent", "download"})


class Walmart(Answers):
    """A Walmart with the report files of one seller.

    asked: how often each operation was asked, in_second: in which second; seen: what it was asked.
    """

    def __init__(self, folder: Path) -> None:
        self.checked = Checked(models(), (CONSENT, f"{DOWNLOADS}[^/]+[.]zip"))
        super().__init__(folder, self.checked.misfits.append)
        self.faults = Faults()
        self.asked: Counter[str] = Counter()
        self.in_second: Counter[tuple[str, int]] = Counter()
        self.seen: list[tuple[str, dict[str, str]]] = []
        self._correlations: set[str] = set()
        self._lock = threading.Lock()

    def most_in_a_second(self, operation: str) -> int:
        """The most that an operation was asked within one second."""
        return max((n for (name, _), n in self.in_second.items() if name == operation), default=0)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request = _Asked(environ)
        operation = self._operation(request)
        self._count(operation, request)
        refusal = self._refused(request, operation)
        fault = self.faults.meet(operation, request)

        def real() -> Response:
            return refusal or self.answer(operation, request)

        response = fault(real) if fault else real()
        if fault is None:
            self.checked.answer(request, response)
        return response(environ, start_response)

    def _operation(self, request: Request) -> str:
        found = self.checked.operation(request)
        if found is not None:
            return found.name
        return "consent" if request.path == CONSENT else "download"

    def _count(self, operation: str, request: Request) -> None:
        correlation = request.headers.get("WM_QOS.CORRELATION_ID")
        with self._lock:
            self.asked[operation] += 1
            self.in_second[operation, int(time.time())] += 1
            self.seen.append((operation, request.args.to_dict()))
            if correlation in self._correlations:
                self.checked.misfits.append(f"{operation}: a correlation id comes twice")
            self._correlations |= {correlation} if correlation else set()

    def _refused(self, request: Request, operation: str) -> Response | None:
        """What refuses a request that does not conform, or has no right."""
        if misfits := self.checked.request(request):
            return refused(400, "INVALID_REQUEST_CONTENT.GMP_GATEWAY_API", "; ".join(misfits))
        token = request.headers.get("WM_SEC.ACCESS_TOKEN", "")
        if operation not in _OPEN_TO_ALL and not self.access.is_good(token):
            return refused(401, "UNAUTHORIZED.GMP_GATEWAY_API", token)
        return None


_HEADERS: Final = "tests.fakes.headers"


class _Asked(Request):
    """A request with its headers as they came: WSGI has no room for a name with an underscore."""

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(environ)
        self.headers = Headers(environ[_HEADERS])


class _Handler(WSGIRequestHandler):
    def make_environ(self) -> dict[str, Any]:
        return {**super().make_environ(), _HEADERS: list(self.headers.items())}

    def log(self, *_: Any) -> None: ...


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[Walmart]:
    """A running Walmart with the report files of the folder."""
    walmart = Walmart(folder)
    server = make_server("127.0.0.1", port, walmart, threaded=True, request_handler=_Handler)
    walmart.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield walmart
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
