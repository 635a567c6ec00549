"""What Amazon is asked for again and again, and how its reports are called.

How often: Amazon makes a daily FBA report at most once in four hours, and answers a repeat with
CANCELLED or FATAL (developer-docs.amazon.com/sp-api, "Fulfillment by Amazon (FBA) Reports"). How
far back: 18 months of the ledger (the same page); of the others no page says, and as much is asked.
In which pieces, and how long Amazon still changes what it said, are choices of ours but for the
ledger: its figures move until an investigation ends, 60 days, so 90 are read again.

For whom: ledger and reimbursements are the region's, whichever of its shops is asked (issue 1385 of
amzn/selling-partner-api-docs; other products' pages say it of the ledger), and so are fee previews
and settlements (issue 694). Of several shops asked for at once a report may hold one only (issue
1614), so one is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from services.marketplaces.asking import Source

_DAY: Final = timedelta(days=1)
_DAYS_30: Final = timedelta(days=30)
_DAYS_90: Final = timedelta(days=90)
_FOUR_HOURS: Final = timedelta(hours=4)
_FULFILLMENT: Final = "Amazon Fulfillment"


@dataclass(frozen=True)
class AmazonReport:
    """How a source's report is asked for.

    since: of a snapshot, how long before now its data begin.
    """

    type: str
    options: Mapping[str, str] = field(default_factory=dict)
    since: timedelta | None = None


def _daily(name: str, kind: str, again: timedelta, told_by: str = _FULFILLMENT) -> Source:
    """A channel's report by days: the last day is complete a day later."""
    return Source(
        name,
        (kind,),
        "channel",
        "report",
        _DAY,
        piece=_DAYS_90,
        again=again,
        settles_after=_DAY,
        told_by=told_by,
    )


# Shipments that miss units and whose day of arrival is not known to be exact: a few a day, the
# newest first, each again after a week until all its parcels are told. Eighteen months back no
# window is open any more.
_AWAITED: Final = """
select d.reference as shipment_id, coalesce(max(h.shipment_name), '') as name,
    min(d.event_on) as day, min(c.time_zone) as time_zone,
    coalesce(max(told.parcels), 0) as parcels,
    coalesce(max(told.delivered_parcels), 0) as delivered_parcels,
    max(told.first_delivered_on) as first_day, max(told.last_delivered_on) as last_day
from discrepancy d
join channel c on c.account_id = d.account_id and c.channel_id = d.channel_id
left join amazon_inbound_shipment h on h.account_id = d.account_id and h.shipment_id = d.reference
left join amazon_inbound_delivery told on told.account_id = d.account_id
    and told.region = c.region and told.shipment_id = d.reference
left join report_document said on said.account_id = told.account_id
    and said.document_id = told.document_id
where d.account_id = :account_id and c.marketplace = :marketplace and c.region = :region
    and d.subtype in ('inbound_shortage', 'inbound_damaged') and d.reference is not null
    and d.units > d.found_units + d.paid_cash_units + d.paid_inventory_units
    and d.event_on > current_date - 548
    and (told.shipment_id is null
        or (told.parcels = 0 or told.delivered_parcels < told.parcels)
            and greatest(said.seen_at, said.made_at) < now() - interval '7 days')
group by d.reference
order by max(d.event_on) desc, d.reference
limit 5
"""

# The most telling first.
SOURCES: Final = (
    Source("standing", (), "region", "standing", _DAY),
    Source(
        "ledger_detail",
        ("amazon_ledger_detail",),
        "region",
        "report",
        _DAY,
        piece=_DAYS_30,
        again=_DAYS_90,
        settles_after=_DAY,
        told_by=_FULFILLMENT,
    ),
    Source(
        "reimbursements",
        ("amazon_reimbursements",),
        "region",
        "report",
        _FOUR_HOURS,
        piece=_DAYS_90,
        again=_DAYS_30,
        settles_after=_DAY,
        told_by=_FULFILLMENT,
    ),
    # A return bears another date or status in a later pull.
    _daily("customer_returns", "amazon_customer_returns", _DAYS_90),
    # Amazon makes them by itself, and lists those of 90 days.
    Source(
        "settlements",
        ("amazon_settlement",),
        "region",
        "listed",
        _DAY,
        history=_DAYS_90,
        told_by="Finance and Accounting",
    ),
    # By the day of the last change: what changes again is told again.
    Source(
        "inbound_shipments",
        ("amazon_inbound_shipments",),
        "channel",
        "pages",
        _DAY,
        piece=_DAYS_30,
        settles_after=_DAY,
        told_by=_FULFILLMENT,
    ),
    Source(
        "inbound_items",
        ("amazon_inbound_items",),
        "channel",
        "pages",
        _DAY,
        piece=_DAYS_30,
        settles_after=_DAY,
        told_by=_FULFILLMENT,
    ),
    # By the day of the order, whose quantities change until it is done.
    _daily("removal_orders", "amazon_removal_orders", _DAYS_90),
    _daily("removal_shipments", "amazon_removal_shipments", _DAYS_90),
    _daily("replacements", "amazon_replacements", _DAYS_30),
    # Made anew every 72 hours ("FBA Payments reports" of the same page).
    Source(
        "fee_preview",
        ("amazon_fee_preview",),
        "region",
        "report",
        timedelta(hours=72),
        told_by=_FULFILLMENT,
    ),
    Source(
        "ledger_summary",
        ("amazon_ledger_summary",),
        "region",
        "report",
        _DAY,
        piece=_DAYS_90,
        again=_DAYS_30,
        settles_after=_DAY,
        by_month=True,
        told_by=_FULFILLMENT,
    ),
    Source(
        "inventory",
        ("amazon_inventory",),
        "channel",
        "report",
        _DAY,
        told_by=_FULFILLMENT,
    ),
    # Which parcels a shipment has, and when they arrived. No page says which role Tracking needs.
    Source(
        "inbound_deliveries",
        ("amazon_inbound_deliveries",),
        "region",
        "awaited",
        _DAY,
        told_by=_FULFILLMENT,
        awaits=_AWAITED,
    ),
    # No page says which role it needs, nor who gets it.
    Source("cases", (), "region", "cases", timedelta(hours=1)),
)

# Types and options: developer-docs.amazon.com/sp-api, "Report type values".
REPORTS: Final[Mapping[str, AmazonReport]] = {
    "ledger_detail": AmazonReport("GET_LEDGER_DETAIL_VIEW_DATA"),
    "ledger_summary": AmazonReport(
        "GET_LEDGER_SUMMARY_VIEW_DATA",
        {"aggregateByLocation": "COUNTRY", "aggregatedByTimePeriod": "MONTHLY"},
    ),
    "reimbursements": AmazonReport("GET_FBA_REIMBURSEMENTS_DATA"),
    "customer_returns": AmazonReport("GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"),
    "settlements": AmazonReport("GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"),
    "removal_orders": AmazonReport("GET_FBA_FULFILLMENT_REMOVAL_ORDER_DETAIL_DATA"),
    "removal_shipments": AmazonReport("GET_FBA_FULFILLMENT_REMOVAL_SHIPMENT_DETAIL_DATA"),
    "replacements": AmazonReport("GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_REPLACEMENT_DATA"),
    # Its data must begin 72 hours ago or earlier; in whole days.
    "fee_preview": AmazonReport("GET_FBA_ESTIMATED_FBA_FEES_TXT_DATA", since=timedelta(days=4)),
    "inventory": AmazonReport("GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA"),
}
