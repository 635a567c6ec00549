"""An account manager's clients side by side: sums only, each client in its own currencies.

One row a client and currency: amounts of two currencies are never added, nor compared. The rows
stand by currency, that with most units at risk first, and in each by priority: money a day left, as
in the list of what expires (services.insights.expiring), summed over what is at risk.

Where the bank's rates are there (services.insights.conversion), all currencies can be read in one:
one row a client, by the priority that its converted amounts give it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, text

from services.calls.queries import COUNTED_FROM
from services.database.calendar import AT_RISK, expires_within, remaining_in
from services.database.conversion import RATED, converted_sum, weight
from services.database.headline import REMAINING, REMAINING_WITHOUT_AMOUNT
from services.database.sql import fill, listed, today_of
from services.insights import keyset
from services.insights.answers import Figure, Page
from services.insights.ask import ask
from services.insights.channels import STALE_AFTER_DAYS, TOLD_UNTIL
from services.insights.conversion import Rates, converted_figures

# A client that nobody spoke with for as long is named.
SILENT_DAYS: Final = 30


@dataclass(frozen=True)
class Ahead:
    """What is at risk and what expires soon, in one currency."""

    currency: str | None  # None: no report of a served channel told of it yet
    at_risk_units: int
    at_risk_amount: Decimal
    at_risk_unknown: int
    within_7_units: int
    within_7_amount: Decimal
    within_7_unknown: int
    within_30_units: int
    within_30_amount: Decimal
    within_30_unknown: int
    recovered_this_month: Decimal  # net of reversals

    @property
    def at_risk(self) -> Figure:
        return Figure(self.at_risk_units, self.at_risk_amount, self.at_risk_unknown)

    @property
    def within_7_days(self) -> Figure:
        return Figure(self.within_7_units, self.within_7_amount, self.within_7_unknown)

    @property
    def within_30_days(self) -> Figure:
        return Figure(self.within_30_units, self.within_30_amount, self.within_30_unknown)


@dataclass(frozen=True)
class Contact:
    """One account, but for its money."""

    account_id: int
    name: str
    position: int  # by name, among all of them
    open_cases: int
    refused_cases: int
    channels: int
    without_reports: int  # channels that nothing was landed for
    stale: list[str]  # channels whose reports have stopped
    called_on: date | None  # the last call, today's too
    called_by: str | None
    called_by_id: int | None


@dataclass(frozen=True)
class Client(Contact, Ahead):
    """One account in one of its currencies."""

    of_currency: int  # the position of its currency among all
    priority: Decimal
    recovered_since: Decimal | None  # net; None: no call before today's


@dataclass(frozen=True)
class WholeClient(Contact):
    """One account with all of its currencies in one; None: one of them has no rate."""

    currencies: list[str]  # none: no report of a served channel told of any yet
    standing: int  # 1: with a currency; 2: with none
    priority: Decimal  # of what has a rate
    at_risk_units: int
    at_risk_amount: Decimal | None
    at_risk_unknown: int
    within_7_units: int
    within_7_amount: Decimal | None
    within_7_unknown: int
    within_30_units: int
    within_30_amount: Decimal | None
    within_30_unknown: int
    recovered_this_month: Decimal | None  # net of reversals
    counted_from: date | None  # the call before today's; None: there was none
    recovered_since: Decimal | None  # net; without such a call 0

    @property
    def at_risk(self) -> Figure | None:
        return _figure(self.at_risk_units, self.at_risk_amount, self.at_risk_unknown)

    @property
    def within_7_days(self) -> Figure | None:
        return _figure(self.within_7_units, self.within_7_amount, self.within_7_unknown)

    @property
    def within_30_days(self) -> Figure | None:
        return _figure(self.within_30_units, self.within_30_amount, self.within_30_unknown)


def _figure(units: int, amount: Decimal | None, unknown: int) -> Figure | None:
    return None if amount is None else Figure(units, amount, unknown)


@dataclass(frozen=True)
class Together(Ahead):
    """All clients of an account manager with money in one currency."""

    clients: int


@dataclass(frozen=True)
class InOne:
    """All clients of an account manager in one currency; None: one in it has no rate."""

    at_risk: Figure | None
    within_7_days: Figure | None
    within_30_days: Figure | None
    recovered_this_month: Decimal | None  # net of reversals


@dataclass(frozen=True)
class Book:
    """All clients of an account manager, each currency by itself."""

    clients: int
    silent: int  # clients that nobody spoke with lately, or ever
    sums: tuple[Together, ...]


@dataclass(frozen=True)
class Portfolio:
    """Whose clients, in which currency, at which moment, on which day of whoever looks."""

    accounts: tuple[int, ...]
    currency: str | None  # None: each client in its own
    now: datetime
    today: date
    rates: Rates | None = None  # to read all currencies in one

    @property
    def bound(self) -> dict[str, Any]:
        return {
            **(self.rates.bound if self.rates else {}),
            "accounts": list(self.accounts),
            "currency": self.currency,
            "now": self.now,
            "today": self.today,
            "silent_days": SILENT_DAYS,
            "stale_after": STALE_AFTER_DAYS,
        }


_PARTS: Final = {
    "at_risk": AT_RISK,
    "within_7": expires_within(7),
    "within_30": expires_within(30),
}
_COLUMNS: Final = [f"{part}_{name}" for part in _PARTS for name in ("units", "amount", "unknown")]

# The currencies of a client are those of its money, and of served channels that reports came for.
_HERE: Final = fill(
    """
here as materialized (
    select account_id, channel_id, currency, supported, today,
        date_trunc('month', today)::date as this_month
    from (
        select c.account_id, c.channel_id, c.currency, m.supported,
            {today} as today
        from channel c join marketplace m on m.code = c.code
        where c.account_id = any(:accounts)
    ) c
),
used as materialized (
    select t.account_id, t.currency from month_total t where t.account_id = any(:accounts)
    union
    select h.account_id, h.currency from here h
    where h.supported and exists (
        select 1 from report_document r
        where r.account_id = h.account_id and r.channel_id = h.channel_id)
),
waiting as (
    select o.currency, sum(o.units_remaining) as units
    from open_total o
    join here h on h.account_id = o.account_id and h.channel_id = o.channel_id
    where o.account_id = any(:accounts) and o.expires_on >= (select min(today) from here)
        and {at_risk}
    group by o.currency
),
-- By units: of amounts in two currencies nobody says which is more.
ranked as (
    select u.currency, row_number() over (
        order by max(coalesce(w.units, 0)) desc, count(*) desc, u.currency) as position
    from used u left join waiting w on w.currency = u.currency group by u.currency
)
""",
    at_risk=AT_RISK,
    today=today_of("c"),
)
_AHEAD: Final = fill(
    """
{here},
risk as (
    select o.account_id, o.currency,
        {sums},
        round(coalesce(sum(case when {at_risk} and o.expires_on < 'infinity'
            then o.amount_remaining / (o.expires_on - h.today + 1) end), 0), 6) as priority
    from open_total o
    join here h on h.account_id = o.account_id and h.channel_id = o.channel_id
    where o.account_id = any(:accounts) and o.units_remaining > 0
        and o.expires_on >= (select min(today) from here) and o.expires_on >= h.today
    group by o.account_id, o.currency
),
client as (
    select a.account_id, a.name, u.currency,
        coalesce(k.position, (select count(*) + 1 from ranked)) as of_currency,
        coalesce(r.priority, 0) as priority,
        dense_rank() over (order by lower(a.name), a.account_id) as position,
        {columns}
    from account a
    left join used u on u.account_id = a.account_id
    left join ranked k on k.currency = u.currency
    left join risk r on r.account_id = a.account_id and r.currency = u.currency
    where a.account_id = any(:accounts)
),
wanted as (
    select * from client
    where cast(:currency as text) is null or currency = cast(:currency as text)
)
""",
    here=_HERE,
    sums=remaining_in(_PARTS, REMAINING, REMAINING_WITHOUT_AMOUNT),
    at_risk=AT_RISK,
    columns=listed(_COLUMNS, "coalesce(r.{name}, 0) as {name}"),
)

_SPOKEN_WITH: Final = """
left join lateral (
    select k.held_on, k.by_name, k.person_id from client_call k
    where k.account_id = s.account_id and k.undone_at is null
    order by k.held_on desc, k.call_id desc limit 1
) spoken on true
left join lateral (
    select {counted_from} as day from client_call k
    where k.account_id = s.account_id and k.undone_at is null and k.held_on < :today
    order by k.held_on desc limit 1
) counted on true
"""
_FRESH: Final = """
cross join lateral (
    select count(*) as channels, count(*) filter (where d.last_landed_at is null)
            as without_reports,
        coalesce(array_agg(c.code order by c.code)
            filter (where d.data_until < h.today - cast(:stale_after as integer)), '{}') as stale
    from channel c
    join here h on h.account_id = c.account_id and h.channel_id = c.channel_id
    cross join lateral ({told_until}) d
    where c.account_id = s.account_id
) fresh
"""
_CONTACT: Final = """spoken.held_on as called_on, spoken.by_name as called_by,
    spoken.person_id as called_by_id,
    filed.open as open_cases, filed.refused as refused_cases,
    fresh.channels, fresh.without_reports, fresh.stale"""
# Net, of one client.
_OF_MONTH: Final = """
    select t.currency, sum(t.gross_via_case + t.gross_automatic
            - t.reversed_via_case - t.reversed_automatic) as net
    from month_total t
    join here h on h.account_id = t.account_id and h.channel_id = t.channel_id
    where t.account_id = s.account_id and t.month = h.this_month"""
_SINCE_CALL: Final = """
    select t.currency, sum(t.gross - t.reversed) as net from claimed_total t
    where t.account_id = s.account_id and t.approved_on >= counted.day"""
_FILED: Final = """
    select count(*) filter (where k.status = 'open') as open,
        count(*) filter (where k.status = 'not_eligible') as refused
    from reimbursement_case k
    where k.account_id = s.account_id"""
_PIECES: Final = {
    "ahead": _AHEAD,
    "counted_from": COUNTED_FROM,
    "told_until": TOLD_UNTIL,
    "contact": _CONTACT,
    "spoken_with": _SPOKEN_WITH,
    "fresh": _FRESH,
    "of_month": _OF_MONTH,
    "since_call": _SINCE_CALL,
    "filed": _FILED,
}

_CLIENTS: Final = keyset.listing(
    """
with {ahead},
shown as (
    select * from wanted
    where of_currency {above} cast(:at_of_currency as bigint)
        or (of_currency = cast(:at_of_currency as bigint)
            and (priority {below} cast(:at_priority as numeric)
                or (priority = cast(:at_priority as numeric)
                    and position {above} cast(:at_position as bigint))))
    order by of_currency {rising}, priority {falling}, position {rising}
    limit :size
)
select s.*, {contact},
    coalesce(month.net, 0) as recovered_this_month,
    case when counted.day is not null then coalesce(lately.net, 0) end as recovered_since
from shown s
{spoken_with}
left join lateral ({of_month} and t.currency = s.currency group by t.currency) month on true
left join lateral ({since_call} and t.currency = s.currency group by t.currency) lately on true
cross join lateral ({filed} and k.currency = s.currency) filed
{fresh}
order by s.of_currency {rising}, s.priority {falling}, s.position {rising}
""",
    Client,
    {
        "of_currency": (keyset.number, 0),
        "priority": (keyset.amount, keyset.MOST),
        "position": (keyset.number, 0),
    },
    **_PIECES,
)


def _in_one_sum(column: str) -> str:
    """Of a client's currencies: amounts are converted, units counted."""
    each = fill("w.{column}", column=column)
    summed = (
        converted_sum(each, "w.currency", "r")
        if column.endswith("amount")
        else fill("sum({each})::bigint", each=each)
    )
    return fill("{summed} as {column}", summed=summed, column=column)


_WHOLE_CLIENTS: Final = keyset.listing(
    """
with {ahead}, {rated},
whole as (
    select w.account_id, w.name, w.position,
        coalesce(array_agg(w.currency order by w.of_currency)
            filter (where w.currency is not null), '{}') as currencies,
        {sums},
        {priority} as priority
    from wanted w left join rated r on r.currency = w.currency
    group by w.account_id, w.name, w.position
),
stood as (
    select *, case when currencies = '{}' then 2 else 1 end as standing from whole
),
shown as (
    select * from stood
    where standing {above} cast(:at_standing as bigint)
        or (standing = cast(:at_standing as bigint)
            and (priority {below} cast(:at_priority as numeric)
                or (priority = cast(:at_priority as numeric)
                    and position {above} cast(:at_position as bigint))))
    order by standing {rising}, priority {falling}, position {rising}
    limit :size
)
select s.*, {contact},
    month.net as recovered_this_month,
    counted.day as counted_from, lately.net as recovered_since
from shown s
{spoken_with}
cross join lateral (
    select {net} as net from ({of_month} group by t.currency) o
    left join rated r on r.currency = o.currency
) month
cross join lateral (
    select {net} as net from ({since_call} group by t.currency) o
    left join rated r on r.currency = o.currency
) lately
cross join lateral ({filed}) filed
{fresh}
order by s.standing {rising}, s.priority {falling}, s.position {rising}
""",
    WholeClient,
    {
        "standing": (keyset.number, 0),
        "priority": (keyset.amount, keyset.MOST),
        "position": (keyset.number, 0),
    },
    rated=RATED,
    sums=", ".join(map(_in_one_sum, _COLUMNS)),
    priority=weight("w.priority", "r"),
    net=converted_sum("o.net", "o.currency", "r"),
    **_PIECES,
)

_TOGETHER: Final = text(
    fill(
        """
with {ahead},
month as (
    select t.currency, sum(t.gross_via_case + t.gross_automatic
            - t.reversed_via_case - t.reversed_automatic) as net
    from month_total t
    join here h on h.account_id = t.account_id and h.channel_id = t.channel_id
    where t.account_id = any(:accounts) and t.month = h.this_month
    group by t.currency
)
select w.currency, count(*) as clients, {sums}, coalesce(max(m.net), 0) as recovered_this_month
from wanted w
left join month m on m.currency = w.currency
where w.currency is not null
group by w.currency, w.of_currency order by w.of_currency
""",
        ahead=_AHEAD,
        sums=", ".join(
            f"sum({column}){'' if column.endswith('amount') else '::bigint'} as {column}"
            for column in _COLUMNS
        ),
    )
)

_SPOKEN: Final = text("""
select count(*) as clients, count(*) filter (where not exists (
    select 1 from client_call k where k.account_id = a.account_id and k.undone_at is null
        and k.held_on > cast(:today as date) - cast(:silent_days as integer))) as silent
from account a where a.account_id = any(:accounts)
""")

_CURRENCIES: Final = text(
    fill("with {here} select currency from ranked order by position", here=_HERE)
)


def currencies_of_all(connection: Connection, asked: Portfolio) -> tuple[str, ...]:
    """The currencies of these clients, that with most units at risk first."""
    return tuple(connection.execute(_CURRENCIES, asked.bound).scalars())


def clients_list(asked: Portfolio) -> keyset.Asked[Client]:
    """Every client in each of its currencies, to be read by page or whole."""
    return keyset.Asked(_CLIENTS, asked.bound)


def clients(
    connection: Connection,
    asked: Portfolio,
    cursor: str | None = None,
    size: int = keyset.PAGE_SIZE,
) -> Page[Client]:
    """Every client in each of its currencies; those that no report told of yet come last."""
    return clients_list(asked).page(connection, cursor, size)


def whole_clients(
    connection: Connection,
    asked: Portfolio,
    cursor: str | None = None,
    size: int = keyset.PAGE_SIZE,
) -> Page[WholeClient]:
    """Every client once, in the currency of the rates that are asked with; most priority first."""
    return keyset.Asked(_WHOLE_CLIENTS, asked.bound).page(connection, cursor, size)


def book(connection: Connection, asked: Portfolio) -> Book | None:
    """All of them together; None where there is no client."""
    spoken = connection.execute(_SPOKEN, asked.bound).mappings().one()
    if not spoken["clients"]:
        return None
    return Book(**spoken, sums=ask(connection, _TOGETHER, Together, asked.bound))


def in_one(connection: Connection, rates: Rates, sums: Sequence[Together]) -> InOne:
    """These sums in the currency of the rates."""
    found = converted_figures(
        connection,
        rates,
        {
            "at risk": [(_of(one), one.at_risk) for one in sums],
            "in 7 days": [(_of(one), one.within_7_days) for one in sums],
            "in 30 days": [(_of(one), one.within_30_days) for one in sums],
            "this month": [(_of(one), Figure(0, one.recovered_this_month)) for one in sums],
        },
    )
    month = found["this month"]
    return InOne(
        found["at risk"],
        found["in 7 days"],
        found["in 30 days"],
        month.known_amount if month else None,
    )


def richest(sums: Sequence[Together], rates: Rates) -> str:
    """The currency with most money at risk, among those with a rate: a choice, and no figure."""
    known = [one for one in sums if _of(one) in rates.of_one]
    most = max(known, key=lambda one: one.at_risk_amount * rates.of_one[_of(one)], default=None)
    return _of(most) if most else rates.into


def _of(one: Together) -> str:
    return one.currency or ""
