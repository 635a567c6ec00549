"""The rights of somebody who is not here: for what is sent to people without being asked."""

from services.access import queries
from services.access.viewer import Viewer
from services.database.engine import Database


def absent_viewer(database: Database, person_id: int) -> Viewer | None:
    """The person as they stand now, with their accounts; None where they may not come in."""
    with database.knowing_people() as connection:
        person = queries.person_of_id(connection, person_id)
        if person is None:
            return None
        return Viewer(person, queries.accounts_of(connection, person))
