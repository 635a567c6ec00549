"""From landed reports to discrepancies: what may be claimable, what was paid, what was lost."""

from typing import Final

from sqlalchemy import Connection, text

from services.recovery.ages import prove_ages
from services.recovery.candidates import gather_candidates
from services.recovery.cases import link_cases, share_case_units
from services.recovery.changes import record_changes, remember
from services.recovery.holding import hold_back
from services.recovery.matching import match_payments
from services.recovery.payments import gather_payments
from services.recovery.settle import settle
from services.recovery.store import store
from services.recovery.sums import rewrite_sums
from services.recovery.valuation import value
from services.recovery.windows import apply_appeals, apply_windows

# Goes up whenever the same reports may give another answer: see services.recovery.again.
VERSION: Final = 3

# One import of an account at a time: which document is newer is decided by what has landed.
LOCK_ACCOUNT: Final = "select pg_advisory_xact_lock(hashtextextended('landing', :account_id))"

_DONE: Final = """
update account set identified_with = :version
where account_id = :account_id and identified_with <> :version
"""


def identify(connection: Connection, account_id: int) -> None:
    """Bring the account's discrepancies, payments and sums to what its reports say.

    Runs in the caller's transaction, on the loader's connection. Running it again over the same
    reports writes nothing.
    """
    # Each statement below reads a whole account. What was just landed has no statistics yet, and a
    # nested loop planned for a handful of rows would not end over a million.
    connection.exec_driver_sql("set local enable_nestloop = off")
    gather_payments(connection, account_id)
    gather_candidates(connection, account_id)
    prove_ages(connection)
    apply_windows(connection, account_id)
    link_cases(connection, account_id)
    match_payments(connection, account_id)
    settle(connection, account_id)
    share_case_units(connection)
    hold_back(connection, account_id)
    apply_appeals(connection, account_id)
    value(connection, account_id)
    remember(connection, account_id)
    store(connection, account_id)
    rewrite_sums(connection, account_id)
    record_changes(connection, account_id)
    connection.execute(text(_DONE), {"account_id": account_id, "version": VERSION})
