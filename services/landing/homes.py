"""Whose channel a row is, where a report of a whole region says it row by row.

A row belongs to the account's channel of the country or shop it names, else to the account's only
channel with its currency, else to the channel that its document was imported for. A payment names
neither country nor shop: its row lies with the first of the account's channels of its currency,
whichever it was imported for, and recovery looks for a better ground.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import fill
from services.marketplaces.contract import ReportFormat

# The account's only channel of each currency in the region.
OWN: Final = """
own as (
    select currency, min(channel_id) as channel_id from channel
    where account_id = :account_id and marketplace = :marketplace and region = :region
    group by currency having count(*) = 1
)
"""

# The account's first channel of each currency in the region, by the fixed order of
# marketplaces.json: never by which of them came first.
FIRST: Final = """
own as (
    select distinct on (channel.currency) channel.currency, channel.channel_id
    from channel join marketplace entry on entry.code = channel.code
    where channel.account_id = :account_id and channel.marketplace = :marketplace
        and channel.region = :region
    order by channel.currency, entry.currency_rank, channel.code
)
"""

# What to make of currencies in which the account has no channel: the first of the region's.
MISSING: Final = """
select distinct on (entry.currency) entry.currency, entry.code
from marketplace entry
where entry.marketplace = :marketplace and entry.region = :region
    and entry.currency in (select currency from staged)
    and not exists (
        select 1 from channel
        where channel.account_id = :account_id and channel.marketplace = :marketplace
            and channel.region = :region and channel.currency = entry.currency)
order by entry.currency, entry.currency_rank, entry.code
"""

# How reports name a marketplace: by its country's code, by its shop's address, by its id, or by the
# name under which it books what it fulfils for orders from elsewhere.
_NAMED: Final = """
(upper(trim({name})) in (entry.country, entry.marketplace_id)
    or upper(trim({name})) = any (entry.country_aliases)
    or regexp_replace(lower(trim({name})), '^www\\.', '') = lower(entry.shop)
    or lower(trim({name})) = any (lower(entry.shop_aliases::text)::text[]))
"""

_COUNTRIES: Final = """
create temp table staged_country on commit drop as
select written.country as written,
    coalesce(entry.country, written.country) as country,
    coalesce(own.channel_id, :channel_id) as channel_id
from (select distinct {field} as country from staged) written
left join marketplace entry
    on entry.marketplace = :marketplace and entry.region = :region and {named}
left join channel own on own.account_id = :account_id and own.code = entry.code
"""


def stage_countries(connection: Connection, values: dict[str, object], field: str) -> None:
    """Make `staged_country`: each country as written, as its marketplace is called, its channel."""
    connection.execute(text(countries_of(field)), values)


def countries_of(field: str) -> str:
    """The statement that makes `staged_country`, of the countries in this field."""
    return fill(_COUNTRIES, named=fill(_NAMED, name="written.country"), field=field)


# A new channel takes what is its own -------------------------------------------------------

# Rows of its country, shop or currency that came before it, with another channel's import. So the
# order of imports makes no difference.
_TAKE_COUNTRY: Final = """
update {table} e set channel_id = :channel_id
from channel other
where e.account_id = :account_id and e.{country} = :country
    and other.account_id = e.account_id and other.channel_id = e.channel_id
    and other.marketplace = :marketplace and other.region = :region
    and e.channel_id <> :channel_id
"""

_TAKE_HOME: Final = """
with {own},
home as (
    select r.account_id, r.document_id, r.row_number,
        coalesce(shop.channel_id, own.channel_id, d.channel_id) as channel_id
    from {table} r
    join report_document d on d.account_id = r.account_id and d.document_id = r.document_id
    {join_shop}
    left join own on own.currency = r.currency
    where r.account_id = :account_id and d.scope = :marketplace || ':' || :region
)
update {table} r set channel_id = home.channel_id
from home
where r.account_id = home.account_id and r.document_id = home.document_id
    and r.row_number = home.row_number and r.channel_id <> home.channel_id
"""

_JOIN_SHOP: Final = """
left join marketplace entry on entry.marketplace = :marketplace and entry.region = :region
    and {named}
left join channel shop on shop.account_id = :account_id and shop.code = entry.code
"""


_NO_SHOP: Final = "left join channel shop on false"


def join_shop(report: ReportFormat, row: str) -> str:
    """The join of the shop that this relation's rows name, as `shop`: none where they name none."""
    if report.channel_by != "shop":
        return _NO_SHOP
    return fill(_JOIN_SHOP, named=fill(_NAMED, name=f"{row}.{report.shop}"))


def take_country(report: ReportFormat) -> str:
    """The statement that gives a new channel the rows of its country."""
    return fill(_TAKE_COUNTRY, table=report.table, country=report.country)


def take_home(report: ReportFormat) -> str:
    """The statement that moves a report's rows where they would have landed today."""
    return fill(
        _TAKE_HOME,
        own=OWN if report.channel_by == "shop" else FIRST,
        table=report.table,
        join_shop=join_shop(report, "r"),
    )
