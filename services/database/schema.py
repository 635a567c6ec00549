"""What the schema is made of, one line a thing, to hold a database against its migrations.

`schema.txt` beside this file is what the migrations make, from an empty database; a test keeps it
so, and `python -m services.database.schema` prints it anew. Names, types and switches only, which
every supported version of PostgreSQL tells in the same words.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from services.database.tables import ROLES

MADE_BY_MIGRATIONS: Final = Path(__file__).with_name("schema.txt")

_LINES: Final = text("""
    with ours as (
        select n.nspname || '.' || c.relname as name, c.*
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'jobs') and c.relname not like 'alembic%'
            and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    ), tables as (select * from ours where relkind in ('r', 'p', 'v', 'm')),
    known as (
        select oid, rolname from pg_roles where rolname = any (:roles) union all select 0, 'public'
    )
    select format('table %s%s%s', name, case when relrowsecurity then ' secured' end,
        case when relforcerowsecurity then ' forced' end)
    from tables
    union all
    select format('column %s.%s %s%s', t.name, a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then ' not null' end)
    from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    union all
    select format('index %s on %s%s%s', i.relname, t.name,
        case when x.indisunique then ' unique' end, case when not x.indisvalid then ' invalid' end)
    from tables t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
    union all
    select format('constraint %s on %s%s', c.conname, t.name,
        case when not c.convalidated then ' not validated' end)
    from tables t join pg_constraint c on c.conrelid = t.oid and c.contype in ('c', 'f')
    union all
    select format('policy %s on %s %s', p.polname, t.name, p.polcmd)
    from tables t join pg_policy p on p.polrelid = t.oid
    union all
    select format('grant %s on %s to %s', lower(g.privilege_type), t.name, k.rolname)
    from tables t cross join aclexplode(t.relacl) g join known k on k.oid = g.grantee
    union all
    select format('grant %s on %s.%s to %s', lower(g.privilege_type), t.name, a.attname, k.rolname)
    from tables t join pg_attribute a on a.attrelid = t.oid
    cross join aclexplode(a.attacl) g join known k on k.oid = g.grantee
    union all
    select format('function %s.%s(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'jobs')
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
""")


def schema(connection: Connection) -> frozenset[str]:
    """What is there, for the owner of the schema."""
    roles = list(ROLES.values())
    return frozenset(connection.execute(_LINES, {"roles": roles}).scalars())


def wanted() -> frozenset[str]:
    """What the migrations make."""
    return frozenset(MADE_BY_MIGRATIONS.read_text().splitlines())


if __name__ == "__main__":
    from services.database.start import open_database

    with open_database().owning() as _connection:
        print("\n".join(sorted(schema(_connection))))  # noqa: T201
