"""Sellers' Amazon in a process of its own, which serves prepared files: `serving` starts it.

A file of a report type and days is called as what is asked: TYPE_first_last. Of all others there is
nothing to tell but the header.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, Final

from tests.common.reports import files
from tests.fakes.amazon.files import SETTLEMENT, Days, Files, Kind
from tests.fakes.amazon.login import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET
from tests.fakes.amazon.sellers import Sellers, serve_several

CHANNEL: Final = "amazon-us"
AT_ONCE: Final = 1000.0  # a second: the limits are not what is measured
_HEADERS: Final = {
    "GET_LEDGER_DETAIL_VIEW_DATA": files.LEDGER,
    "GET_LEDGER_SUMMARY_VIEW_DATA": files.LEDGER_SUMMARY,
    "GET_FBA_REIMBURSEMENTS_DATA": files.REIMBURSEMENTS,
    "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA": files.RETURNS,
    "GET_FBA_FULFILLMENT_REMOVAL_ORDER_DETAIL_DATA": files.REMOVAL_ORDERS,
    "GET_FBA_FULFILLMENT_REMOVAL_SHIPMENT_DETAIL_DATA": files.REMOVAL_SHIPMENTS,
    "GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_REPLACEMENT_DATA": files.REPLACEMENTS,
    "GET_FBA_ESTIMATED_FBA_FEES_TXT_DATA": files.FEE_PREVIEW,
    "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA": files.MYI,
}


def name_of(type_: str, days: Days) -> str:
    """What a prepared file is called."""
    return f"{type_}_{days[0]}_{days[1]}"


def header_of(type_: str) -> bytes:
    """A report without a row."""
    quoted = type_.startswith("GET_LEDGER")
    said = files.table(_HEADERS[type_], (), quoted=quoted)
    return said.encode("utf-8-sig" if quoted else "cp1252")


def token_of(number: int) -> str:
    """A seller's refresh token."""
    return f"Atzr|seller-{number}"


@dataclass
class Prepared(Files):
    """Files that were made before."""

    folder: Path = field(default_factory=Path)

    def report(self, kind: Kind, channels: set[str], days: Days) -> bytes:  # noqa: ARG002
        path = self.folder / name_of(kind.type, days)
        if path.exists():
            return path.read_bytes()
        return b"" if kind.type == SETTLEMENT else header_of(kind.type)


@contextmanager
def serving(folder: Path, sellers: int) -> Iterator[dict[str, str]]:
    """The settings that lead to a process with so many sellers, who all have these files."""
    command = [sys.executable, "-m", "benchmarks.seller", str(folder), str(sellers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("the sellers say nothing")
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def main(folder: Path, number: int) -> None:
    """Serve until told to stop; the settings are printed."""
    one: Any = Prepared(shipments={CHANNEL: []}, items={CHANNEL: []}, folder=folder)
    sellers = Sellers({token_of(each): one for each in range(number)})
    for fake in sellers.fakes.values():
        fake.allowed_per_second = AT_ONCE
    ours = {
        "AMAZON_APPLICATION_ID": APPLICATION_ID,
        "AMAZON_CLIENT_ID": CLIENT_ID,
        "AMAZON_CLIENT_SECRET": CLIENT_SECRET,
    }
    with serve_several(sellers, 1) as [told]:
        print(json.dumps({**told, **ours}), flush=True)
        Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
