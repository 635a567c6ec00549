"""The discrepancies behind a part of a bucket that no deadline orders: in progress and lost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection

from services.insights import keyset
from services.insights.answers import Filters, Page, PartRow
from services.insights.ask import bound

PartName = Literal["in_progress", "expired", "denied"]


@dataclass(frozen=True)
class PartView:
    """Which part, and where in its list."""

    name: PartName
    cursor: str | None = None


_ROWS: Final = """
select d.discrepancy_id, c.code as channel, d.type, d.subtype, d.sku, d.fnsku, d.item_code,
    d.title, {day} as day, {units} as units, {units} * d.unit_amount as amount, d.currency,
    d.basis, d.case_id
from discrepancy d
join channel c on c.account_id = d.account_id and c.channel_id = d.channel_id
where d.account_id = :account_id and d.currency = :currency and {units} > 0
    and (cast(:channel as text) is null or c.code = :channel)
    and (cast(:type as text) is null or d.type = :type)
    and {day} < {before}
    -- From today at most: an index is entered where this condition says, and nowhere else.
    and ({day}, d.discrepancy_id) {{below}} (
        least(cast(:at_day as date), (cast(:now as timestamptz) at time zone 'UTC')::date + 2),
        cast(:at_discrepancy_id as bigint))
order by {day} {{falling}}, d.discrepancy_id {{falling}}
limit :size
"""

_KEY: Final[keyset.Key] = {"day": (keyset.day, "infinity"), "discrepancy_id": (keyset.number, 0)}
_TODAY: Final = "(cast(:now as timestamptz) at time zone c.time_zone)::date"


def _part(day: str, units: str, before: str) -> keyset.Listing[PartRow]:
    return keyset.listing(_ROWS.format(day=day, units=units, before=before), PartRow, _KEY)


# Each part is told by a day of its own: the event, the last day of the window, the refusal.
_PARTS: Final[dict[PartName, keyset.Listing[PartRow]]] = {
    "in_progress": _part("d.event_on", "d.in_progress_units", "'infinity'"),
    "expired": _part("d.expires_on", "d.remaining_units", _TODAY),
    "denied": _part("d.denied_on", "d.denied_units", "'infinity'"),
}


def part_rows(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: PartView
) -> Page[PartRow]:
    """The part's discrepancies, the latest first."""
    values = bound(account_id, now, filters)
    return keyset.read_page(connection, _PARTS[view.name], values, view.cursor)
