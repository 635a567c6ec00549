"""Outlives the users of an embedded server, and stops it when the last of them is gone.

A process that is killed, or ended by a signal that nobody handles, says nothing to anybody; but
the kernel lets go of its lock. This waits for that: `python keeper.py FOLDER PROJECT`, started by
`users.py`, asleep until then. It needs nothing but the standard library while it waits.
"""

import fcntl
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO


def main(folder: Path, project: Path) -> None:
    """Returns when the server is stopped, by whomever, or another keeper is there."""
    with suppress(FileNotFoundError), (folder / "keeper").open("r+b") as own:
        if _lock(own, fcntl.LOCK_EX | fcntl.LOCK_NB):
            _leave_the_starter()
            while not _is_over(folder, project, own):
                _wait_for_the_last(folder / "users")


def _leave_the_starter() -> None:
    """Let it go on, now that the keeper's lock is held, without a child to look after."""
    if os.fork():
        os._exit(0)
    # Whoever ends a whole group of processes means its users: they go first.
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)


def _is_over(folder: Path, project: Path, own: IO[bytes]) -> bool:
    """Stop the server unless it is used, or stopped already."""
    with (folder / "lock").open("r+b") as lock:
        _lock(lock, fcntl.LOCK_EX)
        if _is_any_used(folder / "users"):
            return False
        if not (folder / "data" / "postmaster.pid").exists():
            own.close()  # lets go before anybody can start it again, and look for a keeper
            return True
    sys.path.insert(0, str(project))
    from services.database.embedded import stop_unused  # noqa: PLC0415  large, and seldom needed

    return stop_unused(folder, own.close)


def _wait_for_the_last(users: Path) -> None:
    while _is_any_used(users):
        for user in _files(users):
            _has_gone(user, fcntl.LOCK_SH)


def _is_any_used(users: Path) -> bool:
    return not all(_has_gone(user, fcntl.LOCK_SH | fcntl.LOCK_NB) for user in _files(users))


def _files(users: Path) -> list[Path]:
    return list(users.iterdir()) if users.exists() else []


def _has_gone(user: Path, how: int) -> bool:
    with suppress(FileNotFoundError), user.open("rb") as held:
        return _lock(held, how)
    return True


def _lock(opened: IO[bytes], how: int) -> bool:
    try:
        fcntl.flock(opened, how)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    os.umask(0o077)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
