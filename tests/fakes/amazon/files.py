"""What a seller's reports say: report files of any layout, asked for by kind, shop and days.

Where several files tell of one day the newest of them speaks for it, as if Amazon had been asked
today. Names of files say what they are, as the sample world writes them.
"""

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

Days = tuple[date, date]
_EVER: Final = (date.min, date.max)
_ONE_DAY: Final = timedelta(days=1)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHIPMENT_DAY: Final = re.compile(r"FBA \((\d+)/(\d+)/(\d\d),")


@dataclass(frozen=True)
class Kind:
    """A report type: how its files are called, which column has a row's day, whose it is."""

    type: str
    prefix: str
    day: str | None
    by_region: bool = False
    quoted: bool = False


KINDS: Final = {
    kind.type: kind
    for kind in (
        Kind(
            "GET_LEDGER_DETAIL_VIEW_DATA", "inventory-ledger-detail", "Date", by_region=True,
            quoted=True,
        ),
        Kind(
            "GET_LEDGER_SUMMARY_VIEW_DATA", "inventory-ledger-summary", "Date", by_region=True,
            quoted=True,
        ),
        Kind("GET_FBA_REIMBURSEMENTS_DATA", "reimbursements", "approval-date", by_region=True),
        Kind("GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", "customer-returns", "return-date"),
        Kind("GET_FBA_FULFILLMENT_REMOVAL_ORDER_DETAIL_DATA", "removal-orders", "request-date"),
        Kind(
            "GET_FBA_FULFILLMENT_REMOVAL_SHIPMENT_DETAIL_DATA", "removal-shipments", "request-date"
        ),
        Kind(
            "GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_REPLACEMENT_DATA", "replacements",
            "shipment-date",
        ),
        Kind("GET_FBA_ESTIMATED_FBA_FEES_TXT_DATA", "fee-preview", None, by_region=True),
        Kind("GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA", "fba-inventory", None),
        Kind("GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2", "settlement", None, by_region=True),
    )
}  # fmt: skip
SETTLEMENT: Final = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"


@dataclass(frozen=True)
class ReportFile:
    """One file of a channel."""

    path: Path
    kind: Kind
    channel: str

    @property
    def spoken_for(self) -> Days:
        """The days in its name; without them it speaks for all."""
        days = [date.fromisoformat(day) for day in _DAY.findall(self.path.name)]
        return (days[0], days[-1]) if len(days) > 1 else _EVER

    @cached_property
    def content(self) -> bytes:
        """Unpacked."""
        raw = self.path.read_bytes()
        return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw

    @cached_property
    def rows(self) -> list[list[str]]:
        """Its cells, the header first."""
        try:
            said = self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            said = self.content.decode("cp1252")
        header = said.partition("\n")[0]
        quoting = csv.QUOTE_MINIMAL if header.startswith('"') else csv.QUOTE_NONE
        delimiter = "\t" if "\t" in header else ","
        return list(csv.reader(io.StringIO(said), delimiter=delimiter, quoting=quoting))

    def told(self) -> Iterator[tuple[date | None, list[str]]]:
        """Each row with its day; one whose day nobody can read stands where it stood."""
        header, *rows = self.rows
        place = header.index(self.kind.day) if self.kind.day else None
        day: date | None = None
        for row in rows:
            if place is not None:
                day = _day_in(row[place]) or day
            yield day, row


def _day_in(said: str) -> date | None:
    for pattern in ("%m/%d/%Y", "%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(said[:10], pattern).date()  # noqa: DTZ007  a day alone
        except ValueError:
            continue
    return None


@dataclass
class Files:
    """All files of one seller."""

    reports: list[ReportFile] = field(default_factory=list)
    # By channel: what getShipments and getShipmentItems list, each with the day of its last change.
    shipments: dict[str, list[tuple[date, dict[str, Any]]]] = field(default_factory=dict)
    items: dict[str, list[tuple[date, dict[str, Any]]]] = field(default_factory=dict)

    @classmethod
    def below(cls, folder: Path) -> "Files":
        """Those in the folders that are called after channels, wherever below."""
        found = cls()
        for place in sorted(folder.rglob("amazon-*")):
            if place.is_dir():
                found.add(place, place.name)
        return found

    def add(self, folder: Path, channel: str) -> None:
        """The files of one channel."""
        for path in sorted(folder.iterdir()):
            for kind in KINDS.values():
                if path.name.startswith(f"{kind.prefix}_"):
                    self.reports.append(ReportFile(path, kind, channel))
        shipments = _records(folder / "inbound-shipments.json", "ShipmentData")
        days = {one["ShipmentId"]: _changed(one) for one in shipments}
        items = _records(folder / "inbound-shipment-items.json", "ItemData")
        self.shipments[channel] = [(days[one["ShipmentId"]], one) for one in shipments]
        self.items[channel] = [(days[one["ShipmentId"]], one) for one in items]

    @property
    def channels(self) -> set[str]:
        """In which the seller sells."""
        return set(self.shipments)

    def settlements(self, channels: set[str]) -> list[ReportFile]:
        """Of these channels, oldest first."""
        return [
            one for one in self.reports if one.channel in channels and one.kind.type == SETTLEMENT
        ]

    def whole(self, folder: Path, opened_by: str) -> Iterator[tuple[str, Path]]:
        """All that can be asked for, each report as one file, with the channel to import it for:
        what the region tells is told to `opened_by`.
        """
        for kind in (one for one in KINDS.values() if one.type != SETTLEMENT):
            asked = (
                {opened_by: self.channels} if kind.by_region else {c: {c} for c in self.channels}
            )
            for channel, channels in sorted(asked.items()):
                path = folder / f"{kind.prefix}.{channel}.txt"
                path.write_bytes(self.report(kind, channels, _EVER))
                if path.stat().st_size:
                    yield channel, path
        for file in self.settlements(self.channels):
            yield opened_by, file.path
        for channel in sorted(self.channels):
            for member, listed in (("ShipmentData", self.shipments), ("ItemData", self.items)):
                path = folder / f"{member}.{channel}.json"
                records = [record for _, record in listed[channel]]
                path.write_text(json.dumps({"payload": {member: records}}), "utf-8")
                yield channel, path

    def report(self, kind: Kind, channels: set[str], days: Days) -> bytes:
        """As Amazon delivers it: the header, and the rows of these days."""
        files = [one for one in self.reports if one.kind == kind and one.channel in channels]
        if not files:
            return b""
        newest = max(files, key=lambda one: one.spoken_for[1])
        header = newest.rows[0]
        rows = [
            _under(header, one.rows[0], row)
            for one in sorted(files, key=lambda one: one.spoken_for)
            for day, row in one.told()
            if day is None or (days[0] <= day <= days[1] and _speaks(one, day, files))
        ]
        return _written([header, *rows], quoted=kind.quoted)


def _speaks(file: ReportFile, day: date, files: list[ReportFile]) -> bool:
    """Whether no newer file of the same channel tells of the day."""
    newer = (
        one
        for one in files
        if one.channel == file.channel and one.spoken_for[1] > file.spoken_for[1]
    )
    return not any(one.spoken_for[0] <= day <= one.spoken_for[1] for one in newer)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _under(header: list[str], own: list[str], row: list[str]) -> list[str]:
    """The row under another layout's header; what cannot be told apart stays as it is."""
    if header == own or len(row) != len(own):
        return row
    cells = dict(zip(map(_plain, own), row, strict=True))
    return [cells.get(_plain(name), "") for name in header]


def _written(rows: list[list[str]], *, quoted: bool) -> bytes:
    if quoted:
        lines = ("\t".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
        return "".join(f"{line}\n" for line in lines).encode("utf-8-sig")
    return "".join("\t".join(row) + "\n" for row in rows).encode("cp1252", "replace")


def _records(path: Path, member: str) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    pages = json.loads(path.read_text("utf-8"))
    return [record for page in pages for record in page["payload"][member]]


def _changed(shipment: dict[str, Any]) -> date:
    """The day of its last change: no answer tells one. The one in its name is that of its making;
    what was sent is received, and put right, for some weeks.
    """
    named = _SHIPMENT_DAY.match(shipment["ShipmentName"])
    assert named, shipment["ShipmentName"]
    month, day, year = map(int, named.groups())
    changes_for = timedelta(days=0 if shipment["ShipmentStatus"] == "WORKING" else 75)
    return min(date(2000 + year, month, day) + changes_for, datetime.now(UTC).date() - _ONE_DAY)
