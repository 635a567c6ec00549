"""An application asked without a network, by callers that no test machine could imitate."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.common.serving.running import apart


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello", headers={"server": "somebody"})(scope, receive, send)


def ask(
    app: ASGIApp,
    path: str = "/",
    *,
    kind: str = "http",
    client: str = "127.0.0.1",
    headers: Sequence[tuple[str, str]] = (("host", "localhost:8501"),),
    method: str = "GET",
    port: int = 8501,
) -> list[Message]:
    scope: dict[str, Any] = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": b"",
        "client": (client, 4000),
        "server": ("127.0.0.1", port),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect" if kind == "websocket" else "http.request"}

    async def call() -> None:
        await app(scope, receive, send)

    apart(asyncio.run, call)
    return sent


def status_of(sent: list[Message]) -> int:
    return int(sent[0]["status"])


def headers_of(sent: list[Message]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}
