"""The story as Amazon's inventory ledger, detail view: files that overlap, in three layouts.

Amazon nets each loss itself: Reconciled is what was found or reimbursed up to the day of the
report, Unreconciled the rest. So an older file says less of the same loss than a newer one. Each
file reaches sixty days into the next, which is as long as finding and paying take here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sample.amazon.names import country_of
from sample.model import CustomerReturn, Found, Loss, Market, Movement, Story
from sample.plans import IN_WAREHOUSE
from sample.text import Row, columns

COLUMNS: Final = columns("""
    Date, FNSKU, ASIN, MSKU, Title, Event Type, Reference ID, Quantity, Fulfillment Center,
    Disposition, Reason, Country, Reconciled Quantity, Unreconciled Quantity, Date and Time, Store
""")
_SPACED_OUT: Final = 14  # the layout whose headers are written without spaces
_NEWEST: Final = 90  # days of the rolling file
_STRIDE: Final = 91
_REACH: Final = 60
# Codes whose rows carry the two reconciliation columns.
_FOUND_CODES: Final = ("F", "N")
# The disposition that a damaged unit leaves; the answering P row says what it became.
_LEAVES: Final = {
    "M": "SELLABLE",
    "5": "SELLABLE",
    "E": "SELLABLE",
    "6": "CARRIER_DAMAGED",
    "7": "EXPIRED",
    "H": "CUSTOMER_DAMAGED",
    "K": "DEFECTIVE",
    "U": "DISTRIBUTOR_DAMAGED",
}
_ZONES: Final = {"PL": "Europe/Warsaw"}


@dataclass(frozen=True)
class Entry:
    """One ledger row and, on a loss's own row, the loss that Amazon nets."""

    movement: Movement
    loss: Loss | None = None


@dataclass(frozen=True)
class Extract:
    """One ledger file: its days and how many columns it has."""

    first: date
    last: date
    columns: int


def extracts(first: date, last: date, layouts: Sequence[int]) -> list[Extract]:
    """The files of a history, oldest first: one per layout, the last the rolling 90 days."""
    starts = [last - timedelta(days=_NEWEST - 1)]
    for _ in layouts[1:]:
        starts.insert(0, starts[0] - timedelta(days=_STRIDE))
    starts[0] = first
    ends = [start + timedelta(days=_REACH - 1) for start in starts[1:]] + [last]
    return [Extract(*span) for span in zip(starts, ends, layouts, strict=True)]


def entries(story: Story, markets: Sequence[Market]) -> list[Entry]:
    """Every ledger row of these channels, by day."""
    return sorted(_entries(story, markets), key=_order)


def _order(entry: Entry) -> tuple[date, str, str, str, int, str, str]:
    row = entry.movement
    return (
        row.on,
        row.country,
        row.product.fnsku,
        row.event_type,
        row.quantity,
        row.centre,
        row.reference + row.reason,
    )


def _entries(story: Story, markets: Sequence[Market]) -> Iterator[Entry]:
    for movement in story.movements:
        if movement.market in markets:
            yield Entry(movement)
    for returned in story.returns:
        if returned.market in markets:
            yield Entry(_return(returned))
    for loss in story.losses:
        if loss.market in markets and loss.subtype in IN_WAREHOUSE:
            yield from _loss(loss, story.found_of.get(loss.number, []))


def _return(returned: CustomerReturn) -> Movement:
    country = country_of(returned.market, returned.centre)
    return Movement(
        returned.market,
        country,
        returned.on,
        returned.product,
        "CustomerReturns",
        1,
        returned.centre,
        returned.disposition,
    )


def _loss(loss: Loss, finds: list[Found]) -> Iterator[Entry]:
    taken = _adjusted(loss, loss.event_on, -loss.units, loss.reason, _LEAVES[loss.reason])
    yield Entry(taken, loss)
    if loss.subtype == "damaged_in_warehouse":
        yield Entry(_adjusted(loss, loss.event_on, loss.units, "P", "WAREHOUSE_DAMAGED"))
        return
    for find in finds:
        yield Entry(_adjusted(loss, find.on, find.units, "F", "SELLABLE"))


def _adjusted(loss: Loss, on: date, quantity: int, reason: str, disposition: str) -> Movement:
    country = country_of(loss.market, loss.location)
    return Movement(
        loss.market,
        country,
        on,
        loss.product,
        "Adjustments",
        quantity,
        loss.location,
        disposition,
        loss.reference,
        reason,
    )


def rows(story: Story, listed: Sequence[Entry], extract: Extract) -> Iterator[Row]:
    """The header and the rows of one file."""
    header = COLUMNS[: extract.columns]
    yield [name.replace(" ", "") for name in header] if extract.columns == _SPACED_OUT else header
    for entry in listed:
        if extract.first <= entry.movement.on <= extract.last:
            yield _cells(story, entry, extract.last)[: extract.columns]


def _cells(story: Story, entry: Entry, told_on: date) -> Row:
    row = entry.movement
    midnight = datetime.combine(row.on, time(), ZoneInfo(_ZONES.get(row.country, row.market.zone)))
    return (
        f"{row.on:%m/%d/%Y}",
        row.product.fnsku,
        row.product.asin,
        row.product.sku,
        row.product.title,
        row.event_type,
        row.reference,
        str(row.quantity),
        row.centre,
        row.disposition,
        row.reason,
        row.country,
        *_reconciled(story, entry, told_on),
        f"{midnight:%Y-%m-%dT%H:%M:%S%z}",
        "",
    )


def _reconciled(story: Story, entry: Entry, told_on: date) -> tuple[str, str]:
    row = entry.movement
    if entry.loss:
        resolved = resolved_by(story, entry.loss, told_on)
        return str(resolved), str(entry.loss.units - resolved)
    if row.reason not in _FOUND_CODES:
        return "", ""
    # Stock found under no listing of the seller answers no loss of his.
    stray = row.product.sku.startswith("Amazon.Found.")
    return ("0", str(row.quantity)) if stray else (str(row.quantity), "0")


def resolved_by(story: Story, loss: Loss, day: date) -> int:
    """Units of a loss found or paid up to a day. What is taken back is so only after the last
    statement on its loss."""
    found = sum(find.units for find in story.found_of.get(loss.number, ()) if find.on <= day)
    paid = sum(
        share.cash + share.inventory
        for payment, share in story.paid_of.get(loss.number, ())
        if payment.paid_on <= day and payment.undoes is None
    )
    return found + paid
