"""Users of the server: processes that hold the lock on a file of their own."""

import atexit
import logging
import os
import secrets
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from filelock import FileLock

from services.database.embedded.access import hand_over
from services.database.embedded.folder import Folder
from services.database.embedded.process import reap
from services.database.embedded.running import stop
from services.database.embedded.waiting import Patience, exclusive, new_lock, try_lock

# A user file is held for an instant by whoever looks whether it is used.
LOOK_SECONDS: Final = 0.05
REGISTER_SECONDS: Final = 5.0

KEEPER: Final = Path(__file__).with_name("keeper.py")
PROJECT: Final = Path(__file__).resolve().parents[3]

_logger = logging.getLogger(__name__)
# The lock that each registration holds, by process id: a forked child inherits the dictionary
# but not the registration.
_memberships: dict[tuple[int, Path], FileLock] = {}


def _membership_key(folder: Folder) -> tuple[int, Path]:
    return os.getpid(), folder.path


def register(folder: Folder) -> bool:
    """False: this process is a user already."""
    key = _membership_key(folder)
    if key in _memberships:
        return False
    folder.users.mkdir(mode=0o700, exist_ok=True)
    hand_over(folder, folder.users)
    lock = new_lock(folder.users / f"{os.getpid()}-{secrets.token_hex(4)}")
    lock.acquire(timeout=REGISTER_SECONDS)
    hand_over(folder, Path(lock.lock_file))
    _memberships[key] = lock
    atexit.register(_release_at_exit, folder)
    return True


def release(folder: Folder) -> None:
    """See `EmbeddedServer.release`."""
    if _membership_key(folder) not in _memberships:
        return
    with exclusive(folder, Patience(_logger.warning)):
        leave(folder)


def _release_at_exit(folder: Folder) -> None:
    reap()
    # A folder removed by hand took its server with it: PostgreSQL stops when its data is gone.
    if folder.path.exists():
        release(folder)


def leave(folder: Folder) -> None:
    lock = _memberships.pop(_membership_key(folder))
    lock.release()
    Path(lock.lock_file).unlink()
    if not has_users(folder):
        stop(folder)


def has_users(folder: Folder) -> bool:
    """Whether any process is registered; the files of the dead are cleared away."""
    return bool([user_file for user_file in folder.users.iterdir() if _is_used(user_file)])


def _is_used(user_file: Path) -> bool:
    lock = new_lock(user_file)
    if not try_lock(lock, LOOK_SECONDS):
        return True
    lock.release()
    user_file.unlink()
    return False


def keep(folder: Folder) -> None:
    """See to it that somebody outlives the last user: it may end without a chance to say so."""
    if sys.platform == "win32" or not _is_free(folder.keeper):
        return
    hand_over(folder, folder.keeper)
    command = [sys.executable, "-I", str(KEEPER), str(folder.path), str(PROJECT)]
    # A user who may not even read the program still stops the server when ending in order.
    with suppress(PermissionError):
        subprocess.run(  # noqa: S603  no shell, our own program; it leaves another one behind
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )


def _is_free(path: Path) -> bool:
    lock = new_lock(path)
    if not try_lock(lock, 0):
        return False
    lock.release()
    return True
