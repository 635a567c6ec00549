"""Words that would be pictures, links or formulas, in front of a real browser: they stay words."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from sqlalchemy import URL

from tests.browser.driving import at_a_screen, settle
from tests.common.databases import fresh_database
from tests.common.serving.dashboards import served
from tests.common.worlds import zoo as world
from tests.common.worlds.zoo import HOSTILE, build

pytestmark = pytest.mark.xdist_group("browser")

# Each opens as the persona whose page it is. Those with words outside tables say them as typed.
SAYS = ("discrepancy", "requests")
PAGES = ("overview", "data", "people", *SAYS)


def test_no_word_of_a_seller_becomes_more_than_a_word(
    server: URL, template: str, tmp_path: Path, chrome: Browser
) -> None:
    with pytest.MonkeyPatch.context() as patch, fresh_database(server, template) as own:
        patch.setattr(world, "_WORDS", (HOSTILE,))
        (account,) = build(own, 1).accounts
        number = f"account={account.account_id}"
        more = {
            "discrepancy": f"&id={account.ids['discrepancy']}",
            "requests": f"&request={account.ids['request']}",
        }
        with served(own, tmp_path) as address:
            asked: set[str] = set()
            context = at_a_screen(chrome, viewport={"width": 1280, "height": 800})
            page = context.new_page()
            page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
            for name in PAGES:
                page.goto(f"{address}/{name}?{number}{more.get(name, '')}")
                settle(page)
                assert page.locator("h1").count() > 0, name
                assert page.locator('img[src*="//h"], a[href*="//h"], .katex').count() == 0, name
                if name in SAYS:
                    said = page.locator("body").inner_text().replace("\u2060", "")
                    assert HOSTILE in said, name
            context.close()
            assert asked - {""} == {urlsplit(address).netloc}  # "": what the page carries itself
