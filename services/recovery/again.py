"""Accounts that an older version identified are identified again, once, before anybody looks.

What is claimable is computed when reports land. A new version may know better of reports that
landed long ago: without this, a claim that is no longer proven would stay Ready until the next
import.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy import text

from services.database.engine import Database
from services.recovery.identify import LOCK_ACCOUNT, VERSION, identify

SAID: Final = "Reading the reports of “{name}” anew: this version knows better what they prove."

_OLDER: Final = """
select a.account_id, a.name from account a
where a.identified_with < :version and exists (
    select 1 from report_document d where d.account_id = a.account_id)
order by a.account_id
"""


def identify_again(database: Database, say: Callable[[str], None]) -> int:
    """Identify every account that an older version has identified; how many there were."""
    with database.loading() as connection:
        older = connection.execute(text(_OLDER), {"version": VERSION}).all()
    for account_id, name in older:
        say(SAID.format(name=name))
        with database.loading() as connection:
            connection.execute(text(LOCK_ACCOUNT), {"account_id": account_id})
            identify(connection, account_id)
    return len(older)
