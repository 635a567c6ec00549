"""After an unclean stop: what a dead server has left behind is cleared away."""

import os
import sys
import time
from pathlib import Path
from typing import Final

import psutil

from services.database.embedded.access import Account, is_root
from services.database.embedded.files import write_secret
from services.database.embedded.folder import EmbeddedServerError, Folder
from services.database.embedded.listening import endpoint_of
from services.database.embedded.process import (
    cluster_name_of,
    command_line,
    postmaster_lines,
    recorded_process_id,
)
from services.database.embedded.waiting import POLL_SECONDS

ORPHAN_SECONDS: Final = 10.0


def clear_remains(folder: Folder) -> None:
    """Make way for a new server where the last one did not clean up after itself."""
    end_orphans(folder)
    for remains in Path(endpoint_of(folder).host).glob(".s.PGSQL.*"):
        remains.unlink()
    if folder.postmaster_file.exists():
        _disarm_postmaster_file(folder)


def _disarm_postmaster_file(folder: Folder) -> None:
    """Make a leftover postmaster.pid harmless while its memory check still works.

    PostgreSQL refuses to start while the process id in it is in use, by a zombie or by a
    stranger too, but never takes its own parent for a rival: so our id goes there. The file
    itself stays, for it names the shared memory that no old server process may still hold. One
    that a power cut emptied says nothing and stops every start: it goes.
    """
    if recorded_process_id(folder) is None:
        folder.postmaster_file.unlink()
        return
    lines = [str(os.getpid()), *postmaster_lines(folder)[1:]]
    owner = folder.data.stat()
    account = Account(owner.st_uid, owner.st_gid) if is_root() else Account()
    # Replaced, never written through: as root we trust no link in a folder of the server's user.
    write_secret(folder.postmaster_file, "\n".join(lines) + "\n", account)


def end_orphans(folder: Folder) -> None:
    """Kill what a dead server left running: a busy backend does not notice for a long time.

    Killing loses nothing that recovery would not roll back; their commits can no longer be
    acknowledged.

    Raises:
        EmbeddedServerError: a process does not die, for instance while its disk hangs.
    """
    deadline = time.monotonic() + ORPHAN_SECONDS
    while orphans := _orphans(folder):
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"Processes of a dead server do not end: {orphans}")
        for orphan in orphans:
            _kill(orphan)
        time.sleep(POLL_SECONDS)


def _orphans(folder: Folder) -> list[psutil.Process]:
    cluster_name, owner = cluster_name_of(folder), folder.data.stat().st_uid
    return [
        process for process in psutil.process_iter() if _is_orphan(process, cluster_name, owner)
    ]


def _is_orphan(process: psutil.Process, cluster_name: str, owner: int) -> bool:
    """Whether a process is our cluster's and its owner's: as root, no other may ever be killed."""
    command = command_line(process)
    is_postmaster = f"cluster_name={cluster_name}" in command
    is_child = " ".join(command).startswith(f"postgres: {cluster_name}:")
    return (is_postmaster or is_child) and _belongs_to(process, owner)


def _belongs_to(process: psutil.Process, owner: int) -> bool:
    if sys.platform == "win32":  # nobody is root there, and others' processes cannot be ended
        return True
    try:
        return process.uids().real == owner
    except psutil.NoSuchProcess:
        return False


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
