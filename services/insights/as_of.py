"""The whole picture as of a day, straight from discrepancies, payments and cases.

By the dates inside the reports: events, found rows, returns, approvals, reversals, the steps of
each case and deadlines up to and including that day, from everything landed until now. What a
report reconciled without saying by which row counts as found from the day on for which the report
speaks. An average of past payments is one of those approved up to that day. What is not proven now
was not proven then. Without a day, each channel's own today.

Pages read sums instead; a test holds the two together.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from babel.numbers import get_currency_precision
from sqlalchemy import Connection, text

from services.access.accounts import account_id_of
from services.database.case_units import of_case
from services.database.engine import Database
from services.database.sql import day_of, fill, today_of
from services.insights.conversion import converted, rates_of
from services.marketplaces.currencies import WHOLE_CURRENCIES
from services.marketplaces.pools import AVERAGES
from wording.cases import CASE_STATUSES

# A whole account's discrepancies may be a million rows: a terminal can wait, a page cannot.
PATIENCE_SECONDS: Final = 600

# The day that is asked for; without one, the channel's own today.
_DAY: Final = fill(
    """coalesce(cast(:as_of as date),
            {today})""",
    today=today_of(),
)

# `{day}`: of each channel. `{only}`: the discrepancies `d` to tell of; a case shares its units over
# all that it covers, so of these all or none.
_TEMPLATE: Final = """
with clock as (
    select account_id, channel_id, code, {day} as day,
        {today} as now_on
    from channel
    where account_id = :account_id and (cast(:channel as text) is null or code = :channel)
),
-- The cases that covered it on the day, the latest first: a later one does not erase what an
-- earlier one was told.
cased as (
    select d.account_id, d.discrepancy_id, clock.channel_id, c.case_id, c.units as most,
        c.closed_on <= clock.day as closed, clock.day, clock.day >= clock.now_on as is_now,
        c.status as status_now,
        c.closed_on > clock.day as closed_later,
        row_number() over (partition by d.account_id, d.discrepancy_id
            order by c.opened_on desc, c.case_id) as rank
    from discrepancy_case k
    join discrepancy d on d.account_id = k.account_id and d.discrepancy_id = k.discrepancy_id
    join clock on clock.account_id = d.account_id and clock.channel_id = d.channel_id
    join reimbursement_case c on c.account_id = k.account_id and c.channel_id = k.channel_id
        and c.case_id = k.case_id
    where k.account_id = :account_id and c.opened_on <= clock.day {only}
),
case_then as (
    select cased.*, case
            when cased.is_now then cased.status_now
            -- The step that brought the present status knows its day better than closed_on.
            when cased.closed and said.last is distinct from cased.status_now
                then cased.status_now
            when said.status is not null then said.status
            when said.steps > 0 or cased.closed_later then 'open'
            else cased.status_now end as status
    from cased
    left join lateral (
        select count(*) as steps, (array_agg(e.status order by e.at desc, e.event_number desc)
            filter (where {at_day} <= cased.day
                and e.status = any(:case_statuses)))[1] as status,
            (array_agg(e.status order by e.at desc, e.event_number desc)
                filter (where e.status = any(:case_statuses)))[1] as last
        from case_event e
        join channel on channel.account_id = e.account_id and channel.channel_id = e.channel_id
        where e.account_id = cased.account_id and e.channel_id = cased.channel_id
            and e.case_id = cased.case_id
    ) said on true
),
moved as (
    -- What is taken back was paid by the case of the payment that it undoes.
    select l.account_id, l.discrepancy_id, coalesce(undone.case_id, r.case_id) as case_id,
        l.units_cash as cash,
        l.units_inventory as inventory, l.amount
    from discrepancy_reimbursement l
    join reimbursement r on r.account_id = l.account_id and r.channel_id = l.channel_id
        and r.reimbursement_key = l.reimbursement_key
    left join reimbursement undone on undone.account_id = r.account_id
        and undone.channel_id = r.channel_id and undone.reimbursement_key = r.original_key
    join discrepancy d on d.account_id = l.account_id and d.discrepancy_id = l.discrepancy_id
    join clock on clock.account_id = d.account_id and clock.channel_id = d.channel_id
    where l.account_id = :account_id
        -- Nothing is taken back before it was paid, whatever a report's dates say.
        and greatest(r.approved_on, undone.approved_on) <= clock.day {only}
),
paid as (
    select account_id, discrepancy_id, sum(cash) as cash, sum(inventory) as inventory,
        coalesce(sum(amount) filter (where amount > 0), 0) as gross,
        coalesce(-sum(amount) filter (where amount < 0), 0) as reversed
    from moved group by account_id, discrepancy_id
),
paid_by_case as (
    select account_id, discrepancy_id, case_id, greatest(sum(cash + inventory), 0) as units
    from moved where case_id is not null group by account_id, discrepancy_id, case_id
),
later as (
    select v.account_id, v.discrepancy_id, sum(v.units) as units
    from discrepancy_evidence v
    join discrepancy d on d.account_id = v.account_id and d.discrepancy_id = v.discrepancy_id
    join clock on clock.account_id = d.account_id and clock.channel_id = d.channel_id
    where v.account_id = :account_id and v.role = 'found' and v.day > clock.day {only}
    group by v.account_id, v.discrepancy_id
),
known as (
    select d.*, clock.code as channel, clock.day as today,
        d.found_units - coalesce(later.units, 0)
            - case when d.undated_on > clock.day then d.undated_units else 0 end as found,
        coalesce(paid.cash, 0) as cash, coalesce(paid.inventory, 0) as inventory,
        coalesce(paid.gross, 0) as gross, coalesce(paid.reversed, 0) as taken_back
    from discrepancy d
    join clock on clock.account_id = d.account_id and clock.channel_id = d.channel_id
    left join paid on paid.account_id = d.account_id and paid.discrepancy_id = d.discrepancy_id
    left join later on later.account_id = d.account_id and later.discrepancy_id = d.discrepancy_id
    where d.account_id = :account_id and d.event_on <= clock.day {only}
),
-- As services.recovery.cases shares them, on the day.
wanted as (
    select k.*, known.event_on, coalesce(p.units, 0) as paid,
        known.units - known.found - known.cash - known.inventory as open_units,
        greatest(known.units - known.found - known.cash - known.inventory
            + coalesce(p.units, 0), 0) as wanted
    from case_then k
    join known on known.account_id = k.account_id and known.discrepancy_id = k.discrepancy_id
    left join paid_by_case p on p.account_id = k.account_id
        and p.discrepancy_id = k.discrepancy_id and p.case_id = k.case_id
),
{of_case},
divided as (
    select account_id, discrepancy_id,
        coalesce(sum(held) filter (where outcome = 'in_progress'), 0) as in_progress,
        coalesce(sum(held) filter (where outcome = 'denied'), 0) as denied,
        coalesce(sum(held) filter (where outcome = 'closed'), 0) as closed
    from of_case group by account_id, discrepancy_id
),
decided as (
    select known.*, coalesce(divided.in_progress, 0) as in_progress,
        coalesce(divided.denied, 0) as denied, coalesce(divided.closed, 0) as closed_case,
        units - found - cash - inventory as open_units
    from known
    left join divided on divided.account_id = known.account_id
        and divided.discrepancy_id = known.discrepancy_id
),
remaining as (
    select *, open_units - in_progress - denied as remaining,
        expires_on is null or today <= expires_on as in_time,
        -- A case that was not closed yet held nothing back. What held back all that is left now
        -- held back all that was left then.
        case when besides_units > 0
                and besides_units >= units - found_units - paid_cash_units - paid_inventory_units
            then open_units - in_progress - denied
            else least(besides_units + closed_case, open_units - in_progress - denied) end
            as held_then
    from decided
),
state as (
    select *,
        case when in_time and today < opens_on then remaining
            when in_time then least(remaining, held_then) else 0 end as future,
        case when in_time and today >= coalesce(opens_on, '-infinity')
            then greatest(remaining - held_then, 0) else 0 end as ready,
        case when in_time then 0 else remaining end as expired,
        case when in_time then least(remaining, held_then) else 0 end as held_now
    from remaining
)
"""


def _state(day: str, only: str = "") -> str:
    return fill(
        _TEMPLATE,
        day=day,
        only=only,
        today=today_of(),
        at_day=day_of("e.at"),
        of_case=of_case("account_id, discrepancy_id"),
    )


# An average of past payments is that of the day: of a discrepancy that rests on one, or on nothing
# yet, the pool was kept (services.recovery.valuation), and its average is drawn anew.
_WORTH: Final = fill(
    """
, past as (
    {averages}
),
capped as (
    select channel.channel_id, cap.currency, cap.amount, cap.valid_from, cap.valid_to
    from channel
    join unit_cap cap on cap.marketplace = channel.marketplace
        and channel.country = any(cap.countries)
    where channel.account_id = :account_id
),
averaged as (
    select state.discrepancy_id,
        least(round(past.amount / past.units,
            case when past.currency = any(:whole) then 0 else 2 end), capped.amount) as worth
    from state
    left join past on past.channel_id = state.channel_id and past.currency = state.currency
        and past.sku = state.sku and past.pool = state.basis_inputs ->> 'pool'
    left join capped on capped.channel_id = state.channel_id and capped.currency = past.currency
        and state.event_on between coalesce(capped.valid_from, '-infinity')
            and coalesce(capped.valid_to, 'infinity')
    where state.basis in ('past_payments', 'unknown') and state.basis_inputs ->> 'pool' is not null
),
valued as (
    select state.*,
        case when averaged.discrepancy_id is null then state.unit_amount
            else averaged.worth end as worth,
        case when averaged.discrepancy_id is null then state.basis
            when averaged.worth is null then 'unknown' else 'past_payments' end as worth_basis
    from state
    left join averaged on averaged.discrepancy_id = state.discrepancy_id
)
""",
    averages=AVERAGES,
)

_VALUED: Final = "{state} {worth}"
_ON_THE_DAY: Final = fill(_VALUED, state=_state(_DAY), worth=_WORTH)

# An amount stays null where that of no unit in the bucket is known.
_TOTALS: Final = fill(
    """
{valued}
, owed as (
    select channel, type, subtype, currency, sum(found) as found,
        sum(future) as future, sum(ready) as ready, sum(in_progress) as in_progress,
        sum(expired) as expired,
        sum(denied) as denied,
        sum(future * worth) filter (where future <> 0) as future_amount,
        sum(ready * worth) filter (where ready <> 0) as ready_amount,
        sum(in_progress * worth) filter (where in_progress <> 0) as in_progress_amount,
        sum(expired * worth) filter (where expired <> 0) as expired_amount,
        sum(denied * worth) filter (where denied <> 0) as denied_amount
    from valued group by channel, type, subtype, currency
),
claimed as (
    select clock.code as channel, t.type, t.subtype, t.currency, sum(t.units_cash) as cash,
        sum(t.units_inventory) as inventory, sum(t.gross) as gross, sum(t.reversed) as reversed
    from claimed_total t
    join clock on clock.account_id = t.account_id and clock.channel_id = t.channel_id
    where t.account_id = :account_id and t.approved_on <= clock.day
    group by clock.code, t.type, t.subtype, t.currency
)
select channel, type, subtype, currency,
    coalesce(found, 0) as found, coalesce(cash, 0) as paid_cash,
    coalesce(inventory, 0) as paid_inventory, coalesce(future, 0) as future,
    coalesce(ready, 0) as ready, coalesce(in_progress, 0) as in_progress,
    coalesce(expired, 0) as expired, coalesce(denied, 0) as denied,
    future_amount, ready_amount, in_progress_amount, expired_amount, denied_amount,
    coalesce(gross, 0) as claimed_gross, coalesce(reversed, 0) as reversed,
    coalesce(gross, 0) - coalesce(reversed, 0) as claimed_net
from owed full join claimed using (channel, type, subtype, currency)
order by channel, type, subtype, currency
""",
    valued=_ON_THE_DAY,
)

_DISCREPANCIES: Final = fill(
    """
{valued}
select valued.*, w.source, w.confidence
from valued
left join claim_window w on w.claim_window_id = valued.claim_window_id
order by valued.channel, valued.event_on, valued.discrepancy_id
""",
    valued=_ON_THE_DAY,
)

_EVIDENCE: Final = """
select d.discrepancy_id, d.document_id, d.row_number from discrepancy d
where d.account_id = :account_id
union
select v.discrepancy_id, v.document_id, v.row_number from discrepancy_evidence v
where v.account_id = :account_id
order by 1, 2, 3
"""

# What was lost by the end of the month before, of the discrepancies in a temporary table `touched`;
# `this_month` has each channel's month: what services.recovery.lost compares with today.
LOST_BEFORE_THIS_MONTH: Final = fill(
    """
{valued}
select channel_id, type, subtype, currency, sum(expired + denied) as units,
    coalesce(sum(expired + denied) filter (where worth is null), 0) as unknown,
    coalesce(sum((expired + denied) * worth), 0) as amount
from valued where expired + denied > 0
group by channel_id, type, subtype, currency
""",
    valued=fill(
        _VALUED,
        state=_state(
            """(select first - 1 from this_month
            where this_month.channel_id = channel.channel_id)""",
            only="and d.discrepancy_id in (select discrepancy_id from touched)",
        ),
        worth=_WORTH,
    ),
)

_LATEST: Final = text(
    fill("select max({today}) from channel where account_id = :account_id", today=today_of())
)

UNITS: Final = (
    "found",
    "paid_cash",
    "paid_inventory",
    "future",
    "ready",
    "in_progress",
    "expired",
    "denied",
)


AMOUNTS: Final = (
    "future",
    "ready",
    "in_progress",
    "claimed_gross",
    "reversed",
    "claimed_net",
    "expired",
    "denied",
)


@dataclass(frozen=True)
class When:
    """The moment of asking and, if another day is meant, that day."""

    now: dt.datetime
    as_of: dt.date | None = None


def amount(value: Decimal | None, currency: str) -> str | None:
    """A sum as text with the currency's own decimals; None where it is unknown."""
    if value is None:
        return None
    return str(value.quantize(Decimal(1).scaleb(-get_currency_precision(currency))))


def totals(
    connection: Connection, account_id: int, when: When, channel: str | None = None
) -> list[dict[str, Any]]:
    """The buckets by channel, type, subtype and currency, in units and in money (as text).

    The amount of a bucket is None where there are units and the amount of none of them is known.
    """
    rows = connection.execute(text(_TOTALS), bound_as_of(account_id, when, channel)).mappings()
    return [_total(dict(row)) for row in rows]


def _total(row: dict[str, Any]) -> dict[str, Any]:
    currency = row["currency"]
    money = {
        "future": _sum_of(row, "future"),
        "ready": _sum_of(row, "ready"),
        "in_progress": _sum_of(row, "in_progress"),
        "claimed_gross": row["claimed_gross"],
        "reversed": row["reversed"],
        "claimed_net": row["claimed_net"],
        "expired": _sum_of(row, "expired"),
        "denied": _sum_of(row, "denied"),
    }
    return {
        **{name: row[name] for name in ("channel", "type", "subtype", "currency")},
        "units": {name: int(row[name]) for name in UNITS},
        "amount": {name: amount(value, currency) for name, value in money.items()},
    }


def _sum_of(row: dict[str, Any], bucket: str) -> Decimal | None:
    """Of no units: nothing. Of units whose amount is not known: that is not known either."""
    known: Decimal | None = row[f"{bucket}_amount"]
    return known if known is not None or row[bucket] else Decimal(0)


def discrepancies(
    connection: Connection, account_id: int, when: When, channel: str | None = None
) -> list[dict[str, Any]]:
    """Every discrepancy with state, units, amounts (as text), basis, dates and evidence."""
    evidence: dict[int, list[dict[str, int]]] = {}
    for one in connection.execute(text(_EVIDENCE), {"account_id": account_id}):
        proof = {"document": one.document_id, "row": one.row_number}
        evidence.setdefault(one.discrepancy_id, []).append(proof)
    rows = connection.execute(
        text(_DISCREPANCIES), bound_as_of(account_id, when, channel)
    ).mappings()
    return [_discrepancy(dict(row), evidence[row["discrepancy_id"]]) for row in rows]


def _discrepancy(row: dict[str, Any], evidence: list[dict[str, int]]) -> dict[str, Any]:
    units = _units(row)
    return {
        "id": row["discrepancy_id"],
        **{name: row[name] for name in ("channel", "type", "subtype", "sku", "fnsku")},
        "asin_or_gtin": row["item_code"],
        "event_on": row["event_on"].isoformat(),
        "event_on_approximate": row["event_on_approximate"],
        "opens_on": _day(row["opens_on"]),
        "held": {
            "units": int(row["held_now"]),
            "because": _held_because(row),
        },
        "awaits": row["awaits_kind"] if row["held_now"] else None,
        "expires_on": _day(row["expires_on"]),
        "window": {"source": row["source"], "confidence": row["confidence"] or "unknown"},
        "state": state_of(units),
        "units": units,
        "amount": _amounts(row, units),
        "currency": row["currency"],
        "basis": row["worth_basis"],
        "case_id": row["case_id"],
        "evidence": evidence,
    }


def _held_because(row: dict[str, Any]) -> str | None:
    """Why, on the day: what holds now, or what held before a case of ours was closed."""
    if not row["held_now"]:
        return None
    because: str | None = row["held_because"]
    if because == "closed_case" and not row["closed_case"]:
        because = row["besides_because"]
    return because or "closed_case"


def _units(row: dict[str, Any]) -> dict[str, int]:
    return {
        "found": int(row["found"]),
        "paid_cash": int(row["cash"]),
        "paid_inventory": int(row["inventory"]),
        **{name: int(row[name]) for name in ("future", "ready", "in_progress")},
        "expired": int(row["expired"]),
        "denied": int(row["denied"]),
    }


def _amounts(row: dict[str, Any], units: dict[str, int]) -> dict[str, str | None]:
    unit, currency = row["worth"], row["currency"]
    estimated = {
        name: None if unit is None and units[name] else Decimal(units[name]) * (unit or 0)
        for name in ("future", "ready", "in_progress", "expired", "denied")
    }
    paid = {
        "claimed_gross": row["gross"],
        "reversed": row["taken_back"],
        "claimed_net": row["gross"] - row["taken_back"],
    }
    return {name: amount(value, currency) for name, value in (estimated | paid).items()}


def state_of(units: dict[str, int]) -> str:
    """The one word for a discrepancy: what is still open first, then how it ended."""
    for state in ("in_progress", "ready", "future", "denied", "expired"):
        if units[state]:
            return state
    return "claimed" if units["paid_cash"] + units["paid_inventory"] else "found"


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def bound_as_of(account_id: int, when: When, channel: str | None = None) -> dict[str, object]:
    return {
        "account_id": account_id,
        "now": when.now,
        "as_of": when.as_of,
        "channel": channel,
        "case_statuses": list(CASE_STATUSES),
        "whole": WHOLE_CURRENCIES,
    }


Question = Callable[[Connection, int, When, str | None], list[dict[str, Any]]]


def as_of_day(
    database: Database,
    question: Question,
    account: str,
    channel: str | None,
    as_of: dt.datetime | None,
) -> dict[str, Any]:
    """The answer to `question` for a person at a terminal, with whose and which day it is.

    Raises UnknownAccountError.
    """
    when = When(dt.datetime.now(dt.UTC), as_of.date() if as_of else None)
    account_id = account_id_of(database, account)
    with database.reading(account_id, seconds=PATIENCE_SECONDS) as connection:
        rows = question(connection, account_id, when, channel)
        day = when.as_of or _latest_today(connection, account_id, when.now)
    return {"account": account, "as_of": day.isoformat(), "rows": rows}


def together(database: Database, answer: dict[str, Any], into: str) -> dict[str, Any]:
    """An answer's totals over all currencies, at the rates of its day; amounts as text.

    None where a currency in it has no rate, or where no amount in it is known; what else is unknown
    is left out.
    """
    rows, day = answer["rows"], dt.date.fromisoformat(answer["as_of"])
    currencies = sorted({row["currency"] for row in rows})
    known = {
        name: [
            (row["currency"], Decimal(row["amount"][name])) for row in rows if row["amount"][name]
        ]
        for name in AMOUNTS
    }
    with database.reading(account_id_of(database, answer["account"])) as connection:
        rates = rates_of(connection, currencies, into, day)
        found = converted(connection, rates, known)
    return {
        "currency": into,
        "rates_on": _day(rates.day),
        "rates": {name: str(rate) for name, rate in rates.of_one.items()},
        "without_rate": list(rates.missing),
        "amount": {
            name: amount(found[name], into) if known[name] or not rows else None for name in AMOUNTS
        },
    }


def _latest_today(connection: Connection, account_id: int, now: dt.datetime) -> dt.date:
    # Each channel is read as of its own today; the answer is headed by the latest of them.
    values = {"account_id": account_id, "now": now}
    today = connection.execute(_LATEST, values).scalar_one()
    return today or now.date()
