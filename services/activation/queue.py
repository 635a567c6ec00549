"""The queue of activation requests: which wait, what each is worth, and since when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

from sqlalchemy import Connection, RowMapping, TextClause, text

from services.activation.at_risk import READY_OF_A_CHANNEL, AtRisk
from services.activation.states import OPEN, Status
from services.database.sql import fill, today_of

PAGE_SIZE: Final = 50
MEDIAN_OVER_DAYS: Final = 30
Order = Literal["at risk", "expires", "oldest"]
Whose = Literal["everyone's", "mine", "nobody's"]
_MOST: Final = Decimal(10) ** 15  # no position in an order lies beyond
_LONGEST: Final = 100
_MOST_DIGITS: Final = 18  # a bigint holds them all

_ONWARDS: Final = {"above": ">", "rising": "asc"}
_BACKWARDS: Final = {"above": "<", "rising": "desc"}

# A filter that leaves nothing out is null. `text` finds the beginning of nothing but a number.
_FILTERS: Final = {
    "settled": "(r.status = any (:open)) <> :settled",
    "marketplace": "c.marketplace = cast(:marketplace as text)",
    "status": "r.status = cast(:status as text)",
    "whose": """case cast(:whose as text) when 'mine' then r.taken_by = :person_id
        when 'nobody''s' then r.taken_by is null else true end""",
    "older_than": """r.requested_at
        <= cast(:now as timestamptz) - make_interval(days => cast(:older_than as integer))""",
}
_ALWAYS_ASKED: Final = "coalesce({condition}, false)"
_IF_ASKED: Final = "(cast(:{name} as {type}) is null or {condition})"
_LETS_THROUGH: Final = {
    name: fill(_ALWAYS_ASKED, condition=condition)
    if name in ("settled", "whose")
    else fill(
        _IF_ASKED,
        name=name,
        type="integer" if name == "older_than" else "text",
        condition=condition,
    )
    for name, condition in _FILTERS.items()
}
_FOUND: Final = """
(cast(:text as text) = '' or a.name ilike :within or r.contact_name ilike :within
    or r.email ilike :within or r.request_id = cast(:number as bigint))
"""
_OF: Final = """
from activation_request r
join account a on a.account_id = r.account_id
join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
join marketplace m on m.code = c.code
"""
# Amounts of two currencies are never compared: the most at risk of each currency come first, then
# the second of each.
_ROWS: Final = """
with here as (
    select r.account_id, r.request_id, r.status, r.contact_name, r.email, r.requested_at,
        r.first_answered_at, r.settled_at, r.taken_by_name, a.name as account_name,
        c.channel_id, c.code as channel, m.name as channel_name, c.currency,
        {today} as today
    {of}
    where {filters} and {found}
),
judged as (
    select h.*, ready.*, ready.expires_on - h.today as days_left,
        round(case when cast(:settled as boolean) then -extract(
                    epoch from coalesce(h.settled_at, h.requested_at))
            else case cast(:order as text)
                when 'at risk' then case when ready.known_amount > 0 then rank() over (
                    partition by h.currency order by ready.known_amount desc) else 1000000 end
                when 'expires' then coalesce(ready.expires_on - h.today, 1000000)
                else extract(epoch from h.requested_at) end
            end, 6) as position
    from here h cross join lateral ({ready}) ready
)
select account_id, request_id, status, contact_name, email, requested_at, first_answered_at,
    settled_at, taken_by_name, account_name, channel, channel_name, currency, units, known_amount,
    units_without_amount, has_other_currencies, expires_on, days_left, position
from judged
where (position, request_id) {above} (cast(:at_position as numeric), cast(:at_request_id as bigint))
order by position {rising}, request_id {rising}
limit :size
"""
_HIDDEN: Final = """
select count(*) as requests, {hides}
{of}
where cast(:text as text) <> '' and {found} and not ({filters})
"""
_FIGURES: Final = text("""
select count(*) filter (where status = any (:open)) as open,
    count(*) filter (where status = any (:open) and taken_by is null) as untaken,
    count(*) filter (where status = any (:open) and taken_by = :person_id) as mine,
    count(*) filter (where status = 'need_info') as waiting_for_seller,
    count(*) filter (where status = any (:open) and first_answered_at is null) as unanswered,
    min(requested_at) filter (where status = any (:open) and first_answered_at is null)
        as unanswered_since,
    percentile_disc(0.5) within group (order by first_answered_at - requested_at)
        filter (where first_answered_at > cast(:now as timestamptz)
            - make_interval(days => :days)) as median_first_answer
from activation_request
""")


_HIDES: Final = "coalesce(bool_or(not {condition}), false) as {name}"


_FILTERED: Final = " and ".join(_LETS_THROUGH.values())


def _rows(words: dict[str, str]) -> TextClause:
    ready = READY_OF_A_CHANNEL
    pieces = {"of": _OF, "filters": _FILTERED, "found": _FOUND, "ready": ready}
    return text(fill(_ROWS, **pieces, **words, today=today_of("c")))


_FIRST: Final = {"at_position": -_MOST, "at_request_id": 0}
_PAGE_ON: Final = _rows(_ONWARDS)
_PAGE_BACK: Final = _rows(_BACKWARDS)
_HIDDEN_HITS: Final = text(
    fill(
        _HIDDEN,
        of=_OF,
        filters=_FILTERED,
        found=_FOUND,
        hides=", ".join(
            fill(_HIDES, condition=condition, name=name)
            for name, condition in _LETS_THROUGH.items()
        ),
    )
)


@dataclass(frozen=True)
class QueueView:
    """What the queue is narrowed to, and what stands first.

    Settled requests are a list of their own, the last settled first.
    """

    settled: bool = False
    marketplace: str | None = None
    status: Status | None = None
    whose: Whose = "everyone's"
    older_than: int | None = None  # days
    text: str = ""
    order: Order = "at risk"
    size: int = PAGE_SIZE


@dataclass(frozen=True)
class Waiting:
    """One request in the queue, with what is ready to claim on its channel in its currency."""

    account_id: int
    request_id: int
    status: Status
    contact_name: str
    email: str
    requested_at: datetime
    first_answered_at: datetime | None
    settled_at: datetime | None
    taken_by_name: str | None
    account_name: str
    channel: str
    channel_name: str
    at_risk: AtRisk
    has_other_currencies: bool
    days_left: int | None


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and where its neighbours begin."""

    rows: tuple[Waiting, ...]
    following: str | None = None
    preceding: str | None = None


@dataclass(frozen=True)
class HiddenRequests:
    """Hits of the search that the filters do not show, and which filters these are."""

    requests: int
    filters: tuple[str, ...]


@dataclass(frozen=True)
class QueueFigures:
    """The queue as a whole, whatever the filters."""

    open: int
    untaken: int
    mine: int
    waiting_for_seller: int
    unanswered: int
    unanswered_since: datetime | None
    median_first_answer: timedelta | None  # of the last thirty days


def queue(
    connection: Connection,
    person_id: int,
    view: QueueView,
    now: datetime,
    cursor: str | None = None,
) -> QueuePage:
    """A page of the queue. `cursor` comes from an address: what cannot be read is the first."""
    position, before = _read_cursor(cursor)
    values = {**_bound(view, person_id, now), **_FIRST, "size": view.size + 1}
    if position:
        values |= {"at_position": position[0], "at_request_id": position[1]}
    found = list(connection.execute(_PAGE_BACK if before else _PAGE_ON, values).mappings())
    rows, more = found[: view.size], len(found) > view.size
    if before:
        return _page(rows[::-1], follows=True, precedes=more)
    return _page(rows, follows=more, precedes=position is not None)


def every_waiting(
    connection: Connection, person_id: int, view: QueueView, now: datetime
) -> Iterator[Waiting]:
    """The queue whole, to the view's size and one more, by one question: rows come as they are
    taken.
    """
    values = {**_bound(view, person_id, now), **_FIRST, "size": view.size + 1}
    streamed = {"stream_results": True}
    with connection.execute(_PAGE_ON, values, execution_options=streamed) as found:
        yield from map(_waiting, found.mappings())


def hidden_requests(
    connection: Connection, person_id: int, view: QueueView, now: datetime
) -> HiddenRequests:
    """What the search finds beyond the filters."""
    row = dict(connection.execute(_HIDDEN_HITS, _bound(view, person_id, now)).mappings().one())
    requests = int(row.pop("requests"))
    return HiddenRequests(requests, tuple(name for name, hides in row.items() if hides))


def queue_figures(connection: Connection, person_id: int, now: datetime) -> QueueFigures:
    values = {"open": [*OPEN], "person_id": person_id, "now": now, "days": MEDIAN_OVER_DAYS}
    return QueueFigures(**connection.execute(_FIGURES, values).mappings().one())


def _bound(view: QueueView, person_id: int, now: datetime) -> dict[str, Any]:
    wanted = view.text.strip().replace("\0", "")[:_LONGEST]
    number = wanted.removeprefix("#")
    is_number = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {
        **vars(view),
        "text": wanted,
        "within": f"%{escaped}%",
        "number": int(number) if is_number else None,
        "person_id": person_id,
        "now": now,
        "open": [*OPEN],
    }


def _page(rows: list[RowMapping], *, follows: bool, precedes: bool) -> QueuePage:
    return QueuePage(
        tuple(_waiting(row) for row in rows),
        _write_cursor("after", rows[-1]) if rows and follows else None,
        _write_cursor("before", rows[0]) if rows and precedes else None,
    )


_OF_RISK: Final = ("currency", "units", "known_amount", "units_without_amount", "expires_on")


def _waiting(row: RowMapping) -> Waiting:
    at_risk = AtRisk(**{name: row[name] for name in _OF_RISK})
    rest = {name: row[name] for name in row if name not in (*_OF_RISK, "position")}
    return Waiting(at_risk=at_risk, **rest)


def _write_cursor(side: str, row: RowMapping) -> str:
    return f"{side}~{row['position']}~{row['request_id']}"


def _read_cursor(cursor: str | None) -> tuple[tuple[Decimal, int] | None, bool]:
    side, *parts = (cursor or "").split("~")
    if side not in ("after", "before") or len(parts) != 2:
        return None, False
    try:
        position, number = Decimal(parts[0]), int(parts[1])
    except (InvalidOperation, ValueError):
        return None, False
    if not position.is_finite() or abs(position) > _MOST or not 0 <= number < 2**63:
        return None, False
    return (position, number), side == "before"
