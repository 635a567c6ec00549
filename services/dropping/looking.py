"""A dropped file is looked at as soon as it is there: what it is, and what it speaks for."""

from services.database.engine import Database
from services.dropping import queries
from services.dropping.folder import Arriving, Dropped
from services.landing.looking import look
from services.landing.rows.cells import Words


def look_at(database: Database, person_id: int, arrived: Arriving) -> Dropped:
    """What the whole file is; from now on its page shows it. Raises DropRefusedError."""
    path = arrived.whole()
    return arrived.is_seen_as(look(path, _words(database, person_id)))


def _words(database: Database, person_id: int) -> Words:
    """Every channel that there may be: which of them the account has, landing asks."""
    with database.of_person(person_id) as connection:
        known = queries.channels_there_are(connection)
    return {
        "channel": frozenset(one.code for one in known),
        "currency": frozenset(one.currency for one in known),
    }
