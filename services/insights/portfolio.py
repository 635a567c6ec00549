"""An account manager's clients side by side, by money at risk: sums only, in one currency.

Money at risk is what is ready to claim, weighted by the days on which it still can be: whole in
its last days, and with more time left proportionally less. Window unknown: not in it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection

from services.database.headline import headline
from services.insights import keyset
from services.insights.answers import Figure, Page
from services.insights.ask import statement
from services.insights.channels import STALE_AFTER_DAYS, TOLD_UNTIL

# So many days before the end, today included, money is at risk whole; at twice as many, half.
WHOLE_DAYS: Final = 7
# A client that nobody spoke with for as long is named.
SILENT_DAYS: Final = 30
WEIGHT_WORDS: Final = (
    f"At risk is what is ready to claim, weighted by the days left: whole in its last {WHOLE_DAYS}"
    f" days, half at {2 * WHOLE_DAYS}, a quarter at {4 * WHOLE_DAYS}, and so on. What has no known"
    " last day is not in it."
)


@dataclass(frozen=True)
class Soon:
    """What expires soon. Every amount here is of the units whose amount is known."""

    within_7_units: int
    within_7_amount: Decimal
    within_7_unknown: int
    within_30_units: int
    within_30_amount: Decimal
    within_30_unknown: int

    @property
    def within_7_days(self) -> Figure:
        return Figure(self.within_7_units, self.within_7_amount, self.within_7_unknown)

    @property
    def within_30_days(self) -> Figure:
        return Figure(self.within_30_units, self.within_30_amount, self.within_30_unknown)


@dataclass(frozen=True)
class Client(Soon):
    """One account in one currency."""

    account_id: int
    name: str
    place: int  # by name, among all of them
    at_risk: Decimal
    recovered_this_month: Decimal  # net of reversals
    recovered_since: Decimal | None  # net; None: no call yet
    open_cases: int
    refused_cases: int
    channels: int
    without_reports: int  # channels that nothing was landed for
    stale: list[str]  # channels whose reports have stopped
    called_on: date | None
    called_by: str | None
    called_by_id: int | None
    currencies: list[str]  # of its channels: amounts of the others are not in here


@dataclass(frozen=True)
class Book(Soon):
    """All clients of an account manager together, in one currency."""

    clients: int
    at_risk: Decimal
    recovered_this_month: Decimal
    silent: int  # clients that nobody spoke with lately, or ever


@dataclass(frozen=True)
class Portfolio:
    """Whose clients, in which currency, at which moment."""

    accounts: tuple[int, ...]
    currency: str
    now: datetime

    @property
    def bound(self) -> dict[str, Any]:
        return {
            "accounts": list(self.accounts),
            "currency": self.currency,
            "now": self.now,
            "whole_days": WHOLE_DAYS,
            "silent_days": SILENT_DAYS,
            "stale_after": STALE_AFTER_DAYS,
        }


_UNITS: Final = headline("o.units_remaining", "o.subtype")
_UNKNOWN: Final = headline("o.units_remaining_without_amount", "o.subtype")

_HERE: Final = f"""
here as materialized (
    select account_id, channel_id, today, date_trunc('month', today)::date as this_month
    from (
        select account_id, channel_id,
            (cast(:now as timestamptz) at time zone time_zone)::date as today
        from channel where account_id = any(:accounts)
    ) c
),
risk as (
    select o.account_id,
        round(sum(o.amount_remaining * cast(:whole_days as numeric)
                / greatest(:whole_days, o.expires_on - h.today + 1))
            filter (where o.opens_on <= h.today), 2) as at_risk,
        sum({_UNITS}) filter (where o.expires_on <= h.today + 7) as within_7_units,
        sum(o.amount_remaining) filter (where o.expires_on <= h.today + 7) as within_7_amount,
        sum({_UNKNOWN}) filter (where o.expires_on <= h.today + 7) as within_7_unknown,
        sum({_UNITS}) filter (where o.expires_on <= h.today + 30) as within_30_units,
        sum(o.amount_remaining) filter (where o.expires_on <= h.today + 30) as within_30_amount,
        sum({_UNKNOWN}) filter (where o.expires_on <= h.today + 30) as within_30_unknown
    from open_total o
    join here h on h.account_id = o.account_id and h.channel_id = o.channel_id
    where o.account_id = any(:accounts) and o.currency = :currency and o.units_remaining > 0
        and o.expires_on >= (select min(today) from here)
        and o.expires_on >= h.today and o.expires_on < 'infinity'
    group by o.account_id
),
client as (
    select a.account_id, a.name, coalesce(r.at_risk, 0) as at_risk,
        row_number() over (order by lower(a.name), a.account_id) as place,
        coalesce(r.within_7_units, 0) as within_7_units,
        coalesce(r.within_7_amount, 0) as within_7_amount,
        coalesce(r.within_7_unknown, 0) as within_7_unknown,
        coalesce(r.within_30_units, 0) as within_30_units,
        coalesce(r.within_30_amount, 0) as within_30_amount,
        coalesce(r.within_30_unknown, 0) as within_30_unknown
    from account a
    left join risk r on r.account_id = a.account_id
    where a.account_id = any(:accounts)
)
"""

_CLIENTS: Final = keyset.listing(
    """
with {here},
shown as (
    select * from client
    where at_risk {below} cast(:at_at_risk as numeric)
        or (at_risk = cast(:at_at_risk as numeric) and place {above} cast(:at_place as bigint))
    order by at_risk {falling}, place {rising}
    limit :size
)
select s.*, spoken.held_on as called_on, spoken.by_name as called_by,
    spoken.person_id as called_by_id,
    coalesce(month.net, 0) as recovered_this_month,
    case when spoken.held_on is not null then coalesce(lately.net, 0) end as recovered_since,
    filed.open as open_cases, filed.refused as refused_cases,
    fresh.channels, fresh.without_reports, fresh.stale, present.currencies
from shown s
left join lateral (
    select k.held_on, k.by_name, k.person_id from client_call k
    where k.account_id = s.account_id order by k.held_on desc, k.call_id desc limit 1
) spoken on true
cross join lateral (
    select sum(t.gross_via_case + t.gross_automatic - t.reversed_via_case - t.reversed_automatic)
        as net
    from month_total t
    join here h on h.account_id = t.account_id and h.channel_id = t.channel_id
    where t.account_id = s.account_id and t.currency = :currency and t.month = h.this_month
) month
cross join lateral (
    select sum(t.gross - t.reversed) as net from claimed_total t
    where t.account_id = s.account_id and t.currency = :currency
        and t.approved_on >= spoken.held_on
) lately
cross join lateral (
    select count(*) filter (where k.status = 'open') as open,
        count(*) filter (where k.status = 'not_eligible') as refused
    from reimbursement_case k
    where k.account_id = s.account_id and k.currency = :currency
) filed
cross join lateral (
    select count(*) as channels, count(*) filter (where d.last_landed_at is null)
            as without_reports,
        coalesce(array_agg(c.code order by c.code)
            filter (where d.data_until < h.today - cast(:stale_after as integer)), '{{}}') as stale
    from channel c
    join here h on h.account_id = c.account_id and h.channel_id = c.channel_id
    cross join lateral ({told_until}) d
    where c.account_id = s.account_id
) fresh
cross join lateral (
    select coalesce(array_agg(distinct c.currency order by c.currency), '{{}}') as currencies
    from channel c where c.account_id = s.account_id
) present
order by s.at_risk {falling}, s.place {rising}
""",
    Client,
    {"at_risk": (keyset.amount, keyset.MOST), "place": (keyset.number, 0)},
    here=_HERE,
    told_until=TOLD_UNTIL,
)

_BOOK: Final = statement(
    """
with {here}
select count(*) as clients, sum(at_risk) as at_risk,
    sum(within_7_units)::bigint as within_7_units, sum(within_7_amount) as within_7_amount,
    sum(within_7_unknown)::bigint as within_7_unknown,
    sum(within_30_units)::bigint as within_30_units, sum(within_30_amount) as within_30_amount,
    sum(within_30_unknown)::bigint as within_30_unknown,
    (
        select coalesce(sum(t.gross_via_case + t.gross_automatic
            - t.reversed_via_case - t.reversed_automatic), 0)
        from month_total t
        join here h on h.account_id = t.account_id and h.channel_id = t.channel_id
        where t.account_id = any(:accounts) and t.currency = :currency and t.month = h.this_month
    ) as recovered_this_month,
    count(*) filter (where not exists (
        select 1 from client_call k where k.account_id = client.account_id
            and k.held_on > (cast(:now as timestamptz) at time zone 'UTC')::date
                - cast(:silent_days as integer))) as silent
from client
having count(*) > 0
""",
    here=_HERE,
)

_CURRENCIES: Final = statement("""
select c.currency
from channel c join marketplace m on m.code = c.code
where c.account_id = any(:accounts)
group by c.currency order by count(*) filter (where m.supported) desc, c.currency
""")


def currencies_of_all(connection: Connection, accounts: tuple[int, ...]) -> tuple[str, ...]:
    """The currencies of these clients, that of most served channels first."""
    rows = connection.execute(_CURRENCIES, {"accounts": list(accounts)})
    return tuple(rows.scalars())


def clients(
    connection: Connection,
    asked: Portfolio,
    cursor: str | None = None,
    size: int = keyset.PAGE_SIZE,
) -> Page[Client]:
    """Every client, most money at risk first; those without any in this currency by name."""
    return keyset.read_page(connection, _CLIENTS, asked.bound, cursor, size)


def book(connection: Connection, asked: Portfolio) -> Book | None:
    """All of them together; None where there is no client."""
    row = connection.execute(_BOOK, asked.bound).mappings().one_or_none()
    return Book(**row) if row else None
