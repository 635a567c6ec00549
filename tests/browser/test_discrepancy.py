"""From a list to the whole story of one row, in a real browser; legible on every screen."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import at_a_screen, settle
from tests.browser.looking import SCREENS, looks_well, rows

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("browser")


def open_from_expiring(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/expiring")
    settle(page)
    rows(page).first.click()
    settle(page)
    page.get_by_role("dialog").get_by_text("Open as a page").click()
    expect(page).to_have_url(re.compile(r"/discrepancy\?.*id=\d+"))
    settle(page)


def test_a_row_leads_to_its_page_and_the_address_opens_it_again(page: Page, dashboard: str) -> None:
    open_from_expiring(page, dashboard)
    expect(page.get_by_role("dialog")).to_be_hidden()
    for card in ("Why is it here?", "Until when?", "Where is every unit?", "What is a unit worth?"):
        expect(page.get_by_role("heading", name=card)).to_be_visible()
    title = page.get_by_role("heading", level=1).text_content()
    page.goto(page.url)
    settle(page)
    assert page.get_by_role("heading", level=1).text_content() == title


def test_the_card_says_what_changed_and_the_address_keeps_it(page: Page, dashboard: str) -> None:
    page.goto(dashboard)
    settle(page)
    page.get_by_role("button", name="What changed?").click()
    settle(page)
    expect(page.get_by_role("heading", name="Why did Unclaimed change?")).to_be_visible()
    assert "show=changes" in page.url
    page.goto(page.url)
    settle(page)
    expect(page.get_by_role("heading", name="Why did Unclaimed change?")).to_be_visible()


@pytest.mark.parametrize("number", ["999999999", "nothing"])
def test_a_wrong_number_shows_nothing(page: Page, dashboard: str, number: str) -> None:
    page.goto(f"{dashboard}/discrepancy?id={number}")
    settle(page)
    expect(page.get_by_text("There is no such discrepancy in this account")).to_be_visible()
    assert page.get_by_text(re.compile(r"\$\d")).count() == 0


@pytest.mark.parametrize("screen", list(SCREENS))
def test_no_serious_barrier_and_nothing_sideways(
    browser: Browser, page: Page, dashboard: str, screen: str
) -> None:
    open_from_expiring(page, dashboard)
    context = at_a_screen(browser, **SCREENS[screen])
    seen = context.new_page()
    looks_well(seen, page.url, f"discrepancy-{screen}")
    context.close()
