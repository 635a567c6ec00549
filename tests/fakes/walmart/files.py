"""What the fake has to tell: a channel's report files, by the days that are asked for."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

_EXCEL_DAY_ZERO: Final = date(1899, 12, 30)
_LOG_COLUMNS: Final = (
    ("Log ID", "id"),
    ("GTIN", "gtin"),
    ("Vendor (Seller) SKU", "vendorSku"),
    ("Item Name", "productName"),
    ("FC Name", "fcName"),
    ("Units", "changedUnits"),
    ("Event Date & Time", "transactionTime"),
    ("Location Code", "transactionLocation"),
    ("Transaction Reason Code", "transactionReasonCode"),
    ("Transaction Reason Description", "transactionReasonDesc"),
    ("Transaction Type", "transactionType"),
    ("Shipment ID", "shipmentId"),
)
# Made up: Walmart does not publish the columns of this report.
_CUSTOMER_RETURNS: Final = "Return Order,Customer Refund Date,Return Fee Charged\n"

Row = list[str]
Span = tuple[datetime, datetime]  # both inclusive, UTC


@dataclass(frozen=True)
class Files:
    """The report files of one channel, as the sample world writes them."""

    folder: Path

    @cached_property
    def recon(self) -> dict[str, Path]:
        """The payments files by their dates, MMDDYYYY."""
        return {path.stem.removeprefix("recon_"): path for path in self.folder.glob("recon_*")}

    def report(self, report_type: str, span: Span) -> bytes:
        """A report on request."""
        made = {
            "INVENTORY_RECON": self.reconciliation,
            "SETTLEMENT": self.settlement,
            "WFS_INVENTORY_LOG": self.log,
            "WFS_CUSTOMER_RETURNS": lambda _: _CUSTOMER_RETURNS.encode(),
        }
        return made[report_type](span)

    def reconciliation(self, span: Span) -> bytes:
        """The whole months within the days."""
        header, legend, rows = self._stock
        days = span[0].date(), span[1].date()
        told = [row for row in rows if days[0] <= date.fromisoformat(row[0]) <= days[1]]
        told = [row for row in told if date.fromisoformat(row[1]) <= days[1]]
        return _comma([header, legend, *told])

    def settlement(self, span: Span) -> bytes:
        """The lines of the days."""
        preamble, header, rows = self._settled
        days = span[0].date(), span[1].date()
        told = [row for row in rows if days[0] <= _settled_on(header, row) <= days[1]]
        return _comma([*preamble, header, *told])

    def log(self, span: Span) -> bytes:
        """The entries of the days, of every item."""
        names = [column for column, _ in _LOG_COLUMNS]
        told = [
            [str(entry.get(member) or "") for _, member in _LOG_COLUMNS]
            for entry in self._log
            if _within(entry["transactionTime"], span)
        ]
        return _comma([names, *told])

    def returns(self, span: Span) -> list[dict[str, Any]]:
        """The return orders that were begun within the span."""
        return [one for one in self.return_orders if _within(one["returnOrderDate"], span)]

    @cached_property
    def return_orders(self) -> list[dict[str, Any]]:
        return self._records("returns.json", "returnOrders")

    @cached_property
    def shipments(self) -> list[dict[str, Any]]:
        return self._records("inbound-shipments.json", "payload")

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        return self._records("inbound-shipment-items.json", "payload")

    @cached_property
    def _stock(self) -> tuple[Row, Row, list[Row]]:
        tables = [_table(path) for path in self._named("wfs-inventory-reconciliation_*.csv")]
        return tables[0][0], tables[0][1], [row for table in tables for row in table[2:]]

    @cached_property
    def _settled(self) -> tuple[list[Row], Row, list[Row]]:
        tables = [_table(path) for path in self._named("wfs-settlement_*.csv")]
        at = next(n for n, row in enumerate(tables[0]) if "Transaction Type" in row)
        rows = [row for table in tables for row in table[at + 1 :]]
        return tables[0][:at], tables[0][at], rows

    @cached_property
    def _log(self) -> list[dict[str, Any]]:
        return list(self._entries())

    def _entries(self) -> Iterator[dict[str, Any]]:
        for answer in json.loads((self.folder / "inventory-log.json").read_text("utf-8")):
            item = dict(answer["payload"])
            for entry in item.pop("inventoryLog"):
                yield {**item, **entry}

    def _records(self, name: str, member: str) -> list[dict[str, Any]]:
        answers = json.loads((self.folder / name).read_text("utf-8"))
        return [record for answer in answers for record in answer[member]]

    def _named(self, pattern: str) -> list[Path]:
        return sorted(self.folder.glob(pattern))


def _table(path: Path) -> list[Row]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))


def _comma(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _settled_on(header: Row, row: Row) -> date:
    """A line's day, in one of the three forms in which these files have it."""
    said = row[header.index("Transaction Date/Time")]
    if said.isdigit():
        return _EXCEL_DAY_ZERO + timedelta(days=int(said))
    if "/" in said:
        return datetime.strptime(said.split()[0], "%m/%d/%Y").replace(tzinfo=UTC).date()
    return date.fromisoformat(said)


def _within(said: str, span: Span) -> bool:
    # An answer ends with its last second, whatever follows the point.
    return span[0] <= datetime.fromisoformat(said).replace(microsecond=0) <= span[1]
