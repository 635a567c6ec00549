"""What is proven and what is not: unread rows, what is held back, days of cases and finds."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

APP, LOADER, MANAGER = "reimbursement_app", "reimbursement_loader", "reimbursement_manager"
TENANT = ("unread_row", "discrepancy_case", "held_total")
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
