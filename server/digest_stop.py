"""The way out of each weekly summary: works signed out, for people and for mail programs.

RFC 8058: a mail program posts to the address in the letter by itself. A look at it (GET) changes
nothing, because programs that scan letters look at every address in them.
"""

from html import escape
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from services.digest.posting import STOP_PATH

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
  body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: #F6F7F9;
    color: #16181D; font: 16px/1.5 Inter, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }}
  main {{ box-sizing: border-box; width: min(440px, calc(100vw - 32px)); background: #FFFFFF;
    border: 1px solid #E4E7EC; border-radius: 10px; padding: 28px; }}
  h1 {{ font-size: 20px; line-height: 1.3; font-weight: 650; margin: 0 0 8px; }}
  p {{ margin: 0; color: #667085; }}
  form {{ margin: 20px 0 0; }}
  button {{ font: inherit; font-weight: 600; color: #FFFFFF; background: #1F4FD8; border: 0;
    border-radius: 8px; padding: 10px 18px; cursor: pointer; }}
  @media (prefers-color-scheme: dark) {{
    body {{ background: #0F1115; color: #E8EAEE; }}
    main {{ background: #171A21; border-color: #2A2F3A; }}
    p {{ color: #9AA3B2; }}
    button {{ background: #7BA0FF; color: #0F1115; }}
  }}
</style>
</head>
<body><main><h1>{title}</h1><p>{words}</p>{more}</main></body>
</html>
"""
_ASK: Final = """
<form method="post" action="/{path}?key={key}"><button type="submit">Stop it</button></form>
"""


def routes() -> list[Route]:
    return [Route(f"/{STOP_PATH}", stop_page, methods=["GET", "POST"])]


async def stop_page(request: Request) -> HTMLResponse:
    key = request.query_params.get("key", "")
    if request.method != "POST":
        return _asking(key)
    if await to_thread.run_sync(_stopped, key):
        return _page("The weekly summary is stopped", "You can turn it on again in your settings.")
    return _page(
        "This link is not complete", "Open the link in your last summary once more.", status=404
    )


def _stopped(key: str) -> bool:
    """Asked for late, as the readiness is: the server must start without a database."""
    from services.database.start import database  # noqa: PLC0415
    from services.digest.subscribing import stop_by_key  # noqa: PLC0415

    return stop_by_key(database(), key)


def _asking(key: str) -> HTMLResponse:
    ask = _ASK.format(path=STOP_PATH, key=escape(key, quote=True))
    return _page("Stop the weekly summary?", "It will not be sent to you any more.", ask)


def _page(title: str, words: str, more: str = "", *, status: int = 200) -> HTMLResponse:
    headers = {"cache-control": "no-store"}
    return HTMLResponse(_PAGE.format(title=title, words=words, more=more), status, headers)
