"""Amounts of several currencies in one, at the rates of one day: the only place that converts.

A rate is what one of a currency is in another. From the euro it is as the bank published it;
everything else goes through the euro and is rounded to six significant digits, half away from
zero. The rounded rate is the one that is said, and the one that is used.

Amounts are multiplied exactly, summed, and rounded once at the end, half away from zero, to the
decimals of the currency that they end in; what was in that currency already is not touched. Of a
currency without a rate nothing is converted: a sum that holds any of it is null.
"""

from typing import Final

from services.database.sql import fill

# The longest that the bank is silent are the five days around Easter: older rates are not today's.
OLDEST_DAYS: Final = 10
_SIGNIFICANT: Final = "round({rate}, 5 - floor(log({rate}))::integer)"

# What one of each currency in `:currencies` is in `:into`: on the latest day up to `:today` on
# which the bank told of each of those that it told of in these days at all.
RATES: Final = fill(
    """
with told as (
    select rate_on, to_currency as currency, rate from exchange_rate
    where from_currency = 'EUR' and source = :source
        and to_currency = any(cast(:currencies as text[]))
        and rate_on between cast(:today as date) - {oldest} and cast(:today as date)
),
chosen as (
    select rate_on from told group by rate_on
    having count(*) = (select count(distinct currency) from told)
    order by rate_on desc limit 1
),
euro as (
    select currency, rate, rate_on from told join chosen using (rate_on)
    union all
    select 'EUR', 1, rate_on from chosen
)
select e.rate_on, e.currency,
    case when e.currency = :into then 1
        when e.currency = 'EUR' then i.rate
        else {through_euro} end as rate
from euro e left join euro i on i.currency = :into
order by e.currency
""",
    oldest=str(OLDEST_DAYS),
    through_euro=fill(_SIGNIFICANT, rate="(i.rate / e.rate)"),
)

# The rates that a statement is asked with.
RATED: Final = """
rated as materialized (
    select currency, rate
    from jsonb_to_recordset(cast(:rates as jsonb)) as told (currency text, rate numeric)
)
"""
_SUM: Final = """case
        when count(*) = 0 then 0
        when bool_and({amount} = 0 or {rated}.rate is not null) then
            coalesce(sum({amount}) filter (where {currency} = :into), 0)
            + round(
                coalesce(sum({amount} * {rated}.rate) filter (where {currency} <> :into), 0),
                cast(:decimals as integer))
        end"""


def converted_sum(amount: str, currency: str, rated: str) -> str:
    """The sum of these amounts in `:into`; null where one of them, not nought, has no rate.

    `rated`: RATED, left joined to the rows by their currency.
    """
    return fill(_SUM, amount=amount, currency=currency, rated=rated)


def weight(amount: str, rated: str) -> str:
    """By which rows are put in order, and nothing else: what has no rate weighs nothing."""
    return fill("round(coalesce(sum({amount} * {rated}.rate), 0), 6)", amount=amount, rated=rated)
