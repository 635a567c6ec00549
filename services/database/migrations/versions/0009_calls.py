"""A call can be undone by whoever logged it; what was lost may come back."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"

MANAGER = "reimbursement_manager"
# As in 0001: the accounts of this transaction.
SCOPE = (
    "account_id = any (string_to_array("
    "nullif(current_setting('app.accounts', true), ''), ',')::bigint[])"
)
# As in 0003: the person of this transaction.
SELF = "person_id = nullif(current_setting('app.person', true), '')::bigint"


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    op.execute(f"grant update (undone_at) on client_call to {MANAGER}")
    op.execute(
        f"create policy manager_undoes on client_call for update to {MANAGER}"
        f" using ({SCOPE} and {SELF} and undone_at is null) with check (undone_at = now())"
    )
