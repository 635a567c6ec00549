"""The portfolio and "since our last call", as account managers see them, and only they."""

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.tables import pressed_key
from pages.manager.portfolio_sections import sign_of
from services.access.rights import Role
from services.calls.log import undo_call
from services.exports.files import Question
from services.insights.portfolio import Portfolio
from services.settings import PROJECT
from tests.common.looking import button, figures, tables, words
from tests.common.worlds.calls import call, viewer
from tests.common.worlds.insights import NOW, TODAY, World, in_days
from tests.pages.opening import SECRET, everything, opened


@pytest.fixture
def clients(world: World) -> tuple[World, World]:
    """Northwind: a call ten days ago, and something of each kind since. Acme: more at risk."""
    world.row(
        "figure_clock",
        channel_id=world.channel("amazon-us"),
        rolled_to=in_days(0),
        since=in_days(-100),
    )
    world.discrepancy(units=3, expires_on=in_days(27), sku="LATER")
    world.discrepancy(units=4, expires_on=in_days(-3), sku="RAN-OUT")
    world.discrepancy(units=2, denied_units=2, denied_on=in_days(-2), sku="NO")
    world.reimbursement(amount="40.00", approved_on=in_days(-2))
    world.case("MOVED", opened_on=in_days(-1), requested_amount="11.00")
    world.case("OLD", opened_on=in_days(-40), requested_amount="12.00")
    world.sum_up()
    call(world, in_days(-10), SECRET)
    acme = World(world.database, name="*Acme* & Söhne")
    acme.discrepancy(units=80, expires_on=in_days(6))
    acme.sum_up()
    return world, acme


def test_clients_stand_by_money_at_risk_and_a_press_opens_their_overview(
    clients: tuple[World, World],
) -> None:
    north, acme = clients
    app = opened(Role.MANAGER)
    (rows,) = tables(app)
    assert [row["Client"] for row in rows] == ["*Acme* & Söhne", "Northwind Kitchen"]
    assert [row["At risk"] for row in rows] == ["$800.00", "$30.00"]
    assert [row["Since last call"] for row in rows] == ["no call", "$40.00"]
    assert [row["Last call"] for row in rows] == ["Never", "5 Jun · you"]
    assert figures(app)["At risk"] == "$830.00"
    assert "1 client had no call in the last 30 days" in words(app)
    asked = Portfolio((acme.account_id, north.account_id), None, NOW, TODAY)
    accounts = tuple(
        one.account_id for one in viewer(north.database, Role.MANAGER, *asked.accounts).accounts
    )
    key = f"clients-{sign_of(Portfolio(accounts, None, NOW, TODAY))}"
    app.session_state[pressed_key(key)] = f"{north.account_id}~USD"
    app.run()
    assert app.title[0].value == "Overview"
    assert app.query_params["account"] == str(north.account_id)


def test_a_colleagues_call_names_them_and_a_client_stands_in_each_of_its_currencies(
    clients: tuple[World, World],
) -> None:
    north, acme = clients
    north.discrepancy("amazon-de", units=5, currency="EUR", expires_on=in_days(2))
    north.sum_up()
    World(north.database, name="Nobody yet").channel("amazon-uk")
    call(north, in_days(-9), by=3)
    app = opened(Role.MANAGER)
    (rows,) = tables(app)
    assert rows[1]["Last call"] == "6 Jun · Grace"
    assert [row["Client"] for row in rows] == [acme.name, north.name, north.name, "Nobody yet"]
    assert (rows[2]["At risk"], rows[2]["Open"]) == ("€50.00", "0")
    assert rows[3]["Reports"] == "None yet"
    # All clients together, each currency by itself; what nobody knows is no nought.
    assert figures(app)["At risk"] == "$830.00"
    assert "**€50.00**" in words(app)
    assert "no call" not in rows[3]["Since last call"]
    (only,) = tables(opened(Role.MANAGER, shown="EUR"))
    assert [row["Client"] for row in only] == [north.name]


def test_a_client_is_found_by_keyboard(clients: tuple[World, World]) -> None:
    app = opened(Role.MANAGER)
    assert button(app, "find-client").proto.shortcut == "k"
    button(app, "find-client").click().run()
    foremost = button(app, f"find-{clients[1].account_id}")
    assert (foremost.proto.shortcut, foremost.label) == ("1", "\\*Acme\\* \\& Söhne")
    assert app.selectbox(key="found-client").options == ["*Acme* & Söhne", "Northwind Kitchen"]


def test_without_clients_the_page_says_whom_to_ask(world: World) -> None:
    with world.database.owning() as connection:
        connection.exec_driver_sql("update person set every_account = false where person_id = 2")
    try:
        assert "No client is yours yet" in words(opened(Role.MANAGER))
    finally:
        with world.database.owning() as connection:
            connection.exec_driver_sql("update person set every_account = true where person_id = 2")


def test_each_figure_since_the_call_opens_its_list_and_a_link_opens_the_same(
    clients: tuple[World, World],
) -> None:
    account = clients[0].account_id
    app = opened(Role.MANAGER, "seller/overview", account=account)
    assert "Since our last call, 5 Jun 2026" in words(app)
    for name, count, amount in (
        ("found", 0, "$0.00"),
        ("recovered", 1, "$40.00"),
        ("reversed", 0, "$0.00"),
        ("expired", 1, "$40.00"),
        ("denied", 1, "$20.00"),
        ("cases", 1, "$11.00"),
    ):
        label = button(app, f"since-{name}").label
        assert (str(count) if count else "none") in label
        assert amount in label
    button(app, "since-expired").click().run()
    assert (app.query_params["show"], app.query_params["since"]) == ("since_expired", "2026-06-05")
    assert [row["Amount"] for row in tables(app)[0]] == ["$40.00"]
    # The link that is sent after the call: the seller sees the list, and nothing else of this.
    sent = opened(Role.SELLER, account=account, show="since_cases", since="2026-06-05")
    assert "Cases moved since 5 Jun 2026" in words(sent)
    assert [row["Case"] for row in tables(sent)[0]] == ["MOVED"]
    assert "Since our last call" not in words(sent)


def test_during_a_call_everything_counts_from_the_one_before(
    clients: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be logged at its beginning: until the day ends, page, view and file stay."""
    north, _ = clients
    account = north.account_id
    made: list[Question] = []
    monkeypatch.setattr(
        "pages.shared.export.file_address",
        lambda *asked: made.append(asked[3]) or "https://file.example/x",
    )
    call(north, in_days(0), "Logged as we began")
    for file in ("seller/overview", "manager/present"):
        made.clear()
        app = opened(Role.MANAGER, file, account=account)
        assert "Since our last call, 5 Jun 2026" in words(app)
        assert "$40.00" in everything(app)
        (sent,) = [one for one in made if one.kind == "summary"]
        told = {"day": "2026-06-05", "call": "last", "held_on": "2026-06-05"}
        assert sent.view == told
    (rows,) = tables(opened(Role.MANAGER))
    assert [row["Since last call"] for row in rows] == ["no call", "$40.00"]
    assert rows[1]["Last call"] == "15 Jun · you"
    # The next day it is the last call. Where the reader is, that may be soon.
    monkeypatch.setattr(type(st.context), "timezone", "Asia/Tokyo")
    app = opened(Role.MANAGER, "seller/overview", account=account)
    assert "Since our last call, 15 Jun 2026" in words(app)


def test_an_earlier_call_can_be_counted_from_and_a_wrong_one_undone(
    clients: tuple[World, World],
) -> None:
    north, _ = clients
    call(north, in_days(-1), "Of somebody else")
    call(north, in_days(-20), by=3)
    app = opened(Role.MANAGER, "seller/overview", account=north.account_id)
    assert "Since our last call, 14 Jun 2026" in words(app)
    earlier = next(one for one in app.button if one.label == "Our call on 26 May 2026 · Grace")
    earlier.click().run()
    assert app.query_params["since"] == "2026-05-26"
    assert "Since our call on 26 May 2026" in words(app)
    button(app, "since-last-call-day").click().run()
    assert "since" not in app.query_params
    button(app, "log-call").click().run()
    # A colleague's call is theirs to undo.
    undo = [one.key for one in app.button if (one.key or "").startswith("undo-")]
    assert len(undo) == 2
    wrong = int(undo[0].removeprefix("undo-"))
    assert undo_call(
        north.database,
        viewer(north.database, Role.MANAGER, north.account_id),
        north.account_id,
        wrong,
    )
    app = opened(Role.MANAGER, "seller/overview", account=north.account_id)
    assert "Since our last call, 5 Jun 2026" in words(app)
    button(app, "log-call").click().run()
    assert "undone on " in words(app)
    assert "Of somebody else" not in everything(app)


@pytest.mark.parametrize(
    "query",
    [
        {"show": "since_everything", "since": "2026-06-05"},
        {"show": "since_expired"},
        {"show": "since_expired", "since": "x"},
        {"show": "expired", "since": "0001-01-01"},
        {"show": "since_found", "since": "9999-12-31"},
    ],
)
def test_a_day_that_makes_no_sense_breaks_nothing(
    clients: tuple[World, World], query: dict[str, Any]
) -> None:
    app = opened(Role.MANAGER, "seller/overview", account=clients[0].account_id, **query)
    assert figures(app)["Claimed"] == "$40.00"


def test_the_case_tracker_narrows_to_what_moved(clients: tuple[World, World]) -> None:
    app = opened(Role.MANAGER, "seller/case_tracker", account=clients[0].account_id)
    assert len(tables(app)[0]) == 2
    button(app, "since-moved").click().run()
    assert [row["Case"] for row in tables(app)[0]] == ["MOVED"]
    assert app.query_params["step"] == "moved"
    app.text_input(key="search").set_value("OLD").run()
    assert "hidden by the filter “Since”" in words(app)
    button(app, "show-hidden").click().run()
    assert [row["Case"] for row in tables(app)[0]] == ["OLD"]


@pytest.mark.parametrize("role", [Role.SELLER, Role.SUPPORT])
def test_nobody_else_sees_calls_notes_or_the_way_to_them(
    clients: tuple[World, World], role: Role
) -> None:
    for file in ("seller/overview", "seller/case_tracker"):
        app = opened(role, file, account=clients[0].account_id)
        drawn = everything(app)
        assert SECRET not in drawn
        assert "last call" not in drawn
        assert not [one for one in app.button if one.key in ("log-call", "since-found")]
    for file in ("manager/portfolio", "manager/present"):
        app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
        app.session_state["persona"] = role.value
        app.query_params["account"] = str(clients[0].account_id)
        app.run()
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            app.switch_page(f"pages/{file}.py").run()
