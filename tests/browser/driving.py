"""How a person goes through the product: waits, signs in, takes files away."""

from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from services.database.engine import Database
from tests.common.serving.provider import Provider, prove

READY: Final = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@dataclass(frozen=True)
class Signed:
    """A dashboard that people sign in to, the provider they sign in with, and its database."""

    address: str
    provider: Provider
    database: Database


def settle(page: Page) -> None:
    """Wait until the page has drawn what it has to draw."""
    page.wait_for_selector(READY, timeout=30_000)
    page.wait_for_function(
        '() => !document.querySelector(\'[data-stale="true"], [data-testid="stSkeleton"]\')'
    )


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
