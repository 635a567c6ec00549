"""A person connects a business that has no account here yet; what people asked for goes in time."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"

APP, LOADER = "reimbursement_app", "reimbursement_loader"
WORKER, SYNC = "reimbursement_worker", "reimbursement_sync"
# As in 0003: the person of this transaction.
SELF = "person_id = nullif(current_setting('app.person', true), '')::bigint"
# Of a request the page sees all but what came back or was typed.
SEEN = (
    "request_id, person_id, by_name, account_name, channel, wish, made_at, account_id, state,"
    " because, settled_at"
)
MADE = "person_id, by_name, account_name, channel, wish, nonce, sealed"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    op.execute("alter table account_request enable row level security")
    op.execute("alter table account_request force row level security")
    _pages()
    _worker()


def _pages() -> None:
    """A person asks in their own name, and sees what they have asked for."""
    op.execute(f"grant select ({SEEN}), insert ({MADE}) on account_request to {APP}")
    op.execute(f"create policy app_reads on account_request for select to {APP} using ({SELF})")
    op.execute(f"create policy app_asks on account_request for insert to {APP} with check ({SELF})")


def _worker() -> None:
    """Who asks the marketplace settles it; which account was made, whoever makes accounts says."""
    op.execute(f"grant select, update, delete on account_request to {SYNC}")
    op.execute(
        f"create policy sync_works on account_request to {SYNC} using (true) with check (true)"
    )
    op.execute(
        "grant select (request_id, person_id, account_id), update (account_id)"
        f" on account_request to {LOADER}"
    )
    op.execute(
        f"create policy loader_works on account_request to {LOADER} using (true) with check (true)"
    )
    op.execute(f"grant select (request_id, person_id, state) on account_request to {WORKER}")
    op.execute(f"create policy worker_reads on account_request for select to {WORKER} using (true)")
    op.execute(f"grant delete on import_request to {LOADER}")
