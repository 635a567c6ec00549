"""How much one person may send within a day: beyond it is a broken browser, or a joke.

An account's own limit is held in the transaction that stores. A person's, over all their accounts,
is counted before it, because that transaction sees one account only: of presses in the very same
moment on different accounts, one may pass too many.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.access.viewer import Viewer
from services.database.engine import Database

REQUESTS_A_DAY: Final = 10  # per account
REQUESTS_OF_A_PERSON: Final = 20
ANSWERS_A_DAY: Final = 20  # per account
ANSWERS_OF_A_PERSON: Final = 40

_REQUESTS: Final = text("""
    select count(*) from activation_request
    where account_id = any (:accounts) and requested_at > now() - interval '24 hours'
      and (cast(:person_id as bigint) is null or requested_by = :person_id)
""")
_ANSWERS: Final = text("""
    select count(*) from activation_event
    where account_id = any (:accounts) and kind = 'answered' and at > now() - interval '24 hours'
      and (cast(:person_id as bigint) is null or person_id = :person_id)
""")


def requests_of_a_day(connection: Connection, account_id: int) -> int:
    """How many requests the account made in the last 24 hours, this transaction's included."""
    found = connection.execute(_REQUESTS, {"accounts": [account_id], "person_id": None})
    return int(found.scalar_one())


def answers_of_a_day(connection: Connection, account_id: int) -> int:
    found = connection.execute(_ANSWERS, {"accounts": [account_id], "person_id": None})
    return int(found.scalar_one())


def asks_too_much(database: Database, viewer: Viewer) -> bool:
    """Whether the person has sent a day's requests already, over all their accounts."""
    return _sent(database, viewer)[0] >= REQUESTS_OF_A_PERSON


def answers_too_much(database: Database, viewer: Viewer) -> bool:
    return _sent(database, viewer)[1] >= ANSWERS_OF_A_PERSON


def _sent(database: Database, viewer: Viewer) -> tuple[int, int]:
    accounts = [one.account_id for one in viewer.accounts]
    values = {"accounts": accounts, "person_id": viewer.person_id}
    with database.asking(accounts, viewer.person_id) as connection:
        requests = connection.execute(_REQUESTS, values).scalar_one()
        return int(requests), int(connection.execute(_ANSWERS, values).scalar_one())
