"""What no browser sends: each answers 4xx or a closing code, and the log has one line of it."""

import json
import logging
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from server.log import OnceAMinute
from server.well_formed import is_well_formed
from services.access.refusals import note_foreign_account
from tests.common.serving.running import OPEN_TO_ALL, PROJECT, START, place

BAD: Final = (
    "%00",
    "a%00b",
    "%ff",
    "%C3%28",
    "%ED%A0%80",
    "%",
    "%g1",
    "%1",
    "%1b[2J",
    "x" * 20_000,
)
# Every address that anybody may ask for, each with its question.
QUESTIONS: Final = (
    "/?account={}", "/{}", "/overview?search={}", "/weekly-summary/stop?key={}",
    "/api/files/{}/a.csv", "/api/files/x/{}", "/api/calendar/{}.ics", "/api/health?x={}",
    "/api/ready?x={}", "/auth/login?provider={}", "/auth/logout?x={}", "/oauth2callback?state={}",
    "/oauth2callback?error={}", "/_stcore/health?x={}", "/_stcore/host-config?x={}",
    "/_stcore/upload_file/{}/{}", "/media/{}", "/component/{}/x", "/static/{}", "/app/static/{}",
    "/_stcore/bidi-components/{}/x",
)  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [b"/expiring?account=3&q=M%C3%BCller%20%26%20Co", "/überblick".encode(), b"/?q=a%0D%0Ab", b"/"],
)
def test_what_browsers_send_is_well_formed(path: bytes) -> None:
    raw, _, query = path.partition(b"?")
    assert is_well_formed({"type": "http", "raw_path": raw, "query_string": query})
    assert is_well_formed({"type": "http", "path": raw.decode(), "query_string": query})


class Served:
    """A server of its own, and what it has written down."""

    def __init__(self, address: str, log: Path) -> None:
        self.host = urlsplit(address).netloc
        self.log = log

    def status(self, path: str, method: str = "GET") -> int:
        connection = HTTPConnection(self.host, timeout=10)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            connection.endheaders()
            return connection.getresponse().status
        finally:
            connection.close()

    def sent(self, raw: bytes) -> bytes:
        """What comes back for bytes that are put on the wire as they are."""
        host, _, port = self.host.partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            try:
                return line.recv(1000)
            except ConnectionResetError:
                return b""

    def live(self, path: str = "/_stcore/stream") -> ClientConnection:
        return connect(f"ws://{self.host}{path}", subprotocols=["streamlit"])  # type: ignore[list-item]

    def lines(self) -> list[str]:
        time.sleep(0.5)
        return self.log.read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def malformed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("malformed")
    with _running(
        place("import streamlit as st; st.title('Here')", folder), folder / "log"
    ) as served:
        yield served


@contextmanager
def _running(script: Path, log: Path) -> Iterator[Served]:
    command = [sys.executable, "-c", START, str(script), "ready", json.dumps(OPEN_TO_ALL)]
    with (
        log.open("wb") as err,
        subprocess.Popen(
            command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=err, text=True
        ) as one,
    ):
        assert one.stdout is not None
        said = one.stdout.readline()
        try:
            yield Served(said.split()[-1], log)
        finally:
            one.terminate()


def test_no_address_that_cannot_be_read_gets_anywhere(malformed: Served) -> None:
    before = len(malformed.lines())
    answers = {
        (path, bad[:8]): malformed.status(path.replace("{}", bad))
        for path in QUESTIONS
        for bad in BAD
    }
    assert {one: status for one, status in answers.items() if not 400 <= status < 500} == {}
    assert malformed.lines()[before:] == []


@pytest.mark.parametrize(
    "key", ["", "11-", "11-%20", "0-aaaaaaaaaaaaaaaaaaaaaaaa", "9" * 40 + "-x"]
)
def test_no_key_is_no_way_out(malformed: Served, key: str) -> None:
    for method in ("GET", "POST"):
        assert malformed.status(f"/weekly-summary/stop?key={key}", method) == 404


def test_a_message_that_is_none_closes_the_connection_and_fills_no_log(malformed: Served) -> None:
    before = len(malformed.lines())
    codes = [_closed_with(malformed, message) for message in ("text", b"\xff\xff\xff\xff") * 10]
    assert set(codes[::2]) == {1003}
    assert set(codes[1::2]) == {1002}
    for _ in range(5):
        with pytest.raises(InvalidStatus) as refused:
            malformed.live("/_stcore/stream?x=%00").close()
        assert 400 <= refused.value.response.status_code < 500
    said = malformed.lines()[before:]
    assert len(said) <= 1
    assert all(len(line) < 400 and "Traceback" not in line for line in said)
    # Whole messages go on being answered.
    with malformed.live() as live:
        live.send(BackMsg(rerun_script={"query_string": ""}).SerializeToString())  # type: ignore[arg-type]
        assert live.recv(timeout=10)


NONSENSE: Final = (
    BackMsg(),
    BackMsg(debug_disconnect_websocket=True),
    BackMsg(rerun_script={"query_string": "%00=%ff", "page_script_hash": "\0", "fragment_id": "x"}),
    BackMsg(rerun_script={"widget_states": {"widgets": [{"id": "$$ID-x", "json_value": "{"}]}}),
    BackMsg(file_urls_request={"request_id": "\0", "file_names": ["../x"], "session_id": "x"}),
)


def test_messages_that_mean_nothing_fill_no_log(malformed: Served) -> None:
    before = len(malformed.lines())
    for _ in range(10):
        with malformed.live() as live:
            for message in NONSENSE:
                live.send(message.SerializeToString())
            assert live.recv(timeout=10)
    said = "\n".join(malformed.lines()[before:])
    # One line a kind; of what a page could not do with it, one trace.
    assert len(re.findall(r"^20\d\d-", said, re.MULTILINE)) <= len(NONSENSE), said
    assert said.count("reimbursement.pages: Reference") <= 1


RAW: Final = (
    b"\x16\x03\x01\x02\x00\x01\x00",  # who speaks TLS here
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    b"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",  # without its key
    b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
)


def test_what_is_no_request_at_all_fills_no_log(malformed: Served) -> None:
    before = len(malformed.lines())
    for _ in range(10):
        for raw in RAW:
            answer = malformed.sent(raw)
            assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), (raw, answer)
    said = malformed.lines()[before:]
    assert len(said) <= len(RAW), said
    assert not any("Traceback" in line for line in said)


def test_a_way_back_from_no_provider_fills_no_log(malformed: Served) -> None:
    before = len(malformed.lines())
    for _ in range(20):
        for asked in ("state=x&code=y", f"error={'x' * 5000}&error_description=y"):
            assert malformed.status(f"/oauth2callback?{asked}") in {302, 400}
    said = malformed.lines()[before:]
    assert len(said) <= 2
    assert all(len(line) < 400 for line in said)


def _hear_it_out(live: ClientConnection) -> None:
    while True:
        live.recv(timeout=10)


def _closed_with(served: Served, message: str | bytes) -> int:
    with served.live() as live:
        live.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            _hear_it_out(live)
    return closed.value.rcvd.code if closed.value.rcvd else 0


def test_of_one_kind_one_line_a_minute_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("streamlit.web.server.of_the_test")
    log.addFilter(OnceAMinute())
    for number in range(50):
        problem = ValueError("secret\n" * 100)
        log.error("Line of %s\nand \x1b[2J more", number, exc_info=problem)
    log.warning("Another kind")
    assert caplog.messages == ["Line of 0 and \ufffd[2J more (ValueError)", "Another kind"]
    assert not any(one.exc_info for one in caplog.records)


def test_of_a_refusal_one_line_a_minute_is_kept_for_each_account_and_person(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log, seldom = logging.getLogger("reimbursement.access"), OnceAMinute()
    log.addFilter(seldom)
    try:
        for person_id, account_id in [(1, 7), (1, 7), (2, 7), (1, 8), (1, 7)]:
            note_foreign_account(person_id, account_id)
    finally:
        log.removeFilter(seldom)
    assert [one[:26] for one in caplog.messages] == [
        "Person 1 asked for account",
        "Person 2 asked for account",
        "Person 1 asked for account",
    ]
