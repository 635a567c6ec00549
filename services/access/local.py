"""Local mode: one person at their own machine, who may see every account on it.

There are no passwords in this mode, so it serves loopback only, and says so to anyone else.
"""

from dataclasses import dataclass
from ipaddress import ip_address

from sqlalchemy import text

from services.database.engine import Database

# Sample accounts stand in the order they were made in: the first shows most.
_ACCOUNTS = text("""
select account_id, name, is_sample from account
order by is_sample, case when not is_sample then lower(name) end, account_id
""")


class NotLocalError(PermissionError):
    """Someone asks from another machine, or the server listens for other machines."""


@dataclass(frozen=True)
class Account:
    """A seller's business."""

    account_id: int
    name: str
    is_sample: bool


@dataclass(frozen=True)
class Viewer:
    """Who looks, and the accounts they may see; their own before the sample ones."""

    accounts: tuple[Account, ...]

    def account(self, account_id: str | None) -> Account | None:
        """The account by the number in an address; the first where none is named."""
        if account_id is None:
            return next(iter(self.accounts), None)
        named = (one for one in self.accounts if str(one.account_id) == account_id)
        return next(named, None)


def is_loopback(host: str) -> bool:
    """`localhost`, or an address that never leaves this machine."""
    try:
        return ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def local_viewer(database: Database, *, listens_on: str | None, asks_from: str | None) -> Viewer:
    """The person at this machine.

    `listens_on` None: on every address of the machine. `asks_from` None: the server saw no other
    machine. Raises NotLocalError where either address is another machine's.
    """
    here = listens_on is not None and is_loopback(listens_on)
    if not here or (asks_from is not None and not is_loopback(asks_from)):
        raise NotLocalError("Without sign-in, the dashboard serves this machine only.")
    with database.listing_accounts() as connection:
        rows = connection.execute(_ACCOUNTS).mappings()
        return Viewer(tuple(Account(**row) for row in rows))
