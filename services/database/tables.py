"""Which tables exist, who may do what with them. The catalog test holds the schema against this."""

from typing import Final

ROLES: Final = {
    "app": "reimbursement_app",  # the dashboard: reads its accounts, asks for activation
    "manager": "reimbursement_manager",  # account managers' pages: many clients' sums, calls
    "support": "reimbursement_support",  # the queue of activation requests
    "loader": "reimbursement_loader",  # lands reports: writes all but requests
    "access": "reimbursement_access",  # who is signed in and what is theirs
    "operator": "reimbursement_operator",  # who may see what: people and their accounts
    "worker": "reimbursement_worker",  # the jobs: deliveries, digests, how far an import is
    "sync": "reimbursement_sync",  # asks marketplaces: holds what opens a seller's data there
}

REFERENCE_TABLES: Final = (
    "marketplace",
    "claim_window",
    "ledger_reason",
    "payment_reason",
    "exchange_rate",
    "referral_rate",
    "automatic_payment",
    "valuation_method",
    "unit_cap",
    "report_word",
)

# `account` has no channel data; it is a reference table on Citus (its name is unique over all
# accounts) and still under row-level security.
SHARED_TABLES: Final = (*REFERENCE_TABLES, "account")

# People belong to no account; which of them may read these, the grants say.
PEOPLE_TABLES: Final = (
    "person",
    "sign_in",
    "person_history",
    "digest_subscription",
    "import_request",
    "account_request",
)

ACTIVATION_TABLES: Final = ("activation_request", "activation_event")

# What landing and identification write besides the reports' own rows.
IDENTIFIED_TABLES: Final = (
    "report_document",
    "report_coverage",
    "rejected_row",
    "unread_row",
    "case_event",
    "reimbursement",
    "discrepancy",
    "discrepancy_reimbursement",
    "discrepancy_evidence",
    "discrepancy_case",
    "discrepancy_change",
    "open_total",
    "held_total",
    "claimed_total",
    "month_total",
    "figure_change",
    "figure_clock",
)

# Each account's own, besides those that report files land in (services.marketplaces.tables).
KEPT_TABLES: Final = (
    "channel",
    *IDENTIFIED_TABLES,
    *ACTIVATION_TABLES,
    "activation_check",
    "delivery",
    "account_access",
    "client_call",
    "calendar_address",
    "marketplace_connection",
    "connection_secret",
    "connection_request",
    "sync_state",
    "sync_piece",
    "sync_unknown",
    "call_limit",
    "marketplace_case",
    "feed_position",
)
