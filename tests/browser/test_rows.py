"""Lists, rows and what they open: the same by mouse, by keyboard and by Back."""

import re
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driving import at_a_screen, settle
from tests.browser.looking import IPHONE, cut_money, rows

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("browser")

SCROLLED: Final = "document.querySelector('[data-testid=stMain]').scrollTop"


def story(page: Page) -> Locator:
    return page.get_by_role("dialog")


def at_the_list(page: Page, title: str) -> None:
    heading = page.get_by_role("heading", name=title)
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()


def opened_with(page: Page, title: str) -> None:
    settle(page)
    expect(story(page)).to_be_visible()
    expect(story(page).get_by_role("heading", name=title).first).to_be_visible()


def test_a_row_opens_again_and_again_and_whatever_closes_it_leads_back(
    page: Page, dashboard: str
) -> None:
    page.goto(f"{dashboard}/expiring")
    settle(page)
    before = page.evaluate("history.length")
    row, button = rows(page).nth(2), rows(page).nth(2).locator("button")
    title = row.locator("td").nth(2).inner_text()
    row.locator("td").nth(5).click()
    opened_with(page, title)
    assert cut_money(page) == []
    scrolled = page.evaluate(SCROLLED)
    page.keyboard.press("Escape")
    expect(story(page)).to_be_hidden()
    settle(page)
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    opened_with(page, title)
    page.go_back()
    expect(story(page)).to_be_hidden()
    settle(page)
    expect(button).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    opened_with(page, title)
    story(page).get_by_role("button", name="Close").click()
    expect(story(page)).to_be_hidden()
    settle(page)
    assert page.evaluate(SCROLLED) == scrolled
    assert "expiring" in page.url
    assert page.evaluate("history.length") <= before + 1, "nothing is left to step back through"


def test_back_from_the_page_of_a_row_leads_to_its_list(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/cases")
    settle(page)
    page.goto(f"{dashboard}/expiring")
    settle(page)
    rows(page).first.click()
    settle(page)
    story(page).get_by_text("Open as a page").click()
    page.wait_for_url("**/discrepancy**")
    settle(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Expiring")).to_be_visible()
    expect(story(page)).to_be_hidden()
    page.go_back()
    page.wait_for_url("**/cases")


def test_one_step_back_leads_past_what_a_page_writes_into_its_address(
    page: Page, dashboard: str
) -> None:
    page.goto(f"{dashboard}/portfolio")
    settle(page)
    rows(page).filter(has_text="Baltic Outdoor").filter(has_text="€").click()
    page.wait_for_url("**/overview?**currency=EUR**")
    settle(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Portfolio")).to_be_visible()


def test_what_a_press_asks_for_comes_into_sight_and_says_what_it_comes_to(
    page: Page, dashboard: str
) -> None:
    page.goto(f"{dashboard}/overview")
    settle(page)
    page.locator(".st-key-bucket-unclaimed-ready button").click()
    at_the_list(page, "Ready to claim")
    expect(page.get_by_text(re.compile(r"^\d+ items · \$[\d,]+\.\d\d"))).to_be_visible()
    page.get_by_role("button", name="Next").click()
    settle(page)
    expect(page.get_by_text(re.compile(r"^51–100 of \d+"))).to_be_attached()
    at_the_list(page, "Ready to claim")
    page.go_back()
    expect(page.get_by_text(re.compile(r"^1–50 of \d+"))).to_be_attached()
    page.go_back()
    expect(page.get_by_role("heading", name="Expires next")).to_be_visible()


def test_a_keyboard_presses_the_same_bars(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/overview")
    settle(page)
    months = page.locator(".st-key-recovered-marks button")
    page.keyboard.press("Tab")
    months.first.focus()
    expect(months.first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(months.nth(1)).to_be_focused()
    settle(page)
    said = months.nth(1).inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**month=**")
    at_the_list(page, f"Payments and reversals · {said.partition(',')[0]}")
    settle(page)
    kinds = page.locator(".st-key-unclaimed-by-type-marks button")
    kinds.first.focus()
    page.keyboard.press("Space")
    page.wait_for_url("**type=**")


def test_a_finger_opens_the_same_and_finds_room_to_press(browser: Browser, dashboard: str) -> None:
    finger: dict[str, Any] = {"has_touch": True, "is_mobile": True, "user_agent": IPHONE}
    context = at_a_screen(browser, viewport={"width": 390, "height": 844}, **finger)
    page = context.new_page()
    page.goto(f"{dashboard}/expiring")
    settle(page)
    row = rows(page).first
    box = row.bounding_box()
    assert box
    assert box["height"] >= 44
    title = row.locator("td").nth(1).inner_text()
    row.locator("td").nth(2).tap()
    opened_with(page, title)
    page.go_back()
    expect(story(page)).to_be_hidden()
    context.close()


def test_k_is_typed_into_at_once_and_digits_still_choose(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/portfolio")
    settle(page)
    page.keyboard.press("k")
    expect(story(page).get_by_role("combobox")).to_be_focused()
    page.keyboard.type("map")
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview?account=**")
    settle(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Portfolio")).to_be_visible()
    settle(page)
    page.keyboard.press("k")
    expect(story(page).get_by_role("combobox")).to_be_focused()
    page.go_back()
    expect(story(page)).to_be_hidden()
    expect(page.get_by_role("heading", name="Portfolio")).to_be_visible()
