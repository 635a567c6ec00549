"""The whole server, over the network and in a real browser."""

import gzip
import re
import socket
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from components.elements import SCRIPTS, full_name
from server.first_paint import head
from server.policy import INDEX_PAGE, security_headers
from tests.common.serving.running import get, place, running, settle

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("gallery")


@pytest.mark.parametrize("path", ["/", "/api/health", "/_stcore/health", "/static/none.js"])
def test_every_answer_carries_the_policy(address: str, path: str) -> None:
    _status, headers, _body = get(address + path)
    assert security_headers().items() <= headers.items()
    assert "server" not in headers


def test_health_and_readiness(address: str) -> None:
    assert get(f"{address}/api/health")[::2] == (200, b'{"status":"ok"}')
    assert get(f"{address}/api/ready")[::2] == (200, b'{"status":"ready"}')


@pytest.mark.process
def test_not_ready_is_an_error_for_whoever_watches(tmp_path: Path) -> None:
    with running(place("import streamlit", tmp_path), ready=False) as address:
        assert get(f"{address}/api/ready")[0] == 503
        assert get(f"{address}/api/health")[0] == 200


def test_the_frameworks_open_addresses_for_files_are_closed(address: str, chrome: Browser) -> None:
    page = opened(chrome, address, [])
    with page.expect_response(lambda answer: "/media/" in answer.url) as taken:
        page.get_by_role("button", name="Offer").click()
    assert taken.value.status == 404
    page.context.close()


def test_a_foreign_name_gets_nothing(address: str) -> None:
    assert get(address, Host="evil.example")[0] == 421


def test_scripts_travel_compressed_and_arrive_whole(address: str) -> None:
    page = get(address)[2].decode()
    script = re.search(r"static/js/index\.[^\"]+\.js", page)
    assert script is not None
    plain = get(f"{address}/{script[0]}")[2]
    _status, headers, packed = get(f"{address}/{script[0]}", Accept_Encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert len(packed) < len(plain) / 2
    assert gzip.decompress(packed) == plain


def test_a_visitor_who_leaves_at_once_costs_nobody_a_script(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    for script in sorted((INDEX_PAGE.parent / "static" / "js").glob("*.js"))[:40]:
        asked = (
            f"GET /static/js/{script.name} HTTP/1.1\r\n"
            f"Host: {host}\r\nAccept-Encoding: gzip\r\n\r\n"
        )
        for _ in range(3):
            with socket.create_connection((host, int(port))) as hasty:
                hasty.sendall(asked.encode())
        packed = get(f"{address}/static/js/{script.name}", Accept_Encoding="gzip")[2]
        assert gzip.decompress(packed) == script.read_bytes()


def opened(chrome: Browser, address: str, said: list[str]) -> Page:
    page = chrome.new_page()
    page.on("console", lambda message: said.append(message.text) if _is_bad(message) else None)
    page.goto(address)
    settle(page)
    return page


def _is_bad(message: object) -> bool:
    return getattr(message, "type", "") == "error"


def test_a_chart_and_a_table_draw_without_a_complaint(address: str, chrome: Browser) -> None:
    said: list[str] = []
    page = opened(chrome, address, said)
    expect(page.locator(".barlayer .point")).to_have_count(2)
    expect(page.locator("tbody tr")).to_have_count(2)
    page.close()
    assert said == []


def test_the_text_stands_in_our_own_font(address: str, chrome: Browser) -> None:
    page = opened(chrome, address, [])
    # Our own policy forbids the page to evaluate text again and again while it waits.
    page.evaluate("document.fonts.ready.then(() => true)")
    loaded = "[...document.fonts].some(f => f.status == 'loaded' && f.family == 'Inter')"
    assert page.evaluate(loaded)
    page.close()


def test_nothing_is_asked_of_any_other_machine(address: str, chrome: Browser) -> None:
    asked: list[str] = []
    page = chrome.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    settle(page)
    page.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_a_broken_page_gives_a_reference_and_no_detail(address: str, chrome: Browser) -> None:
    page = opened(chrome, address, [])
    page.get_by_role("button", name="Break").click()
    expect(page.get_by_text("cannot be shown right now")).to_be_visible()
    text = page.locator("[data-testid=stApp]").inner_text()
    boxes = page.locator("[data-testid=stException]").count()
    page.close()
    assert boxes == 0
    assert "secret" not in text
    assert "ValueError" not in text


def test_the_first_visitor_of_a_fresh_server_meets_the_app_not_a_file_of_pages(
    tmp_path: Path, chrome: Browser
) -> None:
    script = place(
        "import streamlit as st\n"
        "def home(): st.title('The gate')\n"
        "st.navigation([st.Page(home)], position='hidden').run()\n",
        tmp_path,
    )
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "admin.py").write_text("import streamlit as st\nst.title('Past it')")
    with running(script) as address:
        page = opened(chrome, f"{address}/admin", [])
        expect(page.get_by_role("heading", name="The gate")).to_be_visible()
        assert page.get_by_text("Past it").count() == 0
        page.close()


def test_the_scripts_of_our_own_elements_are_files_and_nothing_else_is(address: str) -> None:
    """Open to whoever asks, like the framework's own scripts: there is nothing in them but code."""
    folder = f"{address}/_stcore/bidi-components/{full_name('table')}"
    status, headers, script = get(f"{folder}/table.js")
    assert (status, script) == (200, (SCRIPTS / "table.js").read_bytes())
    assert "javascript" in headers["content-type"]
    assert security_headers().items() <= headers.items()
    for path in ("../table.css", "..%2f__init__.py", "", "table.css", "../../money.py"):
        assert get(f"{folder}/{path}")[0] in (400, 404), path


@pytest.mark.parametrize("path", ["/", "/any/page"])
def test_the_first_page_keeps_the_room_of_what_comes(address: str, path: str) -> None:
    status, headers, body = get(address + path, Accept_Encoding="gzip")
    assert (status, int(headers["content-length"])) == (200, len(body))
    assert body.count(head()) == 1
    links = re.findall(rb'modulepreload" crossorigin href="\.(/static/js/[^"]+)"', head())
    assert len(links) >= 8, "the framework calls its parts otherwise"
    assert get(address + links[0].decode())[0] == 200
