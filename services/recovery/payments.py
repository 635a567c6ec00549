"""Bring every marketplace's payments and reversals into one shape: the table `reimbursement`."""

import json

from sqlalchemy import Connection, text

from services.database.mirror import mirror
from services.marketplaces.rules import PAYMENT_COLUMNS
from services.recovery.marketplaces import MARKETPLACES
from services.words import SUBTYPES

_COLUMNS = ", ".join(PAYMENT_COLUMNS)

_STAGE = """
create temp table staged_reimbursement (like reimbursement) on commit drop
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
    mirror(
        connection,
        source="staged_reimbursement",
        table="reimbursement",
        key=("account_id", "channel_id", "reimbursement_key"),
        account_id=account_id,
    )
