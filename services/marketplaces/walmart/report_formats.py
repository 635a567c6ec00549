"""Walmart's payment and WFS reports as they are delivered.

Headers of the WFS files are known from public code, their capitals partly reconstructed: columns
are found by name, whatever the capitals, spaces and order.
"""

from services.marketplaces.contract import (
    AMOUNT,
    CODE,
    GTIN,
    MONTH_FIRST_DAY,
    TEXT,
    WHOLE,
    Aside,
    ByKey,
    ByPeriod,
    Column,
    MarketplaceReports,
    OtherReport,
    ReportFormat,
)

PAYMENTS = ReportFormat(
    kind="walmart_payments",
    marketplace="walmart",
    table="walmart_payment",
    columns=(
        # Empty on the money lines: the PaymentSummary line says period and currency for all.
        Column("period_start", "Period Start Date", MONTH_FIRST_DAY),
        Column("period_end", "Period End Date", MONTH_FIRST_DAY),
        Column("currency", "Currency", CODE),
        Column("transaction_key", "Transaction Key", CODE),
        Column("posted_on", "Transaction Posted Timestamp", MONTH_FIRST_DAY),
        Column("transaction_type", "Transaction Type", CODE, filled=True),
        Column("description", "Transaction Description", CODE),
        Column("customer_order_id", "Customer Order #", CODE, always=False),
        Column("purchase_order_id", "Purchase Order #", CODE, always=False),
        Column("purchase_order_line", "Purchase Order line #", CODE, always=False),
        Column("amount", "Amount", AMOUNT, filled=True),
        Column("amount_type", "Amount Type", CODE),
        Column("quantity", "Ship Qty", WHOLE, always=False),
        Column("commission_rate", "Commission Rate", AMOUNT, always=False),
        Column("reason_description", "Transaction Reason Description", TEXT, always=False),
        Column("sku", "Partner Item Id", CODE, always=False),
        Column("gtin", "Partner GTIN", GTIN, always=False),
        Column("item_name", "Partner Item Name", TEXT, always=False),
        Column("contract_category", "Contract Category", CODE, always=False),
        Column("product_type", "Product Type", CODE, always=False),
        Column("commission_rule", "Commission Rule", CODE, always=False),
        Column("fulfilment_type", "Fulfillment Type", CODE, always=False),
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
    marketplace="walmart",
    table="walmart_inventory_reconciliation",
    columns=(
        Column("period_start", "Start Date", MONTH_FIRST_DAY, filled=True),
        Column("period_end", "End Date", MONTH_FIRST_DAY, filled=True),
        Column("gtin", "GTIN", GTIN, filled=True),
        Column("item_id", "Item ID", CODE, always=False),
        Column("product_name", "Product Name", TEXT, always=False),
        Column("sku", "Vendor (Seller) SKU", CODE, always=False, aliases=("Vendor SKU",)),
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
    marketplace="walmart",
    table="walmart_inbound_receipt",
    columns=(
        Column("inbound_order_id", "Inbound Order ID", CODE, filled=True),
        Column("purchase_order_number", "PO Number", CODE, filled=True),
        Column("original_purchase_order_number", "Original PO Number", CODE, always=False),
        Column("gtin", "GTIN", GTIN, filled=True),
        Column("upc", "UPC", CODE, always=False),
        Column("sku", "SKU", CODE, otherwise=""),
        Column("description", "Description", TEXT, always=False),
        Column("created_on", "PO Create Date", MONTH_FIRST_DAY),
        Column("delivered_on", "PO Delivered Date", MONTH_FIRST_DAY),
        Column("status", "PO Status", CODE, always=False),
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

REPORTS = MarketplaceReports(
    marketplace="walmart",
    formats=(PAYMENTS, INVENTORY_RECONCILIATION, INBOUND_RECEIPTS),
    others=(
        OtherReport("Walmart WFS settlement", ("WFSReferenceID", "Net Payable")),
        OtherReport("Walmart WFS inventory health", ("Available To Sell Units", "Days of Supply")),
    ),
)
