"""`check` holds the pools against the connections there are, and the schema against migrations."""

from sqlalchemy import URL

from services.database.engine import Database
from services.health.database import connections, schema_as_migrated
from tests.common.databases import fresh_database
from tests.common.worlds.digest import change


def test_pools_are_held_against_what_the_server_allows(database: Database) -> None:
    assert connections(database, 1).well
    told = connections(database, 50)
    assert not told.well
    assert "for each of 50 processes" in told.says
    assert told.mend == "Set max_connections to 1063 or more, or lower DATABASE_PROCESSES."


def test_a_schema_changed_by_hand_is_told_with_what_was_changed(server: URL, template: str) -> None:
    with fresh_database(server, template) as fresh:
        assert schema_as_migrated(fresh).well, "python -m services.database.schema prints it anew"
        change(fresh, "drop index activation_request_asked")
        change(fresh, "alter table discrepancy no force row level security")
        told = schema_as_migrated(fresh)
        assert not told.well
        assert "unknown: table public.discrepancy secured" in told.says
        assert "missing: index activation_request_asked on public.activation_request" in told.says
