"""Amazon's FBA reports as they are delivered.

Headers: developer-docs.amazon.com (FBA report attributes) and real US files of May 2026. Ledger
files come with 12, 14 or 16 columns and with or without spaces in their headers.
"""

from services.marketplaces.contract import (
    AMOUNT,
    CODE,
    MOMENT,
    MONTH_FIRST_DAY,
    TEXT,
    WHOLE,
    ByDay,
    ByKey,
    Column,
    MarketplaceReports,
    OtherReport,
    ReportFormat,
)

REIMBURSEMENTS = ReportFormat(
    kind="amazon_reimbursements",
    marketplace="amazon",
    table="amazon_reimbursement",
    columns=(
        Column("approved_at", "approval-date", MOMENT, filled=True),
        Column("reimbursement_id", "reimbursement-id", CODE, filled=True),
        Column("case_id", "case-id", CODE),
        Column("order_id", "amazon-order-id", CODE),
        Column("reason", "reason", CODE, otherwise=""),
        Column("sku", "sku", CODE, otherwise=""),
        Column("fnsku", "fnsku", CODE, otherwise=""),
        Column("asin", "asin", CODE),
        Column("product_name", "product-name", TEXT, always=False),
        Column("condition", "condition", CODE, otherwise="", always=False),
        Column("currency", "currency-unit", CODE, filled=True),
        Column("amount_per_unit", "amount-per-unit", AMOUNT),
        Column("amount_total", "amount-total", AMOUNT, filled=True),
        Column("quantity_cash", "quantity-reimbursed-cash", WHOLE, filled=True),
        Column("quantity_inventory", "quantity-reimbursed-inventory", WHOLE, filled=True),
        Column("quantity_total", "quantity-reimbursed-total", WHOLE, filled=True),
        Column("original_reimbursement_id", "original-reimbursement-id", CODE, always=False),
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

LEDGER_DETAIL = ReportFormat(
    kind="amazon_ledger_detail",
    marketplace="amazon",
    table="amazon_ledger_event",
    columns=(
        Column("day", "Date", MONTH_FIRST_DAY, filled=True),
        Column("fnsku", "FNSKU", CODE, filled=True),
        Column("asin", "ASIN", CODE),
        Column("msku", "MSKU", CODE),
        Column("title", "Title", TEXT),
        Column("event_type", "Event Type", CODE, filled=True),
        Column("reference_id", "Reference ID", CODE),
        Column("quantity", "Quantity", WHOLE, filled=True),
        Column("fulfillment_center", "Fulfillment Center", CODE),
        Column("disposition", "Disposition", CODE),
        Column("reason", "Reason", CODE),
        Column("country", "Country", CODE, otherwise=""),
        Column("reconciled_quantity", "Reconciled Quantity", WHOLE, always=False),
        Column("unreconciled_quantity", "Unreconciled Quantity", WHOLE, always=False),
        Column("occurred_at", "Date and Time", MOMENT, always=False),
        Column("store", "Store", CODE, always=False),
    ),
    landing=ByDay(),
    days=("day", "day"),
    channel_by="country",
)

CUSTOMER_RETURNS = ReportFormat(
    kind="amazon_customer_returns",
    marketplace="amazon",
    table="amazon_customer_return",
    columns=(
        Column("returned_at", "return-date", MOMENT, filled=True),
        Column("order_id", "order-id", CODE, filled=True),
        Column("sku", "sku", CODE, otherwise=""),
        Column("asin", "asin", CODE),
        Column("fnsku", "fnsku", CODE, otherwise=""),
        Column("product_name", "product-name", TEXT, always=False),
        Column("quantity", "quantity", WHOLE, filled=True),
        Column("fulfillment_center", "fulfillment-center-id", CODE, always=False),
        Column("disposition", "detailed-disposition", CODE, otherwise=""),
        Column("reason", "reason", CODE),
        Column("status", "status", CODE, always=False),
        Column("license_plate_number", "license-plate-number", CODE, otherwise="", always=False),
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

REPORTS = MarketplaceReports(
    marketplace="amazon",
    formats=(REIMBURSEMENTS, LEDGER_DETAIL, CUSTOMER_RETURNS),
    others=(
        OtherReport("Amazon inventory ledger, summary", ("Starting Warehouse Balance", "Location")),
        OtherReport("Amazon fee preview", ("amazon-store", "estimated-fee-total")),
        OtherReport("Amazon removal order detail", ("requested-quantity", "removal-fee")),
        OtherReport("Amazon removal shipment detail", ("removal-order-type", "tracking-number")),
        OtherReport("Amazon settlement", ("settlement-id", "amount-description")),
        OtherReport("Amazon FBA inventory", ("afn-warehouse-quantity", "afn-total-quantity")),
        OtherReport("Amazon storage fees", ("month_of_charge", "storage_rate")),
        OtherReport("Amazon long-term storage fees", ("surcharge-age-tier", "rate-surcharge")),
        OtherReport("Amazon replacements", ("replacement-reason-code", "original-amazon-order-id")),
        OtherReport("Amazon inbound noncompliance", ("problem-type", "coaching-level")),
        OtherReport("Amazon referral fee preview", ("estimated-referral-fee-per-item",)),
    ),
)
