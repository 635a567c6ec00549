"""What a page is like while it loads, for somebody who has never been there: nothing jumps."""

from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from tests.browser.driving import settle, watched
from tests.browser.looking import SCREENS

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("browser")

# As browsers count it: the share of the window that moved, times how far it moved.
SHIFTED: Final = """
window.shifted = [];
const called = (node) => (node?.closest ? node : node?.parentElement)?.textContent.slice(0, 60);
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.value > 0.001) {
      shifted.push([entry.value, (entry.sources ?? []).map((source) => called(source.node))]);
    }
  }
}).observe({ type: "layout-shift", buffered: true });
"""
MOST: Final = 0.1


@pytest.mark.parametrize(
    ("screen", "path"),
    [
        ({"viewport": {"width": 1280, "height": 800}}, "overview"),
        ({"viewport": {"width": 1280, "height": 800}}, "expiring"),
        ({"viewport": {"width": 1280, "height": 800}}, "cases"),
        (SCREENS["phone"], "cases"),
        (SCREENS["phone"], "overview"),
    ],
    ids=lambda one: one if isinstance(one, str) else str(one["viewport"]["width"]),
)
def test_nothing_jumps_while_a_page_loads(
    browser: Browser, dashboard: str, screen: dict[str, Any], path: str
) -> None:
    context = watched(browser.new_context(**screen))
    context.add_init_script(SHIFTED)
    page = context.new_page()
    page.goto(f"{dashboard}/{path}")
    settle(page)
    page.wait_for_timeout(500)  # what comes late is what jumps
    shifted = page.evaluate("shifted")
    assert sum(value for value, _ in shifted) < MOST, shifted
    context.close()
