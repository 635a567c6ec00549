"""The Tracking API, 2026-01-30: when a shipment arrived, by what its carrier calls it."""

from datetime import datetime
from typing import Final

from services.marketplaces.amazon.client.answers import each_of, moment_in, part_of
from services.marketplaces.amazon.client.api import Api
from services.marketplaces.amazon.client.operations import GET_TRACKING

# It came back, or never got there: what is called delivered was so to somebody else.
_GONE_BACK: Final = frozenset(
    {
        "LOST",
        "RECIPIENT_REFUSED_DELIVERY",
        "RETURNED",
        "RETURN_DROPPED_OFF",
        "RETURN_IN_TRANSIT",
        "RETURN_PICKED_UP",
        "RETURN_RECEIVED",
        "UNDELIVERABLE",
        "UNDELIVERABLE_DESTROY_IN_FIELD",
    }
)
_PATH: Final = "/tracking/2026-01-30/shipments/track"


def delivered_at(api: Api, number: str, carrier: str = "") -> datetime | None:
    """The moment of its first delivery; None: no milestone says that it was delivered for good.

    number: the carrier's own. Of the milestones a few alone are asked about, so words that no model
    has need no notice.
    """
    query = {"carrierTracking.trackingNumber": number}
    if carrier:
        query["carrierTracking.carrierCode"] = carrier
    detail = part_of(api.get(GET_TRACKING, _PATH, query), "trackingDetail")
    told = [
        (part_of(milestone, "status").get("code"), moment_in(milestone, "occurredAt"))
        for milestone in each_of(detail, "milestoneHistory", GET_TRACKING.name)
    ]
    if any(code in _GONE_BACK for code, _ in told):
        return None
    moments = (moment for code, moment in told if code == "DELIVERED")
    return min((moment for moment in moments if moment), default=None)
