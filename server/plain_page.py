"""A page of one sentence, for those whom the app itself does not reach."""

from html import escape
from typing import Final

from starlette.responses import HTMLResponse

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
  pre {{ margin: 16px 0 0; padding: 10px 12px; border-radius: 8px; background: #F6F7F9;
    font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
    white-space: pre-wrap; overflow-wrap: anywhere; }}
  form {{ margin: 20px 0 0; }}
  button, .button {{ display: inline-block; font: inherit; font-weight: 600; color: #FFFFFF;
    background: #1F4FD8; border: 0; border-radius: 8px; padding: 10px 18px; cursor: pointer;
    text-decoration: none; }}
  .button {{ margin: 20px 0 0; }}
  @media (prefers-color-scheme: dark) {{
    body {{ background: #0F1115; color: #E8EAEE; }}
    main {{ background: #171A21; border-color: #2A2F3A; }}
    p {{ color: #9AA3B2; }}
    pre {{ background: #0F1115; }}
    button, .button {{ background: #7BA0FF; color: #0F1115; }}
  }}
</style>
</head>
<body><main><h1>{title}</h1><p>{words}</p>{more}</main></body>
</html>
"""


def plain_page(
    title: str, words: str, more: str = "", *, status: int = 200, **headers: str
) -> HTMLResponse:
    """`more` is HTML of our own; header names are given with underscores."""
    said = _PAGE.format(title=escape(title), words=escape(words), more=more)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTMLResponse(said, status, {"cache-control": "no-store", **named})
