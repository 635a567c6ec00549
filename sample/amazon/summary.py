"""Amazon's inventory ledger, summary view: one line per month, item, disposition and country."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from sample.amazon.ledger import entries
from sample.model import Market, Movement, Product, Story
from sample.text import Row, columns, quoted_tab, save
from sample.walmart.calendar import complete_months

COLUMNS: Final = columns("""
    Date, FNSKU, ASIN, MSKU, Title, Disposition, Starting Warehouse Balance,
    In Transit Between Warehouses, Receipts, Customer Shipments, Customer Returns, Vendor Returns,
    Warehouse Transfer In/Out, Found, Lost, Damaged, Disposed, Other Events,
    Ending Warehouse Balance, Unknown Events, Location, Store
""")
_COUNTS: Final = columns("""
    Receipts, Customer Shipments, Customer Returns, Vendor Returns, Warehouse Transfer In/Out,
    Found, Lost, Damaged, Disposed, Other Events, Unknown Events
""")
_COLUMN_OF_TYPE: Final = {
    "Receipts": "Receipts",
    "Shipments": "Customer Shipments",
    "CustomerReturns": "Customer Returns",
    "VendorReturns": "Vendor Returns",
    "WhseTransfers": "Warehouse Transfer In/Out",
}
_COLUMN_OF_REASON: Final = {
    **dict.fromkeys("FN", "Found"),
    **dict.fromkeys("M5", "Lost"),
    **dict.fromkeys("E67HKU", "Damaged"),
    **dict.fromkeys("DG", "Disposed"),
    **dict.fromkeys("OPQ34", "Other Events"),
}

Stock = tuple[str, str, str]  # FNSKU, disposition, country
Month = dict[str, int]  # units by column


def write_summary(folder: Path, story: Story, market: Market) -> Path:
    """Every complete month of a channel."""
    moves = [entry.movement for entry in entries(story, [market])]
    months = complete_months(market)
    rows = [COLUMNS, *_rows(moves, months)]
    name = f"inventory-ledger-summary_{months[0]:%Y-%m}_{months[-1]:%Y-%m}.txt"
    return save(folder / name, quoted_tab(rows))


def _rows(moves: list[Movement], months: list[date]) -> Iterator[Row]:
    by_stock: dict[Stock, dict[date, Month]] = defaultdict(dict)
    products: dict[str, Product] = {}
    for move in moves:
        products.setdefault(move.product.fnsku, move.product)
        stock = (move.product.fnsku, move.disposition, move.country)
        units = by_stock[stock].setdefault(move.on.replace(day=1), defaultdict(int))
        units[_column(move)] += move.quantity
    for stock, told in sorted(by_stock.items()):
        yield from _stock_rows(products[stock[0]], stock, told, months)


def _column(move: Movement) -> str:
    of_type = _COLUMN_OF_TYPE.get(move.event_type)
    return of_type or _COLUMN_OF_REASON.get(move.reason, "Unknown Events")


def _stock_rows(
    product: Product, stock: Stock, told: dict[date, Month], months: list[date]
) -> Iterator[Row]:
    """Each month starts where the one before ended, and no shelf holds less than nothing."""
    balance = _least_start([sum(told.get(month, {}).values()) for month in months])
    for month in months:
        units = told.get(month, {})
        ending = balance + sum(units.values())
        counts = [str(units.get(name, 0)) for name in _COUNTS]
        yield (
            f"{month:%m/%Y}",
            product.fnsku,
            product.asin,
            product.sku,
            product.title,
            stock[1],
            str(balance),
            "0",
            *counts[:-1],
            str(ending),
            counts[-1],
            stock[2],
            "",
        )
        balance = ending


def _least_start(changes: list[int]) -> int:
    lowest = balance = 0
    for change in changes:
        balance += change
        lowest = min(lowest, balance)
    return -lowest
