"""The HTTP around the fake: who may ask, what is checked, what is counted."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode

from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.fakes.amazon.answers import Answers, RefusedRequest, as_body, refusal
from tests.fakes.amazon.files import Files
from tests.fakes.amazon.login import SELLER, Login
from tests.fakes.amazon.reports import Reports
from tests.fakes.checking import MODELS, Checked
from tests.fakes.faults import Faults

_REGION: Final = re.compile(r"/(na|eu|fe)(/.*)")
_NAMED: Final = re.compile(r"[^/]+/[^ ]+ \(Language=[^)]+\)")
_TOKEN: Final = "/auth/o2/token"
_CONSENT: Final = "/apps/authorize/consent"
_DOCUMENTS: Final = "/documents/"


@dataclass(frozen=True)
class Asked:
    """One question. at: seconds of this process's clock; port: where it was heard."""

    operation: str
    at: float
    region: str = ""
    port: str = ""


@dataclass
class FakeAmazon:
    """One seller's Amazon. address: of all its parts; the API's is below na, eu and fe.

    first_report: its number.
    """

    files: Files = field(default_factory=Files)
    login: Login = field(default_factory=Login)
    faults: Faults = field(default_factory=Faults)
    # What it says it allows, so that nobody waits for the published limits; of some
    # operations less.
    allowed_per_second: float = 200.0
    allowed_of: dict[str, float] = field(default_factory=dict)
    address: str = ""
    first_report: int = 50_001
    asked: list[Asked] = field(default_factory=list)
    checked: Checked = field(
        default_factory=lambda: Checked(
            MODELS / "amazon", also=(_TOKEN, _CONSENT, rf"{_DOCUMENTS}.+")
        )
    )

    def __post_init__(self) -> None:
        self.reports = Reports(self.files, self.first_report)
        self.answers = Answers(self.files, self.reports)

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead here."""
        return {
            "AMAZON_API_ADDRESS": f"{self.address}/{{region}}",
            "AMAZON_TOKEN_ADDRESS": f"{self.address}{_TOKEN}",
            "AMAZON_CONSENT_ADDRESS": f"{self.address}{_CONSENT}",
        }

    def times(self, operation: str) -> int:
        """How often it was asked."""
        return sum(one.operation == operation for one in self.asked)

    def most_in(self, seconds: float, operation: str) -> int:
        """The most that it was asked within so many seconds, wherever they begin."""
        moments = [one.at for one in self.asked if one.operation == operation]
        return max(
            (sum(0 <= at - start < seconds for at in moments) for start in moments), default=0
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """WSGI."""
        region = ""
        if found := _REGION.fullmatch(environ["PATH_INFO"]):
            region, environ["PATH_INFO"] = found.groups()
        return self._answer(Request(environ), region)(environ, start_response)

    def _answer(self, request: Request, region: str) -> Response:
        request.get_data()  # whoever hangs up does so before anything has happened
        self._check_name(request)
        misfits = self.checked.request(request)
        operation = self._operation(request)
        self.asked.append(Asked(operation, monotonic(), region, request.environ["SERVER_PORT"]))
        if misfits or not operation:
            return self._said(refusal(400, "InvalidInput"))
        fault = self.faults.meet(operation, request)
        if fault is not None:
            return fault(lambda: self._real(operation, request, region))
        answer = self._real(operation, request, region)
        if operation in self.allowed_of:
            answer.headers["x-amzn-RateLimit-Limit"] = f"{self.allowed_of[operation]}"
        self.checked.answer(request, answer)
        return answer

    def _check_name(self, request: Request) -> None:
        """Every question to Amazon names who asks; browsers go to the consent page alone."""
        if request.path != _CONSENT and not _NAMED.fullmatch(request.headers.get("user-agent", "")):
            self.checked.misfits.append(f"{request.path}: no user agent as Amazon wants it")

    def _operation(self, request: Request) -> str:
        for name, path in (("token", _TOKEN), ("consent", _CONSENT), ("download", _DOCUMENTS)):
            if request.path.startswith(path):
                return name
        operation = self.checked.operation(request)
        return operation.name if operation else ""

    def _real(self, operation: str, request: Request, region: str) -> Response:
        match operation:
            case "token":
                return self._said(self.login.grant(request.form))
            case "consent":
                return self._consent(request)
            case "download":
                if "x-amz-access-token" in request.headers or "authorization" in request.headers:
                    self.checked.misfits.append("a presigned address was asked with a token")
                return self.answers.download(request)
        if not self.login.opens(request.headers.get("x-amz-access-token", "")):
            return self._said(refusal(403, "Unauthorized"))
        try:
            return self._said(self.answers.of(operation, request, region))
        except RefusedRequest as refused:
            return self._said(refusal(refused.status, refused.code))

    def _said(self, told: tuple[int, Any]) -> Response:
        status, body = told
        headers = {"x-amzn-RateLimit-Limit": f"{self.allowed_per_second}"}
        content_type = "application/json" if body is not None else None
        return Response(as_body(body), status, headers, content_type=content_type)

    def _consent(self, request: Request) -> Response:
        """A page with one link, which leads back as Amazon's does."""
        asked = request.args
        answer_to = asked["redirect_uri"]
        told = {
            "spapi_oauth_code": self.login.consent(answer_to),
            "selling_partner_id": SELLER,
            "state": asked["state"],
        }
        back = f"{answer_to}?{urlencode(told)}".replace("&", "&amp;")
        return Response(
            f"<!doctype html><title>Amazon, made up</title><h1>Authorize {asked['application_id']}"
            f'</h1><p><a href="{back}">Confirm</a></p>',
            content_type="text/html",
        )


class Silent(WSGIRequestHandler):
    """Writes no line a question."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """What was asked is kept in `asked`."""


@contextmanager
def serve(fake: FakeAmazon, port: int = 0) -> Iterator[FakeAmazon]:
    """Answer on this machine until the block is left; afterwards nothing may have misfitted."""
    server = make_server("127.0.0.1", port, fake, threaded=True, request_handler=Silent)
    fake.address = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not fake.checked.misfits, fake.checked.misfits
