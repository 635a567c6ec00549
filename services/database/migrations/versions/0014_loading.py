"""What people ask the worker to load for them, and to take back."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

APP, LOADER, WORKER = "reimbursement_app", "reimbursement_loader", "reimbursement_worker"
# As in 0003: the accounts of this transaction, and its person.
SCOPE = (
    "account_id = any (string_to_array("
    "nullif(current_setting('app.accounts', true), ''), ',')::bigint[])"
)
SELF = "person_id = nullif(current_setting('app.person', true), '')::bigint"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    op.execute("alter table import_request enable row level security")
    op.execute("alter table import_request force row level security")
    _pages()
    _worker()


def _pages() -> None:
    """A person asks in their own name, for an account of theirs or one that is to be made."""
    op.execute(
        "grant select, insert (person_id, account_id, account_name, channel, undoes, files)"
        f" on import_request to {APP}"
    )
    op.execute(f"create policy app_reads on import_request for select to {APP} using ({SELF})")
    op.execute(
        f"create policy app_asks on import_request for insert to {APP}"
        f" with check ({SELF} and (account_id is null or {SCOPE}))"
    )


def _worker() -> None:
    """How far it is says the worker's own role; what came of it, whoever loads, with the rows."""
    op.execute(f"grant select, update (doing, done, of_all) on import_request to {WORKER}")
    op.execute(f"create policy worker_reads on import_request for select to {WORKER} using (true)")
    op.execute(
        f"create policy worker_tells on import_request for update to {WORKER}"
        " using (true) with check (true)"
    )
    op.execute(
        "grant select, update (state, account_id, reason, result, mark, ended_at, undone_at)"
        f" on import_request to {LOADER}"
    )
    op.execute(
        f"create policy loader_works on import_request to {LOADER} using (true) with check (true)"
    )
