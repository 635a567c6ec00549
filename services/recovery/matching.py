"""Which payment, or which found row, explains which missing unit.

Every unit that went missing opens a seat for its item; every unit paid or found later closes the
one opened last. So a payment settles the latest loss before it, and a loss whose window passed
unnoticed years ago does not swallow today's payment (services.recovery.seats).

A pass takes one rule, one key and one pool of units; passes run from the most exact key to the
least. What the marketplace itself calls reconciled is explained first: by found rows and payments
up to the day for which its file speaks, then by later ones, because a file does not say when it was
made. Only payments that exceed that close units that it calls unreconciled: its own netting is
never done twice. A later find may be of these or of another loss: such units are held back
(services.recovery.holding). What explains nothing of the reconciled units was found without a row,
by that day.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import fill
from services.marketplaces.registry import RECOVERIES
from services.marketplaces.rules import Rule
from services.recovery.cases import name_case
from services.recovery.given_back import set_aside_given_back
from services.recovery.seats import SEATS


@dataclass(frozen=True)
class Pool:
    """A pool of units to explain: whose, by what, and when it may have happened."""

    units: str  # the column of candidate that holds them
    candidates: str  # which candidates
    kinds: tuple[str, ...]  # what may explain them
    opened_on: str  # the day from which a payment may be for them
    timely: str  # what must hold between a unit (opened) and its explanation (closed)


# A payment has an id, and units given in goods are found rows of the ledger as well: what was paid
# comes first.
RECONCILED_PAID: Final = Pool(
    "resolved_left",
    "known_until is not null",
    ("paid",),
    "event_on",
    "closed.day <= opened.known_until",
)
RECONCILED_FOUND: Final = Pool(
    "resolved_left",
    "known_until is not null",
    ("found",),
    "event_on",
    "closed.day <= opened.known_until",
)
RECONCILED_LATER: Final = Pool(
    "resolved_left",
    "known_until is not null",
    ("paid", "found"),
    "greatest(event_on, known_until + 1)",
    "true",
)
UNRECONCILED: Final = Pool(
    "open_left",
    "known_until is not null",
    ("paid",),
    "greatest(event_on, known_until + 1)",
    "true",
)
UNSAID: Final = Pool("open_left", "known_until is null", ("paid", "found"), "event_on", "true")

POOLS: Final = (RECONCILED_PAID, RECONCILED_FOUND, RECONCILED_LATER, UNRECONCILED, UNSAID)

_MATCH: Final = """
with move as (
    select channel_id, {key} as key, {opened_on} as day, 1 as step, candidate_id as id, unit
    from candidate cross join generate_series(1, {units}) unit
    where subtype = :subtype and marketplace = :marketplace
        and {units} > 0 and {key} is not null and {candidates}
    union all
    select s.channel_id, s.{key}, s.day, -1, s.remedy_id, unit
    from remedy s cross join generate_series(1, s.units_left) unit
    where s.units_left > 0 and s.{key} is not null and {unnamed}
        and ((s.kind = 'paid' and 'paid' = any(:kinds)
                and (s.subtype = any(:payment_subtypes) or :any_subtype))
            or (s.kind = 'found' and s.subtype = :subtype and 'found' = any(:kinds)))
        and exists (
            select 1 from candidate c
            where c.subtype = :subtype and c.marketplace = :marketplace
                and c.channel_id = s.channel_id and c.{key} = s.{key} and c.{units} > 0)
),
{seats}
insert into explained (candidate_id, remedy_id, pool, units)
select opened.candidate_id, closed.remedy_id, '{units}', count(*)
from pair
join candidate opened on opened.candidate_id = pair.opened_id
join remedy closed on closed.remedy_id = pair.closed_id
where pair.step = -1 and pair.opened_step = 1
    and closed.day >= opened.event_on
    and closed.day - opened.event_on <= :paid_within_days
    and {timely}
group by opened.candidate_id, closed.remedy_id
"""

_TAKE: Final = """
with taken as (
    select candidate_id, sum(units) filter (where pool = 'resolved_left') as resolved,
        sum(units) filter (where pool = 'open_left') as open
    from explained group by candidate_id
)
update candidate c set
    resolved_left = coalesce(c.resolved_units, 0) - coalesce(taken.resolved, 0),
    open_left = c.units - coalesce(c.resolved_units, 0) - coalesce(taken.open, 0)
from taken
where taken.candidate_id = c.candidate_id and c.subtype = :subtype and c.marketplace = :marketplace
"""

_USE: Final = """
with used as (select remedy_id, sum(units) as units from explained group by remedy_id)
update remedy s set units_left = s.units - used.units
from used where used.remedy_id = s.remedy_id
"""


_SUBTYPES: Final = "select distinct marketplace, subtype from candidate"


def match_payments(connection: Connection, account_id: int) -> None:
    """Explain the units of `candidate` by the rows of `remedy`, into `explained`."""
    asked = {tuple(row) for row in connection.execute(text(_SUBTYPES))}
    ranks = connection.execute(text("select coalesce(max(rank), 0) from covering")).scalar_one()
    for room in RECOVERIES:
        for rule in room.rules:
            if (room.marketplace, rule.subtype) in asked:
                _match_rule(connection, account_id, room.marketplace, rule, ranks)


def _match_rule(
    connection: Connection, account_id: int, marketplace: str, rule: Rule, ranks: int
) -> None:
    # A payment that names our case and the item is for what the case was about, whatever its
    # reason says.
    for rank in range(1, ranks + 1):
        name_case(connection, marketplace, rule.subtype, rank)
        for pool in POOLS:
            _match(connection, marketplace, rule, "case", pool)
    for key in rule.match_by:
        for pool in POOLS:
            # What a ledger calls reconciled comes first: it knows which unit was found.
            if pool is RECONCILED_LATER and key == "item":
                set_aside_given_back(connection, account_id, rule)
            _match(connection, marketplace, rule, key, pool)


def _match(connection: Connection, marketplace: str, rule: Rule, key: str, pool: Pool) -> None:
    whose = {"subtype": rule.subtype, "marketplace": marketplace}
    matched = connection.execute(
        text(explained_by(rule, key, pool)),
        whose
        | {
            "payment_subtypes": list(rule.payment_subtypes),
            "any_subtype": key == "case",
            "kinds": list(pool.kinds),
            "paid_within_days": rule.paid_within_days,
        },
    )
    if matched.rowcount:
        connection.execute(text(_TAKE), whose)
        connection.execute(text(_USE))


def explained_by(rule: Rule, key: str, pool: Pool) -> str:
    """The statement that explains the units of a pool by what has this key."""
    return fill(
        _MATCH,
        key=f"{key}_key",
        units=pool.units,
        candidates=pool.candidates,
        # What the case was about is paid, even where the ledger does not say so yet.
        opened_on="event_on" if key == "case" else pool.opened_on,
        timely=pool.timely,
        seats=SEATS,
        unnamed=_unnamed(rule) if key == "item" else "true",
    )


def _unnamed(rule: Rule) -> str:
    """A payment that names its order is for that order, not for another one of the item."""
    exact = [key for key in rule.match_by if key != "item"]
    return " and ".join(fill("s.{key}_key is null", key=key) for key in exact) or "true"
