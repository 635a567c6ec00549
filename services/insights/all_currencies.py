"""The three buckets of one account over all of its currencies, converted into one of them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, RowMapping, text

from services.database.calendar import EXPIRED
from services.database.headline import REMAINING, REMAINING_WITHOUT_AMOUNT, headline
from services.database.sql import fill, today_of
from services.insights.answers import Figure, Filters
from services.insights.ask import bound
from services.insights.conversion import Rates, converted_figures, rates_of
from services.insights.totals import LOST_AMOUNT, LOST_UNITS, LOST_UNKNOWN, figure
from services.insights.totals import currencies as currencies_of


@dataclass(frozen=True)
class AllCurrencies:
    """What the buckets come to in one currency; None: in it is a currency without a rate."""

    unclaimed: Figure | None
    claimed: Decimal | None  # net
    lost: Figure | None
    currencies: tuple[str, ...]  # those with anything in them
    rates: Rates


# The same sums as services.insights.totals, by currency alone.
_BY_CURRENCY: Final = text(
    fill(
        """
with here as materialized (
    select channel_id, today, date_trunc('month', today)::date as this_month
    from (
        select channel_id, {today} as today from channel where account_id = :account_id
    ) c
),
sums as (
    select t.currency,
        {in_progress} as unclaimed_units, t.amount_in_progress as unclaimed_amount,
        {in_progress_unknown} as unclaimed_unknown,
        t.gross_via_case + t.gross_automatic - t.reversed_via_case - t.reversed_automatic
            as claimed,
        {lost_units} as lost_units, {lost_amount} as lost_amount, {lost_unknown} as lost_unknown
    from month_total t join here h on h.channel_id = t.channel_id
    where t.account_id = :account_id and (cast(:type as text) is null or t.type = :type)
    union all
    select o.currency,
        case when {expired} then 0 else {left} end,
        case when {expired} then 0 else o.amount_remaining end,
        case when {expired} then 0 else {left_unknown} end,
        0,
        case when {expired} then {left} else 0 end,
        case when {expired} then o.amount_remaining else 0 end,
        case when {expired} then {left_unknown} else 0 end
    from open_total o join here h on h.channel_id = o.channel_id
    where o.account_id = :account_id and (cast(:type as text) is null or o.type = :type)
        and o.expires_on >= (select min(this_month) - 1 from here)
        and o.expires_on >= h.this_month - 1
)
select currency,
    sum(unclaimed_units) as unclaimed_units, sum(unclaimed_amount) as unclaimed_amount,
    sum(unclaimed_unknown) as unclaimed_unknown, sum(claimed) as claimed,
    sum(lost_units) as lost_units, sum(lost_amount) as lost_amount,
    sum(lost_unknown) as lost_unknown
from sums group by currency order by currency
""",
        today=today_of(),
        in_progress=headline("t.units_in_progress", "t.subtype"),
        in_progress_unknown=headline("t.units_in_progress_without_amount", "t.subtype"),
        lost_units=LOST_UNITS,
        lost_amount=LOST_AMOUNT,
        lost_unknown=LOST_UNKNOWN,
        expired=EXPIRED,
        left=REMAINING,
        left_unknown=REMAINING_WITHOUT_AMOUNT,
    )
)


def all_currencies(
    connection: Connection, account_id: int, filters: Filters, now: datetime, today: date
) -> AllCurrencies | None:
    """In the currency of the filters, of their type, over all channels; at the rates up to today.

    None where there is no amount in another currency.
    """
    if len(currencies_of(connection, account_id)) < 2:
        return None
    rows = connection.execute(_BY_CURRENCY, bound(account_id, now, filters)).mappings().all()
    told = [row for row in rows if _has_something(row)]
    currencies = tuple(row["currency"] for row in told)
    if {*currencies} <= {filters.currency}:
        return None
    rates = rates_of(connection, currencies, filters.currency, today)
    found = converted_figures(
        connection,
        rates,
        {
            "unclaimed": [(row["currency"], figure(row, "unclaimed")) for row in told],
            "claimed": [(row["currency"], Figure(0, row["claimed"])) for row in told],
            "lost": [(row["currency"], figure(row, "lost")) for row in told],
        },
    )
    claimed = found["claimed"]
    return AllCurrencies(
        found["unclaimed"],
        claimed.known_amount if claimed else None,
        found["lost"],
        currencies,
        rates,
    )


def _has_something(row: RowMapping) -> bool:
    return any(row[name] for name in row if name != "currency")
