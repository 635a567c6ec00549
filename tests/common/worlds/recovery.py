"""A small world for one test: reports written by hand, landed by the real import.

Nothing is ready to claim before the payments report has spoken of the days. So each world has one,
without rows, for every day that its reports name; a test about the payments' own reach says
`covers=False` and lands them itself.
"""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.insights.as_of import When, discrepancies, totals
from services.landing import importing
from services.landing.importing import import_files
from services.landing.target import Days
from tests.common.reports.files import (
    INVENTORY,
    LEDGER,
    RECEIPTS,
    RECON,
    REIMBURSEMENTS,
    REMOVAL_RECEIPTS,
    RETURNS,
    every_row,
)

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
_OWN = (COST, REMOVAL_RECEIPTS)  # records of the seller's, no reports: they say nothing of a day
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
    return (
        {
            "Date": f"{day[5:7]}/{day[8:10]}/{day[:4]}",
            "FNSKU": "X001",
            "ASIN": "B001",
            "MSKU": "SKU-A",
            "Title": "Mug",
            "Event Type": "Adjustments",
            "Quantity": -units,
            "Fulfillment Center": "LEX1",
            "Disposition": "SELLABLE",
            "Reason": "M",
            "Country": "US",
        }
        | known
        | more
    )


def found(day: str, units: int, **more: object) -> Row:
    """One ledger adjustment: units of X001 found again (reason F), not reconciled by Amazon."""
    return {**lost(day, 1), "Quantity": units, "Reason": "F", **more}


def quiet(day: str) -> Row:
    """A sale: it says nothing but that the ledger covers this day."""
    return {**lost(day, 1), "Event Type": "Shipments", "Reason": ""}


def paid(day: str, units: int, amount: str, **more: object) -> Row:
    """One reimbursement of SKU-A, at noon UTC: cash, automatic, for a warehouse loss."""
    return {
        "approval-date": f"{day}T12:00:00+00:00",
        "reimbursement-id": f"R{next(_NUMBER)}",
        "reason": "Lost_Warehouse",
        "sku": "SKU-A",
        "fnsku": "X001",
        "asin": "B001",
        "product-name": "Mug",
        "condition": "NewItem",
        "currency-unit": "USD",
        "amount-total": amount,
        "quantity-reimbursed-cash": units,
        "quantity-reimbursed-inventory": 0,
        "quantity-reimbursed-total": units,
    } | more


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
        "case_id": "C1",
        "channel": "amazon-us",
        "type": "inventory",
        "subtype": "lost_in_warehouse",
        "status": status,
        "opened_on": opened,
        "closed_on": closed,
        "currency": "USD",
        "requested_amount": "10.00",
        "approved_amount": None,
        "units": None,
        "reference_ids": ["X001"],
        "events": [],
    } | more


# A day as the reports write it: 2026-05-13, or 5/13/2026 with the month first.
_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})|\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
# What names no day of the report's own: what is due or expected by then, and a shipment's name.
_NO_DAY = re.compile(r'"(returnByDate|expectedDeliveryDate|ShipmentName)": "[^"]*"')


def _days_named(content: str) -> Iterator[dt.date]:
    for found in _DAY.findall(_NO_DAY.sub("", content)):
        iso, month_first = found[:3], (found[5], found[3], found[4])
        year, month, day = iso if iso[0] else month_first
        yield dt.date(int(year), int(month), int(day))


def _month_first(day: dt.date) -> str:
    return f"{day:%m/%d/%Y}"


@dataclass
class World:
    """One account whose reports are given row by row.

    Each is imported as it is given; or, where a test asks for the end of a story only, all of them
    together, in their order, as soon as it asks.
    covers: the payments report has been asked for every day that the reports name, and holds
    nothing but what the test gives.
    """

    database: Database
    folder: Path
    channel: str = "amazon-us"
    account: str = ACCOUNT
    at_once: bool = True
    covers: bool = True
    waiting: list[Path] = field(default_factory=list)
    named: set[dt.date] = field(default_factory=set)  # the days that the reports name
    paid_for: set[dt.date] = field(default_factory=set)  # the days that payments reports speak for

    def land(
        self,
        header: Sequence[str],
        *rows: Row,
        delimiter: str = "\t",
        asked: tuple[str, str] | None = None,
    ) -> None:
        """Write one report of these rows and import it; asked: the first and last day asked for."""
        out = io.StringIO()
        writer = csv.DictWriter(out, header, delimiter=delimiter, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        content = out.getvalue()
        self.named |= set() if header in _OWN else set(_days_named(content))
        self.paid_for |= _periods(rows) if header == RECON else set()
        if asked is None:
            self._import(content)
        else:
            self.import_waiting()
            self._import_now([self._written(content)], _as_days(*asked))

    def land_cases(self, *cases: Mapping[str, Any]) -> None:
        """Import a case feed."""
        self._import(json.dumps(list(cases)))

    def land_json(self, said: object) -> None:
        """Import an API's answer."""
        content = json.dumps(said)
        self.named |= set(_days_named(content))
        self._import(content)

    def _import(self, content: str) -> None:
        self.waiting.append(self._written(content))
        if self.at_once:
            self.import_waiting()

    def _written(self, content: str) -> Path:
        path = self.folder / f"{next(_NUMBER)}.txt"
        path.write_text(content, "utf-8")
        return path

    def import_waiting(self) -> None:
        """Import what was given since the last time."""
        if not self.waiting:
            return
        if self.covers and self.named:
            with left_to_the_next_import():
                self.covered(min(self.named).isoformat(), max(self.named).isoformat())
        files, self.waiting = self.waiting, []
        self._import_now(files)

    def _import_now(self, files: Sequence[Path], asked: Days | None = None) -> None:
        result = import_files(
            self.database, files, account=self.account, channel=self.channel, asked=asked
        )
        assert not result.refused, [file.refused_because for file in result.refused]

    def covered(self, first: str, last: str) -> None:
        """Let the payments report have spoken of these days: asked for, and nothing was paid."""
        days = _as_days(first, last)
        if all(day in self.paid_for for day in _each(*days)):
            return
        if self.channel.startswith("amazon-"):
            # The empty lines make it another file than the last one: the same twice says nothing.
            empty = "\t".join(REIMBURSEMENTS) + "\n" * next(_NUMBER)
            self._import_now([self._written(empty)], days)
        else:
            self._import_now([self._written(_no_payments(*gap)) for gap in self._gaps(*days)])
        self.paid_for |= set(_each(*days))

    def _gaps(self, first: dt.date, last: dt.date) -> Iterator[Days]:
        # Walmart pays by periods: a newer report of a period takes the older one's place, so what
        # is added must not overlap what a test has given.
        missing = [day for day in _each(first, last) if day not in self.paid_for]
        start = missing[0]
        for day, after in zip(missing, [*missing[1:], None], strict=True):
            if after is None or (after - day).days > 1:
                yield start, day
                start = after or start

    @property
    def account_id(self) -> int:
        """The account's number."""
        self.import_waiting()
        with self.database.listing_accounts() as connection:
            query = text("select account_id from account where name = :name")
            return int(connection.execute(query, {"name": self.account}).scalar_one())

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """What the loader sees; the statement names the account `:account_id`."""
        return every_row(self.database, statement, account_id=self.account_id)

    def all(self, as_of: str) -> list[dict[str, Any]]:
        """Every discrepancy as of a day."""
        with self.database.reading(self.account_id) as connection:
            return discrepancies(connection, self.account_id, _when(as_of))

    def one(self, as_of: str) -> dict[str, Any]:
        """The only discrepancy as of a day."""
        (only,) = self.all(as_of)
        return only

    def missing(self, as_of: str) -> list[dict[str, Any]]:
        """Every discrepancy as of a day of which not all units have come back."""
        return [one for one in self.all(as_of) if one["state"] != "found"]

    def only(self, as_of: str) -> dict[str, Any]:
        """The only one of these."""
        (only,) = self.missing(as_of)
        return only

    def totals(self, as_of: str) -> list[dict[str, Any]]:
        """The account's totals as of a day."""
        with self.database.reading(self.account_id) as connection:
            return totals(connection, self.account_id, _when(as_of))


@contextmanager
def left_to_the_next_import() -> Iterator[None]:
    """What lands here is identified with what is imported right after it: once, not twice.

    Most of what a small world costs is to identify it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "identify", lambda *_: None)
        yield


def _as_days(first: str, last: str) -> Days:
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last)


def _each(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(number)


def _periods(rows: Sequence[Row]) -> set[dt.date]:
    """The days of the period that a Walmart payments report names."""
    named = [(row.get("Period Start Date"), row.get("Period End Date")) for row in rows]
    days = [list(_days_named(f"{first} {last}")) for first, last in named if first and last]
    return {day for first, last in days for day in _each(first, last)}


def _no_payments(first: dt.date, last: dt.date) -> str:
    """A Walmart payments report of a period in which nothing was paid but a storage fee of 0.00."""
    period = {
        "Period Start Date": _month_first(first),
        "Period End Date": _month_first(last),
        "Total Payable": "0.00",
        "Currency": "USD",
        "Transaction Type": "PaymentSummary",
    }
    fee = {
        "Transaction Key": f"{last:%Y_%m_%d}_1",
        "Transaction Posted Timestamp": _month_first(last),
        "Transaction Type": "Service Fee",
        "Transaction Description": "WFS StorageFee",
        "Amount": "0.00",
        "Amount Type": "WFS Fee/Reimbursement",
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, RECON, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows([period, fee])
    return out.getvalue()


def _when(as_of: str) -> When:
    return When(dt.datetime.now(dt.UTC), dt.date.fromisoformat(as_of))


def units(row: Mapping[str, Any]) -> dict[str, int]:
    """The units that are not nought: what a test wants to read."""
    return {name: value for name, value in row["units"].items() if value}


def held(row: Mapping[str, Any]) -> tuple[int, str | None]:
    """How many of a discrepancy's open units are held back, and the word for why."""
    said = row.get("held") or {}
    return int(said.get("units", 0)), said.get("because") or row.get("awaits")
