"""Local mode: one person at their own machine, who may look as any of the four personas.

There are no passwords in this mode, so it serves loopback only, and says so to anyone else.
"""

from ipaddress import ip_address

from services.access import queries
from services.access.rights import Role
from services.access.viewer import Viewer
from services.database.engine import Database


class NotLocalError(PermissionError):
    """Someone asks from another machine, or the server listens for other machines."""


def is_loopback(host: str) -> bool:
    """`localhost`, or an address that never leaves this machine."""
    try:
        return ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def local_viewer(
    database: Database, *, listens_on: str | None, asks_from: str | None, role: Role = Role.SELLER
) -> Viewer:
    """The person at this machine, as one of the personas.

    `listens_on` None: on every address of the machine. `asks_from` None: the server saw no other
    machine. Raises NotLocalError where either address is another machine's.
    """
    here = listens_on is not None and is_loopback(listens_on)
    if not here or (asks_from is not None and not is_loopback(asks_from)):
        raise NotLocalError("Without sign-in, the dashboard serves this machine only.")
    with database.listing_accounts() as connection:
        person = queries.local_person(connection, role)
        return Viewer(person, queries.accounts_of(connection, person))
