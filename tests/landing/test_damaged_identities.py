"""What a spreadsheet has damaged is unknown: it proves nothing, doubles nothing, hides nothing."""

import itertools
from datetime import date

import pytest

from services.database.engine import Database
from tests.common.reports import files
from tests.common.reports.files import every_row, one
from tests.landing.bringing import Bring

US = {"channel": "walmart-us"}


def named(header: tuple[str, ...], **cells: str) -> list[str]:
    """A row by its columns' names, written with underscores."""
    plain = {name.replace("_", "-"): cell for name, cell in cells.items()}
    return [plain.get(name, "") for name in header]


def returned(sku: str, order: str = "111-1", plate: str = "LPN1") -> list[str]:
    return named(
        files.RETURNS,
        return_date="2026-03-12T10:00:00+00:00",
        order_id=order,
        sku=sku,
        asin="B0A",
        fnsku="X001",
        quantity="1",
        detailed_disposition="SELLABLE",
        reason="UNWANTED_ITEM",
        license_plate_number=plate,
    )


def returns(*rows: list[str]) -> str:
    return files.table(files.RETURNS, rows, ",")


_SOLD, _GIVEN_BACK = ("Order", "20.00", "05", "1"), ("Refund", "-20.00", "10", "")


def refunded(*sold: tuple[str, str]) -> str:
    """A settlement in which each order and SKU was sold and given back."""
    summary = named(
        files.SETTLEMENT,
        settlement_id="1",
        settlement_start_date="2026-03-01 20:21:38 UTC",
        settlement_end_date="2026-03-15 20:21:38 UTC",
        total_amount="0.00",
        currency="USD",
    )
    lines = [
        named(
            files.SETTLEMENT,
            settlement_id="1",
            transaction_type=kind,
            order_id=order,
            marketplace_name="Amazon.com",
            amount_type="ItemPrice",
            amount_description="Principal",
            amount=amount,
            fulfillment_id="AFN",
            posted_date_time=f"2026-03-{day} 10:00:00 UTC",
            sku=sku,
            quantity_purchased=units,
        )
        for order, sku in sold
        for kind, amount, day, units in (_SOLD, _GIVEN_BACK)
    ]
    return files.table(files.SETTLEMENT, [summary, *lines])


def skus(database: Database) -> list[object]:
    return [
        sku for (sku,) in every_row(database, "select sku from amazon_customer_return order by sku")
    ]


def ready(database: Database) -> object:
    """Units that could be claimed on any day."""
    return one(database, "select coalesce(sum(remaining_units), 0) from discrepancy")


# Lost digits --------------------------------------------------------------------------------


def test_rows_of_unknown_skus_land_side_by_side_and_are_counted(
    bring: Bring, database: Database
) -> None:
    bring(refunded(("111-1", "645397938446"), ("111-2", "645397938453")))
    result = bring(returns(returned("6.45398E+11"), returned("6,45398E+11", "111-2", "LPN2")))
    assert (result.rows_landed, result.rows_rejected) == (2, 0)
    assert every_row(database, "select order_id, sku from amazon_customer_return order by 1") == [
        ("111-1", ""),
        ("111-2", ""),
    ]
    assert result.notes[0].startswith("Rows with a sku of which a spreadsheet has lost digits")
    assert "import the original" in result.notes[0]


def test_two_purchase_orders_that_look_alike_are_unknown_not_one(
    bring: Bring, database: Database
) -> None:
    sale = list(files.recon_row("20.00", "Purchase"))
    refund = list(files.recon_row("-25.00", "Return Refund"))
    for line, kind in ((sale, "Sale"), (refund, "Refund")):
        line[6], line[8], line[10], line[13] = kind, "2.00015E+14", "1.29112E+14", "Product Price"
    result = bring(files.recon([files.recon_summary("-5.00"), sale, refund]), **US)
    assert every_row(
        database, "select purchase_order_id, customer_order_id, amount::text from walmart_payment"
    ) == [(None, None, "20.00"), (None, None, "-25.00")]
    assert ready(database) == 0
    assert [note.split(" of which")[0] for note in result.notes] == [
        "Rows with a Customer Order #",
        "Rows with a Purchase Order #",
    ]


@pytest.mark.parametrize("sku", ["5E10", "1E3", "12E+11", "7E2-A", "645397938446"])
def test_a_seller_may_call_an_item_so(bring: Bring, database: Database, sku: str) -> None:
    assert bring(returns(returned(sku))).notes == ()
    assert skus(database) == [sku]


@pytest.mark.parametrize("column", ["order-id", "license-plate-number"])
def test_every_identity_is_looked_at(bring: Bring, database: Database, column: str) -> None:
    row = returned("MUG")
    row[files.RETURNS.index(column)] = "1.11E+16"
    result = bring(returns(row, returned("OTHER")))
    # A return without its order is nobody's; one without its plate is still the order's.
    assert (result.rows_landed, result.rows_rejected) == (
        (1, 1) if column == "order-id" else (2, 0)
    )
    if column == "order-id":
        [(expected, found)] = every_row(database, "select expected, found from rejected_row")
        assert found == "1.11E+16"
        assert "import the original, without opening it in a spreadsheet" in str(expected)


def test_an_item_number_that_has_lost_its_zeros_is_unknown(
    bring: Bring, database: Database
) -> None:
    row = returned("BOOK")
    row[files.RETURNS.index("asin")] = row[files.RETURNS.index("fnsku")] = "306406152"
    result = bring(returns(row))
    assert every_row(database, "select asin, fnsku from amazon_customer_return") == [(None, "")]
    assert len(result.notes) == 2


# A damaged copy and the whole file ------------------------------------------------------------

WHOLE = returns(
    returned("645397938446"), returned("645397938453"), returned("MUG", "111-3", "LPN3")
)
DAMAGED = returns(
    returned("6.45398E+11"), returned("6.45398E+11"), returned("MUG", "111-3", "LPN3")
).replace("Mug", "Cup")


@pytest.mark.parametrize("order", list(itertools.permutations([WHOLE, DAMAGED, DAMAGED + "\n"])))
def test_a_damaged_copy_adds_nothing_in_whichever_order_they_come(
    bring: Bring, database: Database, order: tuple[str, ...]
) -> None:
    for content in order:
        bring(content)
    assert skus(database) == ["645397938446", "645397938453", "MUG"]


def test_a_damaged_copy_of_payments_pays_nothing_twice(bring: Bring, database: Database) -> None:
    row = list(files.reimbursement_row(cash="2"))
    damaged = [*row]
    damaged[files.REIMBURSEMENTS.index("sku")] = "6.45398E+11"
    other = [*damaged]
    other[files.REIMBURSEMENTS.index("amount-total")] = "9.99"
    bring(files.table(files.REIMBURSEMENTS, [damaged, other]))
    bring(files.reimbursements([row]))
    # The second row stands in no whole file: its money stays.
    assert every_row(
        database, "select sku, amount_total::text from amazon_reimbursement order by sku"
    ) == [("", "9.99"), ("SKU-X001", "6.38")]
    again = bring(files.table(files.REIMBURSEMENTS, [damaged]))
    assert again.passed_over_because == {
        "already landed, with the identity that is unknown here": 1
    }
    assert one(database, "select sum(amount)::text from reimbursement") == "16.37"


def test_two_unknown_rows_of_one_key_stay_two(bring: Bring, database: Database) -> None:
    bring(returns(returned("6.45398E+11"), returned("6.45398E+11")))
    assert skus(database) == ["", ""]


# Zeros and quotes -----------------------------------------------------------------------------

PAIRS = [
    ("00123", "123"),
    ("90.750", "90.75"),
    ("0090.50", "90.5"),
    ("MUG", '"MUG"'),
    ("12.50", "12.5"),
]


@pytest.mark.parametrize(("whole", "damaged"), PAIRS)
def test_a_sku_that_another_report_shows_whole_is_unknown(
    bring: Bring, database: Database, whole: str, damaged: str
) -> None:
    bring(refunded(("111-1", whole)))
    row = returned(damaged)
    result = bring(files.table(files.RETURNS, [row, returned("OTHER", "111-9", "LPN9")]))
    assert skus(database) == ["", "OTHER"]
    [note] = result.notes
    assert (
        f'the column "sku": it has {damaged} where another report of the account has {whole}'
        in note
    )
    assert "import the original" in note


@pytest.mark.parametrize(("whole", "damaged"), PAIRS[:3])
def test_so_it_is_where_the_damaged_file_came_first(
    bring: Bring, database: Database, whole: str, damaged: str
) -> None:
    bring(returns(returned(damaged), returned(damaged, plate="LPN1")), name="saved.csv")
    result = bring(refunded(("111-1", whole)))
    assert skus(database) == ["", ""]
    [note] = result.notes
    assert f"damaged saved.csv, which landed before: it has {damaged} where this file has" in note
    bring(returns(returned(whole), returned(whole)))
    assert skus(database) == [whole, whole]


def test_what_no_other_report_shows_whole_stays(bring: Bring, database: Database) -> None:
    bring(refunded(("111-7", "00123"), ("111-1", "0124")))
    assert bring(returns(returned("123"))).notes == ()  # another order's, and another number
    assert skus(database) == ["123"]


def test_a_file_that_has_kept_its_zeros_was_not_damaged(bring: Bring, database: Database) -> None:
    bring(refunded(("111-1", "00123")))
    assert bring(returns(returned("123"), returned("007", "111-2", "LPN2"))).notes == ()
    assert skus(database) == ["007", "123"]


def test_a_program_that_writes_numbers_with_decimals_has_damaged_nothing(
    bring: Bring, database: Database
) -> None:
    bring(refunded(("111-1", "123456"), ("111-2", "7")))
    rows = [returned("123456.0"), returned("", "111-3", "LPN2"), returned("7.0", "111-2", "LPN3")]
    assert bring(returns(*rows)).notes == ()
    assert skus(database) == ["", "123456", "7"]
    sold = every_row(database, "select distinct sku from amazon_settlement_line order by 1")
    assert [sku for (sku,) in sold] == ["123456", "7"]


def test_a_file_with_other_numbers_besides_keeps_its_skus(bring: Bring, database: Database) -> None:
    bring(returns(returned("12.0"), returned("12", "111-2", "LPN2")))
    assert skus(database) == ["12", "12.0"]


def test_two_items_that_one_report_holds_are_two(bring: Bring, database: Database) -> None:
    bring(refunded(("111-1", "00123"), ("111-1", "123")))
    assert bring(returns(returned("123"))).notes == ()
    assert skus(database) == ["123"]


def test_where_a_row_is_known_by_its_sku_the_row_is_rejected(
    bring: Bring, database: Database
) -> None:
    bring(returns(returned("00123")))
    stock = named(files.MYI, sku="123", fnsku="X001", asin="B0A", afn_total_quantity="1")
    result = bring(files.table(files.MYI, [stock]))
    assert (result.rows_landed, result.rows_rejected) == (0, 1)
    [(column, expected)] = every_row(database, "select column_name, expected from rejected_row")
    assert column == "sku"
    assert str(expected).endswith("such as 00123")


def test_another_account_shows_nothing(bring: Bring, database: Database) -> None:
    bring(refunded(("111-1", "00123")), account="OTHER")
    assert bring(returns(returned("123"))).notes == ()


# Payment rows with periods of their own -------------------------------------------------------


def test_rows_with_their_own_period_land_under_the_summarys(
    bring: Bring, database: Database
) -> None:
    sale, fee, loss = (list(files.recon_row(a)) for a in ("20.00", "-3.00", "6.00"))
    for line in (sale, fee):
        line[0], line[1], line[3] = "05/20/2026", "06/03/2026", "USD"
        line[6], line[7] = "Sale", "Purchase"
    loss[0], loss[1], loss[3] = "06/07/2026", "06/21/2026", "USD"
    summary = files.recon_summary("23.00", "06/07/2026", "06/21/2026")
    result = bring(files.recon([summary, sale, fee, loss]), **US)
    assert (result.status, result.rows_landed, result.notes) == ("landed", 3, ())
    assert every_row(
        database,
        "select period_start, period_end, sum(amount)::text from walmart_payment group by 1, 2",
    ) == [(date(2026, 6, 7), date(2026, 6, 21), "23.00")]
    assert one(database, "select sum(amount)::text from reimbursement") == "6.00"


def test_a_row_of_another_currency_costs_only_itself(bring: Bring, database: Database) -> None:
    odd = list(files.recon_row("5.00"))
    odd[3] = "CAD"
    result = bring(files.recon([files.recon_summary("18.48"), files.recon_row(), odd]), **US)
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    assert every_row(database, "select column_name, expected, found from rejected_row") == [
        ("Currency", "the currency of the payment summary: USD", "CAD")
    ]
