"""The first schema, its row-level security, roles and grants."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

# Frozen here on purpose: a migration must not change when services.database.tables does.
APP, LOADER, ACCESS = "reimbursement_app", "reimbursement_loader", "reimbursement_access"
REFERENCE = (
    "marketplace",
    "claim_window",
    "ledger_reason",
    "payment_reason",
    "exchange_rate",
    "referral_rate",
)
ACTIVATION = ("activation_request", "activation_event")
# The dashboard asks; it neither settles its own request nor speaks for the service team.
ASKS = {"activation_request": "status = 'new'", "activation_event": "kind = 'requested'"}
TENANT = (
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
)
# The accounts of this transaction: set by the statement SET LOCAL in one place
# (services.database.engine). Unset or empty: no account, no row.
SCOPE = (
    "account_id = any (string_to_array("
    "nullif(current_setting('app.accounts', true), ''), ',')::bigint[])"
)


def upgrade() -> None:
    for role in (APP, LOADER, ACCESS):
        _create_role(role)
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    for table in ("account", *TENANT, *ACTIVATION):
        _secure(table)
    _grant()


def _create_role(role: str) -> None:
    # Roles belong to the server, not to the database: another database may have made them.
    op.execute(
        f"do $$ begin create role {role} nosuperuser nobypassrls noinherit;"
        " exception when duplicate_object then null; end $$"
    )
    op.execute(f"grant usage on schema public to {role}")


def _secure(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy app_reads on {table} for select to {APP} using ({SCOPE})")
    # The loader works for every account: it has no page and no visitor.
    op.execute(f"create policy loader_works on {table} to {LOADER} using (true) with check (true)")


def _grant() -> None:
    for table in (*REFERENCE, "account", *TENANT, *ACTIVATION):
        op.execute(f"grant select on {table} to {APP}")
    for table in (*REFERENCE, *ACTIVATION):
        op.execute(f"grant select on {table} to {LOADER}")
    for table in ("account", *TENANT):
        op.execute(f"grant select, insert, update, delete on {table} to {LOADER}")
    for table in ACTIVATION:
        op.execute(f"grant insert on {table} to {APP}")
        op.execute(
            f"create policy app_asks on {table} for insert to {APP}"
            f" with check ({SCOPE} and {ASKS[table]})"
        )
    op.execute(f"grant select on account to {ACCESS}")
    op.execute(f"create policy access_lists on account for select to {ACCESS} using (true)")
