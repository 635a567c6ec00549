"""Bazaar's tables, secured as those of every report are."""

from pathlib import Path

from alembic import op

revision = "9000"
down_revision = "HEAD"  # the newest one of the copy that this is put into

APP, LOADER = "reimbursement_app", "reimbursement_loader"
ONE = "account_id = nullif(current_setting('app.accounts', true), '')::bigint"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    for table in ("bazaar_ledger_row", "bazaar_payment"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy app_reads on {table} for select to {APP} using ({ONE})")
        op.execute(
            f"create policy loader_works on {table} to {LOADER} using (true) with check (true)"
        )
        op.execute(f"grant select on {table} to {APP}")
        op.execute(f"grant select, insert, update, delete on {table} to {LOADER}")
