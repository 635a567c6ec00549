"""Which case of our team covers which event, and how many of its units.

A case speaks of its events by reference: FNSKU, SKU, item, order, shipment. It must have been
filed after the event and inside the window; a later case supersedes an earlier one.
"""

from sqlalchemy import Connection, text

_LINK = """
with covering as (
    select distinct on (c.candidate_id)
        c.candidate_id, k.case_id, k.status, k.opened_on, k.closed_on, k.units
    from reimbursement_case k
    join candidate c on c.channel_id = k.channel_id
        and c.type = k.type
        and c.subtype = coalesce(k.subtype, c.subtype)
        and c.event_on <= k.opened_on
        and (c.expires_on is null or k.opened_on <= c.expires_on)
        and array_remove(array[c.fnsku, c.sku, c.item_code, c.order_id, c.reference, c.place], null)
            && k.reference_ids
    where k.account_id = :account_id
    order by c.candidate_id, k.opened_on desc, k.case_id
)
update candidate c set
    case_id = covering.case_id, case_key = covering.case_id || '|' || c.item_key,
    case_status = covering.status,
    case_opened_on = covering.opened_on, case_closed_on = covering.closed_on,
    case_limit = covering.units
from covering where covering.candidate_id = c.candidate_id
"""

# A case of 11 units over events of 16 and 4, of which 5 were found: 11 of the first, none of
# the second. What was found, or paid without the case, was not what the case asked for.
_SHARE = """
with asked as (
    select candidate_id, case_limit, case_id, channel_id,
        greatest(units - found_units - (paid_cash + paid_inventory - paid_by_case), 0) as wanted,
        sum(greatest(units - found_units - (paid_cash + paid_inventory - paid_by_case), 0)) over (
            partition by channel_id, case_id order by event_on, candidate_id
            rows between unbounded preceding and current row) as so_far
    from candidate where case_id is not null
)
update candidate c set case_units =
    greatest(0, least(asked.wanted,
        coalesce(asked.case_limit, asked.so_far) - (asked.so_far - asked.wanted)))
from asked where asked.candidate_id = c.candidate_id
"""


def link_cases(connection: Connection, account_id: int) -> None:
    """Give each candidate the case that covers it."""
    connection.execute(text(_LINK), {"account_id": account_id})


def share_case_units(connection: Connection) -> None:
    """Share each case's units over its candidates, oldest first. After matching."""
    connection.execute(text(_SHARE))
