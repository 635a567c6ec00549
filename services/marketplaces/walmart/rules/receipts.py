"""What the inbound rules share: one line of the WFS inbound receipts file.

Source: Walmart "open a dispute claim" for WFS receiving issues: the clock starts with delivery.
Orders whose id contains MTR are moves between Walmart's own warehouses.
"""

from typing import Final

_RECEIPT: Final = """
select
    w.channel_id,
    concat_ws('|', w.inbound_order_id, w.purchase_order_number, w.gtin, w.sku) as event_key,
    w.sku,
    null as fnsku,
    w.gtin as item_code,
    w.description as title,
    w.inbound_order_id as order_id,
    w.purchase_order_number as reference,
    null as place,
    {units} as units,
    null::integer as resolved_units,
    null::date as known_until,
    {clock} as event_on,
    false as event_on_approximate,
    channel.currency,
    null::numeric as unit_amount,
    null as basis,
    '{}'::jsonb as basis_inputs,
    w.document_id,
    w.row_number
from walmart_inbound_receipt w
join channel on channel.account_id = w.account_id and channel.channel_id = w.channel_id
where w.account_id = :account_id
    and channel.marketplace = :marketplace
    and {units} > 0
    and {clock} is not null
    and coalesce(w.status, '') not ilike 'cancelled%'
    and {kind}
"""

SHORT: Final = "w.expected_units - w.received_units"
DAMAGED: Final = "w.damaged_units"
IS_TRANSFER: Final = "w.inbound_order_id ilike '%mtr%'"
IS_SHIPMENT: Final = "w.inbound_order_id not ilike '%mtr%' and w.delivered_on is not null"


def receipt(units: str, clock: str, kind: str) -> str:
    """The SELECT of receipt lines with `units` > 0, dated by `clock`, of one kind of order."""
    return (
        _RECEIPT.replace("{units}", f"({units})").replace("{clock}", clock).replace("{kind}", kind)
    )
