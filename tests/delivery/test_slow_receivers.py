"""A receiver that takes its time costs one try its bound, and the others nothing."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.delivery import webhook
from services.delivery.webhook import Message, Outcome
from services.digest import mail, sending
from services.digest.letter import Letter
from services.jobs import lanes, later
from services.settings import settings
from tests.common.serving.receiver import SECRET, Receiver, answer, receiving
from tests.common.working import a_worker_waits
from tests.common.worlds.delivery import asked, states
from tests.common.worlds.digest import business, person, subscribed
from tests.delivery.dripping import drip, dripping

BOUND = 2.0
# On a busy machine; whoever is let drip stays for ever.
LATE = BOUND + 8
MESSAGE = Message("msg_1", "try", datetime.now(UTC), {})
LETTER = Letter("A subject", "A text", "<p>A text</p>", (), "")
ENVELOPE = mail.Envelope("id", "us@example.com", "you@example.com", "https://example.com/stop")
LATE_ANSWER = Outcome("failed", "It did not answer in time.")


@pytest.fixture(autouse=True)
def bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "CONNECT_SECONDS", BOUND / 2)
    monkeypatch.setattr(webhook, "ANSWER_SECONDS", BOUND / 2)
    monkeypatch.setattr(mail, "SECONDS", BOUND)


def posted(url: str) -> tuple[Outcome, float]:
    begun = time.monotonic()
    outcome = webhook.send(MESSAGE, url, [SECRET], public_only=False)
    return outcome, time.monotonic() - begun


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_whole_try_has_a_limit_however_little_is_said_at_a_time(scheme: str) -> None:
    """In the head of the answer, and while the two agree on how to encrypt."""
    first = b"HTTP/1.1 200 OK\r\nx-slow: " if scheme == "http" else b"\x16\x03\x03\x3f\xff"
    with dripping(first) as port:
        outcome, seconds = posted(f"{scheme}://127.0.0.1:{port}/hook")
    assert outcome == LATE_ANSWER
    assert seconds < LATE


@pytest.mark.parametrize("scheme", ["smtp", "smtps", "smtp+starttls"])
def test_a_mail_server_has_the_same_limit(scheme: str) -> None:
    first = b"\x16\x03\x03\x3f\xff" if scheme == "smtps" else b"220-"
    begun = time.monotonic()
    with dripping(first) as port:
        outcome = mail.post(LETTER, ENVELOPE, f"{scheme}://127.0.0.1:{port}")
    assert outcome == Outcome("failed", "The mail server did not answer in time.")
    assert time.monotonic() - begun < LATE


def test_so_has_the_lookup_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(*_: object, **__: object) -> list[object]:
        time.sleep(3 * BOUND)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", no_answer)
    outcome, seconds = posted("http://receiver.example/hook")
    assert outcome == LATE_ANSWER
    assert seconds < 3 * BOUND


@pytest.fixture
def help_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as receiver:
        monkeypatch.setenv("HELP_DESK_URL", receiver.address)
        monkeypatch.setenv("HELP_DESK_SECRET", SECRET)
        monkeypatch.setenv("WEBHOOKS_MAY_REACH_PRIVATE_ADDRESSES", "true")
        settings.cache_clear()
        yield receiver
    settings.cache_clear()


def test_webhooks_that_drip_wait_among_themselves_and_hold_no_transaction(
    database: Database, help_desk: Receiver
) -> None:
    """One more of them than a worker takes of their lane at once."""
    north = business(database, "Northwind", "111.11").sum_up()
    wanted, in_lane = asked(database), lanes.AT_ONCE[lanes.WEBHOOKS]
    held, left, told = list[int](), list[float](), list[float]()

    def drips(handler: BaseHTTPRequestHandler) -> None:
        held.append(lasting_transactions(database))
        if len(held) == in_lane:  # all that are taken at once hang
            wanted.step("requested")
        drip(handler)
        left.append(time.monotonic())

    def arrives(handler: BaseHTTPRequestHandler) -> None:
        told.append(time.monotonic())
        answer(handler, 204)

    help_desk.answers.append(arrives)
    with ExitStack() as receivers:
        for number in range(in_lane + 1):
            receiver = receivers.enter_context(receiving())
            receiver.answers.append(drips)
            one = person(database, f"Ada{number}", "seller", north.account_id)
            subscribed(database, one, webhook=receiver.address, secret=SECRET)
        with database.working() as connection:
            later.defer(connection, sending.WEEKLY, lane=lanes.UPKEEP, timestamp=0)
        with a_worker_waits(database):
            wait_for(lambda: len(left) > in_lane and bool(told))
    assert told[0] < min(left), "the help desk waited for a web address"
    assert states(database) == [("delivered", 1)]
    assert set(held) == {0}, "a transaction was open while something was sent"
    assert lanes_of_what_waits(database) == [lanes.SLOW_WEBHOOKS] * (in_lane + 1)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def lasting_transactions(database: Database) -> int:
    """Those that are there all through half a try: one that others just note something in goes."""
    until, fewest = time.monotonic() + BOUND / 2, transactions(database)
    while fewest and time.monotonic() < until:
        fewest = min(fewest, transactions(database))
    return fewest


def transactions(database: Database) -> int:
    """How many of the worker's own are open and wait for something outside."""
    with database.owning() as connection:
        return int(
            connection.execute(
                text("""
                select count(*) from pg_stat_activity
                where datname = current_database() and state like 'idle in transaction%'
                """)
            ).scalar_one()
        )


def lanes_of_what_waits(database: Database) -> list[str]:
    with database.working() as connection:
        return list(
            connection.execute(
                text("select queue_name from jobs.procrastinate_jobs where args ? 'person_id'")
            ).scalars()
        )
