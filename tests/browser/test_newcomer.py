"""An empty dashboard, no terminal: a business is named, its marketplace allows it, data comes."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import URL, text

from services.database.engine import Database
from tests.browser.driving import at_a_screen, settle
from tests.browser.looking import SCREENS, looks_well, serious, stands_well
from tests.common.consenting.fixtures import KEYS, registered
from tests.common.consenting.marketplace import OWN_ID, OWN_SECRET, OnLoopback
from tests.common.databases import fresh_database
from tests.common.serving.dashboards import served
from tests.common.working import a_worker_waits

# One server for the whole file: its tests stay in one process, in their order.
pytestmark = pytest.mark.xdist_group("newcomer")

COMES = 40_000  # milliseconds: a worker looks every two seconds, a page every three


@dataclass(frozen=True)
class Ground:
    """A dashboard and a worker at work, and nothing in them."""

    address: str
    database: Database
    shop: OnLoopback

    def rows(self, query: str) -> list[Any]:
        with self.database.owning() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture(scope="module")
def ground(
    server: URL, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("newcomer")
    with registered() as shop, fresh_database(server, template) as own:
        today = datetime.now(UTC).date()
        shop.memory.returned = [today - timedelta(days=days) for days in range(3, 80, 7)]
        program = ("-m", "tests.common.consenting", shop.address)
        keys = {KEYS: os.environ[KEYS], "DATA_DIRECTORY": str(folder / "data")}
        with served(own, folder, program=program, **keys) as address, a_worker_waits(own):
            yield Ground(address, own, shop)
            shop.memory.go_on.set()  # else the worker would wait for it


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = at_a_screen(browser, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def opened(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)


def name_it(page: Page, name: str) -> None:
    """What is typed last counts, also where nobody leaves the field before the press."""
    page.get_by_label("Name of the business").fill(name)
    page.get_by_role("button", name="Connect Amazon").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"For a new account, {name}")
    settle(page)


def over_there(page: Page, word: str) -> Page:
    """At the marketplace, in the tab that the press opens, and back from there."""
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Go on to Amazon").click()
    other = opening.value
    other.get_by_role("link", name=word, exact=True).click()
    other.wait_for_url(re.compile("/(data|overview)"))
    settle(other)
    assert "code" not in other.url
    assert "state=" not in other.url
    return other


@pytest.mark.parametrize("screen", SCREENS)
def test_the_empty_dashboard_looks_well(browser: Browser, ground: Ground, screen: str) -> None:
    context = at_a_screen(browser, **SCREENS[screen])
    looks_well(context.new_page(), ground.address, f"newcomer-{screen}")
    context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_the_way_over_looks_well(browser: Browser, ground: Ground, screen: str) -> None:
    context = at_a_screen(browser, **SCREENS[screen])
    page = context.new_page()
    opened(page, ground.address)
    name_it(page, "A business of a longer name than most, & Sons")
    stands_well(page, f"newcomer-dialog-{screen}")
    context.close()


def test_who_does_not_allow_it_reads_so_and_leaves_nothing(page: Page, ground: Ground) -> None:
    opened(page, ground.address)
    expect(page.get_by_role("heading", name="Connect your marketplaces")).to_be_visible()
    expect(page.get_by_role("heading", name="Drop your report files")).to_be_visible()
    expect(page.get_by_role("heading", name="What will appear")).to_be_visible()
    name_it(page, "Harbor Toys")
    assert serious(page) == set()
    other = over_there(page, "Do not allow")
    expect(other.get_by_text("You did not allow it")).to_be_visible()
    assert ground.rows("select 1 from account_request") == []
    assert ground.rows("select 1 from account") == []


def test_a_newcomer_names_a_business_allows_it_and_sees_its_data_arrive(
    page: Page, ground: Ground
) -> None:
    ground.shop.memory.go_on.clear()
    opened(page, ground.address)
    name_it(page, "Northwind Kitchen")
    other = over_there(page, "Allow")
    # Both tabs go on to the account as soon as it is there, and tell what arrives.
    for tab in (other, page):
        expect(tab.get_by_text("newest first")).to_be_visible(timeout=COMES)
        expect(tab).to_have_url(re.compile(r"/overview\?account=1"))
    ground.shop.memory.go_on.set()
    expect(other.get_by_text("newest first")).to_be_hidden(timeout=COMES)
    assert ground.rows("select name from account") == [("Northwind Kitchen",)]
    landed = ground.rows("select count(*) from amazon_customer_return")
    assert landed[0][0] >= len(ground.shop.memory.returned)


def test_another_business_is_connected_from_data(page: Page, ground: Ground) -> None:
    """With a key of its own; what is there already is refused by its name."""
    opened(page, f"{ground.address}/data?account=1")
    field = page.get_by_label("Name of the business")
    field.fill("Northwind Kitchen")
    page.get_by_role("button", name="Connect Amazon").click()
    expect(page.get_by_text("There is an account of that name")).to_be_visible()
    settle(page)
    name_it(page, "Harbor Toys")
    page.locator(".st-key-own-key-client_id input").fill(OWN_ID)
    secret = page.locator(".st-key-own-key-client_secret input")
    secret.fill(OWN_SECRET)
    secret.press("Enter")
    expect(page).to_have_url(re.compile(r"/overview\?account=(?!1\b)\d+"), timeout=COMES)
    assert OWN_SECRET not in page.content()
    assert ground.rows("select name from account order by 1") == [
        ("Harbor Toys",),
        ("Northwind Kitchen",),
    ]
