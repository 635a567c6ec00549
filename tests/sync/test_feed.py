"""The service team's feed of cases, from a server that speaks it."""

import json
from collections.abc import Iterator

import pytest
from pydantic import AnyHttpUrl, SecretStr
from sqlalchemy import text

from services.database.engine import Database
from services.landing.target import find_or_make
from services.settings import Settings
from services.sync.feed import _MANNERS, Feed
from services.transport.calling import Caller
from services.transport.limits import Unlimited
from tests.common.serving.telling import Asked, Teller, Told, telling

TOKEN = "feed-token-of-the-test"
CASE = {
    "case_id": "C-1",
    "channel": "amazon-us",
    "type": "inventory",
    "status": "open",
    "opened_on": "2026-05-04",
    "currency": "USD",
    "units": 8,
    "reference_ids": ["X001"],
    "events": [{"at": "2026-05-04", "status": "open", "note": ""}],
}


def page(*cases: object, cursor: str = "1", more: bool = False) -> Told:
    told = {"cases": list(cases), "cursor": cursor, "more": more}
    return Told(json.dumps(told).encode())


@pytest.fixture
def team() -> Iterator[Teller]:
    with telling(lambda _asked: page(CASE)) as teller:
        yield teller


@pytest.fixture
def feed(database: Database, team: Teller) -> Iterator[Feed]:
    with database.loading() as connection:
        for account in ("ACME", "Other & Sons"):
            find_or_make(connection, account, "amazon-us")
    chosen = Settings(
        _env_file=None,
        case_feed_url=AnyHttpUrl(f"{team.address}/feed"),
        case_feed_token=SecretStr(TOKEN),
    )
    caller = Caller(Unlimited(), _MANNERS)
    yield Feed(database, chosen, caller)
    caller.close()


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.owning() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_each_accounts_cases_are_read_from_where_the_last_reading_ended(
    feed: Feed, team: Teller
) -> None:
    assert feed.read_all() == (2, [])
    feed.read_all()
    assert [(one.query.get("account"), one.query.get("cursor")) for one in team.asked] == [
        ("ACME", None),
        ("Other & Sons", None),
        ("ACME", "1"),
        ("Other & Sons", "1"),
    ]
    assert {one.headers["authorization"] for one in team.asked} == {f"Bearer {TOKEN}"}
    cases = rows(feed.database, "select account_id, case_id, status from reimbursement_case")
    assert sorted(one[1:] for one in cases) == [("C-1", "open"), ("C-1", "open")]


def test_pages_follow_each_other_and_a_later_one_says_what_a_case_is(
    feed: Feed, team: Teller
) -> None:
    closed = CASE | {
        "status": "fully_reimbursed",
        "closed_on": "2026-06-01",
        "approved_amount": 1.1,
    }

    def by_page(asked: Asked) -> Told:
        if asked.query["account"] != "ACME":
            return page()
        return page(CASE, cursor="a", more=True) if "cursor" not in asked.query else page(closed)

    team.tell = by_page
    assert feed.read_all() == (2, [])
    assert rows(feed.database, "select status, approved_amount::text from reimbursement_case") == [
        ("fully_reimbursed", "1.1")
    ]


def test_what_comes_twice_changes_nothing(feed: Feed) -> None:
    feed.read_all()
    query = "select md5(string_agg(t::text, ',' order by t::text)) from {} t"
    tables = ("reimbursement_case", "case_event")
    before = [rows(feed.database, query.format(table)) for table in tables]
    feed.read_all()
    assert [rows(feed.database, query.format(table)) for table in tables] == before


def test_a_case_that_cannot_be_read_costs_no_other(feed: Feed, team: Teller) -> None:
    wrong = CASE | {"case_id": "C-2", "status": "something else"}
    team.tell = lambda _asked: page(wrong, CASE)
    feed.read_all()
    assert {one[0] for one in rows(feed.database, "select case_id from reimbursement_case")} == {
        "C-1"
    }
    assert rows(feed.database, "select count(*) from rejected_row") == [(2,)]


@pytest.mark.parametrize(
    "told",
    [
        Told(b"<html>"),
        Told(b"[]"),
        Told(b'{"cases": {}}'),
        Told(b'{"cases": [], "cursor": ""}'),
        Told(status=401),
        Told(status=503),
        Told(status=429, headers={"retry-after": "900"}),
        Told(b'{"cases": []', promised=9_000),
    ],
)
def test_one_accounts_trouble_is_said_and_keeps_no_other_from_its_cases(
    feed: Feed, team: Teller, told: Told
) -> None:
    team.tell = lambda asked: told if asked.query["account"] == "ACME" else page(CASE)
    if told.status == 429:  # whoever asks is asked to wait, whatever it asks for
        team.tell = lambda _asked: told
    cases, problems = feed.read_all()
    assert cases == (0 if told.status == 429 else 1)
    assert problems[0].startswith("ACME: ")
    assert TOKEN not in repr(problems)
    [(because, position)] = rows(
        feed.database, "select because, position from feed_position order by account_id limit 1"
    )
    assert because
    assert position is None


def test_a_feed_without_end_is_given_up(feed: Feed, team: Teller) -> None:
    team.tell = lambda _asked: page(cursor="x", more=True)
    feed.most_pages = 20
    _, problems = feed.read_all()
    assert len(problems) == 2
    assert "has not ended after 20 pages" in problems[0]
