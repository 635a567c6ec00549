"""From an account's name, as people write it, to its number; and what a new one may be called."""

from sqlalchemy import text

from services.access.viewer import NotAllowedError, Viewer
from services.database.engine import Database
from services.naming import LONGEST_NAME, normal_name, why_no_name


class UnknownAccountError(LookupError):
    """There is no account of that name; the message lists those there are."""


class BadNameError(ValueError):
    """No new account can be called that; the message says why, for people."""


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


def name_of_new(viewer: Viewer, typed: str) -> str:
    """What an account that the viewer has made for them will be called.

    Raises NotAllowedError, BadNameError.
    """
    if not viewer.makes_accounts:
        raise NotAllowedError(f"{viewer.person.name} makes no account.")
    name = normal_name(typed)
    if reason := why_no_name(name, LONGEST_NAME):
        raise BadNameError(reason)
    if any(one.name == name for one in viewer.accounts):
        raise BadNameError("There is an account of that name. Choose it, or another name.")
    return name
