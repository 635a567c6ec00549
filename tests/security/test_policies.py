"""Every policy is tried out, and taken away or widened in turn: each time the battery notices.

All of it happens in one transaction of the owner that is never committed.
"""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
import pytest

from services.database.tables import ROLES
from tests.common.rights.attempts import attempts
from tests.common.rights.battery import SECURED, SERVE_EVERY_ACCOUNT, Battery
from tests.common.rights.least import LEAST, SCOPED, may
from tests.common.rights.policies import Policy
from tests.common.worlds.zoo import Zoo

# Who serves every account, and so has all rows by design. Each line is a decision.
_LOADED: Final = tuple(
    table for table in SECURED if may("loader", table, "select") and table != "sync_piece"
)  # import and identification work for whichever account a file names
FOR_EVERY_ACCOUNT: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("loader", "loader_works"): _LOADED,
    ("loader", "loader_lands"): ("sync_piece",),
    ("sync", "sync_works"): tuple(
        table for table in SECURED if may("sync", table, "delete")
    ),  # as the loader: it asks for whichever account is connected
    ("sync", "sync_reads"): ("account", "channel"),
    ("sync", "sync_tells"): ("channel",),
    ("support", "support_reads"): (
        "marketplace_connection",
        "account",
        "channel",
        "report_document",
        "open_total",
        "activation_request",
        "activation_event",
        "activation_check",
        "delivery",
    ),
    ("support", "support_checks"): ("activation_check",),
    ("support", "support_checks_again"): ("activation_check",),
    ("support", "support_tells"): ("delivery",),
    ("worker", "worker_reads"): (
        "marketplace_connection",
        "sync_state",
        "connection_request",
        "account",
        "channel",
        "activation_request",
        "activation_event",
        "delivery",
        "digest_subscription",
        "import_request",
        "account_request",
    ),
    ("worker", "worker_delivers"): ("delivery",),
    ("worker", "worker_sends"): ("digest_subscription",),
    ("worker", "worker_stops"): ("digest_subscription",),
    ("worker", "worker_tells"): ("import_request",),
    ("access", "access_lists"): ("account",),
    ("access", "access_knows"): ("account_access",),
    ("operator", "operator_lists"): ("account",),
    ("operator", "operator_grants"): ("account_access",),
    ("operator", "operator_ends"): ("calendar_address",),
}


@pytest.fixture(scope="module")
def owner(zoo: Zoo) -> Iterator[psycopg.Connection[Any]]:
    """A transaction of the owner's that is rolled back at the end."""
    url = zoo.database.urls.owner.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="module")
def battery(owner: psycopg.Connection[Any], zoo: Zoo) -> Battery:
    return Battery(owner, zoo)


@pytest.fixture(scope="module")
def policies(battery: Battery) -> list[Policy]:
    found = battery.connection.execute(b"""
        select tablename, policyname, roles, qual, with_check from pg_policies order by 1, 2
    """).fetchall()
    names = {role: name for name, role in ROLES.items()}
    return [
        Policy(table, name, names[role], using, check)
        for table, name, roles, using, check in found
        for role in roles
    ]


def test_each_role_reaches_its_rows_and_no_other(battery: Battery) -> None:
    assert battery.differences() == []


def test_who_serves_every_account_is_written_down(policies: list[Policy]) -> None:
    found = {(one.role, one.name, one.table) for one in policies if one.is_for_all_rows}
    assert found == {(*key, table) for key, tables in FOR_EVERY_ACCOUNT.items() for table in tables}
    assert SCOPED.isdisjoint(role for role, _, _ in found)


def test_every_policy_that_is_gone_or_wider_is_noticed(
    battery: Battery, policies: list[Policy]
) -> None:
    unnoticed = [
        f"{one.role}: {one.name} on {one.table} {words}"
        for one in policies
        for words, statements in one.mutations()
        if not _noticed(battery, statements, one.table, one.role)
    ]
    assert unnoticed == []


def test_row_level_security_switched_off_is_noticed(battery: Battery) -> None:
    """Where a role sees its own accounts only; for the rest the catalog test holds it on."""
    guarded = [(role, table) for role in SCOPED for table in SECURED if may(role, table, "select")]
    unnoticed = [
        f"{role} {table}"
        for role, table in guarded
        if not _noticed(battery, f"alter table {table} disable row level security", table, role)
    ]
    assert unnoticed == []


def _noticed(battery: Battery, statements: str, table: str, role: str) -> bool:
    battery.mutate(statements)
    try:
        return bool(battery.differences(table=table, role=role))
    finally:
        battery.restore()


def test_every_write_that_a_role_may_do_is_tried_out(zoo: Zoo) -> None:
    """A new right to write belongs into common/rights/attempts.py, with what it must not do."""
    tried = {(one.role, one.table, one.verb) for one in attempts(*zoo.accounts[:2])}
    granted = {
        (role, table, verb)
        for role in LEAST
        if role not in SERVE_EVERY_ACCOUNT
        for table in SECURED
        for verb in ("insert", "update", "delete")
        if may(role, table, verb)
    }
    assert tried == granted
