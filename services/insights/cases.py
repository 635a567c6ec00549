"""The cases that our service team filed: where they stand, and what the marketplace paid for them.

What a case brought is read from the marketplace's own payments: those that name the case, the
reversals of these, and those that name no case but settle its units after it was opened (some
marketplaces name none).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from sqlalchemy import Connection, text

from services.database.sql import day_of, fill, today_of
from services.insights import keyset
from services.insights.answers import (
    Case,
    CaseEvent,
    CaseFile,
    CaseItem,
    CaseStatus,
    Counted,
    Filters,
    Hidden,
    Page,
    Payment,
)
from services.insights.ask import ask, scope
from services.insights.payments import payment_of

Kind = Literal["overall", "reimbursed"]
Step = Literal["moved", "filed", "decided"]


@dataclass(frozen=True)
class Hits:
    """The cases that a text leads to, whatever the filters: channels and cases, side by side."""

    channel_ids: tuple[int, ...]
    case_ids: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """Which cases to show. `text` is the beginning of any id: case, item, order, payment …

    Only of a payment that names no case the whole id is asked for.
    """

    kind: Kind = "overall"
    status: str | None = None
    text: str = ""
    since: date | None = None  # only those with a step on this day or later
    step: Step = "moved"
    waits: bool = False  # only those in which the marketplace waits for the seller
    hits: Hits | None = None  # filled in by `look_up`, once for all the questions of a page


_BROUGHT: Final = """
select distinct on (reimbursement_key) * from (
    select 1 as rank, r.reimbursement_key, r.is_reversal, r.amount, r.units_cash,
        r.units_inventory
    from reimbursement r
    where r.account_id = k.account_id and r.channel_id = k.channel_id and r.case_id = k.case_id
    union all
    select 2, v.reimbursement_key, true, v.amount, v.units_cash, v.units_inventory
    from reimbursement r
    join reimbursement v on v.account_id = r.account_id and v.channel_id = r.channel_id
        and v.original_key = r.reimbursement_key
    where r.account_id = k.account_id and r.channel_id = k.channel_id and r.case_id = k.case_id
    union all
    select 3, r.reimbursement_key, r.is_reversal, sum(l.amount), sum(l.units_cash),
        sum(l.units_inventory)
    from discrepancy d
    join discrepancy_reimbursement l on l.account_id = d.account_id
        and l.discrepancy_id = d.discrepancy_id
    join reimbursement r on r.account_id = l.account_id and r.channel_id = l.channel_id
        and r.reimbursement_key = l.reimbursement_key
    where d.account_id = k.account_id and d.channel_id = k.channel_id
        and d.case_id = k.case_id and r.case_id is null and r.approved_on >= k.opened_on
    group by r.reimbursement_key, r.is_reversal
) every order by reimbursement_key, rank
"""

# The marketplace's own record of the case, where its connection tells.
_THEIRS: Final = """
left join (
    select n.account_id, n.marketplace, n.region, t.case_id, t.state, t.said, t.updated_at
    from marketplace_connection n
    join marketplace_case t on t.account_id = n.account_id and t.connection_id = n.connection_id
    where n.state = 'connected'
) theirs on theirs.account_id = k.account_id and theirs.marketplace = c.marketplace
    and theirs.region = c.region and theirs.case_id = k.case_id
"""
# 1 where it waits for the seller: those come first.
_WAITS: Final = "coalesce(theirs.state = 'waits_for_you', false)::integer"

_CASE: Final = """
c.code as channel, m.name as channel_name, k.case_id, k.type, k.subtype, k.status, k.opened_on,
k.closed_on, k.currency, k.requested_amount as requested, k.approved_amount as approved, k.units,
k.reference_ids, brought.paid, brought.reversed, brought.payments, theirs.state as their_state,
theirs.said as their_word, {their_day} as their_day, {waits} as waits
from {cases} k
join channel c on c.account_id = k.account_id and c.channel_id = k.channel_id
join marketplace m on m.code = c.code
{theirs}
cross join lateral (
    select count(*) filter (where not is_reversal) as payments,
        coalesce(sum(amount) filter (where not is_reversal), 0) as paid,
        coalesce(-sum(amount) filter (where is_reversal), 0) as reversed
    from ({brought}) b
) brought
"""
_THEIR_DAY: Final = day_of("theirs.updated_at", "c")

# The marketplace said yes to something, or its money is there.
_IS_REIMBURSED: Final = """
(k.status in ('partially_reimbursed', 'fully_reimbursed') or exists (
    select 1 from reimbursement r where r.account_id = k.account_id
        and r.channel_id = k.channel_id and r.case_id = k.case_id and not r.is_reversal))
"""

# GTINs lose or gain leading zeros on their way through other people's files.
_LOOK_UP: Final = text("""
select channel_id, case_id from reimbursement_case
where account_id = :account_id and (case_id ilike :begins or exists (
    select 1 from unnest(reference_ids) named
    where named ilike :begins or ltrim(named, '0') like :digits))
union
select channel_id, case_id from discrepancy
where account_id = :account_id and case_id is not null and (
    sku ilike :begins or fnsku ilike :begins or item_code ilike :begins
    or ltrim(item_code, '0') like :digits
    or order_id ilike :begins or reference ilike :begins)
union
select channel_id, case_id from reimbursement
where account_id = :account_id and case_id is not null and (
    external_id ilike :begins or sku ilike :begins or fnsku ilike :begins
    or item_code ilike :begins or ltrim(item_code, '0') like :digits
    or order_id ilike :begins or reference ilike :begins)
union
select d.channel_id, d.case_id
from reimbursement r
join discrepancy_reimbursement l on l.account_id = r.account_id
    and l.channel_id = r.channel_id and l.reimbursement_key = r.reimbursement_key
join discrepancy d on d.account_id = l.account_id and d.discrepancy_id = l.discrepancy_id
where r.account_id = :account_id and r.external_id = :text and d.case_id is not null
""")

_HIT: Final = """
hit as (
    select * from unnest(cast(:hit_channels as bigint[]), cast(:hit_cases as text[]))
        as hit (channel_id, case_id)
)
"""

_FOUND: Final = """
(cast(:text as text) = '' or (k.channel_id, k.case_id) in (select channel_id, case_id from hit))
"""

# Each step by the channel's own day: filed, closed, or any line of the case's history.
_STEPPED: Final = fill(
    """
(cast(:since as date) is null or case cast(:step as text)
    when 'filed' then k.opened_on >= cast(:since as date)
    when 'decided' then coalesce(k.closed_on >= cast(:since as date), false)
    else k.opened_on >= cast(:since as date)
        or coalesce(k.closed_on >= cast(:since as date), false)
        or (k.channel_id, k.case_id) in (
            select e.channel_id, e.case_id
            from case_event e
            join channel z on z.account_id = e.account_id and z.channel_id = e.channel_id
            where e.account_id = :account_id
                and e.at >= cast(:since as date) - interval '1 day'
                and {at_day} >= cast(:since as date))
    end)
""",
    at_day=day_of("e.at", "z"),
)

# What a case brought is added up for the page alone, not for all that stand before or after it.
# Those that wait come first, and are few: the others are walked in the order of their index.
_PAGE: Final = """
(
    select * from ({waiting}) waiting union all select * from ({others}) others
    order by waits {falling}, opened_on {falling}, code {falling}, case_id {falling}
    limit :size
)
"""
_LEFT: Final = fill(
    """
from reimbursement_case k
join channel c on c.account_id = k.account_id and c.channel_id = k.channel_id
{theirs}
where k.account_id = :account_id and k.currency = :currency
    and (cast(:channel as text) is null or c.code = :channel)
    and (cast(:type as text) is null or k.type = :type)
    and (cast(:status as text) is null or k.status = :status)
    and (cast(:kind as text) = 'overall' or {is_reimbursed})
    and {found}
    and {stepped}
""",
    theirs=_THEIRS,
    is_reimbursed=_IS_REIMBURSED,
    found=_FOUND,
    stepped=_STEPPED,
)
_AT: Final = """
(cast(:at_waits as integer), cast(:at_opened_on as date), cast(:at_channel as text),
    cast(:at_case_id as text))
"""
_IN_ORDER: Final = """
order by k.opened_on {falling}, c.code {falling}, k.case_id {falling} limit :size
"""
_THAT_WAIT: Final = """
select k.*, c.code, 1 as waits {left} and theirs.state = 'waits_for_you'
    and (1, k.opened_on, c.code, k.case_id) {below} {at}
{in_order}
"""
# An index is entered where the bound on the day says, and nowhere else.
_THAT_DO_NOT: Final = """
select k.*, c.code, 0 as waits {left} and theirs.state is distinct from 'waits_for_you'
    and not cast(:waits as boolean)
    and k.opened_on {up_to} case when cast(:at_waits as integer) = 0
        then cast(:at_opened_on as date) else 'infinity' end
    and (0, k.opened_on, c.code, k.case_id) {below} {at}
{in_order}
"""

_CASES: Final = keyset.listing(
    """
with {hit}
select {case}
order by {waits} {falling}, k.opened_on {falling}, c.code {falling}, k.case_id {falling}
""",
    Case,
    {
        "waits": (keyset.number, 2),
        "opened_on": (keyset.day, "infinity"),
        "channel": (keyset.plain, ""),
        "case_id": (keyset.plain, ""),
    },
    hit=_HIT,
    theirs=_THEIRS,
    waits=_WAITS,
    their_day=_THEIR_DAY,
    brought=_BROUGHT,
    left=_LEFT,
    at=_AT,
    in_order=_IN_ORDER,
    waiting=_THAT_WAIT,
    others=_THAT_DO_NOT,
    cases=_PAGE,
    case=_CASE,
)

_SUM: Final = text(
    fill(
        """
with {hit}
select count(*) as count, coalesce(sum(k.requested_amount), 0) as known_amount,
    count(*) filter (where k.requested_amount is null) as without_amount
{left}
    and (not cast(:waits as boolean) or {waits} = 1)
""",
        hit=_HIT,
        left=_LEFT,
        waits=_WAITS,
    )
)

_STATUSES: Final = text(
    fill(
        """
with {hit}
select k.status, count(*) as cases, coalesce(sum(k.requested_amount), 0) as requested,
    coalesce(sum(k.approved_amount), 0) as approved
from reimbursement_case k
join channel c on c.account_id = k.account_id and c.channel_id = k.channel_id
{theirs}
where k.account_id = :account_id and k.currency = :currency
    and (cast(:channel as text) is null or c.code = :channel)
    and (cast(:type as text) is null or k.type = :type)
    and (cast(:kind as text) = 'overall' or {is_reimbursed})
    and {found}
    and {stepped}
    and (not cast(:waits as boolean) or {waits} = 1)
group by k.status
""",
        hit=_HIT,
        theirs=_THEIRS,
        waits=_WAITS,
        is_reimbursed=_IS_REIMBURSED,
        found=_FOUND,
        stepped=_STEPPED,
    )
)

_HIDDEN: Final = text(
    fill(
        """
with {hit},
judged as (
    select k.currency as counted_in, k.currency <> :currency as currency,
        coalesce(c.code <> cast(:channel as text), false) as channel,
        coalesce(k.type <> cast(:type as text), false) as type,
        coalesce(k.status <> cast(:status as text), false) as status,
        cast(:kind as text) <> 'overall' and not {is_reimbursed} as kind,
        not {stepped} as since, cast(:waits as boolean) and {waits} = 0 as waits
    from hit h
    join reimbursement_case k on k.account_id = :account_id
        and k.channel_id = h.channel_id and k.case_id = h.case_id
    join channel c on c.account_id = k.account_id and c.channel_id = k.channel_id
    {theirs}
)
select count(*) as cases, bool_or(currency) as currency, bool_or(channel) as channel,
    bool_or(type) as type, bool_or(status) as status, bool_or(kind) as kind,
    bool_or(since) as since, bool_or(waits) as waits,
    min(counted_in) filter (where currency) as other_currency, bool_and(currency) as all_in_others
from judged where currency or channel or type or status or kind or since or waits
""",
        hit=_HIT,
        theirs=_THEIRS,
        waits=_WAITS,
        is_reimbursed=_IS_REIMBURSED,
        stepped=_STEPPED,
    )
)

_ONE: Final = text(
    fill(
        """
select {case}
where k.account_id = :account_id and c.code = :channel and k.case_id = :case_id
""",
        case=fill(
            _CASE,
            cases="reimbursement_case",
            theirs=_THEIRS,
            waits=_WAITS,
            their_day=_THEIR_DAY,
            brought=_BROUGHT,
        ),
    )
)

_EVENTS: Final = text(
    fill(
        """
select e.at, {at_day} as day, e.status, e.note
from case_event e
join channel c on c.account_id = e.account_id and c.channel_id = e.channel_id
where e.account_id = :account_id and c.code = :channel and e.case_id = :case_id
order by e.at, e.event_number
""",
        at_day=day_of("e.at", "c"),
    )
)

_PAYMENTS: Final = text(
    fill(
        """
select {payment}
from reimbursement_case k
join channel c on c.account_id = k.account_id and c.channel_id = k.channel_id
join marketplace m on m.code = c.code
cross join lateral ({brought}) b
join reimbursement r on r.account_id = k.account_id and r.channel_id = k.channel_id
    and r.reimbursement_key = b.reimbursement_key
where k.account_id = :account_id and c.code = :channel and k.case_id = :case_id
order by r.approved_on, r.reimbursement_key
""",
        payment=payment_of("b"),
        brought=_BROUGHT,
    )
)

_ITEMS: Final = text("""
select d.discrepancy_id, d.subtype, d.sku, d.fnsku, d.title, d.event_on, d.units, d.case_units,
    d.paid_cash_units + d.paid_inventory_units as paid_units, d.in_progress_units, d.denied_units,
    d.appeal_until
from discrepancy d
join channel c on c.account_id = d.account_id and c.channel_id = d.channel_id
where d.account_id = :account_id and c.code = :channel and d.case_id = :case_id
order by d.event_on, d.discrepancy_id
""")


_TODAY: Final = text(
    fill(
        """
select {today} from channel
where account_id = :account_id and code = :channel
""",
        today=today_of(),
    )
)


# Both by case: what the open ones ask for, and what waits with any case, at our estimate.
_DIFFERENCE: Final = text("""
with asks as (
    select k.channel_id, k.case_id, k.requested_amount as requested, true as is_open
    from reimbursement_case k
    join channel c on c.account_id = k.account_id and c.channel_id = k.channel_id
    where k.account_id = :account_id and k.currency = :currency and k.status = 'open'
        and (cast(:channel as text) is null or c.code = :channel)
        and (cast(:type as text) is null or k.type = :type)
),
waits as (
    select d.channel_id, d.case_id, sum(d.claimed_gross - d.reversed) as paid,
        coalesce(sum(d.in_progress_units * d.unit_amount), 0) as estimate,
        sum(d.in_progress_units) filter (where d.unit_amount is null) as unpriced
    from discrepancy d
    join channel c on c.account_id = d.account_id and c.channel_id = d.channel_id
    where d.account_id = :account_id and d.currency = :currency and d.in_progress_units > 0
        and (cast(:channel as text) is null or c.code = :channel)
        and (cast(:type as text) is null or d.type = :type)
    group by d.channel_id, d.case_id
)
select coalesce(sum(requested), 0) as requested, coalesce(sum(estimate), 0) as in_progress,
    coalesce(sum(requested) filter (where estimate is null), 0) as not_found,
    coalesce(sum(paid) filter (where requested is not null), 0) as paid,
    coalesce(sum(requested - paid - estimate) filter (where unpriced is null), 0) as beyond,
    coalesce(sum(requested - paid - estimate) filter (where unpriced > 0), 0) as unvalued,
    coalesce(sum(estimate) filter (where is_open and requested is null), 0) as unnamed,
    coalesce(sum(estimate) filter (where is_open is null), 0) as decided
from asks full join waits using (channel_id, case_id)
""")


@dataclass(frozen=True)
class Difference:
    """Why what open cases ask for is not what is In progress: the parts add up.

    requested = in_progress + not_found + paid + beyond + unvalued - unnamed - decided
    """

    requested: Decimal  # by the open cases
    in_progress: Decimal  # of Unclaimed, at our estimates
    not_found: Decimal  # asked for by open cases over nothing that waits here
    paid: Decimal  # for what open cases still wait for the rest of
    beyond: Decimal  # asked for above our estimates; negative: below them
    unvalued: Decimal  # asked for where the amount of some units is not known here
    unnamed: Decimal  # waits with an open case that names no amount
    decided: Decimal  # waits with a case that is not open any more: approved, not yet paid


def look_up(connection: Connection, account_id: int, search: Search) -> Search:
    """The same search with its hits. A page looks up once; a question alone does it by itself."""
    wanted = search.text.strip().replace("\0", "")
    if not wanted:
        return replace(search, text="", hits=Hits((), ()))
    # A pattern that no text matches, where what is looked for is no bare number.
    digits = wanted.lstrip("0") if wanted.isascii() and wanted.isdigit() else ""
    values = {
        "account_id": account_id,
        "text": wanted,
        "begins": _beginning(wanted),
        "digits": _beginning(digits) if digits else "",
    }
    rows = connection.execute(_LOOK_UP, values).all()
    hits = Hits(tuple(row.channel_id for row in rows), tuple(row.case_id for row in rows))
    return replace(search, text=wanted, hits=hits)


def cases_list(
    connection: Connection, account_id: int, filters: Filters, search: Search
) -> keyset.Asked[Case]:
    """The cases that the search and the filters leave, to be read by page or whole."""
    return keyset.Asked(_CASES, _looking(connection, account_id, filters, search))


def cases(
    connection: Connection,
    account_id: int,
    filters: Filters,
    search: Search,
    cursor: str | None = None,
) -> Page[Case]:
    """The cases that the search and the filters leave, the newest first."""
    return cases_list(connection, account_id, filters, search).page(connection, cursor)


def cases_sum(connection: Connection, account_id: int, filters: Filters, search: Search) -> Counted:
    """How many cases the list holds, and what they ask for."""
    return ask(connection, _SUM, Counted, _looking(connection, account_id, filters, search))[0]


def case_statuses(
    connection: Connection, account_id: int, filters: Filters, search: Search
) -> tuple[CaseStatus, ...]:
    """How many cases stand in each status; the status filter itself is left aside."""
    values = _looking(connection, account_id, filters, search)
    return ask(connection, _STATUSES, CaseStatus, values)


_WAITING: Final = text("""
select c.marketplace, k.currency, count(*) as cases
from marketplace_connection n
join marketplace_case t on t.account_id = n.account_id and t.connection_id = n.connection_id
    and t.state = 'waits_for_you'
join channel c on c.account_id = n.account_id and c.marketplace = n.marketplace
    and c.region = n.region
join reimbursement_case k on k.account_id = c.account_id and k.channel_id = c.channel_id
    and k.case_id = t.case_id
where n.account_id = :account_id and n.state = 'connected'
    and (cast(:channel as text) is null or c.code = :channel)
    and (cast(:type as text) is null or k.type = :type)
group by c.marketplace, k.currency
order by k.currency = :currency desc, count(*) desc, c.marketplace, k.currency
""")


@dataclass(frozen=True)
class WaitsForYou:
    """In how many cases of one currency a marketplace waits for the seller."""

    marketplace: str
    currency: str
    cases: int


def waiting_for_you(
    connection: Connection, account_id: int, filters: Filters
) -> tuple[WaitsForYou, ...]:
    """Where a marketplace itself says so; in whatever currency, the page's own first."""
    return ask(connection, _WAITING, WaitsForYou, scope(account_id, filters))


def difference(connection: Connection, account_id: int, filters: Filters) -> Difference:
    """Between the open cases and In progress, under the same filters."""
    return ask(connection, _DIFFERENCE, Difference, scope(account_id, filters))[0]


def hidden_cases(
    connection: Connection, account_id: int, filters: Filters, search: Search
) -> Hidden:
    """Which hits of the search the filters do not show, and which filters these are."""
    values = _looking(connection, account_id, filters, search)
    row = dict(connection.execute(_HIDDEN, values).mappings().one())
    other, needed = row.pop("other_currency"), row.pop("all_in_others")
    names = tuple(name for name, hides in row.items() if hides and name != "cases")
    return Hidden(row["cases"], names, other if needed else None)


def case_file(
    connection: Connection, account_id: int, channel: str, case_id: str, now: datetime
) -> CaseFile | None:
    """One case, whole; None where the account has no such case."""
    values = {"account_id": account_id, "channel": channel, "case_id": case_id}
    found = ask(connection, _ONE, Case, values)
    if not found:
        return None
    return CaseFile(
        found[0],
        ask(connection, _EVENTS, CaseEvent, values),
        ask(connection, _PAYMENTS, Payment, values),
        ask(connection, _ITEMS, CaseItem, values),
        connection.execute(_TODAY, {**values, "now": now}).scalar_one(),
    )


def case_history(
    connection: Connection, account_id: int, channel: str, case_id: str
) -> tuple[Case, tuple[CaseEvent, ...]] | None:
    """One case with its steps only; None where the account has no such case."""
    values = {"account_id": account_id, "channel": channel, "case_id": case_id}
    found = ask(connection, _ONE, Case, values)
    return (found[0], ask(connection, _EVENTS, CaseEvent, values)) if found else None


def _looking(
    connection: Connection, account_id: int, filters: Filters, search: Search
) -> dict[str, Any]:
    done = search if search.hits else look_up(connection, account_id, search)
    hits = done.hits or Hits((), ())
    return {
        **scope(account_id, filters),
        "kind": done.kind,
        "status": done.status,
        "text": done.text,
        "since": done.since,
        "step": done.step,
        "waits": done.waits,
        "hit_channels": list(hits.channel_ids),
        "hit_cases": list(hits.case_ids),
    }


def _beginning(wanted: str) -> str:
    """The pattern of what begins so: `%`, `_` and a backslash stand for themselves."""
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped + "%"
