"""The gallery as people meet it: light and dark, wide and narrow, by mouse and by ear."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.common.serving.running import settle

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("gallery")

WIDE: Final = (1440, 900)
LAPTOP: Final = (1280, 800)
NARROW: Final = (390, 844)
NASTY: Final = "![x](https://elsewhere.example/t.png) <img src=x onerror=alert(1)> <b>y</b>"
PHONE: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)
PAGES: Final = ("/", "/expiring", "/states")


@contextmanager
def opened(
    chrome: Browser, url: str, size: tuple[int, int] = WIDE, *, dark: bool = False
) -> Iterator[Page]:
    context = chrome.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        user_agent=PHONE if size == NARROW else None,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(url)
    settle(page)
    yield page
    context.close()


def drawn(page: Page) -> None:
    """Charts and tables come after the text, and a chart is measured before it is drawn."""
    page.wait_for_function(
        """() => !document.querySelector('[data-testid=stSkeleton]')
            && [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
                .every(chart => chart.querySelector('.main-svg'))"""
    )
    page.wait_for_timeout(400)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("size", "dark"), [(WIDE, True), (NARROW, False)], ids=["wide and dark", "narrow and light"]
)
def test_nothing_bars_the_way(
    chrome: Browser, gallery: str, path: str, size: tuple[int, int], dark: bool
) -> None:
    """The other way round, the pages themselves: tests/browser/test_look.py."""
    with opened(chrome, gallery + path, size, dark=dark) as page:
        drawn(page)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("size", [WIDE, LAPTOP, NARROW], ids=["wide", "laptop", "narrow"])
def test_a_figure_in_millions_keeps_its_cents(
    chrome: Browser, gallery: str, size: tuple[int, int]
) -> None:
    with opened(chrome, gallery, size) as page:
        figure = page.locator("[data-testid=stMetricValue]").first
        expect(figure).to_contain_text("$1,018,442.10")
        assert figure.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_the_account_stands_above_the_pages_and_stays_while_they_change(
    chrome: Browser, gallery: str
) -> None:
    with opened(chrome, gallery) as page:
        sidebar = page.locator("[data-testid=stSidebar]")
        selector = sidebar.locator("[data-testid=stSelectbox]")
        link = sidebar.get_by_role("link", name="Expiring")
        assert top(selector, page) < top(link, page)
        selector.click()
        page.get_by_role("option", name="Harbor & Pine").click()
        expect(page).to_have_url(re.compile("account=12"))
        link.click()
        expect(page.get_by_role("heading", name="Expiring")).to_be_visible()
        assert "account=12" in page.url


def top(part: object, page: Page) -> float:
    box = part.bounding_box()  # type: ignore[attr-defined]
    assert box is not None, page.url
    return float(box["y"])


def test_an_account_that_is_not_yours_is_said_not_swapped_silently(
    chrome: Browser, gallery: str
) -> None:
    with opened(chrome, f"{gallery}/?account=99") as page:
        expect(page.get_by_text("That link names an account you cannot open")).to_be_visible()


def test_a_press_anywhere_in_a_row_answers_with_its_key_again_and_again(
    chrome: Browser, gallery: str
) -> None:
    with opened(chrome, gallery) as page:
        cells = page.locator(".st-key-next tbody tr").nth(1).locator("td")
        for position, currency in ((0, "CAD"), (4, "USD"), (4, "CAD")):
            cells.nth(position).click()
            expect(page.get_by_text("row=d1")).to_be_visible()
            page.get_by_text(currency, exact=True).click()  # any other run: the answer is over
            expect(page.get_by_text("row=None")).to_be_visible()


def test_keys_move_between_rows_and_only_enter_and_space_open_one(
    chrome: Browser, gallery: str
) -> None:
    with opened(chrome, gallery) as page:
        rows = page.locator(".st-key-next tbody tr")
        rows.first.locator("button").focus()
        for key, position in (
            ("ArrowDown", 1),
            ("End", 4),
            ("ArrowDown", 4),
            ("ArrowUp", 3),
            ("Home", 0),
            ("ArrowDown", 1),
        ):
            page.keyboard.press(key)
            expect(rows.nth(position).locator("button")).to_be_focused()
        expect(page.get_by_text("row=None")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_text("row=d1")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        expect(page.get_by_text("row=d2")).to_be_visible()


def test_words_in_a_table_are_only_ever_text(chrome: Browser, gallery: str) -> None:
    with opened(chrome, gallery) as page:
        cell = page.locator(".st-key-next tbody tr").first.locator("td").nth(3)
        expect(cell).to_have_text(NASTY)
        assert cell.evaluate("cell => cell.querySelectorAll('a, b, img').length") == 0


def test_a_clicked_bar_filters_and_a_chip_takes_it_back(chrome: Browser, gallery: str) -> None:
    with opened(chrome, gallery) as page:
        drawn(page)
        box = page.locator(".st-key-unclaimed .barlayer .point path").first.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page).to_have_url(re.compile(r"channel=Amazon\+US"))
        page.get_by_role("button", name="Marketplace: Amazon US").click()
        expect(page).not_to_have_url(re.compile("channel"))
        expect(page).to_have_url(re.compile("type="))


def test_a_copied_link_writes_every_filter_out(chrome: Browser, gallery: str) -> None:
    with opened(chrome, f"{gallery}/?type=Returns") as page:
        page.get_by_text("Copy link").click()
        link = page.locator("[data-testid=stCode]").inner_text()
    assert set(link.partition("?")[2].split("&")) == {
        "channel=All+marketplaces",
        "type=Returns",
        "currency=USD",
    }


def test_a_phone_folds_the_filters_and_keeps_three_columns(chrome: Browser, gallery: str) -> None:
    with opened(chrome, f"{gallery}/?type=Returns", NARROW) as page:
        page.get_by_role("button", name="Filters · 1").click()
        expect(page.get_by_role("radio", name="Amazon CA")).to_be_visible()
        heads = page.locator(".st-key-next thead th")
        expect(heads).to_have_count(3)


def test_a_sellers_words_ask_nothing_of_another_machine(chrome: Browser, gallery: str) -> None:
    with opened(chrome, f"{gallery}/states") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        settle(page)
        assert page.locator("a[href*=elsewhere]").count() == 0
        assert not [url for url in asked if "elsewhere" in url]


def test_the_picture_follows_the_appearance(chrome: Browser, gallery: str) -> None:
    with opened(chrome, gallery, dark=True) as page:
        drawn(page)
        bar = page.locator(".st-key-bucket-claimed-bar .barlayer .point path").first
        assert bar.evaluate("node => getComputedStyle(node).fill") == "rgb(63, 199, 154)"
