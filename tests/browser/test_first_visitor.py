"""A fresh server's very first visitor, whatever address they try, sees nobody's figures.

Until a first run has named the pages, the framework would serve files lying flat in `pages/` by
themselves, past `app.py`. So each address is opened on a server of its own, as its first request.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from services.database.engine import Database
from tests.browser.conftest import PROJECT, free_port, server_environment, settle, wait_until_ready

# Real servers and a browser: one test process for all of them.
pytestmark = pytest.mark.xdist_group("browser")

PAGES = ("", "expiring", "cases", "amazon", "walmart", "discrepancy", "data")
FILES = ("seller", "shared")


@pytest.fixture
def fresh_server(sample_database: Database, tmp_path: Path) -> Iterator[str]:
    """A server that nobody has visited yet, on a database with the sample world."""
    port, log = free_port(), tmp_path / "log.txt"
    environment = server_environment(port) | {
        "DATABASE_URL": sample_database.urls.owner.render_as_string(hide_password=False),
        "ACCEPT_SERVER_BELOW_SECURITY_FLOOR": "true",
    }
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "asgi.py"], cwd=PROJECT, env=environment, stdout=out, stderr=out
        )
        try:
            wait_until_ready(address := f"http://127.0.0.1:{port}", server, log)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def test_no_page_file_lies_where_the_framework_would_serve_it() -> None:
    flat = {path.name for path in (PROJECT / "pages").glob("*.py")}
    assert flat <= {"__init__.py"}


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_the_first_visitor_without_an_account_sees_no_figure(
    page: Page, fresh_server: str, path: str
) -> None:
    page.goto(f"{fresh_server}/{path}?account=999999")
    settle(page)
    assert page.get_by_text("There is no such account here").is_visible()
    assert page.get_by_text(re.compile(r"[$£€]\s?\d")).count() == 0
    assert page.get_by_test_id("stDataFrame").count() == 0
