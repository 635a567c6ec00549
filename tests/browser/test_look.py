"""Every page, at a laptop's and a phone's width, light and dark: nothing sideways, no barrier."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import settle

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("browser")

PAGES = ("", "expiring", "cases", "amazon", "walmart", "data")
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
)
SCREENS = {
    "laptop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "user_agent": IPHONE,
        "is_mobile": True,
        "has_touch": True,
    },
}
# What the framework itself brings: a toast without a name, the drawing surface of its grid.
KNOWN = {"aria-dialog-name", "svg-img-alt"}


@pytest.fixture(params=["laptop", "phone"])
def screen(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["light", "dark"])
def visitor(request: pytest.FixtureRequest, browser: Browser, screen: str) -> Iterator[Page]:
    """A browser of this size and colour scheme."""
    context = browser.new_context(
        **SCREENS[screen],  # type: ignore[arg-type]
        color_scheme=request.param,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_no_serious_barrier_and_nothing_sideways(visitor: Page, dashboard: str, path: str) -> None:
    visitor.goto(f"{dashboard}/{path}")
    settle(visitor)
    wide = visitor.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, "the page scrolls sideways"
    found = Axe().run(visitor).response["violations"]
    serious = {
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical") and one["id"] not in KNOWN
    }
    assert serious == set()
