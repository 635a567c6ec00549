"""The schema keeps accounts apart and can be distributed: rules read from PostgreSQL's catalog.

Each test counts violations; the twelve rules are those under which the same schema distributes
over Citus by account_id (docs/database.md).
"""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.database.tables import (
    ACTIVATION_TABLES,
    REFERENCE_TABLES,
    ROLES,
    SECURED_TABLES,
    SHARED_TABLES,
    TENANT_TABLES,
)

SERVICES = Path(__file__).resolve().parents[2] / "services"


def rows(database: Database, query: str, **values: object) -> list[tuple[object, ...]]:
    with database.owning() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def test_every_table_is_known_to_be_shared_or_tenant(database: Database) -> None:
    found = {name for (name,) in rows(
        database, "select relname from pg_class where relkind in ('r', 'p')"
        " and relnamespace = 'public'::regnamespace")}  # fmt: skip
    assert found == {*SHARED_TABLES, *TENANT_TABLES, "alembic_version"}


def test_account_id_is_a_bigint_first_in_each_primary_key(database: Database) -> None:
    first = dict(rows(database, """
        select c.relname, format('%s %s %s', a.attname, a.atttypid::regtype, a.attnotnull)
        from pg_index i join pg_class c on c.oid = i.indrelid
        join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indisprimary and c.relname = any(:tables)
        """, tables=list(TENANT_TABLES)))  # fmt: skip
    assert first == dict.fromkeys(TENANT_TABLES, "account_id bigint t")


def test_each_unique_index_of_a_tenant_table_holds_account_id(database: Database) -> None:
    assert rows(database, """
        select c.relname, i.indexrelid::regclass::text
        from pg_index i join pg_class c on c.oid = i.indrelid
        where (i.indisunique or i.indisexclusion) and c.relname = any(:tables) and not exists (
            select 1 from pg_attribute a
            where a.attrelid = c.oid and a.attname = 'account_id' and a.attnum = any(i.indkey))
        """, tables=list(TENANT_TABLES)) == []  # fmt: skip


def test_each_key_between_tenant_tables_carries_account_id(
    database: Database,
) -> None:
    assert rows(database, """
        select k.conname from pg_constraint k
        join pg_class here on here.oid = k.conrelid join pg_class there on there.oid = k.confrelid
        where k.contype = 'f' and here.relname = any(:tenant) and there.relname = any(:tenant)
            and not exists (
                select 1 from unnest(k.conkey, k.confkey) pair (here_column, there_column)
                join pg_attribute a on a.attrelid = here.oid and a.attnum = here_column
                join pg_attribute b on b.attrelid = there.oid and b.attnum = there_column
                where a.attname = 'account_id' and b.attname = 'account_id')
        """, tenant=list(TENANT_TABLES)) == []  # fmt: skip


def test_no_shared_table_refers_to_a_tenant_table(database: Database) -> None:
    assert rows(database, """
        select k.conname from pg_constraint k
        join pg_class here on here.oid = k.conrelid join pg_class there on there.oid = k.confrelid
        where k.contype = 'f' and here.relname = any(:shared) and there.relname = any(:tenant)
        """, shared=list(SHARED_TABLES), tenant=list(TENANT_TABLES)) == []  # fmt: skip


def test_identities_are_bigint_and_no_row_trigger_exists(database: Database) -> None:
    assert (
        rows(
            database,
            """
        select attrelid::regclass::text, attname from pg_attribute
        where attidentity <> '' and atttypid <> 'bigint'::regtype
        union all
        select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal""",
        )
        == []
    )


def test_no_policy_looks_into_another_table(database: Database) -> None:
    assert (
        rows(
            database,
            """
        select tablename, policyname from pg_policies
        where coalesce(qual, '') || coalesce(with_check, '') ~* 'select'""",
        )
        == []
    )


def test_no_view_or_definer_function_is_within_reach(database: Database) -> None:
    assert rows(database, """
        select relname from pg_class
        where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace
        union all
        select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
        """) == []  # fmt: skip


def test_row_level_security_is_on_and_forced_on_every_secured_table(database: Database) -> None:
    secured = rows(
        database,
        """
        select relname from pg_class where relrowsecurity and relforcerowsecurity""",
    )
    assert {name for (name,) in secured} == set(SECURED_TABLES)


def test_no_role_of_ours_can_step_over_the_policies(database: Database) -> None:
    assert rows(database, """
        select rolname from pg_roles where rolname = any(:roles)
            and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
        union all
        select r.rolname from pg_class c join pg_roles r on r.oid = c.relowner
        where r.rolname = any(:roles)""", roles=list(ROLES.values())) == []  # fmt: skip


def test_the_dashboard_may_read_and_ask_and_nothing_else(database: Database) -> None:
    granted = {(table, right) for table, right in rows(database, """
        select table_name, privilege_type from information_schema.role_table_grants
        where grantee = :role""", role=ROLES["app"])}  # fmt: skip
    reads = {(table, "SELECT") for table in (*SHARED_TABLES, *TENANT_TABLES)}
    asks = {(table, "INSERT") for table in ACTIVATION_TABLES}
    assert granted == reads | asks


def test_the_access_role_lists_accounts_and_nothing_else(database: Database) -> None:
    granted = rows(database, """
        select table_name, privilege_type from information_schema.role_table_grants
        where grantee = :role""", role=ROLES["access"])  # fmt: skip
    assert granted == [("account", "SELECT")]


def test_the_loader_cannot_change_reference_data_or_requests(database: Database) -> None:
    written = {table for (table,) in rows(database, """
        select table_name from information_schema.role_table_grants
        where grantee = :role and privilege_type <> 'SELECT'""", role=ROLES["loader"])}  # fmt: skip
    assert written.isdisjoint({*REFERENCE_TABLES, *ACTIVATION_TABLES})


def test_money_is_never_a_float(database: Database) -> None:
    assert rows(database, """
        select table_name, column_name from information_schema.columns
        where table_schema = 'public' and data_type in ('real', 'double precision', 'money')
        """) == []  # fmt: skip


def strings_of_the_code() -> list[tuple[str, str]]:
    """Every string literal of services/, with its file."""
    found = []
    for path in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append((path.relative_to(SERVICES).as_posix(), node.value))
    return found


def test_the_accounts_of_a_transaction_are_set_in_one_place_only() -> None:
    setting = re.compile(r"set_config\s*\(|\bset\s+(session\s+|local\s+)?app\.", re.IGNORECASE)
    where = {file for file, value in strings_of_the_code() if setting.search(value)}
    assert where == {"database/engine.py"}


def test_no_row_is_locked_without_naming_its_account() -> None:
    unnamed = [
        file for file, value in strings_of_the_code()
        if re.search(r"\bfor\s+update\b", value, re.IGNORECASE) and ":account_id" not in value
    ]  # fmt: skip
    assert unnamed == []


@pytest.mark.parametrize("table", SECURED_TABLES)
def test_a_reader_sees_only_the_accounts_of_its_transaction(database: Database, table: str) -> None:
    with database.reading([]) as connection:
        count = connection.execute(text(f"select count(*) from {table}")).scalar_one()
    assert count == 0
    (policies,) = rows(
        database,
        """
        select count(*) from pg_policies where tablename = :table and cmd = 'SELECT'
            and 'reimbursement_app' = any(roles) and qual like '%app.accounts%'""",
        table=table,
    )
    assert policies == (1,)
