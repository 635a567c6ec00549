"""More pages than a process carries: whoever comes too late is told so, and comes in later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from server.capacity import Capacity
from tests.common.serving.running import apart, place, running, settle
from tests.server.asking import ask, headers_of, hello, status_of

# A browser: one test process for all of them.
pytestmark = pytest.mark.xdist_group("gallery")

PAGE = "import streamlit as st\nst.title('A small page')"


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """Stays open for as long as somebody looks."""
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


@asynccontextmanager
async def looking(capacity: Capacity, who: str) -> AsyncIterator[list[Message]]:
    """Somebody with an open page, and what was sent to them."""
    heard: asyncio.Queue[Message] = asyncio.Queue()
    heard.put_nowait({"type": "websocket.connect"})
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "websocket",
        "path": "/_stcore/stream",
        "who": who,
        "headers": [(b"sec-websocket-protocol", b"streamlit, token, session")],
    }
    task = asyncio.create_task(capacity(scope, heard.get, send))
    await asyncio.sleep(0.01)
    yield sent
    heard.put_nowait({"type": "websocket.disconnect"})
    await task


def led_away(sent: list[Message]) -> bool:
    if len(sent) == 1:
        return False
    message = ForwardMsg()
    message.ParseFromString(sent[1]["bytes"])
    assert sent[0]["subprotocol"] == "streamlit"
    return bool(message.auth_redirect.url == "/full")


async def named(scope: Scope) -> str:
    return str(scope["who"])


def told(capacity: Capacity, *visitors: str) -> list[bool]:
    """Who of them was told that all places are taken; all stay until the last has come."""

    async def all_come() -> list[bool]:
        async with AsyncExitStack() as stack:
            sent = [await stack.enter_async_context(looking(capacity, who)) for who in visitors]
            return [led_away(one) for one in sent]

    return apart(asyncio.run, all_come)


def test_whoever_comes_after_the_last_seat_is_told_and_those_who_leave_make_room() -> None:
    capacity = Capacity(page, 3)
    for _ in range(2):
        assert told(capacity, "", "", "", "") == [False, False, False, True]
    assert not capacity.taken


def test_neither_one_person_nor_all_strangers_together_take_more_than_a_quarter() -> None:
    capacity = Capacity(page, 8, named)
    assert told(capacity, "ann", "ann", "ann", "", "", "", "bob") == [
        False,
        False,
        True,
        False,
        False,
        True,
        False,
    ]
    assert not capacity.taken
    assert not capacity.door


def test_of_the_strangers_whoever_has_long_been_silent_makes_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    capacity = Capacity(page, 8, named)

    async def come() -> None:
        async with AsyncExitStack() as stack:
            first, second = [await stack.enter_async_context(looking(capacity, "")) for _ in "12"]
            third = await stack.enter_async_context(looking(capacity, ""))
            assert (led_away(first), led_away(second), led_away(third)) == (False, False, True)
            monkeypatch.setattr("server.capacity.PATIENCE_SECONDS", 0)
            fourth = await stack.enter_async_context(looking(capacity, ""))
            assert first[1:] == [{"type": "websocket.close", "code": 1013}]
            assert [len(second), len(fourth), len(capacity.door)] == [1, 1, 2]

    apart(asyncio.run, come)
    assert not capacity.door


def test_strangers_give_way_to_people_and_people_to_nobody() -> None:
    capacity = Capacity(page, 4, named)

    async def come() -> None:
        async with AsyncExitStack() as stack:
            stranger, *people = [
                await stack.enter_async_context(looking(capacity, who))
                for who in ("", "ann", "bob", "kim")
            ]
            dana, late, another = [
                await stack.enter_async_context(looking(capacity, who))
                for who in ("dana", "eva", "")
            ]
            assert stranger[1:] == [{"type": "websocket.close", "code": 1013}]
            assert [len(one) for one in (*people, dana)] == [1, 1, 1, 1]
            assert led_away(late)
            assert led_away(another)

    apart(asyncio.run, come)
    assert not capacity.taken
    assert not capacity.door


@pytest.mark.parametrize(
    ("came_from", "back_to"),
    [
        ("http://localhost:8501/expiring?account=3", "/expiring?account=3"),
        ("https://evil.example/x", "/"),
        ("http://localhost:8501//evil.example", "/"),
        ("", "/"),
    ],
)
def test_the_page_that_says_so_leads_back_to_what_was_wanted(came_from: str, back_to: str) -> None:
    asked = [("host", "localhost:8501"), ("referer", came_from)]
    sent = ask(Capacity(hello, 1), "/full", headers=asked)
    assert status_of(sent) == 503
    assert headers_of(sent)["refresh"] == f"15; url={back_to}"
    assert headers_of(sent)["retry-after"] == "15"


def test_in_the_browser(tmp_path: Path, chrome: Browser) -> None:
    with running(place(PAGE, tmp_path), sessions_per_process=1) as address:
        first, second = chrome.new_page(), chrome.new_page()
        first.goto(address)
        settle(first)
        second.goto(f"{address}/?account=3")
        expect(second.get_by_role("heading", name="All places are taken")).to_be_visible()
        first.close()
        second.get_by_role("link", name="Try again").click()
        expect(second.get_by_role("heading", name="A small page")).to_be_visible()
        assert second.url == f"{address}/?account=3"
        second.close()
