"""Which tables exist, who may do what with them. The catalog test holds the schema against this."""

from typing import Final

ROLES: Final = {
    "app": "reimbursement_app",  # the dashboard: reads its accounts, asks for activation
    "loader": "reimbursement_loader",  # import and sync: writes all but requests
    "access": "reimbursement_access",  # who may see what: lists accounts, nothing else
}

REFERENCE_TABLES: Final = (
    "marketplace",
    "claim_window",
    "ledger_reason",
    "payment_reason",
    "exchange_rate",
    "referral_rate",
)

# `account` has no channel data; it is a reference table on Citus (its name is unique over all
# accounts) and still under row-level security.
SHARED_TABLES: Final = (*REFERENCE_TABLES, "account")

ACTIVATION_TABLES: Final = ("activation_request", "activation_event")

TENANT_TABLES: Final = (
    "channel",
    "report_document",
    "report_coverage",
    "rejected_row",
    "amazon_reimbursement",
    "amazon_ledger_event",
    "amazon_customer_return",
    "walmart_payment",
    "walmart_inventory_reconciliation",
    "walmart_inbound_receipt",
    "sourcing_cost",
    "reimbursement_case",
    "case_event",
    "reimbursement",
    "discrepancy",
    "discrepancy_reimbursement",
    "discrepancy_evidence",
    "open_total",
    "claimed_total",
    "month_total",
    *ACTIVATION_TABLES,
)

SECURED_TABLES: Final = ("account", *TENANT_TABLES)
