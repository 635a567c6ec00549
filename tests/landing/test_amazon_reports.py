"""Settlements, fee previews, removals, ledger summaries, inventory, replacements, shipments."""

import json
from collections.abc import Mapping, Sequence

import pytest

from services.database.engine import Database
from tests.common.reports import files
from tests.common.reports.files import every_row, one
from tests.landing.bringing import Bring

HOMES = (
    "select {what}, c.code from {table} t"
    " join channel c on c.account_id = t.account_id and c.channel_id = t.channel_id order by 1"
)


def report(header: Sequence[str], *rows: Mapping[str, str], delimiter: str = "\t") -> str:
    """A file of these cells, all others empty."""
    return files.table(header, [[row.get(name, "") for name in header] for row in rows], delimiter)


def homes(database: Database, table: str, what: str) -> list[tuple[object, ...]]:
    return every_row(database, HOMES.format(table=table, what=what))


# Settlement --------------------------------------------------------------------------------

US_PERIOD = ("2026-03-13 20:21:38 UTC", "2026-03-27 20:21:38 UTC")
EU_PERIOD = ("13.03.2026 20:21:38 UTC", "27.03.2026 20:21:38 UTC")


def summary(
    total: str = "15.34",
    *,
    number: str = "1001",
    period: tuple[str, str] = US_PERIOD,
    currency: str = "USD",
) -> dict[str, str]:
    return {
        "settlement-id": number,
        "settlement-start-date": period[0],
        "settlement-end-date": period[1],
        "deposit-date": period[1],
        "total-amount": total,
        "currency": currency,
    }


def line(
    amount: str = "19.50",
    *,
    number: str = "1001",
    shop: str = "Amazon.com",
    posted: str = "2026-03-14 08:49:04 UTC",
    what: str = "Principal",
) -> dict[str, str]:
    return {
        "settlement-id": number,
        "transaction-type": "Order",
        "order-id": "111-1",
        "marketplace-name": shop,
        "amount-type": "ItemPrice",
        "amount-description": what,
        "amount": amount,
        "fulfillment-id": "AFN",
        "posted-date": posted[:10],
        "posted-date-time": posted,
        "sku": "SKU-A",
        "quantity-purchased": "1",
    }


def settlement(*rows: Mapping[str, str]) -> str:
    return report(files.SETTLEMENT, *rows)


LINES = (
    "select settlement_id, currency, amount::text, (posted_at at time zone 'UTC')::text,"
    " (period_end at time zone 'UTC')::date::text from amazon_settlement_line order by row_number"
)


def test_the_lines_of_a_settlement_take_period_and_currency_from_its_summary(
    bring: Bring, database: Database
) -> None:
    # 19.50 - 4.16 = 15.34, as the summary says: no note.
    result = bring(settlement(summary(), line(), line("-4.16")))
    assert (result.rows_landed, result.passed_over_because, result.notes) == (
        2,
        {"settlement summary row": 1},
        (),
    )
    assert every_row(database, LINES) == [
        ("1001", "USD", "19.50", "2026-03-14 08:49:04", "2026-03-27"),
        ("1001", "USD", "-4.16", "2026-03-14 08:49:04", "2026-03-27"),
    ]


def test_a_european_settlement_reads_the_same(bring: Bring, database: Database) -> None:
    posted = "14.03.2026 08:49:04 UTC"
    result = bring(
        settlement(
            summary("1.230,46", period=EU_PERIOD, currency="EUR"),
            line("1.234,56", shop="Amazon.de", posted=posted),
            line("-4,10", shop="Amazon.de", posted=posted),
        ),
        channel="amazon-de",
    )
    # 1234.56 - 4.10 = 1230.46
    assert (result.rows_landed, result.notes) == (2, ())
    assert every_row(database, LINES) == [
        ("1001", "EUR", "1234.56", "2026-03-14 08:49:04", "2026-03-27"),
        ("1001", "EUR", "-4.10", "2026-03-14 08:49:04", "2026-03-27"),
    ]
    assert one(database, "select last_day::text from report_document") == "2026-03-27"


def test_a_settlement_that_does_not_add_up_says_so(bring: Bring) -> None:
    result = bring(settlement(summary("20.00"), line(), line("-4.16")))
    assert result.notes == (
        "The lines of settlement 1001 add up to 15.34, but its summary states a total of 20.00.",
    )


def test_the_newest_document_of_a_settlement_speaks_alone_for_it(
    bring: Bring, database: Database
) -> None:
    bring(settlement(summary(), line(), line("-4.16")))
    bring(settlement(summary("1.00", number="1002"), line("1.00", number="1002")))
    bring(settlement(summary("18.00"), line("18.00")))
    amounts = every_row(
        database, "select settlement_id, amount::text from amazon_settlement_line order by 1"
    )
    assert amounts == [("1001", "18.00"), ("1002", "1.00")]


def test_an_older_document_of_a_settlement_is_passed_over(bring: Bring, database: Database) -> None:
    later = (US_PERIOD[1], "2026-04-10 20:21:38 UTC")
    both = [summary("19.50"), line(), summary("1.00", number="1002", period=later)]
    assert bring(settlement(*both, line("1.00", number="1002"))).rows_landed == 2
    alone = bring(settlement(summary("7.00"), line("7.00")))
    assert alone.passed_over_because == {
        "settlement summary row": 1,
        "a newer or better report holds this settlement": 1,
    }
    assert one(database, "select sum(amount)::text from amazon_settlement_line") == "20.50"


def test_two_settlements_of_one_fortnight_stand_side_by_side(
    bring: Bring, database: Database
) -> None:
    bring(settlement(summary(), line()))
    bring(settlement(summary(number="1002"), line(number="1002")))
    assert one(database, "select count(*) from amazon_settlement_line") == 2
    parts = every_row(
        database, "select part, count(*) from report_coverage group by part order by part"
    )
    assert parts == [("amazon-us|1001", 15), ("amazon-us|1002", 15)]


def test_each_line_belongs_to_the_channel_of_its_shop(bring: Bring, database: Database) -> None:
    bring(files.ledger([files.ledger_row(country="GB")]), channel="amazon-uk")
    bring(
        settlement(
            summary(currency="EUR"),
            line("1", shop="Amazon.de"),
            line("2", shop="amazon.co.uk"),
            line("3", shop="Non-Amazon"),
            line("4", shop=""),
            line("5", shop="Amazon.fr"),
        ),
        channel="amazon-de",
    )
    # No shop of the account: its only channel with euros.
    assert homes(database, "amazon_settlement_line", "amount::text") == [
        ("1", "amazon-de"),
        ("2", "amazon-uk"),
        ("3", "amazon-de"),
        ("4", "amazon-de"),
        ("5", "amazon-de"),
    ]


def test_a_channel_made_later_takes_the_lines_of_its_shop(bring: Bring, database: Database) -> None:
    bring(settlement(summary(), line("1", shop="Amazon.ca"), line("2")))
    bring(files.ledger([files.ledger_row(country="CA")]), channel="amazon-ca")
    assert homes(database, "amazon_settlement_line", "amount::text") == [
        ("1", "amazon-ca"),
        ("2", "amazon-us"),
    ]


def test_a_line_whose_settlement_has_no_summary_is_rejected(
    bring: Bring, database: Database
) -> None:
    result = bring(settlement(summary(), line(), line(number="9")))
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    assert every_row(database, "select row_number, column_name, found from rejected_row") == [
        (4, "settlement-id", "9")
    ]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("amount", ""),
        ("amount", "1,234"),
        ("posted-date-time", "2026-03-14"),
        ("posted-date-time", ""),
        ("transaction-type", ""),
        ("quantity-purchased", "many"),
    ],
)
def test_a_wrong_settlement_line_is_rejected_by_name(
    bring: Bring, database: Database, column: str, cell: str
) -> None:
    result = bring(settlement(summary(), line(), line() | {column: cell}))
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    assert one(database, "select column_name from rejected_row") == column


# Fee preview -------------------------------------------------------------------------------


def preview(
    sku: str = "SKU-A", store: str = "US", fee: str = "4.16", **more: str
) -> dict[str, str]:
    return {
        "sku": sku,
        "amazon-store": store,
        "your-price": "19.50",
        "sales-price": "--",
        "product-size-tier": "--",
        "currency": "USD",
        "estimated-fee-total": "7.09",
        "estimated-pick-pack-fee-per-unit": "--",
        "expected-fulfillment-fee-per-unit": fee,
    } | more


def test_dashes_in_a_fee_preview_are_nothing_known(bring: Bring, database: Database) -> None:
    assert bring(report(files.FEE_PREVIEW, preview(fee="--"))).rows_landed == 1
    assert every_row(
        database,
        "select sales_price, size_tier, expected_fulfilment_fee, your_price::text"
        " from amazon_fee_preview",
    ) == [(None, None, None, "19.50")]


@pytest.mark.parametrize("without", [(), ("has-local-inventory",), ("fulfilled-by", "brand")])
def test_a_european_fee_preview_of_28_to_30_columns_lands(
    bring: Bring, database: Database, without: tuple[str, ...]
) -> None:
    header = [name for name in files.FEE_PREVIEW_EU if name not in without]
    assert len(header) == 30 - len(without)
    row = {
        "sku": "SKU-A",
        "amazon-store": "GB",
        "your-price": "19,50",
        "currency": "GBP",
        "estimated-fee-total": "6,10",
        "expected-domestic-fulfilment-fee-per-unit": "3,07",
        "expected-efn-fulfilment-fee-per-unit-de": "5,20",
        "product-size-weight-band": "Small Parcel",
    }
    assert bring(report(header, row), channel="amazon-uk").rows_landed == 1
    assert every_row(
        database,
        "select store, expected_fulfilment_fee::text, size_tier from amazon_fee_preview",
    ) == [("UK", "3.07", "Small Parcel")]


def test_the_rows_of_a_fee_preview_belong_to_the_channels_of_their_stores(
    bring: Bring, database: Database
) -> None:
    bring(files.ledger([files.ledger_row(country="CA")]), channel="amazon-ca")
    bring(report(files.FEE_PREVIEW, preview(), preview(store="CA"), preview(store="MX")))
    assert homes(database, "amazon_fee_preview", "store") == [
        ("CA", "amazon-ca"),
        ("MX", "amazon-us"),
        ("US", "amazon-us"),
    ]
    bring(files.ledger([files.ledger_row(country="MX")]), channel="amazon-mx")
    assert homes(database, "amazon_fee_preview", "store")[1] == ("MX", "amazon-mx")


def test_the_fee_preview_landed_last_says_what_is_and_covers_no_day(
    bring: Bring, database: Database
) -> None:
    bring(report(files.FEE_PREVIEW, preview(), preview("SKU-B")))
    bring(report(files.FEE_PREVIEW, preview(fee="5.00")))
    fees = every_row(
        database, "select sku, expected_fulfilment_fee::text from amazon_fee_preview order by 1"
    )
    assert fees == [("SKU-A", "5.00"), ("SKU-B", "4.16")]
    assert one(database, "select count(*) from report_coverage") == 0


# Removals ----------------------------------------------------------------------------------


def removal(
    status: str = "Completed",
    *,
    order: str = "RM-1",
    updated: str = "2026-03-20T10:00:00+00:00",
    requested: str = "2026-03-01T22:54:07+00:00",
    shipped: str = "10",
) -> dict[str, str]:
    return {
        "request-date": requested,
        "order-id": order,
        "order-type": "Return",
        "order-status": status,
        "last-updated-date": updated,
        "sku": "SKU-B",
        "fnsku": "X001",
        "disposition": "Unsellable",
        "requested-quantity": "10",
        "shipped-quantity": shipped,
        "removal-fee": "9.70",
        "currency": "USD",
    }


def test_of_two_removal_orders_the_later_updated_is_the_newer_whichever_came_last(
    bring: Bring, database: Database
) -> None:
    done = report(files.REMOVAL_ORDERS, removal())
    # An older pull over more days: its own last day is later.
    pending = removal("Pending", updated="2026-03-05T10:00:00+00:00", shipped="0")
    other = removal(order="RM-2", requested="2026-03-04T10:00:00+00:00")
    early = report(files.REMOVAL_ORDERS, pending, other)
    state = "select order_id, order_status, shipped_quantity from amazon_removal_order order by 1"
    bring(done)
    result = bring(early)
    assert result.passed_over_because == {"a newer report holds this row": 1}
    assert every_row(database, state)[0] == ("RM-1", "Completed", 10)
    bring(early, account="Other")
    bring(done, account="Other")
    assert every_row(database, state)[:2] == [("RM-1", "Completed", 10)] * 2


def shipment(tracking: str = "1Z1", quantity: str = "4") -> dict[str, str]:
    return {
        "request-date": "2026-03-01T22:54:07+00:00",
        "order-id": "RM-1",
        "shipment-date": "2026-03-09T10:00:00+00:00",
        "sku": "SKU-B",
        "fnsku": "X001",
        "disposition": "Unsellable",
        "shipped-quantity": quantity,
        "carrier": "UPS_GR_PL",
        "tracking-number": tracking,
        "removal-order-type": "Return",
    }


def test_parcels_of_one_removal_are_rows_of_their_own(bring: Bring, database: Database) -> None:
    rows = [shipment(), shipment("1Z2"), shipment("1Z2"), shipment("")]
    assert bring(report(files.REMOVAL_SHIPMENTS, *rows)).rows_landed == 4
    again = bring(report(files.REMOVAL_SHIPMENTS, *rows, shipment("1Z3")))
    assert (again.rows_landed, again.rows_passed_over) == (1, 4)
    assert every_row(
        database, "select part, min(day)::text, max(day)::text from report_coverage group by 1"
    ) == [("amazon-us", "2026-03-09", "2026-03-09")]


# Coverage of a report of one channel --------------------------------------------------------


def test_two_channels_of_a_region_keep_their_returns_days_apart(
    bring: Bring, database: Database
) -> None:
    for channel, days in (("amazon-us", (1, 5)), ("amazon-ca", (3, 9))):
        rows = [
            files.return_row(f"{channel}-{day}", at=f"2026-05-{day:02}T18:00:00+00:00")
            for day in days
        ]
        bring(files.table(files.RETURNS, rows), channel=channel)
    assert every_row(
        database,
        "select part, min(day)::text, max(day)::text, count(*) from report_coverage"
        " where kind = 'amazon_customer_returns' group by 1 order by 1",
    ) == [
        ("amazon-ca", "2026-05-03", "2026-05-09", 7),
        ("amazon-us", "2026-05-01", "2026-05-05", 5),
    ]


# Ledger summary, inventory, replacements ----------------------------------------------------


def balance(date: str = "05/2026", location: str = "US", lost: str = "-2") -> dict[str, str]:
    return {
        "Date": date,
        "FNSKU": "X001",
        "ASIN": "B001",
        "MSKU": "SKU-A",
        "Disposition": "SELLABLE",
        "Starting Warehouse Balance": "10",
        "Lost": lost,
        "Ending Warehouse Balance": "8",
        "Location": location,
    }


def test_a_summary_speaks_for_a_month_or_a_day(bring: Bring, database: Database) -> None:
    dates = ("05/2026", "2/2024", "05/13/2026", "12/2026")
    assert bring(report(files.LEDGER_SUMMARY, *(balance(date) for date in dates))).rows_landed == 4
    assert every_row(
        database,
        "select period_start::text, period_end::text from amazon_ledger_summary"
        " order by row_number",
    ) == [
        ("2026-05-01", "2026-05-31"),
        ("2024-02-01", "2024-02-29"),
        ("2026-05-13", "2026-05-13"),
        ("2026-12-01", "2026-12-31"),
    ]


def test_a_summarys_date_is_rejected_once(bring: Bring, database: Database) -> None:
    assert bring(report(files.LEDGER_SUMMARY, balance("13/2026"), balance())).rows_rejected == 1
    assert every_row(database, "select column_name, expected from rejected_row") == [
        ("Date", "a month such as 05/2026 or a day such as 05/13/2026")
    ]


def test_a_newer_summary_says_what_a_month_reads(bring: Bring, database: Database) -> None:
    bring(report(files.LEDGER_SUMMARY, balance(), balance(location="CA")))
    bring(report(files.LEDGER_SUMMARY, balance(lost="-5")))
    bring(files.ledger([files.ledger_row(country="CA")]), channel="amazon-ca")
    assert every_row(
        database,
        "select location, lost, c.code from amazon_ledger_summary s join channel c"
        " on c.account_id = s.account_id and c.channel_id = s.channel_id order by 1",
    ) == [("CA", -2, "amazon-ca"), ("US", -5, "amazon-us")]


@pytest.mark.parametrize("columns", [21, 22])
def test_the_inventory_of_21_or_22_columns_reads_as_landed_last(
    bring: Bring, database: Database, columns: int
) -> None:
    header = files.MYI[:columns]
    row = {
        "sku": "SKU-A",
        "afn-warehouse-quantity": "7",
        "afn-total-quantity": "9",
        "afn-researching-quantity": "2",
    }
    bring(report(header, row))
    assert bring(report(header, row | {"afn-researching-quantity": "0"})).rows_landed == 1
    assert every_row(
        database, "select sku, store, total_quantity, researching_quantity from amazon_inventory"
    ) == [("SKU-A", "", 9, 0)]


def test_replacements_land(bring: Bring, database: Database) -> None:
    row = {
        "shipment-date": "2026-05-01T10:00:00+00:00",
        "sku": "SKU-A",
        "quantity": "1",
        "replacement-reason-code": "5",
        "replacement-amazon-order-id": "R-1",
        "original-amazon-order-id": "111-1",
    }
    twice = report(files.REPLACEMENTS, row, row)
    assert bring(twice).rows_landed == 2
    assert bring(report(files.REPLACEMENTS, row, row | {"sku": "SKU-B"})).rows_landed == 1
    assert one(database, "select count(*) from amazon_replacement") == 3


# Removed, added, reordered columns; other delimiters -------------------------------------------

ONE_OF_EACH = [
    (files.SETTLEMENT, [summary("1.00"), line("1.00")], "promotion-id", "amount-description"),
    (files.FEE_PREVIEW, [preview()], "longest-side", "amazon-store"),
    (files.REMOVAL_ORDERS, [removal()], "removal-fee", "requested-quantity"),
    (files.REMOVAL_SHIPMENTS, [shipment()], "carrier", "tracking-number"),
    (files.LEDGER_SUMMARY, [balance()], "Unknown Events", "Location"),
    (
        files.MYI,
        [{"sku": "A", "afn-warehouse-quantity": "1", "afn-total-quantity": "1"}],
        "condition",
        "afn-warehouse-quantity",
    ),
]


@pytest.mark.parametrize(("header", "rows", "spare", "needed"), ONE_OF_EACH)
def test_columns_may_come_and_go_and_change_places(
    bring: Bring,
    header: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    spare: str,
    needed: str,
) -> None:
    other = [name for name in reversed(header) if name != spare]
    for number, names in enumerate((header, other, [*header, "New column"])):
        for delimiter in ("\t", ","):
            result = bring(
                report(names, *rows, delimiter=delimiter), account=f"{number}{delimiter}"
            )
            assert (result.rows_landed, result.rows_rejected) == (1, 0), result.refused_because
    without = bring(report([name for name in header if name != needed], *rows))
    assert needed in (without.refused_because or "")


# Inbound shipments (JSON) ------------------------------------------------------------------


def page(**payload: object) -> dict[str, object]:
    return {"payload": payload | {"NextToken": "more"}}


def inbound(number: str = "FBA1", status: str = "CLOSED") -> dict[str, object]:
    return {
        "ShipmentId": number,
        "ShipmentName": "FBA (2/11/20, 11:18 AM) - 1",
        "ShipmentStatus": status,
        "ShipFromAddress": {"City": "Bonn"},
    }


def item(number: str = "FBA1", sku: str = "SKU-A", received: int = 3) -> dict[str, object]:
    return {
        "ShipmentId": number,
        "SellerSKU": sku,
        "FulfillmentNetworkSKU": "X001",
        "QuantityShipped": 4,
        "QuantityReceived": received,
    }


def test_shipments_read_as_landed_last(bring: Bring, database: Database) -> None:
    both = [inbound(status="RECEIVING"), inbound("FBA2")]
    assert bring(json.dumps(page(ShipmentData=both))).rows_landed == 2
    result = bring(json.dumps(page(ShipmentData=[inbound(), inbound("FBA2")])))
    assert (result.rows_landed, result.rows_passed_over) == (1, 1)
    assert every_row(
        database, "select shipment_id, status from amazon_inbound_shipment order by 1"
    ) == [("FBA1", "CLOSED"), ("FBA2", "CLOSED")]


def test_a_wrong_item_of_a_shipment_is_named_by_its_member(
    bring: Bring, database: Database
) -> None:
    wrong = item(sku="SKU-B") | {"QuantityReceived": "three"}
    pages = [page(ItemData=[item()]), page(ItemData=[wrong, item(sku="SKU-C")])]
    result = bring(json.dumps(pages))
    assert (result.rows_in_file, result.rows_landed, result.rows_rejected) == (3, 2, 1)
    [(row, column, found, raw)] = every_row(
        database, "select row_number, column_name, found, raw_text from rejected_row"
    )
    assert (row, column, found) == (2, "QuantityReceived", "three")
    assert json.loads(str(raw)) == wrong
