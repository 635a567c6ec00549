"""Several currencies put together: always with rates and day, and not at all without them."""

import pytest

from components.tables import pressed_key
from pages.manager.portfolio_sections import sign_of
from services.access.rights import Role
from services.exports.files import Question
from services.insights.conversion import Rates
from services.insights.portfolio import Portfolio
from tests.common.looking import figures, page, tables, words
from tests.common.worlds.calls import viewer
from tests.common.worlds.insights import NOW, TODAY, World, in_days
from tests.common.worlds.rates import bank_told
from tests.pages.opening import opened

GROUNDS = "CA$1 = $0.5, €1 = $1.25: European Central Bank, 12 Jun 2026."
NOT_YET = "as soon as there are exchange rates"


@pytest.fixture
def two(world: World) -> tuple[World, World]:
    """Northwind with dollars and Canadian ones, Acme with euro: more, though fewer of them."""
    world.discrepancy(units=30, expires_on=in_days(5))
    world.discrepancy("amazon-ca", units=6, currency="CAD", expires_on=in_days(40))
    world.discrepancy("amazon-ca", units=1, currency="CAD", unit_amount=None)
    world.discrepancy("amazon-ca", units=2, currency="CAD", expires_on=in_days(-1))
    world.reimbursement(amount="40.00", approved_on=in_days(-2))
    world.sum_up()
    acme = World(world.database, name="Acme")
    acme.discrepancy("amazon-de", units=28, currency="EUR", expires_on=in_days(5))
    acme.sum_up()
    return world, acme


@pytest.fixture
def with_rates(two: tuple[World, World]) -> tuple[World, World]:
    bank_told(two[0].database, in_days(-3), USD="1.25", CAD="2.5")
    return two


def test_all_currencies_say_what_they_come_to_with_rates_and_day(
    with_rates: tuple[World, World],
) -> None:
    app = opened(Role.MANAGER)
    assert figures(app)["At risk"] == "$300.00"  # each currency by itself, as ever
    told = words(app)
    assert "**€280.00**" in told
    # 280 + 300 at 0.8 + 60 at 0.4, in the currency with most; no unit's amount is made up.
    assert "€544.00 together" in told
    assert "1 unit without a known amount" in told
    assert "CA$1 = €0.4, $1 = €0.8: European Central Bank, 12 Jun 2026." in told
    assert len(tables(app)[0]) == 3


def test_all_in_one_currency_is_one_row_a_client_by_what_it_comes_to(
    with_rates: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Question] = []
    monkeypatch.setattr(
        "pages.shared.export.file_address",
        lambda *asked: made.append(asked[3]) or "https://file.example/x",
    )
    north, acme = with_rates
    app = opened(Role.MANAGER, shown="All in USD")
    (rows,) = tables(app)
    assert [(row["Client"], row["At risk"], row["In 7 days"]) for row in rows] == [
        ("Acme", "$350.00", "$350.00"),
        ("Northwind Kitchen", "$330.00", "$300.00"),
    ]
    assert rows[1]["Paid this month"] == "$40.00"
    assert figures(app)["At risk"] == "$680.00"
    told = words(app)
    assert "from $300.00 · €280.00 · CA$60.00" in told
    assert GROUNDS in told
    assert "what is at risk in all currencies together" in told
    assert {one.view["into"] for one in made if one.kind == "portfolio"} == {"USD"}
    # The row leads to the client, in whichever currency that begins with.
    accounts = tuple(
        one.account_id
        for one in viewer(north.database, Role.MANAGER, north.account_id, acme.account_id).accounts
    )
    asked = Portfolio(accounts, None, NOW, TODAY, Rates("USD", None, {}, (), ()))
    app.session_state[pressed_key(f"clients-{sign_of(asked)}")] = f"{acme.account_id}~"
    app.run()
    assert app.title[0].value == "Overview"
    assert app.query_params["account"] == str(acme.account_id)


def test_the_currency_with_most_money_is_the_one_that_all_are_put_into(
    with_rates: tuple[World, World],
) -> None:
    with_rates[0].discrepancy(units=6)  # 360 dollars are more than 280 euro
    with_rates[0].sum_up()
    assert "$740.00 together" in words(opened(Role.MANAGER))  # 360 + 60 at 0.5 + 280 at 1.25


@pytest.mark.parametrize("query", [{}, {"shown": "All in USD"}])
def test_without_rates_nothing_is_put_together_and_it_is_said_how_they_come(
    two: tuple[World, World], query: dict[str, str]
) -> None:
    app = opened(Role.MANAGER, **query)
    told = words(app)
    assert NOT_YET in told
    assert "python -m services rates" in told
    assert " together ·" not in told
    assert "European Central Bank" not in told
    assert len(tables(app)[0]) == 3
    assert not any(one.startswith("All in") for one in app.selectbox(key="shown").options)


def test_with_one_currency_there_is_nothing_to_say(two: tuple[World, World]) -> None:
    bank_told(two[0].database, in_days(-3), USD="1.25", CAD="2.5")
    for query in ({"shown": "USD"}, {"shown": "EUR"}):
        told = words(opened(Role.MANAGER, **query))
        assert "together" not in told
        assert "European Central Bank" not in told


def test_a_currency_without_a_rate_is_named_and_what_holds_it_has_no_figure(
    two: tuple[World, World],
) -> None:
    bank_told(two[0].database, TODAY, USD="1.25")
    app = opened(Role.MANAGER, shown="All in USD")
    (rows,) = tables(app)
    assert [(row["Client"], row["At risk"], row["Paid this month"]) for row in rows] == [
        ("Acme", "$350.00", "$0.00"),
        ("Northwind Kitchen", "no rate", "$40.00"),
    ]
    assert figures(app)["At risk"] == "no rate"
    assert figures(app)["Expires within 7 days"] == "$650.00"  # of this, nothing is Canadian
    assert "has no rate for CAD: what holds it is not put together" in words(app)
    assert "no rate together" not in words(opened(Role.MANAGER))
    overview = words(page("overview", two[0].account_id))
    assert "has no rate for CAD: what holds it is not put together" in overview
    assert "All currencies together" not in overview


def test_old_rates_are_said_to_be_old_and_convert_nothing(two: tuple[World, World]) -> None:
    bank_told(two[0].database, in_days(-11), USD="1.25", CAD="2.5")
    said = "The newest exchange rates are of 4 Jun 2026, more than 10 days ago"
    for told in (words(opened(Role.MANAGER)), words(page("overview", two[0].account_id))):
        assert said in told
        assert "1.25" not in told
    assert "python -m services" not in words(opened(Role.MANAGER))


def test_an_overview_of_several_currencies_says_what_they_come_to(
    with_rates: tuple[World, World],
) -> None:
    north = with_rates[0]
    said = "All currencies together: Unclaimed $330.00 · Claimed $40.00 · Lost $10.00"
    for app in (
        page("overview", north.account_id),
        opened(Role.MANAGER, "manager/present", account=north.account_id),
    ):
        told = words(app)
        assert f"{said} · 1 unit without a known amount, not in the sums." in told
        assert "CA$1 = $0.5: European Central Bank, 12 Jun 2026." in told  # no euro is here
        assert figures(app)["Unclaimed"] == "$300.00"
    in_cad = words(page("overview", north.account_id, currency="CAD"))
    assert "All currencies together: Unclaimed CA$660.00" in in_cad
    assert "$1 = CA$2: " in in_cad


def test_of_one_channel_or_one_currency_there_is_no_such_line(
    with_rates: tuple[World, World],
) -> None:
    north, acme = with_rates
    north.discrepancy("walmart-us")
    north.sum_up()
    for app in (
        page("overview", north.account_id, channel="Amazon US"),
        page("overview", acme.account_id),
    ):
        assert "All currencies together" not in words(app)
    assert "All currencies together" in words(page("overview", north.account_id, type="Inventory"))


def test_an_overview_without_rates_says_nothing_of_them(two: tuple[World, World]) -> None:
    told = words(page("overview", two[0].account_id))
    assert "together" not in told
    assert "exchange rate" not in told
