"""Marketplaces are connected and asked; a role of its own holds what opens a seller's data."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

APP, LOADER, SUPPORT = "reimbursement_app", "reimbursement_loader", "reimbursement_support"
MANAGER, WORKER, SYNC = "reimbursement_manager", "reimbursement_worker", "reimbursement_sync"
# As in 0001 and 0003: the accounts of this transaction, and its person.
SCOPE = (
    "account_id = any (string_to_array("
    "nullif(current_setting('app.accounts', true), ''), ',')::bigint[])"
)
SELF = "person_id = nullif(current_setting('app.person', true), '')::bigint"

SHOWN = (
    "marketplace_connection",
    "sync_state",
    "sync_piece",
    "sync_unknown",
    "marketplace_case",
    "feed_position",
)
HIDDEN = ("connection_secret", "connection_request", "call_limit")
# Of a request the page sees all but what came back or was typed.
SEEN = (
    "account_id, request_id, channel, wish, nonce, person_id, by_name, made_at, state, because,"
    " settled_at"
)
MADE = "account_id, channel, wish, nonce, sealed, person_id, by_name"


def upgrade() -> None:
    op.execute(
        f"do $$ begin create role {SYNC} nosuperuser nobypassrls noinherit;"
        " exception when duplicate_object then null; end $$"
    )
    op.execute(f"grant usage on schema public to {SYNC}")
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    for table in (*SHOWN, *HIDDEN):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
    _dashboard()
    _sync()
    _others()


def _dashboard() -> None:
    for table in SHOWN:
        op.execute(f"grant select on {table} to {APP}")
        op.execute(f"create policy app_reads on {table} for select to {APP} using ({SCOPE})")
    op.execute(f"grant select ({SEEN}), insert ({MADE}) on connection_request to {APP}")
    op.execute(f"create policy app_reads on connection_request for select to {APP} using ({SCOPE})")
    op.execute(
        f"create policy app_wishes on connection_request for insert to {APP}"
        f" with check ({SCOPE} and {SELF})"
    )


def _sync() -> None:
    """It works for every account, as the loader does: it has no page and no visitor."""
    for table in (*SHOWN, *HIDDEN):
        op.execute(f"grant select, insert, update, delete on {table} to {SYNC}")
        op.execute(f"create policy sync_works on {table} to {SYNC} using (true) with check (true)")
    for table in ("account", "channel"):
        op.execute(f"grant select on {table} to {SYNC}")
        op.execute(f"create policy sync_reads on {table} for select to {SYNC} using (true)")
    op.execute(
        f"grant update (connection_state, last_synced_at, next_sync_at) on channel to {SYNC}"
    )
    op.execute(
        f"create policy sync_tells on channel for update to {SYNC} using (true) with check (true)"
    )
    op.execute(f"grant select on marketplace to {SYNC}")
    op.execute(f"grant select, insert, update on exchange_rate to {SYNC}")


def _others() -> None:
    # What landed and that it did come true together.
    op.execute(f"grant select, update on sync_piece to {LOADER}")
    op.execute(
        f"create policy loader_lands on sync_piece to {LOADER} using (true) with check (true)"
    )
    for role, name in ((MANAGER, "manager"), (SUPPORT, "support"), (WORKER, "worker")):
        seen = SCOPE if role == MANAGER else "true"
        op.execute(f"grant select on marketplace_connection to {role}")
        op.execute(
            f"create policy {name}_reads on marketplace_connection for select to {role}"
            f" using ({seen})"
        )
    # When whose turn is, and who wishes what: so that a job is put into the queue for it.
    op.execute(f"grant select on sync_state to {WORKER}")
    op.execute(f"create policy worker_reads on sync_state for select to {WORKER} using (true)")
    op.execute(f"grant select (account_id, request_id, state) on connection_request to {WORKER}")
    op.execute(
        f"create policy worker_reads on connection_request for select to {WORKER} using (true)"
    )
