"""The queue: what stands first and why, and figures that are those of the seller's own pages."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.access.rights import Role
from services.activation import queue as queued
from services.activation import steps
from services.activation.at_risk import at_risk_in_queue
from services.activation.queue import (
    HiddenRequests,
    Order,
    QueueView,
    Waiting,
    hidden_requests,
    queue,
    queue_figures,
)
from services.activation.request_file import RequestFile, request_file
from services.activation.states import RequestKey
from services.database.engine import Database
from services.insights.totals import totals_by_subtype
from tests.common.worlds.activation import a_request, ask, requested, seen_as, settle
from tests.common.worlds.insights import NOW, World, in_days

SUPPORT = 3  # the persona of local mode
EVERY = QueueView()


@pytest.fixture
def worlds(database: Database) -> dict[str, World]:
    """Three sellers, with little, much and nothing to claim."""
    little, much, nothing = (World(database, name=name) for name in ("Little", "Much", "Nothing"))
    little.discrepancy(units=3, expires_on=in_days(2))
    little.discrepancy(opens_on=in_days(5), units=9)  # not ready yet
    little.discrepancy(unit_amount=None, units=4, expires_on=in_days(40))
    much.discrepancy("amazon-ca", units=50, currency="CAD", expires_on=in_days(20))
    much.discrepancy("amazon-ca", units=7, expires_on=in_days(25))  # in another currency
    much.discrepancy("amazon-ca", units=9, currency="CAD", expires_on=in_days(-1))  # expired
    much.discrepancy("amazon-ca", units=5, currency="CAD", expires_on=None, opens_on=None)
    nothing.document("walmart-us")
    return {"little": little.sum_up(), "much": much.sum_up(), "nothing": nothing.sum_up()}


@pytest.fixture
def keys(database: Database, worlds: dict[str, World]) -> dict[str, RequestKey]:
    codes = {"nothing": "walmart-us", "little": "amazon-us", "much": "amazon-ca"}
    found = {}
    for position, (name, code) in enumerate(codes.items()):
        key = requested(database, worlds[name].account_id, code)
        found[name] = key
        with database.owning() as connection:
            connection.execute(
                text("""
                update activation_request set requested_at = :at where request_id = :number
            """),
                {"at": NOW - timedelta(days=5 - 2 * position, hours=1), "number": key.request_id},
            )
    return found


def read(database: Database, view: QueueView = EVERY, cursor: str | None = None) -> list[Waiting]:
    with database.triaging() as connection:
        return list(queue(connection, SUPPORT, view, NOW, cursor).rows)


def names(database: Database, view: QueueView) -> list[str]:
    return [row.account_name for row in read(database, view)]


def hidden(database: Database, view: QueueView) -> HiddenRequests:
    with database.triaging() as connection:
        return hidden_requests(connection, SUPPORT, view, NOW)


def opened(database: Database, key: RequestKey) -> RequestFile:
    with database.triaging() as connection:
        found = request_file(connection, key, NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("at risk", ["Little", "Much", "Nothing"]),  # each the first in its currency
        ("expires", ["Little", "Much", "Nothing"]),
        ("oldest", ["Nothing", "Little", "Much"]),
    ],
)
def test_the_order(
    database: Database, keys: dict[str, RequestKey], order: Order, expected: list[str]
) -> None:
    assert names(database, QueueView(order=order)) == expected


def test_amounts_of_two_currencies_are_not_compared(
    database: Database, worlds: dict[str, World], keys: dict[str, RequestKey]
) -> None:
    """The first of each currency come before the second of any, however few its money is."""
    worlds["nothing"].discrepancy("walmart-us", units=100)
    worlds["nothing"].sum_up()
    with database.owning() as connection:
        connection.exec_driver_sql(
            "update open_total set amount_remaining = 1 where currency = 'CAD'"
        )
    *foremost, last = (row.account_name for row in read(database))
    assert ({*foremost}, last) == ({"Much", "Nothing"}, "Little")


def test_the_figures_are_those_of_the_sellers_pages(
    database: Database, worlds: dict[str, World], keys: dict[str, RequestKey]
) -> None:
    rows = {row.account_name.lower(): row for row in read(database)}
    for name, world in worlds.items():
        row = rows[name]
        with database.reading(world.account_id) as connection:
            ready = [
                each.totals.ready
                for each in totals_by_subtype(
                    connection, world.account_id, row.at_risk.currency, NOW
                )
                if each.channel == row.channel
            ]
        assert row.at_risk.units == sum(one.units for one in ready)
        assert row.at_risk.known_amount == sum(one.known_amount for one in ready)
        assert row.at_risk.units_without_amount == sum(one.units_without_amount for one in ready)
    assert rows["little"].days_left == 2
    assert (rows["much"].days_left, rows["much"].has_other_currencies) == (20, True)
    assert (rows["nothing"].days_left, rows["nothing"].at_risk.amount) == (None, 0)


def test_two_currencies_are_never_added(database: Database, keys: dict[str, RequestKey]) -> None:
    of_much = opened(database, keys["much"]).at_risk
    assert [(one.currency, one.amount) for one in of_much] == [("CAD", 550), ("USD", 70)]
    with database.triaging() as connection:
        whole = {one.currency: one.amount for one in at_risk_in_queue(connection, NOW)}
    assert whole == {"CAD": 550, "USD": 100}


def test_only_unknown_amounts_are_unknown(database: Database, keys: dict[str, RequestKey]) -> None:
    with database.owning() as connection:
        connection.execute(text("delete from open_total where amount_remaining > 0"))
    row = next(row for row in read(database) if row.account_name == "Little")
    assert (row.at_risk.units, row.at_risk.amount) == (4, None)


def test_filters_and_search(database: Database, keys: dict[str, RequestKey]) -> None:
    support = seen_as(database, Role.SUPPORT)
    steps.take(database, support, keys["much"], 1)
    steps.ask_seller(database, support, keys["much"], 2, "A logo?")
    settle(database, keys["nothing"].account_id, keys["nothing"].request_id, "declined")
    number = str(keys["little"].request_id)
    for view, expected in {
        QueueView(marketplace="amazon"): ["Little", "Much"],
        QueueView(marketplace="walmart"): [],
        QueueView(settled=True): ["Nothing"],
        QueueView(status="need_info"): ["Much"],
        QueueView(whose="mine"): ["Much"],
        QueueView(whose="nobody's"): ["Little"],
        QueueView(older_than=3): ["Little"],
        QueueView(older_than=4): [],
        QueueView(text="LITT"): ["Little"],
        QueueView(text="ada@northwind"): ["Little", "Much"],
        QueueView(text="byron"): ["Little", "Much"],
        QueueView(text=number): ["Little"],
        QueueView(text=f"#{number}"): ["Little"],
        QueueView(text="%"): [],
        QueueView(text="9" * 30): [],
        QueueView(text="x\0y'--"): [],
    }.items():
        assert names(database, view) == expected, view


def test_a_search_says_which_filters_hide_a_hit(
    database: Database, keys: dict[str, RequestKey]
) -> None:
    assert hidden(database, EVERY).requests == 0, "nothing is looked for"
    looking = QueueView(text="Nothing")
    assert hidden(database, looking).requests == 0, "it is shown"
    narrow = replace(looking, marketplace="amazon", whose="mine")
    assert hidden(database, narrow) == HiddenRequests(1, ("marketplace", "whose"))
    settle(database, keys["nothing"].account_id, keys["nothing"].request_id, "declined")
    assert hidden(database, looking) == HiddenRequests(1, ("settled",))


def test_pages_follow_each_other_both_ways(database: Database, keys: dict[str, RequestKey]) -> None:
    for order in ("at risk", "expires", "oldest"):
        view = QueueView(order=order, size=1)
        seen, cursor = [], None
        with database.triaging() as connection:
            while True:
                page = queue(connection, SUPPORT, view, NOW, cursor)
                seen += [row.account_name for row in page.rows]
                if page.following is None:
                    break
                cursor = page.following
            back = queue(connection, SUPPORT, view, NOW, page.preceding)
        assert seen == names(database, replace(view, size=50))
        assert [row.account_name for row in back.rows] == [seen[1]]


@pytest.mark.parametrize(
    "cursor",
    ["", "x~1~1", "after~1", "after~x~1", "after~1e99~1", "after~1~-4", f"before~1~{10**20}"],
)
def test_a_position_that_cannot_be_read_is_the_first_page(
    database: Database, keys: dict[str, RequestKey], cursor: str
) -> None:
    assert read(database, EVERY, cursor) == read(database)


def test_time_to_first_answer(database: Database, keys: dict[str, RequestKey]) -> None:
    def figures() -> queued.QueueFigures:
        with database.triaging() as connection:
            return queue_figures(connection, SUPPORT, NOW)

    before = figures()
    assert (before.open, before.untaken, before.unanswered) == (3, 3, 3)
    assert before.median_first_answer is None
    assert before.unanswered_since == NOW - timedelta(days=5, hours=1)
    with database.owning() as connection:
        for hours, key in zip((2, 50, 4), keys.values(), strict=True):
            connection.execute(
                text("""
                update activation_request set first_answered_at = requested_at
                    + make_interval(hours => :hours) where request_id = :number
            """),
                {"hours": hours, "number": key.request_id},
            )
    steps.take(database, seen_as(database, Role.SUPPORT), keys["much"], 1)
    after = figures()
    assert (after.untaken, after.mine, after.unanswered) == (2, 1, 0)
    assert after.median_first_answer == timedelta(hours=4)
    with database.owning() as connection:
        connection.execute(
            text("update activation_request set first_answered_at = :then"),
            {"then": NOW - timedelta(days=31)},
        )
    assert figures().median_first_answer is None, "only of the last thirty days"


def test_a_request_whole(database: Database, keys: dict[str, RequestKey]) -> None:
    support = seen_as(database, Role.SUPPORT)
    steps.check(database, support, keys["little"], 1, {"signatory": "missing"})
    found = opened(database, keys["little"])
    assert (found.account_name, found.contact_name, found.channel.code) == (
        "Little",
        "Ada Byron",
        "amazon-us",
    )
    assert (found.version, found.taken_by_name, found.unfinished) == (2, "Support", 19)
    assert [(one.item.key, one.by_name) for one in found.missing] == [("signatory", "Support")]
    assert [event.kind for event in found.history] == ["requested", "checked"]
    assert found.earlier == ()
    settle(database, found.key.account_id, found.key.request_id, "declined")
    outcome = ask(database, found.key.account_id, "amazon-us", a_request())
    assert outcome.request_id is not None
    again = opened(database, RequestKey(found.key.account_id, outcome.request_id))
    assert [(one.request_id, one.status) for one in again.earlier] == [
        (found.key.request_id, "declined")
    ]
    with database.triaging() as connection:
        stranger = RequestKey(keys["much"].account_id, found.key.request_id)
        assert request_file(connection, stranger, NOW) is None
