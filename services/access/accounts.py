"""From an account's name, as people write it on the command line, to its number."""

from sqlalchemy import text

from services.database.engine import Database
from services.naming import normal_name


class UnknownAccountError(LookupError):
    """There is no account of that name; the message lists those there are."""


def account_id_of(database: Database, name: str) -> int:
    """The number of the account of that name. Raises UnknownAccountError."""
    with database.listing_accounts() as connection:
        rows = connection.execute(text("select name, account_id from account order by name")).all()
    name = normal_name(name)
    known = {str(row.name): int(row.account_id) for row in rows}
    if name not in known:
        listed = ", ".join(known) or "none yet"
        raise UnknownAccountError(f"There is no account “{name}”. Accounts: {listed}.")
    return known[name]
