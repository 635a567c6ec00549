"""Files that a browser drops, over real HTTP: from a page of ours, by whoever may, whole or not at
all, and never held in memory.
"""

import asyncio
import io
import os
import re
import socket
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
import requests
from starlette.applications import Starlette
from starlette.types import Message
from streamlit import config

from server import dropping
from server.dropping import drop_routes
from services.access import people
from services.access.absent import absent_viewer
from services.access.people import BY_COMMAND, Wanted
from services.access.rights import Role
from services.access.viewer import Viewer
from services.database import start
from services.database.engine import Database
from services.dropping import addresses, asking, folder
from services.dropping.addresses import drop_address
from services.exports.addresses import file_address
from services.exports.files import Question
from services.insights.answers import Filters
from services.settings import settings
from tests.common.full_disk import at_most
from tests.common.reports import files
from tests.common.reports.files import ledger_row, lost
from tests.common.serving.alone import alone
from tests.common.serving.running import apart
from tests.common.signed import ORIGIN, cookie_of
from tests.common.worlds.activation import add_account, seen_as

LEDGER: Final = files.ledger([ledger_row(), lost()])


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The routes alone, in a thread of this process."""
    with alone(drop_routes()) as address:
        yield address


@pytest.fixture(autouse=True)
def here(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server reads this test's database, and keeps files in this test's folder."""
    monkeypatch.setenv("DATA_DIRECTORY", str(tmp_path / "data"))
    settings.cache_clear()
    monkeypatch.setattr(start, "open_database", lambda **_: database)
    start.database.cache_clear()
    address = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    yield
    config.set_option("server.address", address)
    start.database.cache_clear()
    settings.cache_clear()


class Page:
    """A page of somebody's, open on files of theirs."""

    def __init__(self, database: Database, viewer: Viewer, account_id: int | None = None) -> None:
        self.viewer = viewer
        account = viewer.require_account(account_id) if account_id else None
        self.drop = asking.new_drop(viewer)
        self.path = drop_address(database, settings(), viewer, account, self.drop)

    def files(self) -> list[tuple[str, str | None, int]]:
        """Path, kind and rows of each file that is there."""
        return [
            (one.path, each.kind, each.rows)
            for one in asking.dropped(self.viewer, self.drop)
            for each in one.documents
        ]

    def left_behind(self) -> list[str]:
        """What lies on the disk for it."""
        # Unlike Path.rglob, a walk passes over what goes meanwhile.
        return sorted(name for _, _, names in os.walk(self.drop.folder) for name in names)


@pytest.fixture
def opened(database: Database) -> Page:
    """The seller's persona, before there is any account."""
    return Page(database, seen_as(database))


def put(
    served: str, path: str, content: Any = LEDGER, name: str = "ledger.txt", **headers: str | None
) -> requests.Response:
    """As our script sends it; a header given as None is left out."""
    given = {"origin": served, "x-file-name": quote(name, safe=""), **headers}
    named = {one.replace("_", "-"): value for one, value in given.items()}
    return requests.post(f"{served}{path}", data=content, headers=named, timeout=20)


# What comes in --------------------------------------------------------------------------------


def test_a_file_is_there_and_known_when_it_has_come(served: str, opened: Page) -> None:
    answer = put(served, opened.path, name="2026/May/ledger.txt")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert opened.files() == [("2026/May/ledger.txt", "amazon_ledger_detail", 2)]
    assert opened.left_behind() == ["ledger.txt", "seen.json"]


def test_what_is_no_report_stays_and_says_why(served: str, opened: Page) -> None:
    """An archive that unpacks to far more than reports do is refused as landing refuses it."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", bytes(80 << 20))
    assert put(served, opened.path, bomb.getvalue(), "bomb.zip").status_code == 204
    assert put(served, opened.path, b"a,b\n1,2\n", "broken.csv").status_code == 204
    assert put(served, opened.path, b"", "empty.txt").status_code == 204
    said = [one.documents[0].refused_because for one in asking.dropped(opened.viewer, opened.drop)]
    assert "unpacks to far more than reports do" in said[0]
    assert "no kind of report that we know" in said[1]
    assert said[2] == "The file is empty."


@pytest.mark.parametrize(
    "name",
    ["../../../outside.txt", "/etc/passwd", "..", "a\\..\\b.txt", "\0", "ü/ü.txt", "x" * 900],
)
def test_no_name_leads_out_of_the_drop(
    served: str, opened: Page, name: str, tmp_path: Path
) -> None:
    assert put(served, opened.path, name=name).status_code == 204
    written = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert len(written) == 2
    assert all(opened.drop.folder in one.parents for one in written)


# Who asks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": None},
        {"origin": None, "referer": "https://evil.example/"},
    ],
)
def test_another_page_of_the_browser_sends_nothing(
    served: str, opened: Page, headers: dict[str, str | None]
) -> None:
    answer = put(served, opened.path, **headers)
    assert (answer.status_code, answer.text) == (403, "Drop files on the page itself.")
    assert opened.left_behind() == []


def test_the_address_alone_opens_nothing(served: str, opened: Page, database: Database) -> None:
    question = Question.of("expiring", 1, Filters("USD"), None)
    of_a_file = file_address(database, settings(), opened.viewer, question, "x.csv").split("/")[3]
    refused = {
        opened.path.replace("as=seller", "as=manager"): 404,
        opened.path.replace("as=seller", "as=nobody"): 404,
        opened.path.replace("/dropped/", "/dropped/x"): 404,
        f"/api/dropped/{of_a_file}?as=seller": 404,
        "/api/dropped/x?as=seller": 404,
    }
    assert {path: put(served, path).status_code for path in refused} == refused
    assert opened.left_behind() == []
    assert requests.get(f"{served}{opened.path}", timeout=5).status_code == 405


def test_an_old_page_takes_nothing_any_more(
    served: str, opened: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "_HOURS", -1)
    answer = put(served, opened.path)
    assert answer.status_code == 404
    assert "Open it again" in answer.text


def someone(database: Database, subject: str, *accounts: int, role: Role = Role.SELLER) -> Viewer:
    wanted = Wanted("Dana", frozenset({role}), account_ids=frozenset(accounts))
    number = people.invite(database, BY_COMMAND, f"{subject}@example.com", wanted)
    found = absent_viewer(database, number)
    assert found
    return found


def test_with_sign_in_the_person_of_the_page_and_nobody_else(
    served: str, database: Database, signed: None
) -> None:
    own, other = add_account(database, "Own"), add_account(database, "Other")
    dana = Page(database, someone(database, "dana", own), own)
    someone(database, "evan", own, other)
    assert put_as(cookie_of("dana"), served, dana) == 204
    assert put_as({}, served, dana) == 401
    assert put_as(cookie_of("evan"), served, dana) == 404
    # Where people sign in, one origin is ours.
    assert put_as(cookie_of("dana"), served, dana, origin=served) == 403
    assert len(dana.files()) == 1


@pytest.mark.parametrize(
    "becomes",
    [
        Wanted("Dana", frozenset({Role.SELLER})),
        Wanted("Dana", frozenset({Role.MANAGER}), every_account=True),
    ],
    ids=["the account is theirs no longer", "they may load no longer"],
)
def test_a_right_that_has_ended_is_asked_for_at_every_file(
    served: str, database: Database, signed: None, becomes: Wanted
) -> None:
    own = add_account(database, "Own")
    dana = Page(database, someone(database, "dana", own), own)
    people.change(database, BY_COMMAND, dana.viewer.person_id, becomes)
    assert put_as(cookie_of("dana"), served, dana) == 404
    assert dana.left_behind() == []


def test_a_page_without_an_account_is_for_those_who_may_make_one(
    served: str, database: Database, signed: None
) -> None:
    dana = Page(database, someone(database, "dana"))
    assert put_as(cookie_of("dana"), served, dana) == 404


def put_as(cookies: dict[str, str], served: str, one: Page, origin: str = ORIGIN) -> int:
    """What whoever has these cookies is answered."""
    given = {"origin": origin, "x-file-name": "a.txt"}
    url = f"{served}{one.path}"
    return requests.post(url, b"x", cookies=cookies, headers=given, timeout=10).status_code


# How much, how many, how long -----------------------------------------------------------------


def raw(served: str, path: str, length: str, body: bytes = b"") -> socket.socket:
    """A request of which no more than this is sent."""
    where = urlsplit(served)
    connection = socket.create_connection((where.hostname, where.port), timeout=20)
    connection.sendall(
        f"POST {path} HTTP/1.1\r\nhost: {where.netloc}\r\norigin: {served}\r\n"
        f"x-file-name: a.txt\r\n{length}\r\n\r\n".encode()
        + body
    )
    return connection


def status(connection: socket.socket) -> int:
    found = re.match(rb"HTTP/1.1 (\d+)", connection.recv(4096))
    assert found
    return int(found[1])


def test_what_is_too_much_is_refused_before_it_is_read(served: str, opened: Page) -> None:
    with raw(served, opened.path, f"content-length: {folder.MOST_BYTES + 1}") as connection:
        assert status(connection) == 413
    assert opened.left_behind() == []


@pytest.mark.parametrize(
    "length",
    ["transfer-encoding: chunked", "content-length: 10\r\nx-file-name:"],
    ids=["no size", "no name"],
)
def test_its_name_and_its_size_must_be_said(served: str, opened: Page, length: str) -> None:
    where = urlsplit(served)
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        name = "" if "x-file-name" in length else "x-file-name: a.txt\r\n"
        connection.sendall(
            f"POST {opened.path} HTTP/1.1\r\nhost: {where.netloc}\r\norigin: {served}\r\n"
            f"{name}{length}\r\n\r\n".encode()
        )
        assert status(connection) == 400
    assert opened.left_behind() == []


def until(holds: Any) -> None:
    """Waits for what the server does by itself."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it did not come to pass")


def test_a_file_that_is_broken_off_leaves_nothing(served: str, opened: Page) -> None:
    with raw(served, opened.path, "content-length: 5000000", b"x" * 2_000_000):
        until(lambda: opened.left_behind() == ["a.txt"])
    until(lambda: opened.left_behind() == [])
    assert put(served, opened.path).status_code == 204


def test_whoever_sends_nothing_for_long_is_let_go(
    served: str, opened: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping, "SILENT_SECONDS", 0.2)
    with raw(served, opened.path, "content-length: 5000", b"x") as connection:
        assert status(connection) == 408
    until(lambda: opened.left_behind() == [])


def test_one_person_does_not_take_all_the_room_there_is(served: str, opened: Page) -> None:
    halves = [
        raw(served, opened.path, "content-length: 5000000", b"x" * 1_500_000)
        for _ in range(dropping.OF_A_PERSON)
    ]
    try:
        until(lambda: len(opened.left_behind()) == dropping.OF_A_PERSON)
        assert put(served, opened.path).status_code == 429
    finally:
        for one in halves:
            one.close()
    until(lambda: opened.left_behind() == [])
    assert put(served, opened.path).status_code == 204


def test_a_full_disk_is_said_and_leaves_nothing(
    served: str, opened: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_most(1_000_000):
        assert put(served, opened.path, b"x" * 3_000_000).status_code == 507
    assert opened.left_behind() == []
    monkeypatch.setattr(folder, "SPARE_BYTES", 1 << 60)
    answer = put(served, opened.path)
    assert (answer.status_code, opened.left_behind()) == (507, [])
    assert "no room for it on the server's disk" in answer.text


# The page is left -----------------------------------------------------------------------------


def test_what_was_not_loaded_goes_with_its_page(served: str, opened: Page) -> None:
    put(served, opened.path)
    left = opened.path.replace("?", "/left?")
    foreign = requests.post(
        f"{served}{left}", headers={"origin": "https://evil.example"}, timeout=5
    )
    assert foreign.status_code == 403
    assert opened.files()
    answer = requests.post(f"{served}{left}", headers={"origin": served}, timeout=5)
    assert answer.status_code == 204
    assert not opened.drop.folder.exists()


# Memory ---------------------------------------------------------------------------------------

PIECE: Final = 64 << 10
PIECES: Final = 1600  # 100 MB


def test_a_large_file_is_never_held_in_memory(opened: Page) -> None:
    """Counted, not timed: what Python holds at most while 100 MB pass through."""
    app = Starlette(routes=drop_routes())
    tracemalloc.start()
    try:
        status, most = apart(asyncio.run, partial(_sent, app, opened.path))
    finally:
        tracemalloc.stop()
    assert status == 204
    assert opened.left_behind() == ["a.txt", "seen.json"]
    assert most < 12 << 20


async def _sent(app: Starlette, path: str) -> tuple[int, int]:
    """The answer, and the most bytes held while it came."""
    statuses: list[int] = []
    pieces = iter(range(PIECES))

    async def receive() -> Message:
        number = next(pieces, None)
        if number is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": b"no header\n" * (PIECE // 10), "more_body": True}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    route, _, query = path.partition("?")
    await app(_scope(route, query), receive, send)
    return statuses[0], tracemalloc.get_traced_memory()[1]


def _scope(path: str, query: str) -> dict[str, Any]:
    size = PIECES * (PIECE // 10) * 10
    given = {"host": "x", "origin": "http://x", "x-file-name": "a.txt", "content-length": str(size)}
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "root_path": "",
        "scheme": "http",
        "query_string": query.encode(),
        "client": ("127.0.0.1", 4000),
        "server": ("127.0.0.1", 8501),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
