"""The other report kinds, and what recovery adds: valuation, automatic payment, changes."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

APP, LOADER = "reimbursement_app", "reimbursement_loader"
REFERENCE = ("automatic_payment", "valuation_method", "unit_cap", "report_word")
TENANT = (
    "amazon_settlement_line",
    "amazon_fee_preview",
    "amazon_removal_order",
    "amazon_removal_shipment",
    "amazon_ledger_summary",
    "amazon_inventory",
    "amazon_replacement",
    "amazon_inbound_shipment",
    "amazon_inbound_item",
    "walmart_settlement_line",
    "walmart_return",
    "walmart_inventory_log",
    "walmart_inbound_shipment",
    "walmart_inbound_item",
    "removal_receipt",
    "discrepancy_change",
    "figure_change",
    "figure_clock",
)
# As in 0001: the accounts of this transaction.
SCOPE = (
    "account_id = any (string_to_array("
    "nullif(current_setting('app.accounts', true), ''), ',')::bigint[])"
)


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    for table in TENANT:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy app_reads on {table} for select to {APP} using ({SCOPE})")
        op.execute(
            f"create policy loader_works on {table} to {LOADER} using (true) with check (true)"
        )
        op.execute(f"grant select on {table} to {APP}")
        op.execute(f"grant select, insert, update, delete on {table} to {LOADER}")
    for table in REFERENCE:
        op.execute(f"grant select on {table} to {APP}, {LOADER}")
