"""An account manager in a call, by keyboard, and the view that the client sees meanwhile."""

import re

import pytest
from playwright.sync_api import Page, expect

from sample.world import ACCOUNTS
from tests.browser.driving import settle

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("browser")


def at_the_calls(page: Page) -> None:
    page.get_by_role("button", name="Log a call").click()
    settle(page)


def test_find_a_client_log_a_call_present_and_come_back(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/portfolio")
    settle(page)
    expect(page.get_by_role("heading", name="Portfolio")).to_be_visible()
    # Two keystrokes to the client with most at risk.
    page.keyboard.press("k")
    foremost = page.get_by_role("dialog").get_by_role("button", name=re.compile("1$"))
    expect(foremost).to_be_visible()
    page.keyboard.press("1")
    page.wait_for_url(re.compile(r"/overview\?account=\d+"))
    settle(page)
    before = page.get_by_text(re.compile("^Since our last call, ")).inner_text()
    # A call, logged by a hasty hand; its note carries nothing but words.
    at_the_calls(page)
    form = page.get_by_role("dialog")
    form.get_by_label("Note").fill("Asked for ![the list](https://tracker.example/x.png)")
    form.get_by_role("button", name="Log this call").dblclick()
    expect(form).to_be_hidden()
    settle(page)
    # The call goes on: what changed is still counted from the one before, here and for the client.
    expect(page.get_by_text(before)).to_be_visible()
    at_the_calls(page)
    expect(form.get_by_text("Asked for ![the list]")).to_have_count(1)
    page.keyboard.press("Escape")
    settle(page)
    # What the client sees: nobody else, no notes, no way to others; and back again.
    page.get_by_role("link", name="Present").click()
    page.wait_for_url(re.compile("/present"))
    settle(page)
    expect(page.get_by_role("heading", name="What expires next")).to_be_visible()
    expect(page.get_by_text(before)).to_be_visible()
    (shown,) = [name for name in ACCOUNTS if page.get_by_role("heading", name=name).count()]
    drawn = page.content() + page.title() + page.url
    for word in ({*ACCOUNTS} - {shown}) | {"Asked for", "View as", "Log a call"}:
        assert word not in drawn
    assert page.locator('[data-testid="stSidebar"]:visible').count() == 0
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 18
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url(re.compile(r"/overview\?.*account=\d+"))
    settle(page)
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") < 15
    # From the call before the last; then what was logged is undone, and its line stays.
    at_the_calls(page)
    form.get_by_role("button", name="Count from here").nth(1).click()
    page.wait_for_url(re.compile(r"since=\d{4}-\d\d-\d\d"))
    settle(page)
    expect(page.get_by_text(re.compile("^Since our call on "))).to_be_visible()
    at_the_calls(page)
    form.get_by_role("button", name="Undo").first.click()
    expect(form).to_be_hidden()
    settle(page)
    at_the_calls(page)
    expect(form.get_by_text(re.compile("^undone on "))).to_be_visible()
    expect(form.get_by_text("Asked for ![the list]")).to_have_count(0)
