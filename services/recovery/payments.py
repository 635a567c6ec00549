"""Bring every marketplace's payments and reversals into one shape: the table `reimbursement`."""

import json
from typing import Final

from sqlalchemy import Connection, text

from services.database.mirror import mirror
from services.database.script import run_script
from services.database.sql import fill, listed
from services.marketplaces.pools import OWN_METHODS, methods_of, pool_of
from services.marketplaces.registry import RECOVERIES
from services.marketplaces.rules import PAYMENT_COLUMNS, MarketplaceRecovery
from wording.subtypes import SUBTYPES

# As the table `reimbursement`, whose rows these will be.
_STAGE: Final = """
drop table if exists staged_reimbursement;
create temp table staged_reimbursement (like reimbursement) on commit drop;
"""

_TAKE: Final = """
insert into staged_reimbursement (account_id, {columns})
select :account_id, {columns} from ({payments}) payments
"""

# Paid for these is a difference between two amounts: it tells nothing of a whole unit's worth.
_DIFFERENCES: Final = frozenset({"refunded_more", "paid_below_cost"})

# The pool of each payment, and of each reversal that of what it takes back: the payment that it
# names, else, as in settling, the latest one before it for the same item and reason.
_POOL: Final = fill(
    """
analyze staged_reimbursement;
update staged_reimbursement r set pool = told.pool
from (
    select p.channel_id, p.reimbursement_key, {pool} as pool
    from staged_reimbursement p
    join channel on channel.account_id = :account_id and channel.channel_id = p.channel_id
    join jsonb_to_recordset(cast(:moments as jsonb))
        as means(marketplace text, subtype text, moment text)
        on means.marketplace = channel.marketplace and means.subtype = p.subtype
    {methods}
    where not p.is_reversal and p.units_cash > 0 and p.amount > 0 and p.sku is not null
) told
where told.channel_id = r.channel_id and told.reimbursement_key = r.reimbursement_key;
update staged_reimbursement r set pool = p.pool
from staged_reimbursement p
where r.is_reversal and p.channel_id = r.channel_id and p.reimbursement_key = r.original_key;
update staged_reimbursement r set pool = latest.pool
from (
    select distinct on (t.channel_id, t.reimbursement_key)
        t.channel_id, t.reimbursement_key, p.pool
    from staged_reimbursement t
    join staged_reimbursement p on p.channel_id = t.channel_id and p.subtype = t.subtype
        and coalesce(p.fnsku, p.item_code) = coalesce(t.fnsku, t.item_code)
        and not p.is_reversal and p.approved_on <= t.approved_on
    where t.is_reversal and t.original_key is null
    order by t.channel_id, t.reimbursement_key, p.approved_on desc, p.reimbursement_key
) latest
where latest.channel_id = r.channel_id and latest.reimbursement_key = r.reimbursement_key;
""",
    pool=pool_of("means.moment"),
    methods=methods_of("channel.marketplace", "means.moment", "channel.country", "p.approved_on"),
)


def gather_payments(connection: Connection, account_id: int) -> None:
    """Rewrite the account's reimbursements from its landed reports, changed rows only."""
    run_script(connection, _STAGE, {})
    types = json.dumps({subtype.code: subtype.type for subtype in SUBTYPES.values()})
    for room in RECOVERIES:
        values = {"account_id": account_id, "marketplace": room.marketplace, "type_of": types}
        connection.execute(text(paid_by(room)), values)
    _pool(connection, account_id)
    connection.execute(text("analyze staged_reimbursement"))
    mirror(
        connection,
        source="staged_reimbursement",
        table="reimbursement",
        key=("account_id", "channel_id", "reimbursement_key"),
        account_id=account_id,
    )


def paid_by(room: MarketplaceRecovery) -> str:
    """The statement that takes what a marketplace's reports say of payments."""
    return fill(_TAKE, columns=listed(PAYMENT_COLUMNS), payments=room.payments_sql)


def _pool(connection: Connection, account_id: int) -> None:
    """Say of each payment which others it tells of (services.marketplaces.pools)."""
    values = {
        "account_id": account_id,
        "moments": json.dumps(_moments()),
        "own_methods": list(OWN_METHODS),
    }
    run_script(connection, _POOL, values)


def _moments() -> list[dict[str, str]]:
    """When a payment's unit was lost, by the marketplace's rule for its subtype.

    A fee given back, and a kind of payment that no rule looks for, has no moment.
    """
    return [
        {"marketplace": room.marketplace, "subtype": rule.subtype, "moment": rule.moment}
        for room in RECOVERIES
        for rule in room.rules
        if SUBTYPES[rule.subtype].type != "fee" and rule.subtype not in _DIFFERENCES
    ]
