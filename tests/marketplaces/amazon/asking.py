"""What is asked of the fake: a German channel, its sources, a small seller's files."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sample.text import gzipped, plain_tab, quoted_tab, save
from services.marketplaces.amazon.client.client import AmazonClient
from services.marketplaces.amazon.connecting import CONNECTING
from services.marketplaces.asking import Asking, Channel, Fetched, Source, Unknown, Working
from tests.common.limits import LocalLimits
from tests.common.reports.files import LEDGER, REIMBURSEMENTS, RETURNS
from tests.fakes.amazon.server import FakeAmazon

GERMANY: Final = Channel("amazon-de", "DE", "EU", "Europe/Berlin")
BRITAIN: Final = Channel("amazon-uk", "UK", "EU", "Europe/London")
FRANCE: Final = Channel("amazon-fr", "FR", "EU", "Europe/Paris")
AMERICA: Final = Channel("amazon-us", "US", "NA", "America/Los_Angeles")
SOURCES: Final = {source.name: source for source in CONNECTING.sources}
OCTOBER: Final = (date(2026, 10, 1), date(2026, 10, 30))
SETTLEMENT: Final = "settlement-id\tsettlement-start-date\tamount\n31\t2026-10-01 00:00:00 UTC\t\n"


@dataclass(frozen=True)
class Amazon:
    """A connection to the fake, and what it told of on the way."""

    fake: FakeAmazon
    client: AmazonClient
    limits: LocalLimits
    folder: Path
    notices: Counter[Unknown] = field(default_factory=Counter)

    def ready(self, asking: Asking) -> str:
        """Order the report and wait for it: its document."""
        report_id = self.client.order(asking)
        state = self.client.state(asking, report_id)
        assert not isinstance(state, Working)
        return str(getattr(state, "document", state))

    def fetched(self, asking: Asking) -> Fetched:
        """The one file that a question brings."""
        document = "" if asking.source.how == "pages" else self.ready(asking)
        [file] = self.client.fetch(asking, document, self.folder)
        return file


def asking(
    name: str, channel: Channel = GERMANY, days: tuple[date, date] | None = OCTOBER
) -> Asking:
    """A question for October, or for now where the source knows no days."""
    source: Source = SOURCES[name]
    return Asking(source, channel, days if source.has_days else None)


def write_seller(folder: Path) -> Path:
    """A seller in Germany and Britain: overlapping files of two layouts, shipments on two pages."""
    germany, britain = folder / "amazon-de", folder / "amazon-uk"
    lines = [_ledger(day, country) for day in range(1, 31) for country in ("DE", "GB")]
    older = [row[:14] for row in (LEDGER, *lines[:40])]
    save(germany / "inventory-ledger-detail_2026-09-01_2026-10-20.txt", quoted_tab(older))
    newer = [(*row[:13], "7", *row[14:]) for row in lines[20:]]
    save(
        germany / "inventory-ledger-detail_2026-10-11_2026-10-30.txt",
        quoted_tab([LEDGER, *newer]),
    )
    rows = [REIMBURSEMENTS, *(_paid(day) for day in range(1, 31))]
    save(germany / "reimbursements_2026-09-01_2026-10-30.txt.gz", gzipped(plain_tab(rows)))
    save(britain / "customer-returns_2026-09-01_2026-10-30.txt", plain_tab([RETURNS, _returned()]))
    save(germany / "settlement_31.txt", SETTLEMENT.encode())
    shipments = [_shipment(number) for number in range(1, 8)]
    for folder_, some in ((germany, shipments), (britain, [])):
        _pages(folder_ / "inbound-shipments.json", "ShipmentData", some)
        items = [_item(one["ShipmentId"]) for one in some]
        _pages(folder_ / "inbound-shipment-items.json", "ItemData", items)
    return folder


def _pages(path: Path, member: str, records: list[dict[str, Any]]) -> None:
    save(path, json.dumps([{"payload": {member: records}}]).encode())


def _ledger(day: int, country: str) -> tuple[str, ...]:
    return (
        f"10/{day:02}/2026", "X001", "B001", "SKU-1", "A cup", "Adjustments", "", "-1", "LEJ1",
        "SELLABLE", "M", country, "0", "1", f"2026-10-{day:02}T00:00:00+0100", "",
    )  # fmt: skip


def _paid(day: int) -> tuple[str, ...]:
    return (
        f"2026-10-{day:02}T10:00:00+00:00", f"{40_000_000_000 + day}", "", "", "Lost_Warehouse",
        "SKU-1", "X001", "B001", "Ein schöner Becher", "NewItem", "EUR", "4.00", "4.00", "1", "0",
        "1", "", "",
    )  # fmt: skip


def _returned() -> tuple[str, ...]:
    return (
        "2026-10-05T15:31:40+00:00", "114-2962899-5762619", "SKU-1", "B001", "X001", "A cup", "1",
        "LTN1", "SELLABLE", "UNWANTED_ITEM", "Unit returned to inventory", "LPN1", "",
    )  # fmt: skip


def _shipment(number: int) -> dict[str, Any]:
    return {
        "ShipmentId": f"FBA{number}",
        # Put right the last time in October: 75 days later, says the fake.
        "ShipmentName": f"FBA (7/{17 + number}/26, 11:18 AM) - 1",
        "ShipFromAddress": {
            "Name": "Private Person",
            "AddressLine1": "1 Private Road",
            "City": "Kiel",
            "StateOrProvinceCode": "SH",
            "CountryCode": "DE",
            "PostalCode": "24103",
        },
        "DestinationFulfillmentCenterId": "LEJ1",
        "ShipmentStatus": "CLOSED",
        "LabelPrepType": "SELLER_LABEL",
        "AreCasesRequired": False,
    }


def _item(shipment_id: str) -> dict[str, Any]:
    return {
        "ShipmentId": shipment_id,
        "SellerSKU": "SKU-1",
        "FulfillmentNetworkSKU": "X001",
        "QuantityShipped": 10,
        "QuantityReceived": 8,
    }


def ago(days: float) -> datetime:
    """A moment before now."""
    return datetime.now().astimezone() - timedelta(days=days)


Connect = Callable[[Channel], Amazon]
