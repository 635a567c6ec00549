"""A small world for one test: reports written by hand, landed by the real import."""

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import text

from services.database.engine import Database
from services.insights.as_of import When, discrepancies, totals
from services.sync.importing import import_files
from tests.sync.files import INVENTORY, LEDGER, RECEIPTS, RECON, REIMBURSEMENTS, RETURNS

__all__ = [
    "COST",
    "INVENTORY",
    "LEDGER",
    "OLD_LEDGER",
    "RECEIPTS",
    "RECON",
    "REIMBURSEMENTS",
    "RETURNS",
]

ACCOUNT = "Hand-made"
_NUMBER = count(1)

COST = ("sku", "currency", "unit_cost", "valid_from")
GTIN = "00065791330026"

Row = Mapping[str, object]

# The oldest ledger: no reconciled quantities, so found and paid are netted by us.
OLD_LEDGER = LEDGER[:12]


def old(one: Row) -> Row:
    """The row as the oldest ledger writes it."""
    return {name: value for name, value in one.items() if name in OLD_LEDGER}


def lost(day: str, units: int, *, unreconciled: int | None = None, **more: object) -> Row:
    """One ledger adjustment: units of X001 misplaced (reason M)."""
    known = {}
    if unreconciled is not None:
        known = {
            "Reconciled Quantity": units - unreconciled,
            "Unreconciled Quantity": unreconciled,
        }
    return {
        "Date": f"{day[5:7]}/{day[8:10]}/{day[:4]}", "FNSKU": "X001", "ASIN": "B001",
        "MSKU": "SKU-A", "Title": "Mug", "Event Type": "Adjustments", "Quantity": -units,
        "Fulfillment Center": "LEX1", "Disposition": "SELLABLE", "Reason": "M", "Country": "US",
    } | known | more  # fmt: skip


def found(day: str, units: int, **more: object) -> Row:
    """One ledger adjustment: units of X001 found again (reason F), not reconciled by Amazon."""
    return {**lost(day, 1), "Quantity": units, "Reason": "F", **more}


def quiet(day: str) -> Row:
    """A sale: it says nothing but that the ledger covers this day."""
    return {**lost(day, 1), "Event Type": "Shipments", "Reason": ""}


def paid(day: str, units: int, amount: str, **more: object) -> Row:
    """One reimbursement of SKU-A, at noon UTC: cash, automatic, for a warehouse loss."""
    return {
        "approval-date": f"{day}T12:00:00+00:00", "reimbursement-id": f"R{next(_NUMBER)}",
        "reason": "Lost_Warehouse", "sku": "SKU-A", "fnsku": "X001", "asin": "B001",
        "product-name": "Mug", "condition": "NewItem", "currency-unit": "USD",
        "amount-total": amount, "quantity-reimbursed-cash": units,
        "quantity-reimbursed-inventory": 0, "quantity-reimbursed-total": units,
    } | more  # fmt: skip


def reversal(day: str, of: str, units: int, amount: str, *, given_back: int = 0) -> Row:
    """What undoes the reimbursement `of`: money taken, and units given back or not."""
    return {
        **paid(day, -units, amount),
        "reason": "Reimbursement_Reversal",
        "quantity-reimbursed-inventory": given_back,
        "quantity-reimbursed-total": given_back - units,
        "original-reimbursement-id": of,
        "original-reimbursement-type": "Lost_Warehouse",
    }


def cost(amount: str, *, sku: str = "SKU-A", since: str = "2020-01-01") -> Row:
    """A sourcing cost in dollars."""
    return {"sku": sku, "currency": "USD", "unit_cost": amount, "valid_from": since}


def case(status: str, opened: str, *, closed: str | None = None, **more: object) -> dict[str, Any]:
    """One case of our team about FNSKU X001, warehouse losses."""
    return {
        "case_id": "C1", "channel": "amazon-us", "type": "inventory",
        "subtype": "lost_in_warehouse", "status": status, "opened_on": opened,
        "closed_on": closed, "currency": "USD", "requested_amount": "10.00",
        "approved_amount": None, "units": None, "reference_ids": ["X001"], "events": [],
    } | more  # fmt: skip


@dataclass
class World:
    """One account whose reports are given row by row.

    Each is imported as it is given; or, where a test asks for the end of a story only, all of them
    together, in their order, as soon as it asks.
    """

    database: Database
    folder: Path
    channel: str = "amazon-us"
    account: str = ACCOUNT
    at_once: bool = True
    waiting: list[Path] = field(default_factory=list)

    def land(self, header: Sequence[str], *rows: Row, delimiter: str = "\t") -> None:
        """Write one report of these rows and import it."""
        out = io.StringIO()
        writer = csv.DictWriter(out, header, delimiter=delimiter, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self._import(out.getvalue())

    def land_cases(self, *cases: Mapping[str, Any]) -> None:
        """Import a case feed."""
        self._import(json.dumps(list(cases)))

    def land_json(self, said: object) -> None:
        """Import an API's answer."""
        self._import(json.dumps(said))

    def _import(self, content: str) -> None:
        path = self.folder / f"{next(_NUMBER)}.txt"
        path.write_text(content, "utf-8")
        self.waiting.append(path)
        if self.at_once:
            self.import_waiting()

    def import_waiting(self) -> None:
        """Import what was given since the last time."""
        if not self.waiting:
            return
        files, self.waiting = self.waiting, []
        result = import_files(self.database, files, account=self.account, channel=self.channel)
        assert not result.refused, [file.refused_because for file in result.refused]

    @property
    def account_id(self) -> int:
        """The account's number."""
        self.import_waiting()
        with self.database.listing_accounts() as connection:
            query = text("select account_id from account where name = :name")
            return int(connection.execute(query, {"name": self.account}).scalar_one())

    def all(self, as_of: str) -> list[dict[str, Any]]:
        """Every discrepancy as of a day."""
        with self.database.reading(self.account_id) as connection:
            return discrepancies(connection, self.account_id, _when(as_of))

    def one(self, as_of: str) -> dict[str, Any]:
        """The only discrepancy as of a day."""
        (only,) = self.all(as_of)
        return only

    def totals(self, as_of: str) -> list[dict[str, Any]]:
        """The account's totals as of a day."""
        with self.database.reading(self.account_id) as connection:
            return totals(connection, self.account_id, _when(as_of))


def _when(as_of: str) -> When:
    return When(dt.datetime.now(dt.UTC), dt.date.fromisoformat(as_of))


def units(row: Mapping[str, Any]) -> dict[str, int]:
    """The units that are not nought: what a test wants to read."""
    return {name: value for name, value in row["units"].items() if value}
