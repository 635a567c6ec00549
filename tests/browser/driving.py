"""How a person goes through the product: waits, signs in, takes files away."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page

from services.database.engine import Database
from tests.common.serving.provider import Provider, prove

_WATCH: Final = Path(__file__).with_name("watch.js")
_SETTLED: Final = Path(__file__).with_name("settled.js").read_text("utf-8")
_MILLISECONDS: Final = 30_000


@dataclass(frozen=True)
class Signed:
    """A dashboard that people sign in to, the provider they sign in with, and its database."""

    address: str
    provider: Provider
    database: Database


def at_a_screen(browser: Browser, **screen: Any) -> BrowserContext:
    """Somebody of their own in front of the browser, by default as at a desk."""
    return watched(browser.new_context(**{"reduced_motion": "reduce"} | screen))


def watched(context: BrowserContext) -> BrowserContext:
    """Its pages know what the app still owes them: `settle` asks for that."""
    context.add_init_script(path=_WATCH)
    return context


def settle(page: Page) -> None:
    """Wait until the app has answered the last press and all that it drew stands, and nothing else.

    What is read before may be of the page that is leaving, or of two pages at once.
    """
    page.wait_for_function(_SETTLED, timeout=_MILLISECONDS, polling=30)


def sign_in(page: Page, signed: Signed, email: str, path: str = "/") -> None:
    """From the page that somebody wants, over the provider, back to it."""
    signed.provider.knows(email, email)
    page.goto(f"{signed.address}{path}")
    settle(page)
    page.get_by_role("button", name="Sign in").click()
    prove(page, email)
    settle(page)


def taken(page: Page, label: str) -> bytes:
    """The file behind a link. The browser opens a tab for it, and closes it by itself."""
    link = page.get_by_role("link", name=label, exact=True)
    with page.context.expect_event("response", lambda one: "/api/files/" in one.url) as answered:
        link.click()
    assert answered.value.headers["content-disposition"].startswith("attachment")
    content = page.request.get(answered.value.url).body()
    for tab in page.context.pages:
        if tab != page and not tab.is_closed():
            tab.wait_for_event("close")
    return content
