"""Bring every marketplace's payments and reversals into one shape: the table `reimbursement`."""

import json

from sqlalchemy import Connection, text

from services.marketplaces.rules import PAYMENT_COLUMNS
from services.recovery.marketplaces import MARKETPLACES
from services.words import SUBTYPES

_COLUMNS = ", ".join(PAYMENT_COLUMNS)
_VALUES = [name for name in PAYMENT_COLUMNS if name not in ("channel_id", "reimbursement_key")]

_STAGE = """
create temp table staged_reimbursement (like reimbursement) on commit drop
"""

_FORGET = """
delete from reimbursement r
where r.account_id = :account_id and not exists (
    select 1 from staged_reimbursement s
    where s.account_id = r.account_id and s.channel_id = r.channel_id
        and s.reimbursement_key = r.reimbursement_key)
"""

# Only rows that differ are written: landing the same reports again touches nothing.
_STORE = f"""
insert into reimbursement (account_id, {_COLUMNS})
select account_id, {_COLUMNS} from staged_reimbursement
order by account_id, channel_id, reimbursement_key
on conflict (account_id, channel_id, reimbursement_key) do update set
    {", ".join(f"{name} = excluded.{name}" for name in _VALUES)}
where ({", ".join(f"reimbursement.{name}" for name in _VALUES)})
    is distinct from ({", ".join(f"excluded.{name}" for name in _VALUES)})
"""


def gather_payments(connection: Connection, account_id: int) -> None:
    """Rewrite the account's reimbursements from its landed reports, changed rows only."""
    connection.execute(text("drop table if exists staged_reimbursement"))
    connection.execute(text(_STAGE))
    types = json.dumps({subtype.code: subtype.type for subtype in SUBTYPES.values()})
    for room in MARKETPLACES:
        connection.execute(
            text(
                f"insert into staged_reimbursement (account_id, {_COLUMNS})"
                f" select :account_id, {_COLUMNS} from ({room.payments_sql}) payments"
            ),
            {"account_id": account_id, "marketplace": room.marketplace, "type_of": types},
        )
    connection.execute(text("analyze staged_reimbursement"))
    connection.execute(text(_FORGET), {"account_id": account_id})
    connection.execute(text(_STORE))
