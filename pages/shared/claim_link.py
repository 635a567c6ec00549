"""The way to How to claim of one channel: it stands first on the page that opens."""

from typing import Final, Protocol

from components.links import Link
from pages.shared import places
from services.access.viewer import Account
from services.marketplaces.labels import channel_label

# In the address: the channel whose How to claim was pressed, and which one is shown in it.
ASKED: Final = "to"
SHOWN: Final = "claim"


class AChannel(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def marketplace(self) -> str: ...
    @property
    def currency(self) -> str: ...


def claim_link(account: Account, channel: AChannel, label: str) -> Link:
    """With the channel in every filter of the page, so that its money stands beside it."""
    values = {
        ASKED: channel.code,
        SHOWN: channel.name,
        "channel": channel_label(channel.code),
        "currency": channel.currency,
    }
    place = places.OF_MARKETPLACES.get(channel.marketplace, places.OVERVIEW)
    return place.link(account, label, ":material/arrow_forward:", values)
