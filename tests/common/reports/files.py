"""Report files as the marketplaces write them, made small for one test each."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import text

from sample.text import columns
from services.database.engine import Database

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
API = SAMPLES.parent / "api"

LEDGER = columns("""
    Date, FNSKU, ASIN, MSKU, Title, Event Type, Reference ID, Quantity, Fulfillment Center,
    Disposition, Reason, Country, Reconciled Quantity, Unreconciled Quantity, Date and Time, Store
""")
REIMBURSEMENTS = columns("""
    approval-date, reimbursement-id, case-id, amazon-order-id, reason, sku, fnsku, asin,
    product-name, condition, currency-unit, amount-per-unit, amount-total,
    quantity-reimbursed-cash, quantity-reimbursed-inventory, quantity-reimbursed-total,
    original-reimbursement-id, original-reimbursement-type
""")
RETURNS = columns("""
    return-date, order-id, sku, asin, fnsku, product-name, quantity, fulfillment-center-id,
    detailed-disposition, reason, status, license-plate-number, customer-comments
""")
RECON = columns("""
    Period Start Date, Period End Date, Total Payable, Currency, Transaction Key,
    Transaction Posted Timestamp, Transaction Type, Transaction Description, Customer Order #,
    Customer Order line #, Purchase Order #, Purchase Order line #, Amount, Amount Type, Ship Qty,
    Commission Rate, Transaction Reason Description, Partner Item Id, Partner GTIN,
    Partner Item Name, Product Tax Code, Ship to State, Ship to City, Ship to Zipcode,
    Contract Category, Product Type, Commission Rule, Shipping Method, Fulfillment Type
""")
INVENTORY = columns("""
    Start Date, End Date, GTIN, Item ID, Product Name, Vendor (Seller) SKU, Fulfillment Center,
    Starting Quantity, Received, Sold, Lost, Found, Undelivered, Transferred, Returned To Seller,
    Removed, Ending Quantity
""")
RECEIPTS = columns("""
    Inbound Order ID, PO Number, Original PO Number, GTIN, UPC, SKU, Description, PO Create Date,
    PO Delivered Date, PO Status, Expected Units, Checked-in Units at ICC, Received Units,
    Damaged Units
""")
SETTLEMENT = columns("""
    settlement-id, settlement-start-date, settlement-end-date, deposit-date, total-amount,
    currency, transaction-type, order-id, merchant-order-id, adjustment-id, shipment-id,
    marketplace-name, amount-type, amount-description, amount, fulfillment-id, posted-date,
    posted-date-time, order-item-code, merchant-order-item-id, merchant-adjustment-item-id, sku,
    quantity-purchased, promotion-id
""")
FEE_PREVIEW = columns("""
    sku, fnsku, asin, amazon-store, product-name, product-group, brand, fulfilled-by, your-price,
    sales-price, longest-side, median-side, shortest-side, length-and-girth, unit-of-dimension,
    item-package-weight, unit-of-weight, product-size-tier, currency, estimated-fee-total,
    estimated-referral-fee-per-unit, estimated-variable-closing-fee,
    estimated-order-handling-fee-per-order, estimated-pick-pack-fee-per-unit,
    estimated-weight-handling-fee-per-unit, expected-fulfillment-fee-per-unit,
    estimated-future-fee (Current Selling on Amazon + Future Fulfillment fees),
    estimated-future-order-handling-fee-per-order, estimated-future-pick-pack-fee-per-unit,
    estimated-future-weight-handling-fee-per-unit, expected-future-fulfillment-fee-per-unit
""")
FEE_PREVIEW_EU = columns("""
    sku, fnsku, asin, amazon-store, product-name, product-group, brand, fulfilled-by,
    has-local-inventory, your-price, sales-price, longest-side, median-side, shortest-side,
    length-and-girth, unit-of-dimension, item-package-weight, unit-of-weight,
    product-size-weight-band, currency, estimated-fee-total, estimated-referral-fee-per-unit,
    estimated-variable-closing-fee, expected-domestic-fulfilment-fee-per-unit,
    expected-efn-fulfilment-fee-per-unit-uk, expected-efn-fulfilment-fee-per-unit-de,
    expected-efn-fulfilment-fee-per-unit-fr, expected-efn-fulfilment-fee-per-unit-it,
    expected-efn-fulfilment-fee-per-unit-es, expected-efn-fulfilment-fee-per-unit-se
""")
REMOVAL_ORDERS = columns("""
    request-date, order-id, order-type, service-speed, order-status, last-updated-date, sku,
    fnsku, disposition, requested-quantity, cancelled-quantity, disposed-quantity,
    shipped-quantity, in-process-quantity, removal-fee, currency
""")
REMOVAL_SHIPMENTS = columns("""
    request-date, order-id, shipment-date, sku, fnsku, disposition, shipped-quantity, carrier,
    tracking-number, removal-order-type
""")
LEDGER_SUMMARY = columns("""
    Date, FNSKU, ASIN, MSKU, Title, Disposition, Starting Warehouse Balance,
    In Transit Between Warehouses, Receipts, Customer Shipments, Customer Returns, Vendor Returns,
    Warehouse Transfer In/Out, Found, Lost, Damaged, Disposed, Other Events,
    Ending Warehouse Balance, Unknown Events, Location, Store
""")
MYI = columns("""
    sku, fnsku, asin, product-name, condition, your-price, mfn-listing-exists,
    mfn-fulfillable-quantity, afn-listing-exists, afn-warehouse-quantity,
    afn-fulfillable-quantity, afn-unsellable-quantity, afn-reserved-quantity, afn-total-quantity,
    per-unit-volume, afn-inbound-working-quantity, afn-inbound-shipped-quantity,
    afn-inbound-receiving-quantity, afn-researching-quantity, afn-reserved-future-supply,
    afn-future-supply-buyable, store
""")
REPLACEMENTS = columns("""
    shipment-date, sku, asin, fulfillment-center-id, original-fulfillment-center-id, quantity,
    replacement-reason-code, replacement-amazon-order-id, original-amazon-order-id
""")
WFS_SETTLEMENT = columns("""
    Walmart.com Order #, Walmart.com Order Line #, Walmart.com PO #, Walmart.com PO Line #,
    Transaction Type, Reason Code, Detail, WFSReferenceID, Transaction Date/Time, Qty, Partner ID,
    Partner GTIN, Partner Item Name, Category, Sub Category, Net Payable, CustomerOrderID,
    OrderChannelID
""")
REMOVAL_RECEIPTS = (
    "order_id",
    "tracking_number",
    "sku",
    "received_on",
    "received_units",
    "damaged_units",
    "note",
)

Rows = Sequence[Sequence[str]]


def table(header: Sequence[str], rows: Rows, delimiter: str = "\t", *, quoted: bool = False) -> str:
    """A delimited text; comma files are quoted where a cell asks for it."""
    return "".join(_line(row, delimiter, quoted=quoted) for row in (header, *rows))


def _line(cells: Sequence[str], delimiter: str, *, quoted: bool) -> str:
    shown = [
        '"' + cell.replace('"', '""') + '"'
        if quoted or (delimiter != "\t" and any(mark in cell for mark in ',;"\n'))
        else cell
        for cell in cells
    ]
    return delimiter.join(shown) + "\n"


def ledger_row(
    day: str = "05/13/2026",
    fnsku: str = "X001",
    quantity: str = "-1",
    *,
    event: str = "Shipments",
    reason: str = "",
    country: str = "US",
    reconciled: str = "",
    unreconciled: str = "",
    reference: str = "",
    title: str = "A mug",
) -> tuple[str, ...]:
    """One row of the 16 columns."""
    if day.count("/") == 2:
        month, monthday, year = day.split("/")
    else:
        year, month, monthday = day.split("-") if day.count("-") == 2 else ("2026", "05", "13")
    return (
        day, fnsku, "B0" + fnsku, "SKU-" + fnsku, title, event, reference, quantity, "ABE8",
        "SELLABLE", reason, country, reconciled, unreconciled,
        f"{year}-{month:0>2}-{monthday:0>2}T00:00:00-0700", "",
    )  # fmt: skip


def lost(
    day: str = "05/14/2026", fnsku: str = "X001", quantity: str = "-2", **more: str
) -> tuple[str, ...]:
    """An adjustment row of units that Amazon cannot find."""
    return ledger_row(day, fnsku, quantity, event="Adjustments", reason="M", **more)


def ledger(rows: Rows, columns: int = 16) -> bytes:
    """A ledger as the API sends it: UTF-8 with a mark, tabs, every cell quoted."""
    cut = [row[:columns] for row in rows]
    return ("\ufeff" + table(LEDGER[:columns], cut, quoted=True)).encode()


def reimbursement_row(
    number: str = "48210000001",
    amount: str = "6.38",
    *,
    at: str = "2026-05-12T09:59:13+00:00",
    reason: str = "Lost_Warehouse",
    currency: str = "USD",
    fnsku: str = "X001",
    case: str = "",
    title: str = "Café Mug",
    cash: str = "1",
    condition: str = "NewItem",
) -> tuple[str, ...]:
    """One row of the 18 columns."""
    return (
        at, number, case, "", reason, "SKU-" + fnsku, fnsku, "B0" + fnsku, title, condition,
        currency, amount, amount, cash, "0", cash, "", "",
    )  # fmt: skip


def reimbursements(rows: Rows) -> bytes:
    """Reimbursements as the API sends them: cp1252, tabs, no quotes."""
    return table(REIMBURSEMENTS, rows).encode("cp1252")


def return_row(
    order: str = "111-1",
    plate: str = "LPN1",
    *,
    at: str = "2026-05-05T15:31:40+00:00",
    disposition: str = "CARRIER_DAMAGED",
    comments: str = "",
) -> tuple[str, ...]:
    """One row of the 13 columns."""
    return (
        at,
        order,
        "SKU-A",
        "B0A",
        "X001",
        "Mug",
        "1",
        "LEX1",
        disposition,
        "DAMAGED_BY_CARRIER",
        "Reimbursed",
        plate,
        comments,
    )


def recon_row(
    amount: str = "18.48",
    description: str = "WFS LostInventory",
    *,
    key: str = "K1",
    gtin: str = "00065791330026",
) -> tuple[str, ...]:
    """One money line of the 29 columns."""
    return (
        "", "", "", "", key, "4/28/2026", "Adjustment", description, "", "", "", "", amount,
        "WFS Inventory Fee/Reimbursement", "1", "", "", "W-SKU-1", gtin, "Engine Air Filter", "",
        "", "", "", "", "", "", "", "Walmart Fulfilled",
    )  # fmt: skip


def recon_summary(
    total: str, start: str = "04/18/2026", end: str = "05/01/2026", currency: str = "USD"
) -> tuple[str, ...]:
    """The line that names period, currency and total."""
    return (start, end, total, currency, "", "", "PaymentSummary", *[""] * 22)


def recon(rows: Rows) -> bytes:
    """A reconciliation file: comma CSV."""
    return table(RECON, rows, ",").encode()


def inventory_row(
    start: str = "2026-04-01",
    end: str = "2026-04-30",
    gtin: str = '="00065791330026"',
    lost_units: str = "-3",
    location: str = "ATL1",
) -> tuple[str, ...]:
    """One item in one fulfilment centre and period, of the 17 columns."""
    return (
        start, end, gtin, "915123456", "Engine Air Filter", "W-SKU-1", location, "120", "40", "-30",
        lost_units, "1", "0", "0", "2", "-1", "129",
    )  # fmt: skip


LEGEND = ("Start of the period", "End of the period", "14-digit GTIN", *["Words"] * 14)


def inventory(rows: Rows) -> bytes:
    """A WFS inventory reconciliation: comma CSV with a mark and a legend line."""
    return ("\ufeff" + table(INVENTORY, (LEGEND, *rows), ",")).encode()


def receipt_row(
    order: str = "1234567GDM",
    *,
    delivered: str = "04/10/2026",
    received: str = "96",
    gtin: str = "00065791330026",
) -> tuple[str, ...]:
    """One line of a shipment, of the 14 columns."""
    return (
        order,
        "4567890ABC",
        "",
        gtin,
        "065791330026",
        "W-SKU-1",
        "Engine Air Filter",
        "04/01/2026",
        delivered,
        "CLOSED",
        "100",
        "100",
        received,
        "1",
    )


def zipped(**members: bytes) -> bytes:
    """An archive of files, named without their ending."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.csv", content)
    return packed.getvalue()


def every_row(database: Database, statement: str, **values: object) -> list[tuple[object, ...]]:
    """What the loader sees."""
    with database.loading() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def one(database: Database, statement: str, **values: object) -> object:
    """A single value."""
    [(value,)] = every_row(database, statement, **values)
    return value


def written(folder: Path, files: Iterable[tuple[str, bytes]]) -> list[Path]:
    paths = []
    for name, content in files:
        paths.append(folder / f"{name}.txt")
        paths[-1].write_bytes(content)
    return paths
