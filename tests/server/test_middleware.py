"""The layers on their own, with callers that no test machine could imitate over the network."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from server.middleware import CompressedStatic, SecurityHeaders
from tests.server.asking import ask, headers_of, hello


class Script:
    """Stands for a file of the interface; counts how often it is read."""

    def __init__(self, kind: str = "application/javascript") -> None:
        self.kind = kind
        self.read = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.read += 1
        await PlainTextResponse("x" * 5000, media_type=self.kind)(scope, receive, send)


def test_every_answer_carries_the_policy_and_hides_the_software() -> None:
    headers = headers_of(ask(SecurityHeaders(hello)))
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


GZIP = [("host", "localhost"), ("accept-encoding", "gzip, br")]


def test_a_script_is_compressed_once_and_kept() -> None:
    script = Script()
    app = CompressedStatic(script)
    first = ask(app, "/static/js/a.js", headers=GZIP)
    second = ask(app, "/static/js/a.js", headers=GZIP)
    assert headers_of(first)["content-encoding"] == "gzip"
    assert int(headers_of(first)["content-length"]) < 5000
    assert first == second
    assert script.read == 1


@pytest.mark.parametrize(
    ("path", "kind", "headers"),
    [
        ("/static/js/a.js", "application/javascript", [("host", "localhost")]),
        ("/static/js/a.js", "application/javascript", [*GZIP, ("range", "bytes=0-9")]),
        ("/static/js/a.js", "application/javascript", [*GZIP, ("if-none-match", "x")]),
        ("/static/js/gone.js", "text/html", GZIP),
        ("/other", "application/javascript", GZIP),
    ],
)
def test_what_must_not_be_compressed_is_sent_as_it_is(
    path: str, kind: str, headers: list[tuple[str, str]]
) -> None:
    app = CompressedStatic(Script(kind))
    sent = ask(app, path, headers=headers)
    assert "content-encoding" not in headers_of(sent)
    assert not app.kept
