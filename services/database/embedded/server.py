"""What others call: start a server and be its user, leave it, look whether it was lost."""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import URL

from services.database.embedded.access import claim
from services.database.embedded.answers import REQUIRED_PROOF, state_told_by
from services.database.embedded.files import owner_password
from services.database.embedded.folder import DATABASE, OWNER, Folder
from services.database.embedded.listening import endpoint_of
from services.database.embedded.running import stop
from services.database.embedded.starting import ensure_running
from services.database.embedded.users import has_users, keep, leave, register, release
from services.database.embedded.waiting import Patience, Say, exclusive

AGAIN: Final = "PostgreSQL {cause}. It runs again; nothing that was saved is lost."
HAD_ENDED: Final = "had ended while it was in use"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server that this process is registered with.

    The handle says where the server is, not that it is still alive: `start` again after a
    connection fails; it returns an equal handle to a server that answers.
    """

    data_directory: Path

    def url(
        self, *, user: str = OWNER, password: str | None = None, database: str = DATABASE
    ) -> str:
        """The SQLAlchemy URL for a database user, password included: not for logs.

        Without `password` the owner's own is filled in.

        Raises:
            ValueError: no password for a user other than the owner; every connection needs one.
            EmbeddedServerError: the owner's password file is gone.
        """
        if password is None and user != OWNER:
            raise ValueError(f"A password is needed to connect as {user!r}.")
        secret = owner_password(self._folder) if password is None else password
        endpoint = endpoint_of(self._folder)
        return URL.create(
            "postgresql+psycopg",
            username=user,
            password=secret,
            database=database,
            query={
                "host": endpoint.host,
                "port": str(endpoint.port),
                "require_auth": REQUIRED_PROOF,
            },
        ).render_as_string(hide_password=False)

    def release(self) -> None:
        """Unregister this process; if it was the last user, stop the server and wait for that.

        The stop is PostgreSQL's fast shutdown: open transactions are rolled back and everything
        is written out. Registration belongs to the process: one release undoes every `start`.
        A second release, or one in a forked child that never started, does nothing.

        Raises:
            EmbeddedServerError: the folder can no longer be locked.
        """
        release(self._folder)

    @property
    def _folder(self) -> Folder:
        return Folder(self.data_directory.parent)


def start(home: Path, *, say: Say = _logger.warning, patience: float = math.inf) -> EmbeddedServer:
    """Register this process as a user of the server under `home`, starting it if need be.

    Returns only when the server has answered a real connection. Crash recovery is waited for
    however long it takes; `say` receives a line every few seconds meanwhile. The registration
    ends with `release`, at exit, or when the process dies.

    Called again by a process that is registered, it brings back a server that was killed,
    halted or told to stop meanwhile, or that hangs, and says so in one sentence.

    `patience`: how many seconds to wait at most; then the server goes on starting by itself.

    Raises:
        EmbeddedServerError: the folder is another user's, the binaries are missing, the server
            stopped while starting (its last log lines are in the message), it takes longer than
            `patience` or, as root, no unprivileged user can be given a way to the files.
    """
    folder = Folder(home.resolve() / "postgresql")
    waits = Patience(say, time.monotonic() + patience)
    claim(folder)
    with exclusive(folder, waits):
        is_new = register(folder)
        try:
            cause = ensure_running(folder, waits)
        except BaseException:
            if is_new:  # a user from before is one still, and the server may be coming
                leave(folder)
            raise
        keep(folder)
    if cause is not None and not is_new:
        say(AGAIN.format(cause=cause or HAD_ENDED))
    return EmbeddedServer(folder.data)


def is_lost(error: psycopg.Error) -> bool:
    """Whether a failed connection attempt means that the server must be looked after.

    Not where it answers and refuses: a wrong password, or all connections taken.
    """
    return state_told_by(error) is not None


def stop_unused(path: Path, then: Callable[[], None]) -> bool:
    """For the keeper: stop the server of this folder if nobody uses it; False: somebody does.

    `then` is called while nobody else can start or stop it.
    """
    folder = Folder(path)
    with exclusive(folder, Patience(_logger.warning)):
        if has_users(folder):
            return False
        stop(folder)
        then()
        return True
