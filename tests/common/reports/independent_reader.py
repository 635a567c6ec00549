"""What the marketplaces paid, added up straight from their files.

A second pair of eyes: csv, gzip and zipfile alone, none of the product's code. What it says is
held against `totals --json`, to the cent.
"""

import csv
import gzip
import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

Sums = dict[tuple[str, str, str], Decimal]  # account, channel, currency

CHANNEL_OF_CURRENCY = {
    "USD": "amazon-us",
    "CAD": "amazon-ca",
    "GBP": "amazon-uk",
    "EUR": "amazon-de",
}
PAID = {
    "WFS LostInventory",
    "WFS DamageInWarehouse",
    # What for is not always said beside it; it is money back all the same.
    "WFS Refund",
    "Dispute won",
    "Business initiated discrete partner credit",
}
TAKEN_BACK = {"WFS FoundInventory"}


def claimed(imports: Iterable[tuple[str, str, Iterable[Path]]]) -> Sums:
    """Money paid less money taken back, per account, channel and currency.

    Amazon's pulls overlap: a line counts once per id, item, reason and condition, and as often as
    the fullest file repeats it. Walmart's periods do not overlap: every line counts.
    """
    sums: Sums = defaultdict(Decimal)
    for account, channel, paths in imports:
        tables = [list(table(path)) for path in paths if path.suffix != ".json"]
        for currency, amount in amazon(tables):
            sums[account, CHANNEL_OF_CURRENCY[currency], currency] += amount
        for currency, amount in walmart(tables):
            sums[account, channel, currency] += amount
    return dict(sums)


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a file by their header, whatever its packing, encoding and delimiter."""
    text = decoded(unpacked(path.read_bytes()))
    header = text.splitlines()[0]
    if "\t" in header:
        quoting = csv.QUOTE_MINIMAL if header.startswith('"') else csv.QUOTE_NONE
        reader = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=quoting)
    else:
        reader = csv.DictReader(io.StringIO(text))
    yield from reader


def unpacked(content: bytes) -> bytes:
    if content[:2] == b"\x1f\x8b":
        return gzip.decompress(content)
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(archive.namelist()[0])
    return content


def decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def amazon(tables: list[list[dict[str, str]]]) -> Iterator[tuple[str, Decimal]]:
    lines: Counter[tuple[str, ...]] = Counter()
    for rows in tables:
        if rows and "reimbursement-id" in rows[0]:
            lines |= Counter(map(line_of, rows))  # the larger count of each line, not the sum
    for line, times in lines.items():
        yield line[-2], Decimal(line[-1]) * times


def line_of(row: dict[str, str]) -> tuple[str, ...]:
    key = ("reimbursement-id", "sku", "fnsku", "reason", "condition", "currency-unit")
    return tuple(row[name] for name in (*key, "amount-total"))


def walmart(tables: list[list[dict[str, str]]]) -> Iterator[tuple[str, Decimal]]:
    for rows in tables:
        if not rows or "Transaction Description" not in rows[0]:
            continue
        currency = next(row["Currency"] for row in rows if row["Currency"])
        for row in rows:
            if is_reimbursement(row):
                yield currency, Decimal(row["Amount"])


def is_reimbursement(row: dict[str, str]) -> bool:
    return row["Transaction Description"] in PAID | TAKEN_BACK
