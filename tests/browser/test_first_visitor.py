"""A fresh server's very first visitor, whatever address they try, sees nobody's figures.

Until a first run has named the pages, the framework would serve files lying flat in `pages/` by
themselves, past `app.py`. So each address is opened on a server of its own, as its first request.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import URL
from streamlit.proto.Element_pb2 import Element

from pages.shared.places import EVERY
from services.settings import PROJECT
from tests.browser.driving import settle
from tests.common.databases import fresh_database
from tests.common.serving.dashboards import (
    free_port,
    server_environment,
    wait_until_ready,
    with_sign_in,
)
from tests.common.serving.provider import Provider
from tests.common.serving.wire import first_run

# Real servers and a browser: one test process for all of them.
pytestmark = pytest.mark.xdist_group("signing in")

PATHS = ("", *(place.path for place in EVERY))
FILES = sorted(path.stem for path in (PROJECT / "pages").iterdir() if path.name[0] != "_")
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
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            text=True,
        ) as preloaded:
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


def test_the_first_visitor_who_has_not_signed_in_sees_the_door_alone(
    page: Page, fresh_server: Started
) -> None:
    page.goto(f"{fresh_server()}/overview?account=1")
    settle(page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.get_by_test_id("stMain").inner_text().split() == " ".join(DOOR).split()
    for shown in ("stSidebar", "stPageLink", "stBidiComponentIsolated", "stMetric", "stModal"):
        assert page.get_by_test_id(shown).count() == 0


@pytest.mark.parametrize("path", [*PATHS, *FILES])
def test_whatever_the_first_address_is_nothing_but_the_door_is_sent(
    fresh_server: Started, path: str
) -> None:
    """All that the server sends, whether or not a browser would show it."""
    sent = first_run(fresh_server(), path, "account=1")
    elements = [each.delta.new_element for each in sent if each.delta.HasField("new_element")]
    said = [_words(one) for one in elements if one.WhichOneof("type") not in WORDLESS]
    assert said == DOOR
    others = [each.WhichOneof("type") for each in sent if not each.HasField("delta")]
    assert set(others) <= AROUND
    assert not re.search(r"[$£€]\s?\d", str(sent))


# Title, what it is, the button, and where one comes out afterwards.
DOOR: Final = [
    "Sign in",
    "What you may claim from your marketplaces, have recovered and have lost.",
    "Sign in",
    "You will come back to this page.",
]
WORDLESS: Final = {"imgs", "space"}
AROUND: Final = {
    "new_session",
    "session_status_changed",
    "page_config_changed",
    "navigation",
    "logo",
    "script_finished",
}


def _words(one: Element) -> str:
    """Markdown's own marks left out."""
    kind = one.WhichOneof("type")
    said = {"heading": one.heading.body, "markdown": one.markdown.body, "text": one.text.body}
    plain = one.button.label if kind == "button" else said[str(kind)]
    return re.sub(r"\*\*|:[a-z-]+\[|\](\{.*?\})?|:material/\w+:", "", plain).strip()
