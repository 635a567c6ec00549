"""The disks of this machine that we write to: what room is left, and what is said without any."""

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from services.database.engine import Database

# No room at all, no more for this user, or a longer file than this process may write.
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_HERE: Final = (None, "", "localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Room:
    """What is left on the disk of a folder. free, total: bytes."""

    folder: Path
    free: int
    total: int

    @property
    def words(self) -> str:
        """How much is left, and where."""
        return f"{in_words(self.free)} free on the disk of {self.folder}"


def room_at(folder: Path) -> Room | None:
    """The room on a folder's disk, whether or not the folder is there yet; None: nobody can say."""
    there = next((each for each in (folder, *folder.parents) if each.exists()), None)
    try:
        usage = shutil.disk_usage(there or folder)
    except OSError:
        return None
    return Room(folder, usage.free, usage.total)


def server_folder(database: Database) -> Path | None:
    """Where the server keeps its data, if that is this machine and it lets us ask."""
    host = database.urls.owner.query.get("host", database.urls.owner.host)
    if host not in _HERE and not str(host).startswith("/"):
        return None
    try:
        with database.owning() as connection:
            named = connection.execute(text("select current_setting('data_directory')"))
            folder = Path(str(named.scalar_one()))
    except SQLAlchemyError:
        return None
    # In a container of this machine it has another name here, and a disk that is not ours to see.
    return folder if os.access(folder, os.F_OK) else None


def server_room(database: Database) -> Room | None:
    """The room where the server keeps its data, if that is this machine and it lets us ask."""
    folder = server_folder(database)
    return room_at(folder) if folder else None


def no_room(error: OSError, folder: Path) -> str | None:
    """What to say of a file that could not be written for want of room; None: for another cause."""
    if error.errno not in _FULL:
        return None
    room = room_at(folder)
    left = room.words if room else f"the disk of {folder}"
    return (
        f"There is no room for it ({error.strerror}: {left})."
        " Make room there, or let DATA_DIRECTORY name another disk; then import it again."
    )


def in_words(size: int) -> str:
    """A number of bytes as people say it."""
    for name, one in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= one:
            return f"{size / one:.1f} {name}"
    return f"{size} bytes"
