"""Every page, at a laptop's width and a phone's: nothing sideways, no barrier, no money cut."""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext

from pages.shared import places
from tests.browser.driving import at_a_screen
from tests.browser.looking import (
    SCREENS,
    looks_well,
    no_money_is_cut_at_any_width,
)

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("browser")

# The page of one discrepancy needs its number: tests/browser/test_discrepancy.py.
PAGES: Final = [place.path for place in places.EVERY if place is not places.DISCREPANCY]


@pytest.fixture(scope="module", params=list(SCREENS))
def screen(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def context(browser: Browser, screen: str) -> Iterator[BrowserContext]:
    """One visitor for all pages: what the browser has loaded once it keeps."""
    opened = at_a_screen(browser, **SCREENS[screen])
    yield opened
    opened.close()


@pytest.mark.parametrize("path", PAGES)
def test_no_serious_barrier_and_nothing_sideways(
    context: BrowserContext, screen: str, dashboard: str, path: str
) -> None:
    page = context.new_page()
    looks_well(page, f"{dashboard}/{path}", f"{path}-{screen}")
    if screen == "laptop":
        no_money_is_cut_at_any_width(page)
    page.close()
