"""The buckets: what can be had back, what came, what was lost, and how that moved.

Read from sums only (open_total by day, month_total by month), never from discrepancies. The past
comes from whole months; this month and what is still to come is counted by the day, against each
channel's own today.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any, Final, Self

from sqlalchemy import Connection, RowMapping, text

from services.database.calendar import (
    AT_RISK,
    EXPIRED,
    FUTURE,
    WINDOW_UNKNOWN,
    expires_within,
    remaining_in,
)
from services.database.headline import REMAINING, REMAINING_WITHOUT_AMOUNT, headline
from services.database.sql import fill, today_of
from services.insights.answers import Claimed, Figure, Filters, Month, added
from services.insights.ask import bound
from wording.subtypes import SUBTYPES

NOTHING_THERE: Final = Figure()
NOTHING_CAME: Final = Claimed()


@dataclass(frozen=True)
class Totals:
    """The buckets and their parts. `window_unknown` and the `within_…` are shares of them."""

    future: Figure = NOTHING_THERE
    ready: Figure = NOTHING_THERE
    in_progress: Figure = NOTHING_THERE
    expired: Figure = NOTHING_THERE
    denied: Figure = NOTHING_THERE
    window_unknown: Figure = NOTHING_THERE  # of ready, and of future where it is held back
    within_7_days: Figure = NOTHING_THERE  # of future and ready
    within_30_days: Figure = NOTHING_THERE
    found_this_month: Figure = NOTHING_THERE  # events of this month less what was found again
    expired_this_month: Figure = NOTHING_THERE
    denied_this_month: Figure = NOTHING_THERE
    # Lost when the month began and not any more; negative: closed earlier, and lost this month.
    unlost_this_month: Figure = NOTHING_THERE
    claimed: Claimed = NOTHING_CAME
    claimed_this_month: Claimed = NOTHING_CAME
    discrepancies: int = 0  # with remaining units that can still be claimed

    @property
    def unclaimed(self) -> Figure:
        return self.future + self.ready + self.in_progress

    @property
    def lost(self) -> Figure:
        return self.expired + self.denied

    @property
    def lost_this_month(self) -> Figure:
        """By how much Lost has grown; less than nothing where more of it came back."""
        return self.expired_this_month + self.denied_this_month - self.unlost_this_month

    def __add__(self, other: Self) -> Self:
        return added(self, other)


@dataclass(frozen=True)
class SubtypeTotals:
    """The totals of one subtype on one channel, in one currency."""

    channel: str
    marketplace: str
    type: str
    subtype: str
    totals: Totals


def summed(rows: Iterable[SubtypeTotals]) -> Totals:
    """Over subtypes: one whose units are those of other losses adds its money alone."""
    return reduce(add, (_headline(row) for row in rows), Totals())


def summed_alike(rows: Iterable[SubtypeTotals]) -> Totals:
    """Of one subtype over its channels: its own row shows its units."""
    return reduce(add, (row.totals for row in rows), Totals())


def _headline(row: SubtypeTotals) -> Totals:
    known = SUBTYPES.get(row.subtype)
    return row.totals if known is None or known.counts_units else _money_alone(row.totals)


def _money_alone(totals: Totals) -> Totals:
    parts: dict[str, Any] = {field.name: getattr(totals, field.name) for field in fields(totals)}
    return Totals(**{name: getattr(part, "money_alone", part) for name, part in parts.items()})


# `here`: the account's channels with the day and month that they have now.
_TOTALS = text(
    fill(
        """
with here as materialized (
    select channel_id, code, marketplace, today, date_trunc('month', today)::date as this_month
    from (
        select channel_id, code, marketplace,
            {today} as today
        from channel where account_id = :account_id
    ) c
),
months as (
    select t.channel_id, t.type, t.subtype,
        sum(t.units_in_progress) as in_progress_units,
        sum(t.amount_in_progress) as in_progress_amount,
        sum(t.units_in_progress_without_amount) as in_progress_unknown,
        sum(t.units_denied) as denied_units,
        sum(t.amount_denied) as denied_amount,
        sum(t.units_denied_without_amount) as denied_unknown,
        sum(t.units_ending) filter (where t.month < h.this_month) as ended_units,
        sum(t.amount_ending) filter (where t.month < h.this_month) as ended_amount,
        sum(t.units_ending_without_amount) filter (where t.month < h.this_month) as ended_unknown,
        sum(t.units_new) filter (where t.month = h.this_month) as found_this_month_units,
        sum(t.amount_new) filter (where t.month = h.this_month) as found_this_month_amount,
        sum(t.units_new_without_amount) filter (where t.month = h.this_month)
            as found_this_month_unknown,
        sum(t.units_denied) filter (where t.month = h.this_month) as denied_this_month_units,
        sum(t.amount_denied) filter (where t.month = h.this_month) as denied_this_month_amount,
        sum(t.units_denied_without_amount) filter (where t.month = h.this_month)
            as denied_this_month_unknown,
        sum(t.units_unlost) filter (where t.month = h.this_month) as unlost_this_month_units,
        sum(t.amount_unlost) filter (where t.month = h.this_month) as unlost_this_month_amount,
        sum(t.units_unlost_without_amount) filter (where t.month = h.this_month)
            as unlost_this_month_unknown,
        sum(t.gross_via_case) as gross_via_case,
        sum(t.gross_automatic) as gross_automatic,
        sum(t.reversed_via_case) as reversed_via_case,
        sum(t.reversed_automatic) as reversed_automatic,
        sum(t.units_cash) as units_cash,
        sum(t.units_inventory) as units_inventory,
        sum(t.gross_via_case) filter (where t.month = h.this_month) as month_gross_via_case,
        sum(t.gross_automatic) filter (where t.month = h.this_month) as month_gross_automatic,
        sum(t.reversed_via_case) filter (where t.month = h.this_month)
            as month_reversed_via_case,
        sum(t.reversed_automatic) filter (where t.month = h.this_month)
            as month_reversed_automatic,
        sum(t.units_cash) filter (where t.month = h.this_month) as month_units_cash,
        sum(t.units_inventory) filter (where t.month = h.this_month) as month_units_inventory
    from month_total t
    join here h on h.channel_id = t.channel_id
    where t.account_id = :account_id and t.currency = :currency
    group by t.channel_id, t.type, t.subtype
),
days as (
    select o.channel_id, o.type, o.subtype,
        {remaining},
        sum(o.discrepancies_remaining) filter (where h.today <= o.expires_on) as discrepancies
    from open_total o
    join here h on h.channel_id = o.channel_id
    where o.account_id = :account_id and o.currency = :currency
        -- What expires on a day is lost from the day after it on: this month, from its first.
        and o.expires_on >= (select min(this_month) - 1 from here)
        and o.expires_on >= h.this_month - 1
    group by o.channel_id, o.type, o.subtype
)
select code as channel, *
from months
join here using (channel_id)
left join days using (channel_id, type, subtype)
order by code, type, subtype
""",
        remaining=remaining_in(
            {
                "future": FUTURE,
                "ready": AT_RISK,
                "expired": EXPIRED,
                "window_unknown": WINDOW_UNKNOWN,
                "within_7_days": expires_within(7),
                "within_30_days": expires_within(30),
            },
            "o.units_remaining",
            "o.units_remaining_without_amount",
        ),
        today=today_of(),
    )
)

_LOST: Final = "t.{denied} + case when t.month < h.this_month then t.{ending} else 0 end"
LOST_UNITS: Final = headline(fill(_LOST, denied="units_denied", ending="units_ending"), "t.subtype")
LOST_AMOUNT: Final = fill(_LOST, denied="amount_denied", ending="amount_ending")
LOST_UNKNOWN: Final = headline(
    fill(_LOST, denied="units_denied_without_amount", ending="units_ending_without_amount"),
    "t.subtype",
)

# Twelve months, each whole, whatever falls in it. Months before this one come from month_total,
# what has expired since the first of this one from the days themselves.
_MONTHS = text(
    fill(
        """
with here as materialized (
    select channel_id, today, date_trunc('month', today)::date as this_month
    from (
        select channel_id, {today} as today
        from channel where account_id = :account_id
            and (cast(:channel as text) is null or code = :channel)
    ) c
),
month as (
    select (newest - make_interval(months => back))::date as month
    from (select max(this_month) as newest from here) h, generate_series(0, :months - 1) back
    where newest is not null
),
fallen as (
    select t.month,
        t.gross_via_case + t.gross_automatic as paid,
        t.reversed_via_case + t.reversed_automatic as reversed,
        {new} as found_units, t.amount_new as found_amount,
        {new_unknown} as found_unknown,
        {lost_units} as lost_units,
        {lost_amount} as lost_amount,
        {lost_unknown} as lost_unknown
    from month_total t
    join here h on h.channel_id = t.channel_id
    where t.account_id = :account_id and t.currency = :currency
        and (cast(:type as text) is null or t.type = :type)
    union all
    select h.this_month, 0, 0, 0, 0, 0,
        {left}, o.amount_remaining,
        {left_unknown}
    from open_total o
    join here h on h.channel_id = o.channel_id
    where o.account_id = :account_id and o.currency = :currency
        and (cast(:type as text) is null or o.type = :type)
        and o.expires_on >= (select min(this_month) - 1 from here)
        and o.expires_on >= h.this_month - 1 and {expired}
)
select m.month,
    coalesce(sum(f.paid), 0) as paid, coalesce(sum(f.reversed), 0) as reversed,
    sum(f.found_units) as found_units, sum(f.found_amount) as found_amount,
    sum(f.found_unknown) as found_unknown, sum(f.lost_units) as lost_units,
    sum(f.lost_amount) as lost_amount, sum(f.lost_unknown) as lost_unknown
from month m left join fallen f on f.month = m.month
group by m.month order by m.month
""",
        new=headline("t.units_new", "t.subtype"),
        new_unknown=headline("t.units_new_without_amount", "t.subtype"),
        lost_units=LOST_UNITS,
        lost_amount=LOST_AMOUNT,
        lost_unknown=LOST_UNKNOWN,
        left=REMAINING,
        left_unknown=REMAINING_WITHOUT_AMOUNT,
        expired=EXPIRED,
        today=today_of(),
    )
)

# Which comes first only: a rate makes amounts comparable where one is known, and is never shown.
# The bank says what a euro is in each.
_CURRENCIES = text("""
with here as (
    select channel_id, currency from channel
    where account_id = :account_id
        and (cast(:marketplace as text) is null or marketplace = :marketplace)
),
sums as (
    select t.currency, sum(abs(t.amount_new) + t.gross_via_case + t.gross_automatic) as amount
    from month_total t join here h on h.channel_id = t.channel_id
    where t.account_id = :account_id
    group by t.currency
    union all
    select currency, 0 from here
)
select s.currency from sums s
left join lateral (
    select rate from exchange_rate
    where from_currency = 'EUR' and to_currency = s.currency order by rate_on desc limit 1
) r on true
group by s.currency
order by sum(s.amount / coalesce(r.rate, 1)) desc, s.currency
""")

# Each stands in the question as three columns, but for those that are made of two parts of it.
_PARTS: Final = tuple(
    field.name
    for field in fields(Totals)
    if field.type is Figure and field.name not in ("expired", "expired_this_month")
)


def currencies(
    connection: Connection, account_id: int, marketplace: str | None = None
) -> tuple[str, ...]:
    """The currencies of the account, or of one marketplace of it, that with most money first."""
    values = {"account_id": account_id, "marketplace": marketplace}
    return tuple(connection.execute(_CURRENCIES, values).scalars())


def totals_by_subtype(
    connection: Connection, account_id: int, currency: str, now: datetime
) -> tuple[SubtypeTotals, ...]:
    """Every bucket per channel and subtype: one question for cards, charts and tables alike."""
    rows = connection.execute(_TOTALS, bound(account_id, now, Filters(currency))).mappings()
    return tuple(
        SubtypeTotals(row["channel"], row["marketplace"], row["type"], row["subtype"], _totals(row))
        for row in rows
    )


def kept(rows: Iterable[SubtypeTotals], filters: Filters) -> tuple[SubtypeTotals, ...]:
    """The rows that the filters leave."""
    return tuple(
        row
        for row in rows
        if filters.channel in (None, row.channel) and filters.type in (None, row.type)
    )


def monthly(
    connection: Connection, account_id: int, filters: Filters, now: datetime, *, months: int = 12
) -> tuple[Month, ...]:
    """Month by month up to this one, oldest first; a month without anything is there too."""
    values = {**bound(account_id, now, filters), "months": months}
    rows = connection.execute(_MONTHS, values).mappings()
    return tuple(
        Month(row["month"], row["paid"], row["reversed"], figure(row, "lost"), figure(row, "found"))
        for row in rows
    )


def figure(row: RowMapping, part: str) -> Figure:
    """The part's three columns; no row to sum means none."""
    return Figure(
        int(row[f"{part}_units"] or 0),
        Decimal(row[f"{part}_amount"] or 0),
        int(row[f"{part}_unknown"] or 0),
    )


def _totals(row: RowMapping) -> Totals:
    parts: dict[str, Any] = {part: figure(row, part) for part in _PARTS}
    this_month = figure(row, "expired")
    return Totals(
        **parts,
        expired=figure(row, "ended") + this_month,
        expired_this_month=this_month,
        claimed=_claimed(row, ""),
        claimed_this_month=_claimed(row, "month_"),
        discrepancies=int(row["discrepancies"] or 0),
    )


def _claimed(row: RowMapping, prefix: str) -> Claimed:
    return Claimed(
        gross_via_case=Decimal(row[prefix + "gross_via_case"] or 0),
        gross_automatic=Decimal(row[prefix + "gross_automatic"] or 0),
        reversed_via_case=Decimal(row[prefix + "reversed_via_case"] or 0),
        reversed_automatic=Decimal(row[prefix + "reversed_automatic"] or 0),
        units_cash=int(row[prefix + "units_cash"] or 0),
        units_inventory=int(row[prefix + "units_inventory"] or 0),
    )
