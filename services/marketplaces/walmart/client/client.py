"""Who asks Walmart for one seller: each source by its way."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from services.marketplaces.asking import (
    Asking,
    Channel,
    Fetched,
    Found,
    Notice,
    Source,
    Standing,
    State,
    TheirCase,
)
from services.marketplaces.walmart.client.on_request import OnRequest
from services.marketplaces.walmart.client.operations import TOKEN_DETAIL
from services.marketplaces.walmart.client.pages import Inbound, Returns
from services.marketplaces.walmart.client.recon import Recon
from services.marketplaces.walmart.client.reconciliation import Reconciliation
from services.marketplaces.walmart.client.talk import Talk
from services.marketplaces.walmart.client.token import AccessToken
from services.marketplaces.walmart.client.unread import Unread
from services.marketplaces.walmart.client.ways import Way
from services.marketplaces.walmart.sources import (
    CUSTOMER_RETURNS,
    INBOUND,
    INVENTORY_LOG,
    INVENTORY_RECONCILIATION,
    PAYMENTS,
    RETURNS,
    SETTLEMENT,
)
from services.transport.calling import Caller
from services.transport.refusals import ConnectionEndedError, RefusedError

_NO_ACCESS: Final = "no_access"
_TOKEN_REFUSED: Final = 401


class WalmartClient:
    """One seller's connection."""

    def __init__(self, caller: Caller, token: AccessToken, notice: Notice) -> None:
        self._talk = Talk(caller, token, notice)
        self._ways: dict[str, Way] = {
            PAYMENTS.name: Recon(self._talk),
            # By which spans it sums up: Walmart names the member and not its words.
            INVENTORY_RECONCILIATION.name: Reconciliation(
                self._talk, "INVENTORY_RECON", granularity="MONTHLY"
            ),
            SETTLEMENT.name: OnRequest(self._talk, "SETTLEMENT"),
            RETURNS.name: Returns(self._talk),
            INVENTORY_LOG.name: OnRequest(self._talk, "WFS_INVENTORY_LOG", has_moments=True),
            INBOUND.name: Inbound(self._talk),
            CUSTOMER_RETURNS.name: Unread(self._talk, "WFS_CUSTOMER_RETURNS", has_moments=True),
        }

    def standing(self) -> Standing:
        """Whether the key or the consent is good, and for what.

        Walmart tells scopes of what a seller has allowed an app; of a seller's own key it may tell
        none, and refuse to.
        """
        token = self._talk.token
        token.current()
        try:
            told = self._talk.ask(TOKEN_DETAIL, "/v3/token/detail")
        except RefusedError as refusal:
            if refusal.status == _TOKEN_REFUSED:
                raise
            return Standing(seller=token.seller, refresh_until=token.until)
        if told.get("is_valid") is False:
            raise ConnectionEndedError("Walmart says that the access is not valid.", "revoked")
        scopes = told.get("scopes")
        granted = (
            tuple(str(name) for name, level in scopes.items() if level != _NO_ACCESS)
            if isinstance(scopes, dict)
            else None
        )
        return Standing(seller=token.seller, scopes=granted, refresh_until=token.until)

    def found(self, source: Source, channel: Channel, since: datetime) -> Iterable[Found]:
        """Reports of the source that were made or ordered since."""
        return self._ways[source.name].found(channel, since)

    def order(self, asking: Asking) -> str:
        """Order the report; returns its id."""
        return self._ways[asking.source.name].order(asking)

    def state(self, asking: Asking, report_id: str) -> State:
        """What has become of an ordered report."""
        return self._ways[asking.source.name].state(asking, report_id)

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """Write its files into the folder, as they come."""
        return self._ways[asking.source.name].fetch(asking, document, into)

    def cases(self, since: datetime | None) -> Iterator[TheirCase]:
        """None: Walmart tells cases to nobody but its Seller Center."""
        del since
        return iter(())
