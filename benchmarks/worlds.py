"""A world of any size, for measuring: many accounts, one of them large, in an empty database.

    python -m benchmarks.worlds DISCREPANCIES ACCOUNTS [SEED]

Writes into DATABASE_URL, or into the embedded server of DATA_DIRECTORY, what identification would
have left there: discrepancies in every state over two years, the payments and cases of some, and
their sums. The accounts' sizes fall as one by their rank, so the first holds about a fifth of what
two hundred hold together. All of it is made by the database, account by account, from the numbers
and the seed alone: the same call writes the same world, and no row passes through here.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import text

from services.database.engine import Database
from services.database.start import database
from services.marketplaces.tables import SECURED_TABLES
from services.recovery.identify import VERSION
from services.recovery.sums import rewrite_sums

_ACCOUNT: Final = text("""
with made as (
    insert into account (name, is_sample, identified_with)
    values (:name, false, :version) returning account_id
),
channels as (
    insert into channel (account_id, code, marketplace, country, region, currency, time_zone,
        service_active)
    select account_id, code, marketplace, country, region, currency, time_zone, true
    from made cross join marketplace
    where code in ('amazon-us', 'amazon-ca', 'walmart-us')
    returning account_id, channel_id, code
)
insert into report_document (account_id, channel_id, scope, kind, checksum, file_name, file_bytes,
    encoding, delimiter, compression, first_day, last_day, rows_in_file, rows_landed,
    rows_passed_over, rows_rejected)
select account_id, channel_id, case code when 'walmart-us' then 'walmart:US' else 'amazon:NA' end,
    'amazon_ledger_detail', code, code || '.txt', 1, 'utf-8', 'tab', 'none',
    current_date - 730, current_date - 1, :rows, :rows, 0, 0
from channels
returning account_id
""")
# Numbers that only the row and the seed decide: `h` from 0 to 2^31, `g` as many others.
_DISCREPANCIES: Final = text("""
with here as materialized (
    select c.channel_id, c.currency, d.document_id, row_number() over (order by c.code) - 1 as nth
    from channel c join report_document d using (account_id, channel_id)
    where account_id = :account_id
),
drawn as (
    select n, abs(hashint8extended(n, :seed)) as h, abs(hashint8extended(n, :seed + 1)) as g
    from generate_series(1, :rows) n
),
told as (
    select n, g, current_date - (h % 730)::integer as event_on,
        -- Of ten channels' worth: seven, two, one.
        case when h / 730 % 10 < 7 then 1 when h / 730 % 10 < 9 then 2 else 0 end as nth,
        1 + (g % 4)::integer as units,
        case when g / 4 % 50 = 0 then null else round((1 + g / 200 % 9000) / 100.0, 2) end as price,
        (g / 1800000 % 100)::integer as fate,
        1 + (h / 7300 % greatest(:rows / 20, 10)) as item
    from drawn
)
insert into discrepancy (account_id, channel_id, type, subtype, event_key, sku, fnsku, item_code,
    title, event_on, units, opens_on, expires_on, currency, unit_amount, basis, paid_cash_units,
    claimed_gross, in_progress_units, denied_units, denied_on, case_id, case_units, document_id,
    row_number)
select :account_id, h.channel_id, kind.type, kind.subtype, 'e' || n, 'SKU-' || item,
    'X' || lpad(item::text, 9, '0'), 'B' || lpad(item::text, 9, '0'), 'Article ' || item, event_on,
    units, event_on + 30, event_on + case when nth = 2 then 540 else 90 end, h.currency, price,
    case when price is null then 'unknown' else 'sourcing_cost' end,
    case when fate < 30 then units else 0 end,
    case when fate < 30 then units * coalesce(price, 5) else 0 end,
    case when fate between 30 and 34 then units else 0 end,
    case when fate between 35 and 39 then units else 0 end,
    case when fate between 35 and 39 then event_on + 45 end,
    case when fate < 40 and n % 3 = 0 then 'C' || n end,
    case when fate < 40 and n % 3 = 0 then units else 0 end, h.document_id, n
from told
join here h using (nth)
cross join lateral (
    select (array['lost_in_warehouse', 'damaged_in_warehouse', 'lost_inbound',
            'refunded_not_returned'])[1 + g % 4] as subtype,
        (array['inventory', 'inventory', 'inbound', 'returns'])[1 + g % 4] as type
) kind
""")
_PAYMENTS: Final = text("""
insert into reimbursement (account_id, channel_id, reimbursement_key, external_id, case_id,
    is_reversal, reason, type, subtype, sku, fnsku, item_code, title, units_cash, units_inventory,
    amount, currency, approved_on, document_id, row_number)
select account_id, channel_id, 'R' || row_number || '|' || sku, 'R' || row_number, case_id, false,
    'Lost_Warehouse', type, subtype, sku, fnsku, item_code, title, paid_cash_units, 0,
    claimed_gross, currency, event_on + 40, document_id, row_number
from discrepancy where account_id = :account_id and paid_cash_units > 0
""")
_SETTLED: Final = text("""
insert into discrepancy_reimbursement (account_id, discrepancy_id, channel_id, reimbursement_key,
    units_cash, units_inventory, amount)
select account_id, discrepancy_id, channel_id, 'R' || row_number || '|' || sku, paid_cash_units, 0,
    claimed_gross
from discrepancy where account_id = :account_id and paid_cash_units > 0
""")
_CASES: Final = text("""
insert into reimbursement_case (account_id, channel_id, case_id, type, subtype, status, opened_on,
    closed_on, currency, requested_amount, approved_amount, units, reference_ids, document_id,
    row_number)
select account_id, channel_id, case_id, type, subtype,
    case when paid_cash_units > 0 then 'fully_reimbursed' when denied_units > 0 then 'not_eligible'
        else 'open' end,
    event_on + 31, case when in_progress_units = 0 then event_on + 45 end, currency,
    units * unit_amount, case when paid_cash_units > 0 then claimed_gross end, units,
    array[fnsku], document_id, row_number
from discrepancy where account_id = :account_id and case_id is not null
""")


def sizes(discrepancies: int, accounts: int) -> Iterator[int]:
    """How many each account has; together about as many as asked for, one at least."""
    shares = [1 / rank for rank in range(1, accounts + 1)]
    return (max(1, round(discrepancies * share / sum(shares))) for share in shares)


def write_world(opened: Database, rows_of_each: Sequence[int], seed: int) -> None:
    """One transaction an account, so that a stopped run leaves whole accounts."""
    begun = time.monotonic()
    for number, rows in enumerate(rows_of_each, 1):
        with opened.loading() as connection:
            named = {"name": f"Seller {number:05}", "rows": rows, "version": VERSION}
            account_id = connection.execute(_ACCOUNT, named).scalars().first()
            told = {"account_id": account_id, "rows": rows, "seed": seed + number}
            for statement in (_DISCREPANCIES, _PAYMENTS, _SETTLED, _CASES):
                connection.execute(statement, told)
            rewrite_sums(connection, account_id)
        print(f"{number} of {len(rows_of_each)}: {rows:,} rows, {time.monotonic() - begun:.0f} s")
    opened.refresh_statistics(SECURED_TABLES)


if __name__ == "__main__":
    asked, accounts, *seeds = map(int, sys.argv[1:])
    write_world(database(), [*sizes(asked, accounts)], *seeds or [1])
