"""A seller connects, watches the first data, mends a consent that was taken back, and ends it."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import URL, text

from services.database.engine import Database
from services.sync.tasks import put_in_line
from tests.browser.driving import at_a_screen, settle
from tests.browser.looking import SCREENS, looks_well, serious
from tests.common.consenting.fixtures import KEYS, registered
from tests.common.consenting.marketplace import OWN_ID, OWN_SECRET, OnLoopback
from tests.common.databases import fresh_database
from tests.common.serving.dashboards import served
from tests.common.working import a_worker_waits
from tests.common.worlds.insights import World

# One server for the whole file: its tests stay in one process, in their order.
pytestmark = pytest.mark.xdist_group("connecting")

COMES = 40_000  # milliseconds: a worker looks every two seconds, a page every three


@dataclass(frozen=True)
class Ground:
    """A dashboard and a worker at work, with two sellers' accounts that are empty."""

    address: str
    database: Database
    shop: OnLoopback
    log: Path

    def rows(self, query: str) -> list[Any]:
        with self.database.owning() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def at(self, path: str, account: int = 1) -> str:
        return f"{self.address}/{path}?account={account}"

    def sync_now(self) -> None:
        """The connection's turn has come."""
        with self.database.working() as connection:
            put_in_line(connection, 1, self.rows("select connection_id from sync_state")[0][0])


@pytest.fixture(scope="module")
def ground(
    server: URL, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("connecting")
    with registered() as shop, fresh_database(server, template) as own:
        World(own, "Northwind Kitchen")
        World(own, "Harbor Toys")
        today = datetime.now(UTC).date()
        shop.memory.returned = [today - timedelta(days=days) for days in range(3, 80, 7)]
        program = ("-m", "tests.common.consenting", shop.address)
        keys = {KEYS: os.environ[KEYS]}
        with served(own, folder, program=program, **keys) as address, a_worker_waits(own):
            yield Ground(address, own, shop, folder / "log.txt")
            shop.memory.go_on.set()  # else the worker would wait for it


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = at_a_screen(browser, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def opened(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)


def card(page: Page) -> Locator:
    return page.locator(".st-key-channel-amazon-us")


def over_there(page: Page, word: str) -> Page:
    """At the marketplace, in the tab that the press opens, and back from there."""
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Go on to Amazon").click()
    other = opening.value
    other.get_by_role("link", name=word, exact=True).click()
    other.wait_for_url(re.compile("/amazon"))
    settle(other)
    assert "code" not in other.url
    assert "state" not in other.url
    return other


def test_a_seller_connects_and_watches_the_first_data(page: Page, ground: Ground) -> None:
    ground.shop.memory.go_on.clear()
    opened(page, ground.at("overview"))
    expect(page.get_by_role("heading", name="Connect your marketplaces")).to_be_visible()
    page.get_by_role("button", name="Connect Amazon").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settle(page)
    assert serious(page) == set()
    other = over_there(page, "Allow")
    expect(other.get_by_text("newest first")).to_be_visible(timeout=COMES)
    # The tab that was left has heard of it as well.
    expect(page.get_by_text("newest first")).to_be_visible(timeout=COMES)
    ground.shop.memory.go_on.set()
    expect(card(other)).to_contain_text("connected by API since", timeout=COMES)
    expect(other.get_by_text("newest first")).to_be_hidden(timeout=COMES)
    landed = ground.rows("select count(*) from amazon_customer_return")
    assert landed[0][0] >= len(ground.shop.memory.returned)
    opened(page, ground.at("data"))
    expect(page.get_by_role("heading", name="What arrives by itself?")).to_be_visible()
    expect(page.get_by_text("Words that nobody knows")).to_be_visible()


def test_a_consent_that_was_taken_back_is_said_and_mended(page: Page, ground: Ground) -> None:
    ground.shop.memory.tokens.clear()
    with ground.database.syncing() as connection:
        connection.execute(text("update sync_piece set settled_at = settled_at - interval '2 d'"))
    ground.sync_now()
    opened(page, ground.at("amazon"))
    for _ in range(20):
        if "Taken back" in card(page).inner_text():
            break
        page.wait_for_timeout(1500)
        opened(page, ground.at("amazon"))
    expect(card(page)).to_contain_text("Taken back on")
    expect(page.get_by_text("not connected any more").first).to_be_visible()
    card(page).get_by_role("button", name="Connect again").click()
    settle(page)
    ground.shop.memory.days_left = 12
    other = over_there(page, "Allow")
    expect(card(other)).to_contain_text("connected by API since", timeout=COMES)
    expect(card(other)).to_contain_text("Your consent ends in 1")  # 12 days, or 11 by UTC's day
    expect(card(other).get_by_role("button", name="Renew the connection")).to_be_visible()


def test_who_does_not_allow_it_reads_so(page: Page, ground: Ground) -> None:
    opened(page, ground.at("amazon"))
    card(page).get_by_role("button", name="Renew the connection").click()
    settle(page)
    page.get_by_text("Renew it now").click()
    settle(page)
    other = over_there(page, "Do not allow")
    expect(other.get_by_text("You did not allow it")).to_be_visible()
    assert serious(other) == set()


@pytest.mark.parametrize("screen", SCREENS)
def test_connected_pages_look_well(browser: Browser, ground: Ground, screen: str) -> None:
    context = at_a_screen(browser, **SCREENS[screen])
    page = context.new_page()
    for name in ("amazon", "data", "overview"):
        looks_well(page, ground.at(name), f"connected-{name}-{screen}")
    looks_well(page, ground.at("overview", 2), f"to-connect-{screen}")
    context.close()


def test_a_connection_ends_with_what_it_opened(page: Page, ground: Ground) -> None:
    opened(page, ground.at("amazon"))
    card(page).get_by_role("button", name="Renew the connection").click()
    settle(page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Disconnect", exact=True).click()
    expect(dialog.get_by_text("What has been read until now stays")).to_be_visible()
    settle(page)
    assert serious(page) == set()
    dialog.get_by_role("button", name="Yes, disconnect").click()
    expect(card(page)).to_contain_text("Disconnected on", timeout=COMES)
    assert ground.rows("select 1 from connection_secret") == []
    assert ground.rows("select count(*) > 0 from amazon_customer_return") == [(True,)]


def test_a_key_of_ones_own_by_keyboard(page: Page, ground: Ground) -> None:
    ground.shop.memory.tokens.add(OWN_SECRET)
    opened(page, ground.at("amazon"))
    card(page).get_by_role("button", name="Connect again").press("Enter")
    settle(page)
    page.locator(".st-key-own-key-client_id input").fill(OWN_ID)
    secret = page.locator(".st-key-own-key-client_secret input")
    assert secret.get_attribute("type") == "password"
    secret.fill("short")
    secret.press("Enter")
    expect(page.get_by_text("copy it whole")).to_be_visible()
    expect(secret).to_have_value("")
    page.locator(".st-key-own-key-client_id input").fill(OWN_ID)
    secret.fill(OWN_SECRET)
    secret.press("Enter")
    expect(card(page)).to_contain_text("connected by API since", timeout=COMES)
    assert OWN_SECRET not in page.content()


def test_nothing_that_opens_data_stands_in_the_log(ground: Ground) -> None:
    log = ground.log.read_text("utf-8")
    assert OWN_SECRET not in log
    assert "code=" not in log
    assert "state=" not in log
