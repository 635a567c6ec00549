"""A shop is recognised however a report calls it."""

import pytest

from services.database.engine import Database
from tests.common.reports import files
from tests.common.reports.files import every_row, one
from tests.landing.bringing import Bring

AMERICA = ("amazon-us", "amazon-ca", "amazon-mx", "amazon-br")
EUROPE = ("amazon-uk", "amazon-de", "amazon-be", "amazon-es")


def settlement(shop: str, currency: str) -> bytes:
    summary = {
        "settlement-id": "1",
        "settlement-start-date": "2026-03-01 20:21:38 UTC",
        "settlement-end-date": "2026-03-15 20:21:38 UTC",
        "total-amount": "1.00",
        "currency": currency,
    }
    line = {
        "settlement-id": "1",
        "transaction-type": "Order",
        "order-id": "111-1",
        "amount": "1.00",
        "marketplace-name": shop,
        "posted-date-time": "2026-03-05 10:00:00 UTC",
    }
    rows = [[row.get(name, "") for name in files.SETTLEMENT] for row in (summary, line)]
    return files.table(files.SETTLEMENT, rows).encode()


def fee_preview(store: str) -> bytes:
    row = {"amazon-store": store, "sku": "MUG", "currency": "EUR", "your-price": "9.99"}
    cells = [row.get(name, "") for name in files.FEE_PREVIEW_EU]
    return files.table(files.FEE_PREVIEW_EU, [cells]).encode()


def open_channels(bring: Bring, *codes: str) -> None:
    for code in codes:
        bring("sku,currency,unit_cost,valid_from\n", channel=code)


@pytest.mark.parametrize(
    ("shop", "channel"),
    [
        ("Amazon.com", "amazon-us"),
        ("amazon.com", "amazon-us"),
        ("www.amazon.com", "amazon-us"),
        ("ATVPDKIKX0DER", "amazon-us"),
        ("Non-Amazon US", "amazon-us"),
        ("SI CA Prod Marketplace", "amazon-ca"),
        ("amazon.ca", "amazon-ca"),
        ("Amazon.com.mx", "amazon-mx"),
        ("amazon.com.mx", "amazon-mx"),
        ("AMAZON.COM.BR", "amazon-br"),
        ("CA", "amazon-ca"),
        ("Non-Amazon", "amazon-us"),  # names none: the only channel with the settlement's currency
    ],
)
def test_a_settlement_line_belongs_to_the_shop_it_names(
    bring: Bring, database: Database, shop: str, channel: str
) -> None:
    open_channels(bring, *AMERICA)
    bring(settlement(shop, "USD"), channel="amazon-mx")
    assert every_row(
        database,
        "select c.code from amazon_settlement_line s"
        " join channel c on c.account_id = s.account_id and c.channel_id = s.channel_id",
    ) == [(channel,)]


@pytest.mark.parametrize(
    ("called", "channel", "country"),
    [
        ("DE", "amazon-de", "DE"),
        ("GB", "amazon-uk", "UK"),
        ("UK", "amazon-uk", "UK"),
        ("uk", "amazon-uk", "UK"),
        ("Amazon.co.uk", "amazon-uk", "UK"),
        ("amazon.de", "amazon-de", "DE"),
        ("Amazon.com.be", "amazon-be", "BE"),
        ("Amazon.es", "amazon-es", "ES"),
        ("Amazon.nl", "amazon-es", "NL"),  # no channel of its own yet: the one imported for
    ],
)
def test_a_fee_preview_row_belongs_to_its_store(
    bring: Bring, database: Database, called: str, channel: str, country: str
) -> None:
    open_channels(bring, *EUROPE)
    bring(fee_preview(called), channel="amazon-es")
    assert every_row(
        database,
        "select c.code, f.store from amazon_fee_preview f"
        " join channel c on c.account_id = f.account_id and c.channel_id = f.channel_id",
    ) == [(channel, country)]


def test_a_channel_that_comes_later_takes_what_names_its_shop(
    bring: Bring, database: Database
) -> None:
    bring(settlement("SI CA Prod Marketplace", "CAD"), channel="amazon-us")
    bring("sku,currency,unit_cost,valid_from\n", channel="amazon-ca")
    assert (
        one(
            database,
            "select c.code from amazon_settlement_line s"
            " join channel c on c.account_id = s.account_id and c.channel_id = s.channel_id",
        )
        == "amazon-ca"
    )


def test_no_two_marketplaces_of_a_region_share_a_name(database: Database) -> None:
    assert (
        every_row(
            database,
            "select lower(said.word), region from marketplace, lateral unnest("
            " array[shop, country, marketplace_id] || country_aliases || shop_aliases)"
            " as said(word) where said.word is not null and marketplace = 'amazon'"
            " group by lower(said.word), region having count(*) > 1",
        )
        == []
    )
