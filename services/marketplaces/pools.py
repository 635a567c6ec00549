"""Which past payments tell what a unit is worth, and their average as of a day.

Payments tell of one another only within a pool: the same moment of loss (before a customer's order
or after it) valued by the same method of the marketplace, as `before_order:sourcing_cost`. What is
lost on its way in is lost before an order too, wherever the marketplace values the two alike.
Where it publishes no method the pool says so: `after_order:unpublished`. Our own estimates are no
method of the marketplace's.

A payment is in the pool of its reason and of the day on which it was approved; an event in that of
its own day. A fee given back, a payment in goods alone and one of an unknown kind are in none.
"""

from typing import Final

from services.database.sql import fill

# Read as a method by our valuation alone: no marketplace has said that it pays so.
OWN_METHODS: Final = ("own_order_proceeds",)

_METHODS: Final = """
left join valuation_method own on own.marketplace = {marketplace} and own.moment = {moment}
    and {country} = any(own.countries) and own.method <> all(:own_methods)
    and {day} between coalesce(own.valid_from, '-infinity') and coalesce(own.valid_to, 'infinity')
left join valuation_method alike on alike.marketplace = {marketplace}
    and alike.moment = 'before_order'
    and {country} = any(alike.countries) and alike.method <> all(:own_methods)
    and {day} between coalesce(alike.valid_from, '-infinity')
        and coalesce(alike.valid_to, 'infinity')
"""

_POOL: Final = """
case when {moment} = 'inbound' and own.method is not distinct from alike.method
    then 'before_order' else {moment} end || ':' || coalesce(own.method, 'unpublished')
"""


def methods_of(marketplace: str, moment: str, country: str, day: str) -> str:
    """The joins that `pool_of` reads, where these columns stand; bind :own_methods.

    Of one country and moment two methods never hold on the same day, so no row is doubled.
    """
    return fill(_METHODS, marketplace=marketplace, moment=moment, country=country, day=day)


def pool_of(moment: str) -> str:
    """The pool's name, beside the joins that `methods_of` makes."""
    return fill(_POOL, moment=moment)


# By channel, currency, SKU and pool, up to `clock.day` of the channel: a relation that the asking
# statement has. A reversal takes its money and units off the payment that it names, and nothing
# is left of a payment without units or money. Where a report never says what it takes back
# the reversal is taken off the pool; where that would leave an average that no payment
# has, it was for another payment than those here, and what they tell is unknown.
AVERAGES: Final = """
select channel_id, currency, sku, pool, sum(amount) as amount, sum(units) as units,
    sum(payments) as payments, max(latest) as latest
from (
    select r.channel_id, r.currency, r.sku, r.pool,
        sum(r.amount) as amount, sum(r.units_cash) as units,
        count(*) filter (where not r.is_reversal) as payments,
        max(r.approved_on) filter (where not r.is_reversal) as latest,
        bool_and(r.is_reversal and r.original_key is null) as is_unnamed
    from reimbursement r
    join clock on clock.channel_id = r.channel_id
    where r.account_id = :account_id and r.pool is not null and r.approved_on <= clock.day
    group by r.channel_id, r.currency, r.sku, r.pool,
        coalesce(r.original_key, r.reimbursement_key)
) paid
where is_unnamed or (payments > 0 and units > 0 and amount > 0)
group by channel_id, currency, sku, pool
having sum(units) > 0
    -- Rounded, because equal quotients may come with different numbers of digits.
    and round(sum(amount) / nullif(sum(units), 0), 6) between
        min(round(amount / units, 6)) filter (where not is_unnamed)
        and max(round(amount / units, 6)) filter (where not is_unnamed)
"""
