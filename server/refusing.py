"""How a request is turned away before the app hears of it, and before its body is read."""

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

_AGAINST_THE_RULES = 1008  # of RFC 6455


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    await refuse_with(PlainTextResponse(text, status), text, scope, receive, send)


async def refuse_with(
    answer: Response, text: str, scope: Scope, receive: Receive, send: Send
) -> None:
    """This answer to whoever asks for a page, the text to whoever wants a live connection."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _AGAINST_THE_RULES, "reason": text})
    else:
        await answer(scope, receive, send)
