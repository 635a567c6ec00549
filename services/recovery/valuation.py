"""What a unit may be worth, and on what ground: never a number without its basis.

The rule's own amount comes first (a fee's difference is exact). Else the marketplace's method for
the country, the moment of the loss and the day (reference table `valuation_method`), where our
reports can follow it:

sourcing_cost         the seller's cost in force on the day
sale_proceeds         average price less fees of the SKU's own sales in the 90 days up to the day
order_proceeds        price less fees of the very order
average_sales_price   average price of the SKU's own sales in the 90 days up to the day
own_order_proceeds    the same as our own estimate, where no rule is published

Else the seller's cost, else the average of past cash payments for the SKU in that channel and the
event's own pool (services.marketplaces.pools), approved up to the channel's today, else unknown:
counted in units, and never as nought. The 90 days are our assumption. A cap on a unit
(reference table `unit_cap`) cuts an estimate of a unit's worth, not a difference of amounts.

The average is the one amount that a later day changes. An event that rests on it, or on nothing,
keeps its pool, so that the picture of an earlier day can be drawn (services.insights.as_of).
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import fill, listed, today_of
from services.marketplaces.currencies import WHOLE_CURRENCIES
from services.marketplaces.pools import AVERAGES, OWN_METHODS, methods_of, pool_of
from services.marketplaces.registry import RECOVERIES
from services.marketplaces.rules import SALE_COLUMNS, MarketplaceRecovery
from services.recovery import clock

_TABLES: Final = """
drop table if exists sale, worth;
-- One row an order and item sold that some event may be valued by; money for all its units.
create temp table sale (
    channel_id bigint not null, order_id text not null, sku text not null, item_code text,
    day date not null, units integer not null, price numeric not null, fees numeric not null,
    currency text not null, document_id bigint not null, row_number bigint not null
) on commit drop;
"""

# Only what some event may be valued by: a busy seller has a thousand sales for each loss.
_SALES: Final = """
insert into sale ({columns})
select {columns} from ({sales}) s
where exists (
    select 1 from candidate c
    where c.marketplace = :marketplace and c.unit_amount is null and c.channel_id = s.channel_id
        and c.sku = s.sku)
"""

_METHOD: Final = fill(
    """
create index on sale (channel_id, sku, day);
create index on sale (channel_id, order_id, sku);
analyze sale;
-- One row a candidate without an amount of its rule's: the method and the pool that are its own.
create temp table worth on commit drop as
select c.candidate_id, m.method, m.source as method_source,
    {pool} as pool
from candidate c
join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
left join valuation_method m on m.marketplace = c.marketplace and m.moment = c.moment
    and channel.country = any(m.countries)
    and c.event_on between coalesce(m.valid_from, '-infinity') and coalesce(m.valid_to, 'infinity')
{methods}
-- Where a rule says that nobody can tell a worth, none is guessed.
where c.unit_amount is null and c.basis is null;
create unique index on worth (candidate_id);
analyze worth;
""",
    pool=pool_of("c.moment"),
    methods=methods_of("c.marketplace", "c.moment", "channel.country", "c.event_on"),
)

# Every ground that an event could be valued on. Each is its own join, planned by itself.
_GROUNDS: Final = fill(
    """
drop table if exists past, ground;
-- One row a channel, currency, SKU and pool: what past payments come to.
create temp table past on commit drop as
with clock as (
    select channel_id, {today} as day
    from channel where account_id = :account_id
)
{averages};
analyze past;
-- One row a candidate and a ground to value it on: an amount a unit. The lowest rank is the best.
create temp table ground (
    candidate_id bigint not null, rank integer not null, basis text not null,
    amount numeric not null, inputs jsonb not null
) on commit drop;
insert into ground
select c.candidate_id, 1, w.method, (s.price - s.fees) / s.units,
    jsonb_build_object('price', s.price::text, 'fees', s.fees::text, 'units', s.units,
        'order_id', s.order_id, 'day', s.day::text)
from worth w
join candidate c on c.candidate_id = w.candidate_id
join sale s on s.channel_id = c.channel_id and s.order_id = c.order_id and s.sku = c.sku
    and s.currency = c.currency
where w.method in ('order_proceeds', 'own_order_proceeds') and s.price > s.fees;
insert into ground
select c.candidate_id, 1, w.method, case w.method when 'sale_proceeds'
        then (sum(s.price) - sum(s.fees)) / sum(s.units) else sum(s.price) / sum(s.units) end,
    jsonb_build_object('price', sum(s.price)::text, 'fees', sum(s.fees)::text,
        'units', sum(s.units), 'from', min(s.day)::text, 'to', max(s.day)::text)
from worth w
join candidate c on c.candidate_id = w.candidate_id
join sale s on s.channel_id = c.channel_id and s.sku = c.sku and s.currency = c.currency
    and s.day between c.event_on - 90 and c.event_on
where w.method in ('sale_proceeds', 'average_sales_price')
group by c.candidate_id, w.method
having sum(s.price) > case w.method when 'sale_proceeds' then sum(s.fees) else 0 end;
insert into ground
select c.candidate_id, 2, 'sourcing_cost', s.unit_cost, jsonb_build_object(
    'unit_cost', s.unit_cost::text, 'valid_from', s.valid_from::text,
    'document_id', s.document_id, 'row_number', s.row_number)
from worth w
join candidate c on c.candidate_id = w.candidate_id
join (
    select *, lead(valid_from) over (partition by sku, currency order by valid_from) as next_from
    from sourcing_cost where account_id = :account_id
) s on s.sku = c.sku and s.currency = c.currency and c.event_on >= s.valid_from
    and (s.next_from is null or c.event_on < s.next_from);
insert into ground
select c.candidate_id, 3, 'past_payments', p.amount / p.units, jsonb_build_object(
    'amount', p.amount::text, 'units', p.units, 'payments', p.payments,
    'latest', p.latest::text, 'pool', p.pool)
from worth w
join candidate c on c.candidate_id = w.candidate_id
join past p on p.channel_id = c.channel_id and p.currency = c.currency and p.sku = c.sku
    and p.pool = w.pool;
analyze ground;
""",
    today=today_of(),
    averages=AVERAGES,
)

_VALUE: Final = """
update candidate c set basis = best.basis,
    unit_amount = round(best.amount, case when c.currency = any(:whole) then 0 else 2 end),
    basis_inputs = best.inputs
        || jsonb_strip_nulls(jsonb_build_object('method_source', best.method_source))
from (
    select distinct on (g.candidate_id) g.candidate_id, g.basis, g.amount, g.inputs,
        -- What the marketplace's method could not be followed for does not rest on its source.
        case when g.basis = w.method then w.method_source end as method_source
    from ground g join worth w on w.candidate_id = g.candidate_id
    order by g.candidate_id, g.rank
) best where best.candidate_id = c.candidate_id
"""

_CAP: Final = """
update candidate c set unit_amount = cap.amount, basis_inputs = c.basis_inputs
    || jsonb_build_object('cap', jsonb_build_object('amount', cap.amount::text,
        'instead_of', round(c.unit_amount, 2)::text, 'source', cap.source))
from unit_cap cap, channel
where channel.account_id = :account_id and channel.channel_id = c.channel_id
    and cap.marketplace = c.marketplace and channel.country = any(cap.countries)
    and cap.currency = c.currency and c.unit_amount > cap.amount
    and c.basis <> all(:differences)
    and c.event_on between coalesce(cap.valid_from, '-infinity')
        and coalesce(cap.valid_to, 'infinity')
"""

_FINISH: Final = """
update candidate c set basis_inputs = c.basis_inputs || jsonb_build_object('pool', w.pool)
from worth w where w.candidate_id = c.candidate_id and c.basis is null;
update candidate set basis = coalesce(basis, 'unknown'),
    unit_amount = round(unit_amount, case when currency = any(:whole) then 0 else 2 end)
where basis is null
    or unit_amount <> round(unit_amount, case when currency = any(:whole) then 0 else 2 end);
"""

# Differences between two amounts of the marketplace's own: no cap speaks of them.
DIFFERENCES: Final = ("fee_difference", "refund_difference", "cost_difference")


def sold_by(room: MarketplaceRecovery) -> str:
    """The statement that takes what a marketplace's reports say of sales."""
    return fill(_SALES, columns=listed(SALE_COLUMNS), sales=room.sales_sql)


def value(connection: Connection, account_id: int) -> None:
    """Set unit_amount (in the currency's own decimals), basis and its inputs."""
    values = {"account_id": account_id}
    run_script(connection, _TABLES, {})
    for room in RECOVERIES:
        whose = values | {"marketplace": room.marketplace}
        connection.execute(text(sold_by(room)), whose)
    run_script(connection, _METHOD, values | {"own_methods": list(OWN_METHODS)})
    run_script(connection, _GROUNDS, values | {"now": clock.now()})
    connection.execute(text(_VALUE), {"whole": WHOLE_CURRENCIES})
    connection.execute(text(_CAP), values | {"differences": list(DIFFERENCES)})
    run_script(connection, _FINISH, {"whole": WHOLE_CURRENCIES})
