"""How many claim windows rest on a day that is not known exactly, and what would tell it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import fill, today_of
from services.marketplaces.registry import MARKETPLACES

# One row, whatever the account has: of what can still be claimed and has a last day. In sums, so
# that it costs the same for a million discrepancies.
_EXACTNESS: Final = text(
    fill(
        """
with here as (
    select channel_id, marketplace, {today} as today from channel where account_id = :account_id
),
part as (
    select h.marketplace, o.subtype, sum(o.discrepancies_remaining) as dated,
        sum(o.discrepancies_approximate) as approximate
    from open_total o
    join here h on h.channel_id = o.channel_id
    where o.account_id = :account_id and o.expires_on < 'infinity'
        and o.expires_on >= (select min(today) from here) and o.expires_on >= h.today
    group by h.marketplace, o.subtype
)
select coalesce(sum(dated), 0)::bigint as dated,
    coalesce(sum(approximate), 0)::bigint as approximate,
    coalesce(jsonb_agg(jsonb_build_array(marketplace, subtype, approximate)
        order by approximate desc, marketplace, subtype)
        filter (where approximate > 0), '[]') as parts
from part
""",
        today=today_of(),
    )
)


@dataclass(frozen=True)
class Inexact:
    """Windows of one kind that are approximate. exact_by: what would make them exact."""

    marketplace: str
    subtype: str
    discrepancies: int
    exact_by: str


@dataclass(frozen=True)
class Exactness:
    """Discrepancies that can still be claimed and have a last day: dated, of these approximate."""

    dated: int
    approximate: int
    parts: tuple[Inexact, ...]  # the most first


def exactness(connection: Connection, account_id: int, now: datetime) -> Exactness:
    """As it is now, each channel on its own day."""
    row = connection.execute(_EXACTNESS, {"account_id": account_id, "now": now}).one()
    parts = tuple(
        Inexact(marketplace, subtype, count, _exact_by(marketplace, subtype))
        for marketplace, subtype, count in row.parts
    )
    return Exactness(row.dated, row.approximate, parts)


def _exact_by(marketplace: str, subtype: str) -> str:
    """What the rule itself says; '' of a subtype that no rule looks for any more."""
    known = MARKETPLACES.get(marketplace)
    rule = known.recovery.rule_of(subtype) if known else None
    return rule.exact_by if rule else ""
