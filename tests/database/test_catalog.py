"""The schema keeps accounts apart and can be distributed: rules read from PostgreSQL's catalog.

Each test counts violations; the twelve rules are those under which the same schema distributes
over Citus by account_id (docs/database.md).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from services.database.engine import Database
from services.database.tables import PEOPLE_TABLES, ROLES, SHARED_TABLES
from services.marketplaces.tables import SECURED_TABLES, TENANT_TABLES
from tests.common.databases import fresh_database
from tests.common.rights.battery import OF_A_PERSON
from tests.common.rights.least import DEFER_JOBS, rights

PROJECT = Path(__file__).resolve().parents[2]
SERVICES = PROJECT / "services"


@pytest.fixture(scope="module")
def database(server: URL, template: str) -> Iterator[Database]:
    """One database for this file: its tests only read the catalog."""
    with fresh_database(server, template) as fresh:
        yield fresh


def rows(database: Database, query: str, **values: object) -> list[tuple[object, ...]]:
    with database.owning() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def test_every_table_is_known_to_be_shared_or_tenant(database: Database) -> None:
    found = {
        name
        for (name,) in rows(
            database,
            "select relname from pg_class where relkind in ('r', 'p')"
            " and relnamespace = 'public'::regnamespace",
        )
    }
    assert found == {*SHARED_TABLES, *TENANT_TABLES, *PEOPLE_TABLES, "alembic_version"}


def test_account_id_is_a_bigint_first_in_each_primary_key(database: Database) -> None:
    first = dict(
        rows(
            database,
            """
        select c.relname, format('%s %s %s', a.attname, a.atttypid::regtype, a.attnotnull)
        from pg_index i join pg_class c on c.oid = i.indrelid
        join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indisprimary and c.relname = any(:tables)
        """,
            tables=list(TENANT_TABLES),
        )
    )
    assert first == dict.fromkeys(TENANT_TABLES, "account_id bigint t")


def test_each_unique_index_of_a_tenant_table_holds_account_id(database: Database) -> None:
    assert (
        rows(
            database,
            """
        select c.relname, i.indexrelid::regclass::text
        from pg_index i join pg_class c on c.oid = i.indrelid
        where (i.indisunique or i.indisexclusion) and c.relname = any(:tables) and not exists (
            select 1 from pg_attribute a
            where a.attrelid = c.oid and a.attname = 'account_id' and a.attnum = any(i.indkey))
        """,
            tables=list(TENANT_TABLES),
        )
        == []
    )


def test_each_key_between_tenant_tables_carries_account_id(
    database: Database,
) -> None:
    assert (
        rows(
            database,
            """
        select k.conname from pg_constraint k
        join pg_class here on here.oid = k.conrelid join pg_class there on there.oid = k.confrelid
        where k.contype = 'f' and here.relname = any(:tenant) and there.relname = any(:tenant)
            and not exists (
                select 1 from unnest(k.conkey, k.confkey) pair (here_column, there_column)
                join pg_attribute a on a.attrelid = here.oid and a.attnum = here_column
                join pg_attribute b on b.attrelid = there.oid and b.attnum = there_column
                where a.attname = 'account_id' and b.attname = 'account_id')
        """,
            tenant=list(TENANT_TABLES),
        )
        == []
    )


def test_no_shared_table_refers_to_a_tenant_table(database: Database) -> None:
    assert (
        rows(
            database,
            """
        select k.conname from pg_constraint k
        join pg_class here on here.oid = k.conrelid join pg_class there on there.oid = k.confrelid
        where k.contype = 'f' and here.relname = any(:shared) and there.relname = any(:tenant)
        """,
            shared=list(SHARED_TABLES),
            tenant=list(TENANT_TABLES),
        )
        == []
    )


def test_identities_are_bigint_and_no_row_trigger_exists(database: Database) -> None:
    assert (
        rows(
            database,
            """
        select attrelid::regclass::text, attname from pg_attribute
        where attidentity <> '' and atttypid <> 'bigint'::regtype
        union all
        select tgrelid::regclass::text, tgname from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        where not tgisinternal and c.relnamespace = 'public'::regnamespace""",
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
    """The jobs' schema has a trigger's functions of its own: none of them runs as its owner."""
    assert (
        rows(
            database,
            """
        select relname from pg_class
        where relkind in ('v', 'm', 'f')
            and relnamespace in ('public'::regnamespace, 'jobs'::regnamespace)
        union all
        select proname from pg_proc
        where prosecdef and pronamespace in ('public'::regnamespace, 'jobs'::regnamespace)
        """,
        )
        == []
    )


def test_no_partition_can_be_asked_past_its_parents_policy(database: Database) -> None:
    assert rows(database, "select relname from pg_class where relispartition") == []


def test_row_level_security_is_on_and_forced_on_every_secured_table(database: Database) -> None:
    secured = rows(
        database,
        """
        select relname from pg_class where relrowsecurity and relforcerowsecurity""",
    )
    assert {name for (name,) in secured} == {*SECURED_TABLES, *OF_A_PERSON}


def test_no_role_of_ours_can_step_over_the_policies(database: Database) -> None:
    assert (
        rows(
            database,
            """
        select rolname from pg_roles where rolname = any(:roles)
            and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
        union all
        select r.rolname from pg_class c join pg_roles r on r.oid = c.relowner
        where r.rolname = any(:roles)""",
            roles=list(ROLES.values()),
        )
        == []
    )


@pytest.mark.parametrize("name", ROLES)
def test_a_role_may_do_what_it_must_and_nothing_else(database: Database, name: str) -> None:
    granted = {
        (str(table), str(right), str(column))
        for table, right, column in rows(
            database,
            """
        with had as (
            select c.oid::regclass::text as table_name, a.grantee, lower(a.privilege_type) as had,
                '' as column_name
            from pg_class c, aclexplode(c.relacl) a where c.relkind in ('r', 'p', 'v', 'm', 'f')
            union all
            select c.oid::regclass::text, a.grantee, lower(a.privilege_type), t.attname::text
            from pg_attribute t join pg_class c on c.oid = t.attrelid, aclexplode(t.attacl) a
        )
        select table_name, had, column_name from had where grantee = cast(:role as regrole)
        """,
            role=ROLES[name],
        )
    }
    assert granted == rights(name)


def test_nothing_is_granted_to_everybody(database: Database) -> None:
    """PUBLIC, the group that every role is in, has no right on what is ours."""
    assert (
        rows(
            database,
            """
        select c.oid::regclass::text from pg_class c, aclexplode(c.relacl) a
        where a.grantee = 0 and c.relnamespace in ('public'::regnamespace, 'jobs'::regnamespace)
        union all
        select p.oid::regproc::text from pg_proc p
        cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where a.grantee = 0 and p.pronamespace in ('public'::regnamespace, 'jobs'::regnamespace)
        """,
        )
        == []
    )


def test_only_who_defers_or_runs_jobs_enters_their_schema(database: Database) -> None:
    """And no role may make anything in either schema."""
    entering = rows(
        database,
        """
        select r.rolname::text, n.nspname::text, lower(a.privilege_type) from pg_namespace n
        cross join lateral aclexplode(n.nspacl) a join pg_roles r on r.oid = a.grantee
        where n.nspname in ('public', 'jobs') and r.rolname = any(:roles)
        """,
        roles=list(ROLES.values()),
    )
    expected = {(role, "public", "usage") for role in ROLES.values()}
    assert set(entering) == expected | {(ROLES[name], "jobs", "usage") for name in DEFER_JOBS}
    assert (
        rows(
            database,
            """
        select r, s from unnest(cast(:roles as text[])) r, unnest(array['public', 'jobs']) s
        where has_schema_privilege(r, s, 'create')
        """,
            roles=list(ROLES.values()),
        )
        == []
    )


def test_no_role_is_in_another(database: Database) -> None:
    """A role that is a member of another could become it."""
    assert (
        rows(
            database,
            """
        select member::regrole::text from pg_auth_members
        where member::regrole::text = any(:roles)""",
            roles=list(ROLES.values()),
        )
        == []
    )


def test_the_documentation_names_every_role_and_what_it_writes() -> None:
    said = (PROJECT / "docs" / "database.md").read_text("utf-8")
    for name, role in ROLES.items():
        (line,) = [line for line in said.splitlines() if line.startswith(f"| `{role}` |")]
        written = {table for table, right, _ in rights(name) if right != "select"}
        unsaid = {table for table in written if f"`{table}`" not in line}
        assert name == "loader" or not {one for one in unsaid if not one.startswith("jobs.")}, name


def test_money_is_never_a_float(database: Database) -> None:
    assert (
        rows(
            database,
            """
        select table_name, column_name from information_schema.columns
        where table_schema = 'public' and data_type in ('real', 'double precision', 'money')
        """,
        )
        == []
    )


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
    locks = re.compile(r"\bfor\s+update\b(?!\s+to\b)", re.IGNORECASE)  # not: a policy for update
    unnamed = [
        file
        for file, value in strings_of_the_code()
        if locks.search(value) and ":account_id" not in value
    ]
    assert unnamed == []
