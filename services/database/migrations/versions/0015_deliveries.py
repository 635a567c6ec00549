"""When inbound shipments arrived, and which reports hold other days than they were asked for."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"

APP, LOADER = "reimbursement_app", "reimbursement_loader"
TABLE = "amazon_inbound_delivery"
# As in 0001: the accounts of this transaction.
SCOPE = (
    "account_id = any (string_to_array("
    "nullif(current_setting('app.accounts', true), ''), ',')::bigint[])"
)


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    op.execute(f"alter table {TABLE} enable row level security")
    op.execute(f"alter table {TABLE} force row level security")
    op.execute(f"create policy app_reads on {TABLE} for select to {APP} using ({SCOPE})")
    op.execute(f"create policy loader_works on {TABLE} to {LOADER} using (true) with check (true)")
    op.execute(f"grant select on {TABLE} to {APP}")
    op.execute(f"grant select, insert, update, delete on {TABLE} to {LOADER}")
