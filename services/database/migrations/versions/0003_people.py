"""People and their rights, calls, requests worked on by several people, deliveries and jobs."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0003"
down_revision = "0002"

HERE = Path(__file__)
APP, LOADER, ACCESS = "reimbursement_app", "reimbursement_loader", "reimbursement_access"
MANAGER, SUPPORT = "reimbursement_manager", "reimbursement_support"
OPERATOR, WORKER = "reimbursement_operator", "reimbursement_worker"
NEW_ROLES = (MANAGER, SUPPORT, OPERATOR, WORKER)
# As in 0001: the accounts of this transaction.
SCOPE = (
    "account_id = any (string_to_array("
    "nullif(current_setting('app.accounts', true), ''), ',')::bigint[])"
)
# The person of this transaction.
SELF = "person_id = nullif(current_setting('app.person', true), '')::bigint"

REFERENCE = (
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
# What an account manager's own pages ask of many clients at once.
MANAGER_READS = (
    "account",
    "channel",
    "report_document",
    "report_coverage",
    "open_total",
    "claimed_total",
    "month_total",
    "reimbursement_case",
    "activation_request",
    "client_call",
)
# What the queue of activation requests needs, of every account that may send one.
SUPPORT_READS = (
    "account",
    "channel",
    "report_document",
    "open_total",
    "activation_request",
    "activation_event",
    "activation_check",
    "delivery",
)
WORKER_READS = ("account", "channel", "activation_request", "activation_event", "delivery")
# What a step says when it has the help desk told; how it goes on is the worker's to say.
TOLD = "account_id, request_id, event_id, message_id"
NEW_SECURED = ("account_access", "client_call", "activation_check", "delivery")


def upgrade() -> None:
    for role in NEW_ROLES:
        _create_role(role)
    op.execute(HERE.with_suffix(".sql").read_text("utf-8"))
    for table in NEW_SECURED:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
    _jobs()
    _who_may_see_what()
    _dashboard()
    _managers()
    _support()
    _worker()


def _create_role(role: str) -> None:
    op.execute(
        f"do $$ begin create role {role} nosuperuser nobypassrls noinherit;"
        " exception when duplicate_object then null; end $$"
    )
    op.execute(f"grant usage on schema public to {role}")


def _jobs() -> None:
    """Procrastinate's tables, in a schema of their own: they are no tenant's."""
    op.execute("create schema jobs")
    op.execute("set local search_path = jobs")
    # Past SQLAlchemy: the file holds colons and per cent signs that are no bound values.
    raw: Any = op.get_bind().connection.driver_connection
    raw.execute((HERE.parent / "0003_jobs.sql").read_text("utf-8"))
    op.execute("set local search_path = public")
    op.execute("revoke execute on all functions in schema jobs from public")
    for role in (APP, SUPPORT):
        _may_defer(role)
    op.execute(f"grant select (status, scheduled_at) on jobs.procrastinate_jobs to {SUPPORT}")
    op.execute(f"grant usage on schema jobs to {WORKER}")
    op.execute(f"grant select, insert, update, delete on all tables in schema jobs to {WORKER}")
    op.execute(f"grant usage on all sequences in schema jobs to {WORKER}")
    op.execute(f"grant execute on all functions in schema jobs to {WORKER}")


def _may_defer(role: str) -> None:
    """Put a job into the queue and learn its number; neither read nor change what waits there."""
    op.execute(f"grant usage on schema jobs to {role}")
    op.execute(
        "grant insert (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at),"
        f" select (id) on jobs.procrastinate_jobs to {role}"
    )
    op.execute(f"grant insert (job_id, type) on jobs.procrastinate_events to {role}")
    for table in ("procrastinate_jobs", "procrastinate_events"):
        op.execute(f"grant usage on sequence jobs.{table}_id_seq to {role}")
    op.execute(f"grant execute on function jobs.procrastinate_defer_jobs_v1 to {role}")
    # Whether anybody works at all, for whoever waits for it.
    op.execute(f"grant select (last_heartbeat) on jobs.procrastinate_workers to {role}")


def _who_may_see_what() -> None:
    """Access finds the person of a sign-in; only an operator changes what people may do."""
    op.execute(f"grant select on person, account_access, sign_in to {ACCESS}")
    op.execute(f"grant update (issuer, subject) on person to {ACCESS}")
    op.execute(f"grant insert, update (ended_at) on sign_in to {ACCESS}")
    op.execute(f"create policy access_knows on account_access for select to {ACCESS} using (true)")
    op.execute(f"grant select, insert, update on person to {OPERATOR}")
    op.execute(f"grant select, insert on person_history to {OPERATOR}")
    op.execute(f"grant select, insert, delete on account_access to {OPERATOR}")
    op.execute(f"grant select, update (ended_at) on sign_in to {OPERATOR}")
    op.execute(f"grant select on account to {OPERATOR}")
    op.execute(f"create policy operator_lists on account for select to {OPERATOR} using (true)")
    op.execute(
        f"create policy operator_grants on account_access to {OPERATOR}"
        " using (true) with check (true)"
    )


def _dashboard() -> None:
    """The seller's pages: their own history without what is internal, an answer, a digest."""
    op.execute("drop policy app_reads on activation_event")
    op.execute(
        f"create policy app_reads on activation_event for select to {APP}"
        f" using ({SCOPE} and not is_internal)"
    )
    op.execute("drop policy app_asks on activation_event")
    op.execute(
        f"create policy app_asks on activation_event for insert to {APP}"
        f" with check ({SCOPE} and {SELF} and kind in ('requested', 'answered')"
        " and not is_internal)"
    )
    op.execute("drop policy app_asks on activation_request")
    asks_for_himself = SELF.replace("person_id", "requested_by", 1)
    op.execute(
        f"create policy app_asks on activation_request for insert to {APP}"
        f" with check ({SCOPE} and {asks_for_himself} and status = 'new')"
    )
    op.execute(f"grant update (status, version) on activation_request to {APP}")
    op.execute(
        f"create policy app_answers on activation_request for update to {APP}"
        f" using ({SCOPE} and status = 'need_info') with check ({SCOPE} and status = 'answered')"
    )
    op.execute(f"grant insert ({TOLD}), select (account_id, delivery_id) on delivery to {APP}")
    op.execute(f"create policy app_reads on delivery for select to {APP} using ({SCOPE})")
    op.execute(f"create policy app_tells on delivery for insert to {APP} with check ({SCOPE})")
    op.execute("alter table digest_subscription enable row level security")
    op.execute("alter table digest_subscription force row level security")
    op.execute(f"grant select, insert, delete on digest_subscription to {APP}")
    op.execute(
        f"create policy app_own on digest_subscription to {APP} using ({SELF}) with check ({SELF})"
    )


def _managers() -> None:
    for table in (*REFERENCE, *MANAGER_READS):
        op.execute(f"grant select on {table} to {MANAGER}")
    for table in MANAGER_READS:
        op.execute(
            f"create policy manager_reads on {table} for select to {MANAGER} using ({SCOPE})"
        )
    op.execute(f"grant insert on client_call to {MANAGER}")
    op.execute(
        f"create policy manager_logs on client_call for insert to {MANAGER}"
        f" with check ({SCOPE} and {SELF})"
    )


def _support() -> None:
    """The queue is every account's; what it changes is the request, not the account's figures."""
    for table in (*REFERENCE, *SUPPORT_READS):
        op.execute(f"grant select on {table} to {SUPPORT}")
    for table in SUPPORT_READS:
        op.execute(f"create policy support_reads on {table} for select to {SUPPORT} using (true)")
    op.execute(
        "grant update (status, version, taken_by, taken_by_name, first_answered_at, settled_at)"
        f" on activation_request to {SUPPORT}"
    )
    op.execute(
        f"create policy support_works on activation_request for update to {SUPPORT}"
        " using (status in ('new', 'need_info', 'answered', 'ready')) with check (true)"
    )
    op.execute(f"grant insert on activation_event to {SUPPORT}")
    op.execute(
        f"create policy support_tells on activation_event for insert to {SUPPORT}"
        f" with check ({SELF} and kind not in ('requested', 'answered')"
        " and is_internal = (kind in ('taken', 'released', 'checked', 'noted')))"
    )
    # To whom of the team a request may be handed over; nothing of how they sign in.
    op.execute(
        f"grant select (person_id, name, roles, is_local, disabled_at) on person to {SUPPORT}"
    )
    op.execute(f"grant insert, update on activation_check to {SUPPORT}")
    op.execute(
        f"create policy support_checks on activation_check for insert to {SUPPORT}"
        " with check (true)"
    )
    op.execute(
        f"create policy support_checks_again on activation_check for update to {SUPPORT}"
        " using (true) with check (true)"
    )
    op.execute(f"grant update (service_active) on channel to {SUPPORT}")
    op.execute(
        f"create policy support_activates on channel for update to {SUPPORT}"
        " using (true) with check (service_active)"
    )
    op.execute(f"grant insert ({TOLD}), update (state, next_attempt_at) on delivery to {SUPPORT}")
    # In which state a delivery begins is not the sender's to say: the grant leaves it out.
    op.execute(f"create policy support_tells on delivery for insert to {SUPPORT} with check (true)")
    op.execute(
        f"create policy support_resends on delivery for update to {SUPPORT}"
        " using (state = 'dead') with check (state = 'waiting')"
    )


def _worker() -> None:
    for table in (*WORKER_READS, "digest_subscription", "marketplace"):
        op.execute(f"grant select on {table} to {WORKER}")
    for table in (*WORKER_READS, "digest_subscription"):
        op.execute(f"create policy worker_reads on {table} for select to {WORKER} using (true)")
    op.execute(
        "grant update (state, attempts, last_attempt_at, next_attempt_at, last_problem,"
        f" delivered_at) on delivery to {WORKER}"
    )
    op.execute(
        f"create policy worker_delivers on delivery for update to {WORKER}"
        " using (true) with check (true)"
    )
    op.execute(
        "grant update (last_week, last_sent_at, last_problem), delete"
        f" on digest_subscription to {WORKER}"
    )
    op.execute(
        f"create policy worker_sends on digest_subscription for update to {WORKER}"
        " using (true) with check (true)"
    )
    op.execute(
        f"create policy worker_stops on digest_subscription for delete to {WORKER} using (true)"
    )
