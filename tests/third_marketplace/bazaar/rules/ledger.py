"""What both rules read: movements of one kind in the ledger."""

from typing import Final

from services.database.sql import fill

_EVENTS: Final = """
select l.channel_id, l.event_key, l.sku, l.sku as item_code, l.title, l.units,
    l.moved_on as event_on, channel.currency, l.document_id, l.row_number
from bazaar_ledger_row l
join channel on channel.account_id = l.account_id and channel.channel_id = l.channel_id
where l.account_id = :account_id and channel.marketplace = :marketplace
    and l.movement = '{movement}' and l.units > 0
"""

FOUND: Final = """
select l.channel_id, l.sku as item, l.units, l.moved_on as day, l.document_id, l.row_number
from bazaar_ledger_row l
join channel on channel.account_id = l.account_id and channel.channel_id = l.channel_id
where l.account_id = :account_id and channel.marketplace = :marketplace
    and l.movement = 'Found' and l.units > 0
"""


def moved(movement: str) -> str:
    """The SELECT of the ledger's movements of this kind."""
    return fill(_EVENTS, movement=movement)
