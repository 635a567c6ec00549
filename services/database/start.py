"""How a process comes to its database: start it, check it, migrate it, hand it out."""

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Final

from sqlalchemy import make_url

from services.database import embedded, floor
from services.database.engine import Database, DatabaseUnavailableError, owner_url, role_urls
from services.database.prepare import WAY_OUT, prepare
from services.database.turns import budget
from services.settings import Settings, settings

# A page does not wait for a long recovery: it says so, and asks again.
HEAL_SECONDS: Final = 20.0

Say = Callable[[str], None]


def say_on_stderr(message: str) -> None:
    """Progress for a person at a terminal; stdout stays free for answers."""
    sys.stderr.write(message + "\n")


def say_nothing(_message: str) -> None:
    """For those who need not hear it."""


def open_database(say: Say = say_on_stderr, *, warn: Say = say_nothing) -> Database:
    """The database of the settings, started, checked and migrated.

    `say` hears what takes long, `warn` that an embedded server is below the security floor.
    Raises DatabaseUnavailableError or EmbeddedServerError with what is wrong and what mends it.
    """
    chosen = settings()
    _refuse_to_share_the_embedded(chosen)
    brings_back = None if chosen.database_url else partial(heal, chosen)
    opened = Database(role_urls(owner_url(chosen, say), chosen), heal=brings_back)
    prepare(
        opened,
        accept_below_floor=chosen.accept_server_below_security_floor,
        embedded=chosen.database_url is None,
        warn=warn,
    )
    opened.share_out(budget(opened.server_allows(), chosen.database_processes))
    return opened


def _refuse_to_share_the_embedded(chosen: Settings) -> None:
    """It is one person's, on one machine: said before it is started."""
    accepted = chosen.accept_server_below_security_floor
    if chosen.signs_in and chosen.database_url is None and not accepted:
        raise DatabaseUnavailableError(
            "Sign-in is set up, so several people's accounts share the database, and no"
            " DATABASE_URL is set. The embedded server is for one person's machine: set"
            f" DATABASE_URL to a PostgreSQL of {floor.every_floor()} or newer. {WAY_OUT}"
        )


def heal(chosen: Settings) -> Mapping[str, str]:
    """Start the embedded server again; returns where it listens, which a start may change."""
    server = embedded.start(chosen.data_directory, say=say_on_stderr, patience=HEAL_SECONDS)
    listens = make_url(server.url()).query
    return {"host": str(listens["host"]), "port": str(listens["port"])}


@lru_cache(maxsize=1)
def database() -> Database:
    """The dashboard's database: opened at the first use, then the same one for all."""
    return open_database(warn=say_on_stderr)


def ready() -> tuple[bool, str]:
    """Whether this process's database answers, and a sentence about it.

    An embedded server that was lost is brought back by the asking.
    """
    return database().ready()
