"""What every page is held to in a real browser, and the pictures that it leaves behind."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from services.settings import PROJECT
from tests.browser.driving import settle

PICTURES: Final = PROJECT / "test-results" / "pages"
IPHONE: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
)
# Both widths and both appearances, each once; the other way round, what the pages are made of:
# tests/components/test_in_the_browser.py.
SCREENS: Final = {
    "laptop": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "phone": {
        "color_scheme": "dark",
        "viewport": {"width": 390, "height": 844},
        "user_agent": IPHONE,
        "is_mobile": True,
        "has_touch": True,
    },
}
# What the framework itself brings: a toast without a name, its charts without a picture's name.
KNOWN: Final = {"aria-dialog-name", "svg-img-alt"}


CUT_MONEY: Final = (PROJECT / "tests" / "browser" / "cut_money.js").read_text("utf-8")
# Beside the laptop's own width: a small and a large one, and a small one at twice the size.
OTHER_WIDTHS: Final = (1280, 1920, 640)
TABLE: Final = "[data-testid=stBidiComponentIsolated] table"


def rows(page: Page, position: int = 0) -> Locator:
    """The rows of one of our tables on the page, or in what lies over it."""
    return page.locator(TABLE).nth(position).locator("tbody tr")


def looks_well(page: Page, address: str, name: str) -> None:
    """Nothing scrolls sideways, nothing bars the way, no money is cut; leaves a picture."""
    page.goto(address)
    stands_well(page, name)


def stands_well(page: Page, name: str) -> None:
    """The same of the page as it is at this moment."""
    settle(page)
    assert cut_money(page) == []
    _keep_picture(page, PICTURES / f"{name}.png")
    assert not _scrolls_sideways(page), f"{name} scrolls sideways"
    assert serious(page) == set()


def cut_money(page: Page) -> list[str]:
    """Amounts that cannot be read whole, in the window as it is."""
    page.wait_for_timeout(200)  # charts and tables take a new width over one by one
    # The function alone: a comment before it would not be one.
    script = CUT_MONEY[CUT_MONEY.index("() =>") :]
    return [str(each) for each in page.evaluate(script)["cut"]]


def no_money_is_cut_at_any_width(page: Page, widths: Sequence[int] = OTHER_WIDTHS) -> None:
    size = page.viewport_size
    assert size
    for width in widths:
        page.set_viewport_size({"width": width, "height": size["height"]})
        assert (width, cut_money(page)) == (width, [])
    page.set_viewport_size(size)


def _keep_picture(page: Page, file: Path) -> None:
    """The whole page: what scrolls is the app's own main part, not the document."""
    size = page.viewport_size
    assert size
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    settle(page)
    page.screenshot(path=file)
    page.set_viewport_size(size)


def _scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def serious(page: Page) -> set[str]:
    return {
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical") and one["id"] not in KNOWN
    }
