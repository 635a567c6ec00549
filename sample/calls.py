"""A few calls of the local account manager with the sample accounts, before today.

One account was never called: a portfolio has such clients too.
"""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import text

from sample.world import ACCOUNTS
from services.access import queries as people
from services.access.rights import Role
from services.calls import queries
from services.database.engine import Database

# Days before today, and what was written down.
_CALLS: Final = (
    (
        (61, "First call. Wants one page to send to the owner each month."),
        (33, "Asked why two denied cases were not appealed. Said we do so this week."),
        (12, "Will check the sourcing costs of the kettles: three items are valued without one."),
    ),
    ((26, "Short call: happy with what came in. Next one after the holidays."),),
)
_ACCOUNTS: Final = text("select account_id, name from account where name = any(:names)")


def log_calls(database: Database, today: date) -> None:
    """Once each, however often it runs: every call has an entry of its own."""
    with database.knowing_people() as connection:
        person = people.local_person(connection, Role.MANAGER)
        rows = connection.execute(_ACCOUNTS, {"names": list(ACCOUNTS)})
        numbers = {row.name: int(row.account_id) for row in rows}
    for name, calls in zip(ACCOUNTS, _CALLS, strict=False):
        with database.managing(numbers[name], person.person_id) as connection:
            for days, note in calls:
                queries.insert(
                    connection,
                    {
                        "account_id": numbers[name],
                        "held_on": today - timedelta(days=days),
                        "person_id": person.person_id,
                        "by_name": person.name,
                        "note": note,
                        "entry": f"sample-{days}",
                    },
                )
