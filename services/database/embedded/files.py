"""Small files: records, the owner's password, logs."""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from services.database.embedded.access import Account, is_root
from services.database.embedded.folder import EmbeddedServerError, Folder

LOG_DAYS: Final = 7
LOG_FILE_BYTES: Final = 20 * 1024 * 1024
LAST_LINES: Final = 15


def write_record(folder: Folder, record: Path, text: str) -> None:
    owner = folder.path.stat()
    write_secret(record, text, Account(owner.st_uid, owner.st_gid) if is_root() else Account())


def write_secret(path: Path, text: str, account: Account) -> None:
    """Write a file that only `account` may read, whole or not at all even across a power cut."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
        account.give(stream.fileno())
    Path(name).replace(path)
    flush_directory(path.parent)


def flush_directory(path: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def owner_password(folder: Folder) -> str:
    try:
        return folder.password.read_text()
    except FileNotFoundError as error:
        raise EmbeddedServerError(
            f"{folder.password} is gone, and without it nobody can open {folder.data}: "
            "restore the file, or remove the folder to begin anew."
        ) from error


def trim_logs(folder: Folder) -> None:
    """Drop logs the server will not come back to: it empties only files that it is running over."""
    oldest = time.time() - (LOG_DAYS - 1) * 86_400
    for log_file in folder.log.iterdir():
        status = log_file.lstat()
        if status.st_mtime < oldest or status.st_size > LOG_FILE_BYTES:
            log_file.unlink()


def last_lines(folder: Folder) -> str:
    """The end of the file written last: a server that dies early never opens its own log."""
    logs = [folder.start_log, *folder.log.iterdir()]
    last = max(logs, key=lambda log_file: log_file.stat().st_mtime_ns)
    return "\n".join(last.read_text(errors="replace").splitlines()[-LAST_LINES:])
