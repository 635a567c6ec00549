"""Without sign-in the dashboard opens for whoever has the key of this machine, and nobody else."""

import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, expect
from streamlit.web.server.starlette import starlette_agent_routes, starlette_routes
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from server.direct import End, _end, _holder
from server.doors import FrameworkDoors
from server.key import AskForKey
from services.access.local_key import FILE, LocalKeyError, local_key, opening_address
from services.settings import Settings
from tests.common.serving.proxies import proxy
from tests.common.serving.running import place, running, settle
from tests.server.asking import ask, headers_of, hello, status_of

# One server for the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("gallery")

KEY = "k" * 43
PAGE = "import streamlit as st\nst.title('A small page')"
HOST = ("host", "localhost:8501")


# The key -----------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    key = local_key(folder)
    assert local_key(folder) == key != local_key(tmp_path)
    assert len(key) == 43
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("kept", ["", "short", "\u017f" * 43])
def test_a_damaged_key_is_said_and_never_taken(tmp_path: Path, kept: str) -> None:
    (tmp_path / FILE).write_text(kept)
    with pytest.raises(LocalKeyError, match="local-key"):
        local_key(tmp_path)


def test_the_address_to_open_has_the_key_where_nobody_signs_in(tmp_path: Path) -> None:
    chosen = Settings(_env_file=None, data_directory=tmp_path, port=9)
    assert opening_address(chosen) == f"http://localhost:9/open/{local_key(tmp_path)}"
    without = chosen.model_copy(update={"local_mode_without_key": True})
    assert opening_address(without) == "http://localhost:9"


# The layers on their own -------------------------------------------------------------------------


def test_the_address_with_the_key_lets_a_browser_in() -> None:
    opened = ask(AskForKey(hello, KEY), f"/open/{KEY}")
    assert (status_of(opened), headers_of(opened)["location"]) == (303, "/")
    cookie, *said = headers_of(opened)["set-cookie"].split("; ")
    assert cookie == f"local_key_8501={KEY}"
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(said)
    assert status_of(ask(AskForKey(hello, KEY), headers=[HOST, ("cookie", cookie)])) == 200


@pytest.mark.parametrize(
    "said",
    [
        ("cookie", ""),
        ("cookie", "local_key_8501="),
        ("cookie", f"local_key_8501={KEY[1:]}"),
        ("cookie", f"local_key_9={KEY}"),
        ("authorization", KEY),
        ("authorization", "Bearer "),
        ("authorization", "Bearer \u00e9"),
        ("x-real-ip", "127.0.0.1"),
    ],
)
def test_anything_less_than_the_key_opens_nothing(said: tuple[str, str]) -> None:
    app = AskForKey(hello, KEY)
    for path in ("/", "/overview", "/static/js/a.js", "/api/files/x/y.csv", "/open/", "/open/x"):
        assert status_of(ask(app, path, headers=[HOST, said])) == 403
    sent = ask(app, "/_stcore/stream", kind="websocket", headers=[HOST, said])
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_another_machine_gets_nothing_even_with_the_key() -> None:
    headers = [HOST, ("cookie", f"local_key_8501={KEY}")]
    for key in (KEY, None):
        app = AskForKey(hello, key)
        assert status_of(ask(app, client="203.0.113.9", headers=headers)) == 403
        assert status_of(ask(app, "/api/calendar/x.ics", client="203.0.113.9")) == 403
        assert status_of(ask(app, "/api/health", client="203.0.113.9")) == 200


def test_a_calendars_address_is_a_key_of_its_own() -> None:
    assert status_of(ask(AskForKey(hello, KEY), "/api/calendar/x.ics")) == 200


# What of the framework's is open at all.
OPEN = {"_stcore/health", "_stcore/host-config", "_stcore/stream"}
OPEN_BELOW = {"_stcore/bidi-components/{path:path}"}
WITH_KEY = {"_stcore/metrics", "_stcore/script-health-check"}


def framework_paths() -> set[str]:
    """Every address that the installed framework has beside its pages."""
    named = {**vars(starlette_routes), **vars(starlette_agent_routes)}
    found = {value for name, value in named.items() if "ROUTE_" in name and isinstance(value, str)}
    beside = ("_stcore", "media", "component")
    return {one for one in found if one.startswith(beside)} - {"_stcore"}


def test_what_the_framework_serves_is_closed_until_it_is_named() -> None:
    paths = framework_paths()
    assert {"_stcore/upload_file/{session_id}/{file_id}", "media/{file_id:path}"} <= paths
    bearer = [HOST, ("authorization", f"Bearer {KEY}")]
    for path in paths:
        real = "/" + path.replace("{", "").replace("}", "")
        is_open = path in OPEN | OPEN_BELOW
        assert status_of(ask(FrameworkDoors(hello, KEY), real)) == (200 if is_open else 404)
        with_key = is_open or path in WITH_KEY
        given = ask(FrameworkDoors(hello, KEY), real, headers=bearer)
        assert status_of(given) == (200 if with_key else 404)
        for method in ("PUT", "POST", "DELETE", "PATCH", "OPTIONS"):
            sent = ask(FrameworkDoors(hello, KEY), real, headers=bearer, method=method)
            assert status_of(sent) == 404


def test_the_process_tells_its_figures_on_this_machine_only() -> None:
    bearer = [HOST, ("authorization", f"Bearer {KEY}")]
    app = FrameworkDoors(hello, KEY)
    assert status_of(ask(app, "/_stcore/metrics", headers=bearer, client="203.0.113.9")) == 404


# The whole server --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that a start prints."""
    script = place(PAGE, tmp_path_factory.mktemp("keyed"))
    with running(script, local_mode_without_key=False) as address:
        yield address


def own(opening: str) -> str:
    parts = urlsplit(opening)
    return f"{parts.scheme}://{parts.netloc}"


PATHS = (
    "/",
    "/overview",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/static/js/index.js",
    "/app/static/x",
    "/api/files/x/y.csv",
    "/full",
)


def test_a_bare_proxy_gets_nothing(opening: str) -> None:
    port = urlsplit(opening).port
    assert port
    named = {"Host": f"127.0.0.1:{port}"}
    with proxy(port) as at:
        for path in PATHS:
            answer = told(f"http://127.0.0.1:{at}{path}", named)
            assert answer.status_code == 403
            assert "A small page" not in answer.text
        ready = told(f"http://127.0.0.1:{at}/api/ready", named)
        assert ready.text == '{"status":"ready"}'
        through = socket.create_connection(("127.0.0.1", at))
        with (
            pytest.raises(InvalidStatus, match="403"),
            connect(f"ws://127.0.0.1:{port}/_stcore/stream", sock=through),
        ):
            pass


def test_a_browser_of_this_machine_comes_in_by_itself_and_is_remembered(
    opening: str, chrome: Browser
) -> None:
    page = chrome.new_page()
    page.goto(own(opening))
    settle(page)
    expect(page.get_by_role("heading", name="A small page")).to_be_visible()
    kept = {cookie.get("name"): cookie.get("value") for cookie in page.context.cookies()}
    assert kept[f"local_key_{urlsplit(opening).port}"] == opening.rpartition("/")[2]
    page.close()


def test_a_connection_is_known_by_both_of_its_ends_whole() -> None:
    """Ports alone say nothing: the same ones may be in use between other addresses."""
    with (
        socket.create_server(("127.0.0.2", 0)) as elsewhere,
        socket.create_connection(elsewhere.getsockname(), source_address=("127.0.0.3", 0)) as held,
    ):
        (_, own), (_, port) = held.getsockname(), elsewhere.getsockname()
        assert _holder(end("127.0.0.3", own), end("127.0.0.2", port)) == os.getpid()
        assert _holder(end("::ffff:127.0.0.3", own), end("127.0.0.2", port)) == os.getpid()
        for client, server in (
            ("127.0.0.1", "127.0.0.1"),
            ("127.0.0.3", "127.0.0.1"),
            ("127.0.0.1", "127.0.0.2"),
        ):
            with pytest.raises(LookupError):
                _holder(end(client, own), end(server, port))


def end(host: str, port: int) -> End:
    found = _end((host, port))
    assert found
    return found


def test_any_other_program_reads_how_to_come_in(opening: str) -> None:
    answer = told(own(opening), {})
    assert answer.status_code == 403
    assert "python -m services open" in answer.text
    came_in = requests.get(opening, timeout=10)
    assert (came_in.status_code, came_in.url) == (200, f"{own(opening)}/")


def told(address: str, headers: dict[str, str]) -> requests.Response:
    """`Connection: close`: a proxy waits for whoever keeps it open."""
    return requests.get(address, headers={"Connection": "close", **headers}, timeout=10)


def bearer(opening: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {opening.rpartition('/')[2]}"}


def test_a_program_on_this_machine_reads_figures_and_what_is_missing_with_the_key(
    opening: str,
) -> None:
    ready = told(f"{own(opening)}/api/ready", bearer(opening))
    assert ready.text == '{"status":"ready","detail":"told by the test"}'
    figures = told(f"{own(opening)}/_stcore/metrics", bearer(opening))
    assert "session_events" in figures.text


def said_to(opening: str, *lines: str) -> bytes:
    """The first line of the answer to a request that is never finished."""
    host, port = "127.0.0.1", urlsplit(opening).port
    with socket.create_connection((host, port), timeout=10) as line:  # type: ignore[arg-type]
        key = bearer(opening)["Authorization"]
        line.sendall("\r\n".join([*lines, f"Authorization: {key}", "", ""]).encode())
        return line.recv(65536).partition(b"\r\n")[0]


def test_no_upload_is_taken_and_its_body_is_not_waited_for(opening: str) -> None:
    host = f"Host: {urlsplit(opening).netloc}"
    for method in ("PUT", "POST", "DELETE"):
        asked = f"{method} /_stcore/upload_file/a/b HTTP/1.1"
        assert said_to(opening, asked, host, "Content-Length: 5000000") == b"HTTP/1.1 404 Not Found"


def test_a_request_that_names_another_server_in_its_first_line_is_not_read(opening: str) -> None:
    host = f"Host: {urlsplit(opening).netloc}"
    assert said_to(opening, "GET /api/health HTTP/1.1", host) == b"HTTP/1.1 200 OK"
    for first in ("GET http://evil.example/api/health HTTP/1.1", "OPTIONS * HTTP/1.1"):
        assert said_to(opening, first, host) == b"HTTP/1.1 400 Bad Request"
    assert said_to(opening, "GET /api/health HTTP/1.0").startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (b"GET /", b"x"),
        (b"GET /api/health HTTP/1.1\r\nX: ", b"x"),
        (b"GET /api/health HTTP/1.1\r\n", b"X: 1\r\n"),
    ],
)
def test_a_request_whose_head_never_ends_is_cut_off(
    opening: str, begun: bytes, more: bytes
) -> None:
    port = urlsplit(opening).port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:  # type: ignore[arg-type]
        line.sendall(begun)
        with suppress(ConnectionError):
            for _ in range(100):
                line.sendall(more * (20_000 // len(more)))
                time.sleep(0.01)
            pytest.fail("it was read on and on")


def test_what_a_page_sends_in_is_small(opening: str) -> None:
    with connect(
        f"{own(opening).replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        additional_headers=bearer(opening),
    ) as line:
        line.send(bytes(1_100_000))
        with pytest.raises(ConnectionClosedError, match="1009"):
            line.recv(10)
