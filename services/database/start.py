"""How a process comes to its database: start it, check it, migrate it, hand it out."""

import sys
from collections.abc import Callable
from functools import lru_cache

from services.database.engine import Database, owner_url, role_urls
from services.database.prepare import prepare
from services.settings import settings


def say_on_stderr(message: str) -> None:
    """Progress for a person at a terminal; stdout stays free for answers."""
    sys.stderr.write(message + "\n")


def open_database(say: Callable[[str], None] = say_on_stderr) -> Database:
    """The database of the settings, started, checked and migrated.

    Raises DatabaseUnavailableError or EmbeddedServerError with what is wrong and what mends it.
    """
    chosen = settings()
    opened = Database(role_urls(owner_url(chosen, say), chosen))
    prepare(
        opened,
        accept_below_floor=chosen.accept_server_below_security_floor,
        embedded=chosen.database_url is None,
        say=say,
    )
    return opened


@lru_cache(maxsize=1)
def database() -> Database:
    """This process's database: opened at the first use, then the same one for all."""
    return open_database()
