"""A fresh server's very first visitor, whatever address they try, sees nobody's figures.

Until a first run has named the pages, the framework would serve files lying flat in `pages/` by
themselves, past `app.py`. So each address is opened on a server of its own, as its first request.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import URL

from pages.shared.places import EVERY
from tests.browser.conftest import (
    PROJECT,
    free_port,
    server_environment,
    settle,
    wait_until_ready,
    with_sign_in,
)
from tests.browser.provider import Provider
from tests.conftest import fresh_database

# Real servers and a browser: one test process for all of them.
pytestmark = pytest.mark.xdist_group("browser")

PATHS = ("", *(place.path for place in EVERY))
FILES = sorted(path.name for path in (PROJECT / "pages").iterdir() if path.name[0] != "_")
Started = Callable[[], str]


@pytest.fixture(scope="module")
def fresh_server(
    server: URL, sample_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """Starts a server that nobody has visited yet, on a database with the sample world."""
    log = tmp_path_factory.mktemp("fresh") / "log.txt"
    with fresh_database(server, sample_template) as own, log.open("wb") as out:
        nobody_home = Provider("http://localhost:1")
        environment = server_environment(0, own) | with_sign_in(nobody_home, "http://127.0.0.1:1")
        with subprocess.Popen(
            [sys.executable, "-m", "tests.browser.preloaded"],
            cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=out, stderr=out, text=True,
        ) as preloaded:  # fmt: skip
            pipe = preloaded.stdin
            assert pipe

            def started() -> str:
                port = free_port()
                pipe.write(f"{port}\n")
                pipe.flush()
                wait_until_ready(address := f"http://127.0.0.1:{port}", preloaded, log)
                return address

            yield started
            pipe.close()
            preloaded.wait(30)


def test_no_page_file_lies_where_the_framework_would_serve_it() -> None:
    flat = {path.name for path in (PROJECT / "pages").glob("*.py")}
    assert flat <= {"__init__.py"}


@pytest.mark.parametrize("path", [*PATHS, *FILES])
def test_the_first_visitor_who_has_not_signed_in_sees_the_door_alone(
    page: Page, fresh_server: Started, path: str
) -> None:
    page.goto(f"{fresh_server()}/{path}?account=1")
    settle(page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.get_by_test_id("stMain").inner_text().split() == DOOR.split()
    assert page.get_by_text(re.compile(r"[$£€]\s?\d")).count() == 0
    for shown in ("stSidebar", "stPageLink", "stDataFrame", "stMetric", "stModal"):
        assert page.get_by_test_id(shown).count() == 0


DOOR = """
Sign in
What you may claim from your marketplaces, have recovered and have lost.
Sign in
You will come back to this page.
"""
