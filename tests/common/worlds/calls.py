"""Calls that were held, and the persona who holds them."""

from sqlalchemy import text

from services.access import queries
from services.access.rights import Role
from services.access.viewer import Viewer
from services.database.engine import Database
from tests.common.worlds.insights import World

MANAGER = 2  # the local account manager


def viewer(database: Database, role: Role, *accounts: int) -> Viewer:
    """A persona who has these accounts only."""
    with database.listing_accounts() as connection:
        person = queries.local_person(connection, role)
        every = queries.accounts_of(connection, person)
    return Viewer(person, tuple(one for one in every if one.account_id in accounts))


def call(world: World, held_on: object, note: str = "", *, by: int = MANAGER) -> None:
    with world.database.managing(world.account_id, by) as connection:
        connection.execute(
            text("""
                insert into client_call (account_id, held_on, person_id, by_name, note, entry)
                values (:account_id, :held_on, :by, 'Grace', :note, 'entry-' || :held_on)"""),
            {"account_id": world.account_id, "held_on": held_on, "note": note, "by": by},
        )
