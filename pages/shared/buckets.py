"""The three buckets in words: totals and their months in, cards out."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final

from components.buckets import Bucket, Press
from components.charts import Segment
from components.links import Link
from pages.shared import places
from services.insights.answers import Figure, Month
from services.insights.totals import SubtypeTotals, Totals, summed, summed_alike
from wording.buckets import BUCKETS, SHORT_STATES, STATES, WAYS, expires_within, taken_back
from wording.money import AMOUNTLESS, moved, signed_money
from wording.numbers import counted
from wording.subtypes import subtype_label

SHOW: Final = "show"
CHANGES: Final = "changes"


def cards(
    rows: Sequence[SubtypeTotals],
    months: Sequence[Month],
    currency: str,
    address: Mapping[str, str],
) -> list[Bucket]:
    """`rows` as the filters leave them; `address` keeps account and filters in the links."""
    totals = summed(rows)
    return [
        _unclaimed(totals, months, currency, address),
        _claimed(totals, months, currency),
        _lost(totals, rows, months, currency),
    ]


def _unclaimed(
    totals: Totals, months: Sequence[Month], currency: str, address: Mapping[str, str]
) -> Bucket:
    return Bucket(
        name="unclaimed",
        title=BUCKETS["unclaimed"].title,
        meaning=BUCKETS["unclaimed"].meaning,
        amount=totals.unclaimed.amount,
        currency=currency,
        moved=f"{_moved(totals.found_this_month, currency)} found this month",
        trend=[month.found.known_amount for month in months],
        why=Press(":small[:gray[What changed?]]", CHANGES),
        parts=[
            Segment("ready", STATES["ready"], totals.ready.amount, SHORT_STATES["ready"]),
            Segment("in_progress", STATES["in_progress"], totals.in_progress.amount),
            Segment("future", STATES["future"], totals.future.amount, SHORT_STATES["future"]),
        ],
        fact=_most_urgent(totals, currency, address),
    )


def _most_urgent(totals: Totals, currency: str, address: Mapping[str, str]) -> Link | str:
    for figure, days in ((totals.within_7_days, 7), (totals.within_30_days, 30)):
        if not figure.is_nothing:
            words = expires_within(figure.amount, figure.units, currency, days)
            query = {**address, "within": f"{days} days"}
            return Link(places.EXPIRING.page(), f"{words} →", query=query)
    return expires_within(Decimal(0), 0, currency, 30)


def _moved(figure: Figure, currency: str) -> str:
    return moved(figure.amount, figure.units, currency)


def _claimed(totals: Totals, months: Sequence[Month], currency: str) -> Bucket:
    claimed = totals.claimed
    return Bucket(
        name="claimed",
        title=BUCKETS["claimed"].title,
        meaning=BUCKETS["claimed"].meaning,
        amount=claimed.net,
        currency=currency,
        moved=f"{signed_money(totals.claimed_this_month.net, currency)} this month",
        trend=[month.net for month in months],
        parts=[
            Segment("via_case", WAYS["via_case"], claimed.via_case),
            Segment("automatic", WAYS["automatic"], claimed.automatic),
        ],
        fact=_taken_back(claimed.gross, claimed.reversed, currency),
    )


def _taken_back(gross: Decimal, taken: Decimal, currency: str) -> Press | str:
    words = taken_back(gross, taken, currency)
    return Press(words, "reversed") if taken else words


def _lost(
    totals: Totals, rows: Sequence[SubtypeTotals], months: Sequence[Month], currency: str
) -> Bucket:
    return Bucket(
        name="lost",
        title=BUCKETS["lost"].title,
        meaning=BUCKETS["lost"].meaning,
        amount=totals.lost.amount,
        currency=currency,
        moved=f"{_moved(totals.lost_this_month, currency)} this month",
        trend=_lost_trend(totals, months),
        parts=[
            Segment("expired", STATES["expired"], totals.expired.amount),
            Segment("denied", STATES["denied"], totals.denied.amount),
        ],
        fact=_most_lost(rows),
    )


def _lost_trend(totals: Totals, months: Sequence[Month]) -> list[Decimal]:
    """What each month lost, and by how much Lost has grown in this one."""
    earlier = [month.lost.known_amount for month in months[:-1]]
    return [*earlier, totals.lost_this_month.known_amount] if months else []


def _most_lost(rows: Iterable[SubtypeTotals]) -> Press | str:
    """What was lost most, and how: the one habit that is worth changing."""
    losses = [
        (figure.known_amount, subtype_label(subtype), part)
        for subtype, totals in _by_subtype(rows)
        for figure, part in ((totals.expired, "expired"), (totals.denied, "denied"))
    ]
    amount, subtype, part = max(losses, default=(Decimal(0), "", ""))
    return Press(f"Most {part}: {subtype}", part) if amount else "Nothing was lost"


def _by_subtype(rows: Iterable[SubtypeTotals]) -> list[tuple[str, Totals]]:
    ordered = sorted(rows, key=lambda row: row.subtype)
    return [
        (code, summed_alike(alike)) for code, alike in groupby(ordered, key=lambda row: row.subtype)
    ]


LEFT_OUT: Final = f"{AMOUNTLESS}, not in the sums"


def worth_knowing(totals: Totals) -> str:
    """What the amounts leave out, and what they hold without a deadline; empty where neither."""
    said = [
        f"{counted(units, 'unit', 'units')} {words}"
        for units, words in (
            (totals.unclaimed.units_without_amount, f"unclaimed {LEFT_OUT}"),
            (totals.lost.units_without_amount, f"lost {LEFT_OUT}"),
        )
        if units
    ]
    return " · ".join([*said, *_undated(totals.window_unknown)])


def _undated(figure: Figure) -> list[str]:
    """Money alone, of units that count elsewhere, is without a deadline just the same."""
    if figure.is_nothing:
        return []
    what = counted(figure.units, "unit", "units") if figure.units else "an amount"
    return [f"{what} without a known last day"]
