"""Amazon's FBA reports as they are delivered.

Headers: developer-docs.amazon.com (FBA report attributes) and real US files of May 2026. Ledger
files come with 12, 14 or 16 columns and with or without spaces in their headers.
"""

from services.marketplaces.amazon.readings import ITEM, ORDER_ID, OWN_ORDER_ID
from services.marketplaces.contract import (
    AMOUNT,
    ANY_CURRENCY,
    CODE,
    FIRST_OF_PERIOD,
    IDENTITY,
    ISO_DAY,
    LAST_OF_PERIOD,
    MOMENT,
    MONTH_FIRST_DAY,
    SKU,
    TEXT,
    TOTAL,
    TRACKING,
    UNITS,
    WHOLE,
    ByDay,
    ByKey,
    BySettlement,
    Check,
    Column,
    OtherReport,
    ReportFormat,
    spelled,
)

# The dispositions that rules ask for.
DISPOSITION = spelled("SELLABLE", "DAMAGED", "CARRIER_DAMAGED", "WAREHOUSE_DAMAGED")

REIMBURSEMENTS = ReportFormat(
    kind="amazon_reimbursements",
    label="Amazon FBA reimbursements",
    marketplace="amazon",
    table="amazon_reimbursement",
    columns=(
        Column("approved_at", "approval-date", MOMENT, filled=True),
        Column("reimbursement_id", "reimbursement-id", IDENTITY, filled=True),
        Column("case_id", "case-id", IDENTITY),
        Column("order_id", "amazon-order-id", ORDER_ID),
        Column("reason", "reason", CODE, otherwise=""),
        Column("sku", "sku", SKU, otherwise=""),
        Column("fnsku", "fnsku", ITEM, otherwise=""),
        Column("asin", "asin", ITEM),
        Column("product_name", "product-name", TEXT, always=False),
        Column("condition", "condition", CODE, otherwise="", always=False),
        Column("currency", "currency-unit", ANY_CURRENCY, filled=True),
        Column("amount_per_unit", "amount-per-unit", AMOUNT),
        Column("amount_total", "amount-total", AMOUNT, filled=True),
        Column("quantity_cash", "quantity-reimbursed-cash", WHOLE, filled=True),
        Column("quantity_inventory", "quantity-reimbursed-inventory", WHOLE, filled=True),
        Column("quantity_total", "quantity-reimbursed-total", WHOLE, filled=True),
        Column("original_reimbursement_id", "original-reimbursement-id", IDENTITY, always=False),
        Column("original_reimbursement_type", "original-reimbursement-type", CODE, always=False),
    ),
    # One id holds several items, and the same item twice with another reason.
    landing=ByKey(
        key=("reimbursement_id", "sku", "fnsku", "reason", "condition"),
        within="region",
        ordinal_by=("amount_total", "quantity_cash", "quantity_inventory", "approved_at"),
    ),
    days=("approved_at", "approved_at"),
    # Amazon sends the whole region's rows whichever marketplace is asked for.
    channel_by="currency",
)

# The types that a ledger has; real US file, May 2026.
EVENT_TYPE = spelled(
    "Shipments", "CustomerReturns", "WhseTransfers", "Adjustments", "Receipts", "VendorReturns"
)

# The descriptions that rules ask for.
AMOUNT_DESCRIPTION = spelled(
    "Principal", "Shipping", "GiftWrap", "Commission", "FBAPerUnitFulfillmentFee"
)

LEDGER_DETAIL = ReportFormat(
    kind="amazon_ledger_detail",
    label="Amazon inventory ledger, detail",
    marketplace="amazon",
    table="amazon_ledger_event",
    columns=(
        Column("day", "Date", MONTH_FIRST_DAY, filled=True),
        Column("fnsku", "FNSKU", ITEM, filled=True),
        Column("asin", "ASIN", ITEM),
        Column("msku", "MSKU", SKU),
        Column("title", "Title", TEXT),
        Column("event_type", "Event Type", EVENT_TYPE, filled=True),
        Column("reference_id", "Reference ID", IDENTITY),
        Column("quantity", "Quantity", WHOLE, filled=True),
        Column("fulfillment_center", "Fulfillment Center", CODE),
        Column("disposition", "Disposition", DISPOSITION),
        Column("reason", "Reason", CODE),
        Column("country", "Country", CODE, otherwise=""),
        Column("reconciled_quantity", "Reconciled Quantity", WHOLE, always=False),
        Column("unreconciled_quantity", "Unreconciled Quantity", WHOLE, always=False),
        Column("occurred_at", "Date and Time", MOMENT, always=False),
        Column("store", "Store", CODE, always=False),
    ),
    # What a download may change is left out (title, reconciliation), and what shorter files lack.
    landing=ByDay(
        day="day",
        told_by=(
            "fnsku",
            "asin",
            "msku",
            "event_type",
            "reference_id",
            "quantity",
            "fulfillment_center",
            "disposition",
            "reason",
        ),
        ordinal_by=("unreconciled_quantity",),
        settled="reconciled_quantity",
        settled_word="reconciled",
    ),
    days=("day", "day"),
    channel_by="country",
    same_days=(("day", "occurred_at"),),
    checks=(
        # Whatever the zone, the two are of one day or of neighbours.
        Check(
            "day",
            "abs((occurred_at at time zone 'UTC')::date - day) > 1",
            "the day of its Date and Time",
        ),
        # Amazon gives reasons to adjustments alone: under another name the row is one all the same.
        Check(
            "event_type",
            "event_type <> 'Adjustments' and upper(reason) in (select code from ledger_reason)",
            "Adjustments: the row has the reason of one",
        ),
    ),
)

CUSTOMER_RETURNS = ReportFormat(
    kind="amazon_customer_returns",
    label="Amazon FBA customer returns",
    marketplace="amazon",
    table="amazon_customer_return",
    columns=(
        Column("returned_at", "return-date", MOMENT, filled=True),
        Column("order_id", "order-id", ORDER_ID, filled=True),
        Column("sku", "sku", SKU, otherwise=""),
        Column("asin", "asin", ITEM),
        Column("fnsku", "fnsku", ITEM, otherwise=""),
        Column("product_name", "product-name", TEXT, always=False),
        Column("quantity", "quantity", WHOLE, filled=True),
        Column("fulfillment_center", "fulfillment-center-id", CODE, always=False),
        Column("disposition", "detailed-disposition", DISPOSITION, otherwise=""),
        Column("reason", "reason", CODE),
        Column("status", "status", spelled("Reimbursed"), always=False),
        Column(
            "license_plate_number", "license-plate-number", IDENTITY, otherwise="", always=False
        ),
        Column("customer_comments", "customer-comments", TEXT, always=False),
    ),
    # Not the date: one return comes back with another date in another pull.
    landing=ByKey(
        key=("order_id", "sku", "fnsku", "license_plate_number"),
        within="channel_id",
        ordinal_by=("disposition", "reason", "quantity", "returned_at"),
    ),
    days=("returned_at", "returned_at"),
)

SETTLEMENT = ReportFormat(
    kind="amazon_settlement",
    label="Amazon settlement",
    marketplace="amazon",
    table="amazon_settlement_line",
    columns=(
        Column("settlement_id", "settlement-id", IDENTITY, filled=True),
        # The summary row alone fills these; the lines take them from it.
        Column("period_start", "settlement-start-date", MOMENT),
        Column("period_end", "settlement-end-date", MOMENT),
        Column("total_amount", "total-amount", TOTAL, stored=False),
        Column("currency", "currency", ANY_CURRENCY),
        Column("transaction_type", "transaction-type", spelled("Order", "Refund")),
        Column("order_id", "order-id", ORDER_ID),
        Column("merchant_order_id", "merchant-order-id", OWN_ORDER_ID, always=False),
        Column("adjustment_id", "adjustment-id", IDENTITY, always=False),
        Column("shipment_id", "shipment-id", IDENTITY, always=False),
        Column("marketplace_name", "marketplace-name", CODE),
        Column("amount_type", "amount-type", spelled("ItemPrice", "ItemFees", "Promotion")),
        Column("amount_description", "amount-description", AMOUNT_DESCRIPTION),
        Column("amount", "amount", AMOUNT),
        Column("fulfillment_id", "fulfillment-id", spelled("AFN", "MFN")),
        Column("posted_at", "posted-date-time", MOMENT),
        Column("order_item_code", "order-item-code", IDENTITY, always=False),
        Column(
            "merchant_adjustment_item_id", "merchant-adjustment-item-id", IDENTITY, always=False
        ),
        Column("sku", "sku", SKU),
        Column("quantity", "quantity-purchased", WHOLE),
        Column("promotion_id", "promotion-id", TEXT, always=False),
    ),
    landing=BySettlement(
        settlement="settlement_id",
        period=("period_start", "period_end"),
        currency="currency",
        amount="amount",
        total="total_amount",
    ),
    days=("period_start", "period_end"),
    channel_by="shop",
    checks=(
        Check(
            "period_end",
            "amount is null and period_start is not null and period_end is null",
            "a filled cell: the settlement's last moment",
        ),
        Check(
            "currency",
            "amount is null and period_start is not null and currency is null",
            "a filled cell: the settlement's currency",
        ),
        Check(
            "amount", "amount is null and period_start is null", f"a filled cell: {AMOUNT.expected}"
        ),
        Check(
            "transaction_type",
            "amount is not null and transaction_type is null",
            f"a filled cell: {CODE.expected}",
        ),
        Check(
            "posted_at",
            "amount is not null and posted_at is null",
            f"a filled cell: {MOMENT.expected}",
        ),
    ),
)

FEE_PREVIEW = ReportFormat(
    kind="amazon_fee_preview",
    label="Amazon fee preview",
    marketplace="amazon",
    table="amazon_fee_preview",
    columns=(
        Column("store", "amazon-store", CODE, filled=True),
        Column("sku", "sku", SKU, filled=True),
        Column("fnsku", "fnsku", ITEM, always=False),
        Column("asin", "asin", ITEM, always=False),
        Column("product_name", "product-name", TEXT, always=False),
        Column("product_group", "product-group", CODE, always=False),
        Column("your_price", "your-price", AMOUNT),
        Column("sales_price", "sales-price", AMOUNT, always=False),
        Column("longest_side", "longest-side", AMOUNT, always=False),
        Column("median_side", "median-side", AMOUNT, always=False),
        Column("shortest_side", "shortest-side", AMOUNT, always=False),
        Column("unit_of_dimension", "unit-of-dimension", CODE, always=False),
        Column("item_weight", "item-package-weight", AMOUNT, always=False),
        Column("unit_of_weight", "unit-of-weight", CODE, always=False),
        Column(
            "size_tier",
            "product-size-tier",
            CODE,
            always=False,
            aliases=("product-size-weight-band",),
        ),
        Column("currency", "currency", ANY_CURRENCY, filled=True),
        Column("estimated_fee_total", "estimated-fee-total", AMOUNT),
        Column("estimated_referral_fee", "estimated-referral-fee-per-unit", AMOUNT, always=False),
        # Europe writes "fulfilment", and a fee of its own for orders from another country.
        Column(
            "expected_fulfilment_fee",
            "expected-fulfillment-fee-per-unit",
            AMOUNT,
            always=False,
            aliases=(
                "expected-fulfilment-fee-per-unit",
                "expected-domestic-fulfilment-fee-per-unit",
                "expected-domestic-fulfillment-fee-per-unit",
            ),
        ),
    ),
    landing=ByKey(key=("store", "sku"), newest="landed"),
    days=None,
    covers_days=False,
    channel_by="country",
    country="store",
    nothing="--",
)

REMOVAL_ORDERS = ReportFormat(
    kind="amazon_removal_orders",
    label="Amazon removal order detail",
    marketplace="amazon",
    table="amazon_removal_order",
    columns=(
        Column("requested_at", "request-date", MOMENT, filled=True),
        Column("order_id", "order-id", IDENTITY, filled=True),
        Column("order_type", "order-type", CODE, always=False),
        Column("service_speed", "service-speed", CODE, always=False),
        Column("order_status", "order-status", CODE, always=False),
        Column("last_updated_at", "last-updated-date", MOMENT, always=False),
        Column("sku", "sku", SKU, otherwise=""),
        Column("fnsku", "fnsku", ITEM, otherwise=""),
        Column("disposition", "disposition", CODE, otherwise=""),
        Column("requested_quantity", "requested-quantity", WHOLE, filled=True),
        Column("cancelled_quantity", "cancelled-quantity", WHOLE, always=False),
        Column("disposed_quantity", "disposed-quantity", WHOLE, always=False),
        Column("shipped_quantity", "shipped-quantity", WHOLE, always=False),
        Column("in_process_quantity", "in-process-quantity", WHOLE, always=False),
        Column("removal_fee", "removal-fee", AMOUNT, always=False),
        Column("currency", "currency", ANY_CURRENCY, always=False),
    ),
    # An order's quantities change until it is done: the row says when it changed last.
    landing=ByKey(
        key=("order_id", "sku", "fnsku", "disposition"),
        within="channel_id",
        ordinal_by=("requested_quantity", "requested_at"),
        changed_at="last_updated_at",
    ),
    days=("requested_at", "requested_at"),
)

REMOVAL_SHIPMENTS = ReportFormat(
    kind="amazon_removal_shipments",
    label="Amazon removal shipment detail",
    marketplace="amazon",
    table="amazon_removal_shipment",
    columns=(
        Column("requested_at", "request-date", MOMENT, always=False),
        Column("order_id", "order-id", IDENTITY, filled=True),
        Column("shipped_at", "shipment-date", MOMENT, filled=True),
        Column("sku", "sku", SKU, otherwise=""),
        Column("fnsku", "fnsku", ITEM, otherwise=""),
        Column("disposition", "disposition", CODE, otherwise=""),
        Column("shipped_quantity", "shipped-quantity", WHOLE, filled=True),
        Column("carrier", "carrier", CODE, always=False),
        Column("tracking_number", "tracking-number", TRACKING, otherwise=""),
        Column("removal_order_type", "removal-order-type", CODE, always=False),
    ),
    landing=ByKey(
        key=("order_id", "tracking_number", "sku", "fnsku", "disposition"),
        within="channel_id",
        ordinal_by=("shipped_quantity", "shipped_at"),
    ),
    days=("shipped_at", "shipped_at"),
    # amzn/selling-partner-api-models, issue 2538: the days asked for are those of the orders.
    asked_by=("requested_at", "requested_at"),
)

LEDGER_SUMMARY = ReportFormat(
    kind="amazon_ledger_summary",
    label="Amazon inventory ledger, summary",
    marketplace="amazon",
    table="amazon_ledger_summary",
    columns=(
        Column("period_start", "Date", FIRST_OF_PERIOD, filled=True),
        Column("period_end", "Date", LAST_OF_PERIOD, filled=True),
        Column("fnsku", "FNSKU", ITEM, filled=True),
        Column("asin", "ASIN", ITEM),
        Column("msku", "MSKU", SKU, otherwise="", whole=True),
        Column("title", "Title", TEXT, always=False),
        Column("disposition", "Disposition", CODE, otherwise=""),
        Column("starting_balance", "Starting Warehouse Balance", WHOLE, filled=True),
        Column("in_transit", "In Transit Between Warehouses", WHOLE, always=False),
        Column("receipts", "Receipts", WHOLE, always=False),
        Column("customer_shipments", "Customer Shipments", WHOLE, always=False),
        Column("customer_returns", "Customer Returns", WHOLE, always=False),
        Column("vendor_returns", "Vendor Returns", WHOLE, always=False),
        Column("warehouse_transfer", "Warehouse Transfer In/Out", WHOLE, always=False),
        Column("found", "Found", WHOLE, always=False),
        Column("lost", "Lost", WHOLE, always=False),
        Column("damaged", "Damaged", WHOLE, always=False),
        Column("disposed", "Disposed", WHOLE, always=False),
        Column("other_events", "Other Events", WHOLE, always=False),
        Column("ending_balance", "Ending Warehouse Balance", WHOLE, filled=True),
        Column("unknown_events", "Unknown Events", WHOLE, always=False),
        Column("location", "Location", CODE, filled=True),
        Column("store", "Store", CODE, always=False),
    ),
    # A month's file and its days' files stand side by side: either sums up what the other splits.
    landing=ByKey(
        key=("period_start", "period_end", "fnsku", "msku", "disposition", "location"),
    ),
    days=("period_start", "period_end"),
    covers_days=False,
    # Location is a country or a fulfilment centre, as the report was asked for.
    channel_by="country",
    country="location",
)

INVENTORY = ReportFormat(
    kind="amazon_inventory",
    label="Amazon FBA inventory",
    marketplace="amazon",
    table="amazon_inventory",
    columns=(
        Column("sku", "sku", SKU, filled=True),
        Column("fnsku", "fnsku", ITEM, always=False),
        Column("asin", "asin", ITEM, always=False),
        Column("product_name", "product-name", TEXT, always=False),
        Column("condition", "condition", CODE, always=False),
        Column("your_price", "your-price", AMOUNT, always=False),
        Column("warehouse_quantity", "afn-warehouse-quantity", WHOLE),
        Column("fulfillable_quantity", "afn-fulfillable-quantity", WHOLE, always=False),
        Column("unsellable_quantity", "afn-unsellable-quantity", WHOLE, always=False),
        Column("reserved_quantity", "afn-reserved-quantity", WHOLE, always=False),
        Column("total_quantity", "afn-total-quantity", WHOLE),
        Column("inbound_working_quantity", "afn-inbound-working-quantity", WHOLE, always=False),
        Column("inbound_shipped_quantity", "afn-inbound-shipped-quantity", WHOLE, always=False),
        Column("inbound_receiving_quantity", "afn-inbound-receiving-quantity", WHOLE, always=False),
        Column("researching_quantity", "afn-researching-quantity", WHOLE, always=False),
        Column("store", "store", CODE, otherwise="", always=False),
    ),
    landing=ByKey(key=("sku", "store"), within="channel_id", newest="landed"),
    days=None,
    covers_days=False,
)

REPLACEMENTS = ReportFormat(
    kind="amazon_replacements",
    label="Amazon replacements",
    marketplace="amazon",
    table="amazon_replacement",
    columns=(
        Column("shipped_at", "shipment-date", MOMENT, filled=True),
        Column("sku", "sku", SKU, otherwise=""),
        Column("asin", "asin", ITEM, always=False),
        Column("fulfillment_center", "fulfillment-center-id", CODE, always=False),
        Column("original_fulfillment_center", "original-fulfillment-center-id", CODE, always=False),
        Column("quantity", "quantity", WHOLE, filled=True),
        Column("reason_code", "replacement-reason-code", CODE, always=False),
        Column("replacement_order_id", "replacement-amazon-order-id", ORDER_ID, filled=True),
        Column("original_order_id", "original-amazon-order-id", ORDER_ID, filled=True),
    ),
    landing=ByKey(
        key=("replacement_order_id", "original_order_id", "sku"),
        within="channel_id",
        ordinal_by=("quantity", "shipped_at", "reason_code"),
    ),
    days=("shipped_at", "shipped_at"),
)

# The Fulfillment Inbound API, version 0: its answers page by page, as fulfillmentInboundV0.json
# of amzn/selling-partner-api-models describes them. No date is in them but the one in a name.
INBOUND_SHIPMENTS = ReportFormat(
    kind="amazon_inbound_shipments",
    label="Amazon inbound shipments",
    marketplace="amazon",
    table="amazon_inbound_shipment",
    columns=(
        Column("shipment_id", "ShipmentId", IDENTITY, filled=True),
        Column("shipment_name", "ShipmentName", TEXT, always=False),
        Column("fulfillment_center", "DestinationFulfillmentCenterId", CODE, always=False),
        Column("status", "ShipmentStatus", spelled("CLOSED"), filled=True),
        Column("label_prep_type", "LabelPrepType", CODE, always=False),
        Column("box_contents_source", "BoxContentsSource", CODE, always=False),
    ),
    landing=ByKey(key=("shipment_id",), within="channel_id", newest="landed"),
    days=None,
    covers_days=False,
    json_paths=(("payload", "ShipmentData"),),
    delimited=False,
)

INBOUND_ITEMS = ReportFormat(
    kind="amazon_inbound_items",
    label="Amazon inbound shipment items",
    marketplace="amazon",
    table="amazon_inbound_item",
    columns=(
        Column("shipment_id", "ShipmentId", IDENTITY, filled=True),
        Column("sku", "SellerSKU", SKU, filled=True),
        Column("fnsku", "FulfillmentNetworkSKU", ITEM, always=False),
        Column("quantity_shipped", "QuantityShipped", WHOLE, filled=True),
        Column("quantity_received", "QuantityReceived", WHOLE, filled=True),
        Column("quantity_in_case", "QuantityInCase", WHOLE, always=False),
    ),
    landing=ByKey(key=("shipment_id", "sku"), within="channel_id", newest="landed"),
    days=None,
    covers_days=False,
    json_paths=(("payload", "ItemData"),),
    delimited=False,
)

# When an inbound shipment arrived, parcel by parcel, as its carriers told Amazon: no report has it.
# Written by syncing (client.deliveries); whoever has proof of delivery may write the same by hand.
INBOUND_DELIVERIES = ReportFormat(
    kind="amazon_inbound_deliveries",
    label="Amazon inbound deliveries",
    marketplace="amazon",
    table="amazon_inbound_delivery",
    columns=(
        Column("shipment_id", "shipment_id", IDENTITY, filled=True),
        Column("parcels", "parcels", UNITS, filled=True),
        Column("delivered_parcels", "delivered_parcels", UNITS, filled=True),
        Column("first_delivered_on", "first_delivered_on", ISO_DAY),
        Column("last_delivered_on", "last_delivered_on", ISO_DAY),
    ),
    landing=ByKey(key=("shipment_id",), within="region", newest="landed"),
    days=None,
    covers_days=False,
    checks=(
        Check("delivered_parcels", "delivered_parcels > parcels", "at most parcels"),
        Check(
            "first_delivered_on",
            "(first_delivered_on is null) <> (delivered_parcels = 0)",
            "the day of the first delivery, and none where nothing was delivered",
        ),
        Check(
            "last_delivered_on",
            "(last_delivered_on is null) <> (delivered_parcels = 0)"
            " or last_delivered_on < first_delivered_on",
            "the day of the last delivery, and none where nothing was delivered",
        ),
        # A slip of the pen would put the claim off until then. Today may be tomorrow elsewhere.
        Check("last_delivered_on", "last_delivered_on > current_date + 1", "a day that has been"),
    ),
)

_V2 = "Take the settlement report flat file V2 (GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2)."
_LEDGER = (
    "Amazon has retired it (2023-01-31). Take the inventory ledger, detailed view"
    " (GET_LEDGER_DETAIL_VIEW_DATA)."
)
_GONE = f"Amazon no longer makes it (gone since 2026-11-11). {_V2}"
_PAID = f"What an order paid stands in the settlement. {_V2}"
_INVENTORY = "Take the FBA inventory (GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA)."
_NO_NEED = "Nothing is looked for in it: it is not needed."
# What lies beside the reports that are landed and is easily taken for one of them. Headers: public
# programs that read them, and Amazon's own pages of report attributes. What is retired and gone:
# developer-docs.amazon.com/sp-api/changelog, deprecation notices of 2022 and September 2025.
OTHERS = (
    OtherReport("Amazon storage fees", ("month_of_charge", "storage_rate"), _NO_NEED),
    OtherReport(
        "Amazon long-term storage fees", ("surcharge-age-tier", "rate-surcharge"), _NO_NEED
    ),
    OtherReport("Amazon inbound noncompliance", ("problem-type", "coaching-level"), _NO_NEED),
    OtherReport("Amazon referral fee preview", ("estimated-referral-fee-per-item",), _NO_NEED),
    OtherReport(
        "Amazon date-range transactions (Payments, Reports Repository)",
        ("date/time", "settlement id", "product sales", "selling fees", "fba fees"),
        f"It has no line for each charge. {_V2}",
    ),
    OtherReport(
        "Amazon date-range summary (Payments, Reports Repository)",
        ("summary", "product sales", "net proceeds"),
        f"It holds sums only. {_V2}",
    ),
    OtherReport(
        "Amazon settlement, flat file V1",
        ("settlement-id", "price-type", "item-related-fee-type"),
        _GONE,
    ),
    OtherReport(
        "Amazon settlement, XML",
        (),
        _GONE,
        xml="SettlementReport",
    ),
    OtherReport("Amazon inventory adjustments", ("adjusted-date", "transaction-item-id"), _LEDGER),
    OtherReport("Amazon received inventory", ("received-date", "fba-shipment-id"), _LEDGER),
    OtherReport(
        "Amazon inventory reconciliation",
        ("beginning-quantity", "ending-quantity"),
        _LEDGER,
    ),
    OtherReport(
        "Amazon inventory event detail",
        ("snapshot-date", "transaction-type", "fulfillment-center-id"),
        _LEDGER,
    ),
    OtherReport(
        "Amazon daily inventory history",
        ("snapshot-date", "fulfillment-center-id", "detailed-disposition"),
        _LEDGER,
    ),
    OtherReport(
        "Amazon monthly inventory history", ("month", "average-quantity", "end-quantity"), _LEDGER
    ),
    OtherReport(
        "Amazon returns of orders that the seller ships (GET_FLAT_FILE_RETURNS_DATA)",
        ("Return request date", "Amazon RMA ID"),
        "Take the FBA customer returns (Reports, Fulfillment, Customer concessions;"
        " GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA).",
    ),
    OtherReport(
        "Amazon reimbursements, the table of the online page",
        ("Reimbursement ID", "Amazon Order ID", "Merchant SKU", "Amount Total"),
        "Take the download of the FBA reimbursements instead of the table: Reports, Fulfillment,"
        " Payments, Reimbursements, tab Download (GET_FBA_REIMBURSEMENTS_DATA).",
    ),
    OtherReport(
        "Amazon restock inventory",
        ("Merchant SKU", "Recommended replenishment qty"),
        _INVENTORY,
    ),
    OtherReport(
        "Amazon inventory planning",
        ("inv-age-0-to-90-days",),
        _INVENTORY,
    ),
    OtherReport(
        "Amazon reserved inventory",
        ("reserved_qty", "reserved_customerorders"),
        _INVENTORY,
    ),
    OtherReport(
        "Amazon fulfilled inventory",
        ("seller-sku", "Warehouse-Condition-code"),
        _INVENTORY,
    ),
    OtherReport("Amazon stranded inventory", ("primary-action", "date-stranded"), _NO_NEED),
    OtherReport(
        "Amazon orders",
        ("amazon-order-id", "purchase-date", "item-status"),
        _PAID,
    ),
    OtherReport(
        "Amazon fulfilled shipments",
        ("amazon-order-id", "shipment-item-id", "estimated-arrival-date"),
        _PAID,
    ),
    OtherReport("Amazon listings", ("item-name", "listing-id", "seller-sku"), _NO_NEED),
)

FORMATS = (
    REIMBURSEMENTS,
    LEDGER_DETAIL,
    CUSTOMER_RETURNS,
    SETTLEMENT,
    FEE_PREVIEW,
    REMOVAL_ORDERS,
    REMOVAL_SHIPMENTS,
    LEDGER_SUMMARY,
    INVENTORY,
    REPLACEMENTS,
    INBOUND_SHIPMENTS,
    INBOUND_ITEMS,
    INBOUND_DELIVERIES,
)

ENGLISH = (
    "Amazon writes them in English where Seller Central, Settings, Account info, “Language for"
    " feed processing reports” is English (US), and where a report is asked for by API with"
    " reportOptions.preferredReportDocumentLocale=en_US. Download it again so."
)
