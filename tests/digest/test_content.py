"""Each figure is the one that the pages show; each person's letter holds their own accounts."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.access.viewer import NotAllowedError
from services.database.engine import Database
from services.digest.calendar import due_since, week_before
from services.digest.content import MOST_ACCOUNTS, digest_of
from services.digest.letter import Links, letter_of
from services.digest.posting import as_plain, preview
from services.insights.answers import Figure
from services.insights.expiring import View, weeks_ending
from services.insights.parts import PartView, part_rows
from services.insights.payments import Wanted, payments
from services.insights.totals import summed, totals_by_subtype
from tests.common.worlds.digest import business, change, in_the_week, person, viewer_of
from tests.common.worlds.insights import NOW, USD, World, in_days
from wording.days import days_between

MONDAY = date(2026, 6, 8)
LINKS = Links("https://recovery.example.com", "https://recovery.example.com/stop")


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (datetime(2026, 6, 15, 8, 59, tzinfo=UTC), date(2026, 6, 1)),
        (datetime(2026, 6, 15, 9, 0, tzinfo=UTC), date(2026, 6, 8)),
        (datetime(2026, 6, 21, 23, 59, tzinfo=UTC), date(2026, 6, 8)),
        (datetime(2026, 1, 1, 12, 0, tzinfo=UTC), date(2025, 12, 22)),
    ],
)
def test_a_week_is_told_from_monday_nine_on(now: datetime, monday: date) -> None:
    assert week_before(now) == monday
    assert due_since(now).isoweekday() == 1
    assert due_since(now).hour == 9


def test_days_say_once_what_they_share() -> None:
    assert days_between(date(2026, 6, 8), date(2026, 6, 14)) == "8 to 14 Jun 2026"
    assert days_between(date(2026, 6, 29), date(2026, 7, 5)) == "29 Jun to 5 Jul 2026"
    assert days_between(date(2025, 12, 29), date(2026, 1, 4)) == "29 Dec 2025 to 4 Jan 2026"


def test_its_figures_are_those_of_the_pages(database: Database) -> None:
    world = business(database, "Northwind Kitchen", "1234.50", MONDAY)
    for day in (-1, 0, 6, 7):  # the week's first and last day, and the days around it
        world.discrepancy(
            units=3,
            denied_units=2,
            denied_on=in_the_week(day, MONDAY),
            case_id=f"C{day}",
            unit_amount="4.05" if day < 6 else None,
            expires_on=in_days(5),
        )
    world.reimbursement(
        "amazon-ca", amount="55.00", currency="CAD", approved_on=in_the_week(3, MONDAY)
    )
    world.sum_up()
    manager = viewer_of(database, person(database, "Mia", "manager", world.account_id))
    (of,) = digest_of(database, manager, NOW).accounts
    usd = next(one for one in of.amounts if one.currency == "USD")
    cad = next(one for one in of.amounts if one.currency == "CAD")

    last = in_the_week(6, MONDAY)
    with database.reading(world.account_id) as connection:
        asked = (connection, world.account_id, USD)
        paid = [one for one in payments(*asked, Wanted()).rows if MONDAY <= one.approved_on <= last]
        parts = {
            name: [
                row
                for row in part_rows(*asked, NOW, PartView(name)).rows
                if MONDAY <= row.day <= last
            ]
            for name in ("expired", "denied")
        }
        totals = summed(totals_by_subtype(connection, world.account_id, "USD", NOW))
        ending = [week.pile for week in weeks_ending(*asked, NOW, View(within="7d"))]
    assert usd.week.recovered == sum(one.amount for one in paid if not one.is_reversal)
    assert usd.week.recovered == Decimal("1234.50")
    assert (
        usd.week.reversed == -sum(one.amount for one in paid if one.is_reversal) == Decimal("3.25")
    )
    for name, figure in (("expired", usd.week.expired), ("denied", usd.week.denied)):
        rows = parts[name]
        assert figure.units == sum(row.units for row in rows) > 0
        assert figure.known_amount == sum(row.amount or 0 for row in rows)
        assert figure.units_without_amount == sum(row.units for row in rows if row.amount is None)
    assert usd.week.denied == Figure(4, Decimal("8.10"), 2)
    assert usd.now == totals
    assert usd.now.within_7_days == sum((one.figure for one in ending), Figure())
    assert usd.now.within_7_days.units > 0
    assert (cad.week.recovered, cad.week.reversed) == (Decimal("55.00"), 0)

    letter = letter_of(digest_of(database, manager, NOW), "Mia", LINKS)
    for said in (letter.text, letter.html):
        for words in (
            "$1,234.50",
            "CA$55.00",
            "\u2212$3.25",
            "$8.10",
            "2 units without a known amount",
            "$21.40",
            "1 unit without a known amount",
            "8 to 14 Jun 2026",
        ):
            assert words in said, words
        assert "1,289.50" not in said, "two currencies added up"


def test_nobody_is_told_of_what_is_not_theirs(database: Database) -> None:
    north = business(database, "Northwind", "111.11").sum_up()
    south = business(database, "Southsea", "222.22").sum_up()
    seller = person(database, "Ada", "seller", north.account_id)
    manager = person(database, "Mia", "manager", north.account_id, south.account_id)
    operator = person(database, "Olaf", "operator")
    now = datetime.now(UTC)

    def said(person_id: int) -> str:
        viewer = viewer_of(database, person_id)
        letter = preview(database, viewer, now)
        return (
            letter.text + letter.html + str(as_plain(digest_of(database, viewer, now), "https://x"))
        )

    assert "111.11" in said(seller)
    assert "Southsea" not in said(seller)
    assert "222.22" not in said(seller)
    assert f"account={south.account_id}" not in said(seller)
    assert said(manager).index("Northwind") >= 0
    assert "222.22" in said(manager)
    change(database, "delete from account_access where account_id = :id", id=south.account_id)
    assert "Southsea" not in said(manager)
    with pytest.raises(NotAllowedError):
        digest_of(database, viewer_of(database, operator), now)


def test_a_quiet_week_and_a_marketplace_without_service_are_said_not_counted(
    database: Database,
) -> None:
    quiet = World(database, name="Quiet")
    quiet.discrepancy(expires_on=in_days(200))
    unserved = World(database, name="Maple")
    unserved.discrepancy("walmart-ca", currency="CAD", expires_on=in_days(3))
    empty = World(database, name="Empty")
    empty.channel("amazon-us")
    stopped = World(database, name="Stopped")
    stopped.documents["amazon-us"] = stopped.document(last_day=in_days(-60))
    stopped.discrepancy(expires_on=in_days(200))
    for world in (quiet, unserved, empty, stopped):
        world.sum_up()
    numbers = [world.account_id for world in (quiet, unserved, empty, stopped)]
    viewer = viewer_of(database, person(database, "Ada", "seller", *numbers))
    letter = letter_of(digest_of(database, viewer, NOW), "Ada", LINKS)
    for said in (letter.text, letter.html):
        assert "0.00" not in said
        assert said.count("Nothing runs out within 30 days") == 2
        assert said.count("No reports yet.") == 1
        assert "Walmart" in said
        assert said.count("no report after 16 Apr 2026.") == 1
    assert "$" not in letter.text


def test_an_account_managers_clients_come_as_on_portfolio_and_the_rest_is_counted(
    database: Database,
) -> None:
    worlds = [World(database, name=f"Client {number:02}") for number in range(MOST_ACCOUNTS + 2)]
    for number, world in enumerate(worlds):
        world.discrepancy(unit_amount=f"{number + 1}.00", expires_on=in_days(3))
        world.sum_up()
    manager = person(database, "Mia", "manager", *(world.account_id for world in worlds))
    digest = digest_of(database, viewer_of(database, manager), NOW)
    shown = [one.account.name for one in digest.accounts]
    assert shown == [world.name for world in reversed(worlds[2:])]
    assert digest.left_out == 2
    assert digest.accounts[0].amounts[0].at_risk == Figure(1, Decimal("22.00"))
    assert "And 2 more clients." in letter_of(digest, "Mia", LINKS).text


def test_clients_of_two_currencies_take_turns(database: Database) -> None:
    """Which is more, pounds or dollars, nobody says: the first of each, then the second of each."""
    worlds: list[int] = []
    for name, amount, code, currency in (
        ("Most dollars", "90.00", "amazon-us", "USD"),
        ("Less dollars", "80.00", "amazon-us", "USD"),
        ("Most pounds", "7.00", "amazon-uk", "GBP"),
        ("Less pounds", "6.00", "amazon-uk", "GBP"),
    ):
        world = World(database, name=name)
        world.discrepancy(code, unit_amount=amount, currency=currency, expires_on=in_days(3))
        world.sum_up()
        worlds.append(world.account_id)
    manager = person(database, "Mia", "manager", *worlds)
    digest = digest_of(database, viewer_of(database, manager), NOW)
    shown = [one.account.name for one in digest.accounts]
    assert [{*shown[:2]}, {*shown[2:]}] == [
        {"Most dollars", "Most pounds"},
        {"Less dollars", "Less pounds"},
    ]


def test_names_are_text_in_every_part(database: Database) -> None:
    hostile = '<img src=x onerror=alert(1)> & "Söhne" Bcc: all@example.com'
    world = business(database, hostile, "1.00").sum_up()
    viewer = viewer_of(database, person(database, "Ada", "seller", world.account_id))
    letter = letter_of(digest_of(database, viewer, datetime.now(UTC)), "<b>Ada</b>\n", LINKS)
    assert "<img" not in letter.html
    assert "<b>" not in letter.html
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; &#34;Söhne&#34; Bcc: all@" in letter.html
    assert '<img src=x onerror=alert(1)> & "Söhne" Bcc: all@example.com\n' in letter.text
    assert letter.text.startswith("Hello <b>Ada</b>,\n")
