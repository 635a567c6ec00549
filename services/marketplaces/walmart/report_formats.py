"""Walmart's payment and WFS reports as they are delivered.

Headers of the WFS files are known from public code, their capitals partly reconstructed: columns
are found by name, whatever the capitals, spaces and order.
"""

from dataclasses import replace

from services.marketplaces.contract import (
    AMOUNT,
    ANY_CURRENCY,
    CODE,
    FLAG,
    GTIN,
    IDENTITY,
    LIST,
    MOMENT,
    MONTH_FIRST_DAY,
    SKU,
    TEXT,
    WHOLE,
    Aside,
    ByKey,
    ByPeriod,
    Column,
    Derived,
    OtherReport,
    ReportFormat,
    spelled,
)
from services.marketplaces.walmart.readings import CHARGES, PURCHASE_ORDER
from services.marketplaces.walmart.words import payment_words, words_of

# The words that rules ask for. All other words are kept as they are.
TRANSACTION_TYPE = spelled("Sale", "Refund")
DESCRIPTION = spelled(*payment_words(), "Keep-it refund", "Seller Initiated Returns")
AMOUNT_TYPE = spelled(
    "Product Price",
    "Shipping",
    "ExcessRefundAdjustment",
    "Commission on Product",
    "Commission on Shipping",
)
# The WFS settlement leaves "WFS" out.
SETTLED_TYPE = spelled(*(word.removeprefix("WFS ") for word in payment_words()))
INBOUND_STATUS = spelled("CLOSED", "CANCELLED", "CANCELLED_GDM")
RETURN_REASON = spelled(*words_of("return_reason"))
RETURN_CHANNEL = spelled(*words_of("return_channel"))
LOG_REASON = spelled(*words_of("log_reason"))
LOG_REASON_TEXT = replace(LOG_REASON, manner=TEXT.manner)
LOG_TYPE = spelled("Adjustment")
LOG_LOCATION = spelled("Salvage", "Inventory")


def _line(member: str) -> str:
    """The path of a member of a return's line."""
    return f"returnOrderLines[].{member}"


def _entry(member: str) -> str:
    """The path of a member of an inventory log's entry."""
    return f"inventoryLog[].{member}"


PAYMENTS = ReportFormat(
    kind="walmart_payments",
    label="Walmart reconciliation (payments)",
    marketplace="walmart",
    table="walmart_payment",
    columns=(
        # Empty on the money lines: the PaymentSummary line says period and currency for all.
        Column("period_start", "Period Start Date", MONTH_FIRST_DAY),
        Column("period_end", "Period End Date", MONTH_FIRST_DAY),
        Column("currency", "Currency", ANY_CURRENCY),
        Column("transaction_key", "Transaction Key", IDENTITY),
        Column("posted_on", "Transaction Posted Timestamp", MONTH_FIRST_DAY),
        Column("transaction_type", "Transaction Type", TRANSACTION_TYPE, filled=True),
        Column("description", "Transaction Description", DESCRIPTION),
        Column("customer_order_id", "Customer Order #", PURCHASE_ORDER, always=False),
        Column("purchase_order_id", "Purchase Order #", PURCHASE_ORDER, always=False),
        Column("purchase_order_line", "Purchase Order line #", CODE, always=False),
        Column("amount", "Amount", AMOUNT, filled=True),
        Column("amount_type", "Amount Type", AMOUNT_TYPE),
        Column("quantity", "Ship Qty", WHOLE, always=False),
        Column("commission_rate", "Commission Rate", AMOUNT, always=False),
        Column("reason_description", "Transaction Reason Description", TEXT, always=False),
        Column("sku", "Partner Item Id", SKU, always=False),
        Column("gtin", "Partner GTIN", GTIN, always=False),
        Column("item_name", "Partner Item Name", TEXT, always=False),
        Column("contract_category", "Contract Category", CODE, always=False),
        Column("product_type", "Product Type", CODE, always=False),
        Column("commission_rule", "Commission Rule", CODE, always=False),
        Column("fulfilment_type", "Fulfillment Type", spelled("Walmart Fulfilled"), always=False),
        Column("original_commission", "Original Commission", AMOUNT, always=False),
    ),
    landing=ByPeriod(
        period=("period_start", "period_end"),
        currency="currency",
        amount="amount",
        total="Total Payable",
    ),
    days=("period_start", "period_end"),
    asides=(
        Aside("period_start", r"(?i)^\s*number of lines", "line count of the file", "count"),
        Aside(
            "transaction_type", r"(?i)^\s*payment ?summary\s*$", "payment summary line", "period"
        ),
    ),
)

INVENTORY_RECONCILIATION = ReportFormat(
    kind="walmart_inventory_reconciliation",
    label="Walmart WFS inventory reconciliation",
    marketplace="walmart",
    table="walmart_inventory_reconciliation",
    columns=(
        Column("period_start", "Start Date", MONTH_FIRST_DAY, filled=True),
        Column("period_end", "End Date", MONTH_FIRST_DAY, filled=True),
        Column("gtin", "GTIN", GTIN, filled=True),
        Column("item_id", "Item ID", IDENTITY, always=False),
        Column("product_name", "Product Name", TEXT, always=False),
        Column("sku", "Vendor (Seller) SKU", SKU, always=False, aliases=("Vendor SKU",)),
        Column("fulfillment_center", "Fulfillment Center", CODE, otherwise=""),
        Column("starting_quantity", "Starting Quantity", WHOLE, always=False),
        Column("received", "Received", WHOLE, always=False),
        Column("sold", "Sold", WHOLE, always=False),
        Column("lost", "Lost", WHOLE, filled=True),
        Column("found", "Found", WHOLE, filled=True),
        Column("undelivered", "Undelivered", WHOLE, always=False),
        Column("transferred", "Transferred", WHOLE, always=False),
        Column("returned_to_seller", "Returned To Seller", WHOLE, always=False),
        Column("removed", "Removed", WHOLE, always=False),
        Column("ending_quantity", "Ending Quantity", WHOLE, always=False),
    ),
    landing=ByKey(
        key=("period_start", "period_end", "gtin", "fulfillment_center"),
        within="channel_id",
        period=("period_start", "period_end"),
    ),
    days=("period_start", "period_end"),
    # Line 2 explains the columns. A start date with a digit in it is meant as a date.
    asides=(Aside("period_start", r"^[^0-9]+$", "legend line"),),
)

INBOUND_RECEIPTS = ReportFormat(
    kind="walmart_inbound_receipts",
    label="Walmart WFS inbound receipts",
    marketplace="walmart",
    table="walmart_inbound_receipt",
    columns=(
        Column("inbound_order_id", "Inbound Order ID", IDENTITY, filled=True),
        Column("purchase_order_number", "PO Number", PURCHASE_ORDER, filled=True),
        Column(
            "original_purchase_order_number", "Original PO Number", PURCHASE_ORDER, always=False
        ),
        Column("gtin", "GTIN", GTIN, filled=True),
        Column("upc", "UPC", IDENTITY, always=False),
        Column("sku", "SKU", SKU, otherwise="", whole=True),
        Column("description", "Description", TEXT, always=False),
        Column("created_on", "PO Create Date", MONTH_FIRST_DAY),
        # Of an order on its way it may be the day that is expected: our reading.
        Column("delivered_on", "PO Delivered Date", replace(MONTH_FIRST_DAY, may_be_planned=True)),
        Column("status", "PO Status", INBOUND_STATUS, always=False),
        Column("expected_units", "Expected Units", WHOLE, filled=True),
        Column("checked_in_units", "Checked-in Units at ICC", WHOLE, always=False),
        Column("received_units", "Received Units", WHOLE, filled=True),
        Column("damaged_units", "Damaged Units", WHOLE, filled=True),
    ),
    landing=ByKey(
        key=("inbound_order_id", "purchase_order_number", "gtin", "sku"), within="channel_id"
    ),
    days=("created_on", "delivered_on"),
    covers_days=False,  # a list of orders: it does not say which days it was asked for
)

SETTLEMENT = ReportFormat(
    kind="walmart_settlement",
    label="Walmart WFS settlement",
    marketplace="walmart",
    table="walmart_settlement_line",
    columns=(
        Column("customer_order_id", "Walmart.com Order #", PURCHASE_ORDER, always=False),
        Column("customer_order_line", "Walmart.com Order Line #", CODE, always=False),
        Column("purchase_order_id", "Walmart.com PO #", PURCHASE_ORDER, always=False),
        Column("purchase_order_line", "Walmart.com PO Line #", CODE, always=False),
        Column("transaction_type", "Transaction Type", SETTLED_TYPE, filled=True),
        Column("reason_code", "Reason Code", CODE, always=False),
        Column("detail", "Detail", TEXT, always=False),
        Column("reference_id", "WFSReferenceID", IDENTITY, otherwise=""),
        Column("transacted_on", "Transaction Date/Time", MONTH_FIRST_DAY, filled=True),
        Column("quantity", "Qty", WHOLE, always=False),
        Column("partner_id", "Partner ID", IDENTITY, always=False),
        Column("gtin", "Partner GTIN", GTIN, always=False),
        Column("item_name", "Partner Item Name", TEXT, always=False),
        Column("category", "Category", CODE, always=False),
        Column("sub_category", "Sub Category", CODE, always=False),
        Column("net_payable", "Net Payable", AMOUNT, filled=True),
    ),
    # The identity that one public tool uses; a file may repeat it.
    landing=ByKey(
        key=("reference_id", "transacted_on", "net_payable"),
        within="channel_id",
        ordinal_by=("transaction_type", "reason_code", "purchase_order_id", "gtin"),
    ),
    days=("transacted_on", "transacted_on"),
)

# The APIs' answers page by page: schemas of highsidelabs/walmart-api-php (returns.json,
# fulfillment.json). Members that are not filled may be left out.
RETURNS = ReportFormat(
    kind="walmart_returns",
    label="Walmart returns",
    marketplace="walmart",
    table="walmart_return",
    columns=(
        Column("return_order_id", "returnOrderId", IDENTITY, filled=True),
        Column("return_line", _line("returnOrderLineNumber"), WHOLE, filled=True),
        Column("customer_order_id", "customerOrderId", PURCHASE_ORDER, always=False),
        Column("purchase_order_id", _line("purchaseOrderId"), PURCHASE_ORDER, always=False),
        Column("purchase_order_line", _line("purchaseOrderLineNumber"), CODE, always=False),
        Column("sku", _line("item.sku"), SKU, filled=True),
        Column("product_name", _line("item.productName"), TEXT, always=False),
        Column("returned_at", "returnOrderDate", MOMENT, filled=True),
        Column("return_by", "returnByDate", MOMENT, always=False),
        Column("return_type", "returnType", spelled("REPLACEMENT"), always=False),
        Column("reason", _line("returnReason"), RETURN_REASON, always=False),
        Column("quantity", _line("quantity.measurementValue"), WHOLE, filled=True),
        Column("refunded_quantity", _line("refundedQty"), WHOLE, always=False),
        Column("unit_price", _line("unitPrice.currencyAmount"), AMOUNT, always=False),
        Column("currency", _line("unitPrice.currencyUnit"), ANY_CURRENCY, always=False),
        Column("charge_per_unit", _line("charges"), CHARGES, always=False, stored=False),
        Column("is_keep_it", _line("isKeepIt"), FLAG, always=False),
        Column("return_expected", _line("returnExpectedFlag"), FLAG, always=False),
        Column("status", _line("status"), spelled("DELIVERED"), always=False),
        Column("status_at", _line("statusTime"), MOMENT, always=False),
        Column("delivery_status", _line("currentDeliveryStatus"), CODE, always=False),
        Column("refund_status", _line("currentRefundStatus"), CODE, always=False),
        Column("refund_channel", _line("refundChannel"), RETURN_CHANNEL, always=False),
        Column("tracking", _line("returnTrackingDetail"), LIST, otherwise="[]", always=False),
    ),
    derived=(Derived("refund_amount", "numeric", "charge_per_unit * refunded_quantity"),),
    landing=ByKey(
        key=("return_order_id", "return_line"), within="channel_id", changed_at="status_at"
    ),
    days=("returned_at", "returned_at"),
    json_paths=(("returnOrders",),),
    json_lines="returnOrderLines",
    delimited=False,
)

# By item as JSON. Of the report of all items (WFS_INVENTORY_LOG) Walmart publishes no columns: it
# is one of these where it has the id and calls the rest as Walmart calls them to people (https://
# developer.walmart.com/us-marketplace/docs/get-inventory-log-for-a-wfs-item) or in the answers.
INVENTORY_LOG = ReportFormat(
    kind="walmart_inventory_log",
    label="Walmart WFS inventory log",
    marketplace="walmart",
    table="walmart_inventory_log",
    columns=(
        Column("log_id", _entry("id"), IDENTITY, filled=True, aliases=("ID", "Log ID")),
        Column("gtin", "gtin", GTIN, filled=True),
        Column("sku", "vendorSku", SKU, always=False, aliases=("Vendor (Seller) SKU",)),
        Column("product_name", "productName", TEXT, always=False, aliases=("Item Name",)),
        Column("fulfillment_center", _entry("fcName"), CODE, always=False, aliases=("FC Name",)),
        Column(
            "changed_units",
            _entry("changedUnits"),
            WHOLE,
            filled=True,
            aliases=("Changed Units", "Units"),
        ),
        Column(
            "transacted_at",
            _entry("transactionTime"),
            MOMENT,
            filled=True,
            aliases=("Transaction Time", "Event Date & Time"),
        ),
        Column(
            "location",
            _entry("transactionLocation"),
            LOG_LOCATION,
            always=False,
            aliases=("Transaction Location", "Location Code"),
        ),
        Column(
            "reason_code",
            _entry("transactionReasonCode"),
            LOG_REASON,
            always=False,
            aliases=("Transaction Reason Code",),
        ),
        Column(
            "reason_description",
            _entry("transactionReasonDesc"),
            LOG_REASON_TEXT,
            always=False,
            aliases=("Transaction Reason Desc", "Transaction Reason Description"),
        ),
        Column(
            "transaction_type",
            _entry("transactionType"),
            LOG_TYPE,
            always=False,
            aliases=("Transaction Type",),
        ),
        Column(
            "shipment_id",
            _entry("shipmentId"),
            IDENTITY,
            always=False,
            aliases=("Shipment ID",),
        ),
    ),
    landing=ByKey(key=("log_id",), within="channel_id"),
    days=("transacted_at", "transacted_at"),
    covers_days=False,  # asked for item by item
    asked_by=("transacted_at", "transacted_at"),
    json_paths=(("payload",),),
    json_lines="inventoryLog",
)

INBOUND_SHIPMENTS = ReportFormat(
    kind="walmart_inbound_shipments",
    label="Walmart WFS inbound shipments",
    marketplace="walmart",
    table="walmart_inbound_shipment",
    columns=(
        Column("inbound_order_id", "inboundOrderId", IDENTITY, filled=True),
        Column("shipment_id", "shipmentId", IDENTITY, filled=True),
        Column("status", "status", INBOUND_STATUS),
        Column("created_at", "createdDate", MOMENT, always=False),
        Column("shipment_units", "shipmentUnits", WHOLE),
        Column("received_units", "receivedUnits", WHOLE, always=False),
        Column("expected_delivery_at", "expectedDeliveryDate", MOMENT, always=False),
        Column("delivered_at", "actualDeliveryDate", MOMENT, always=False),
        Column("fulfillment_center", "shipToAddress.fcName", CODE, always=False),
        Column("carrier", "carrierName", CODE, always=False),
    ),
    landing=ByKey(key=("inbound_order_id", "shipment_id"), within="channel_id", newest="landed"),
    days=("created_at", "delivered_at"),
    covers_days=False,
    json_paths=(("payload",),),
    delimited=False,
)

INBOUND_ITEMS = ReportFormat(
    kind="walmart_inbound_items",
    label="Walmart WFS inbound shipment items",
    marketplace="walmart",
    table="walmart_inbound_item",
    columns=(
        Column("inbound_order_id", "inboundOrderId", IDENTITY, filled=True),
        Column("shipment_id", "shipmentId", IDENTITY, filled=True),
        Column("gtin", "gtin", GTIN, filled=True),
        Column("sku", "sku", SKU, otherwise="", whole=True),
        Column("description", "itemDesc", TEXT, always=False),
        Column("expected_units", "itemQty", WHOLE, filled=True),
        Column("received_units", "receivedQty", WHOLE, filled=True),
        Column("damaged_units", "damagedQty", WHOLE, otherwise="0", always=False),
        Column("fill_rate", "fillRate", AMOUNT, always=False),
        Column("expected_delivery_at", "expectedDeliveryDate", MOMENT, always=False),
        Column("ship_node", "shipNodeName", CODE, always=False),
    ),
    landing=ByKey(
        key=("inbound_order_id", "shipment_id", "gtin", "sku"),
        within="channel_id",
        newest="landed",
    ),
    days=None,
    covers_days=False,
    json_paths=(("payload",),),
    delimited=False,
)

FORMATS = (
    PAYMENTS,
    INVENTORY_RECONCILIATION,
    INBOUND_RECEIPTS,
    SETTLEMENT,
    RETURNS,
    INVENTORY_LOG,
    INBOUND_SHIPMENTS,
    INBOUND_ITEMS,
)

OTHERS = (
    OtherReport(
        "Walmart WFS inventory health",
        ("Available To Sell Units", "Days of Supply"),
        "Nothing is looked for in it: it is not needed.",
    ),
    OtherReport(
        "Walmart reconciliation, the other payment layout",
        ("Walmart.com PO #", "Refunded Retail Sales", "Payable to Partner from Sale"),
        "Fetch recon v1 instead: Seller Center, Payments, or by API"
        " /v3/report/reconreport/reconFile with reportVersion=v1.",
    ),
)

ENGLISH = "Set Seller Center's language to English and download the report again."
