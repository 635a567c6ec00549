"""Where the server listens: a unix socket, on Windows a loopback port."""

import os
import shutil
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.database.embedded.access import Account, own_directory
from services.database.embedded.files import write_record
from services.database.embedded.folder import DATABASE, EmbeddedServerError, Folder

# sockaddr_un.sun_path without its closing NUL: 108 bytes on Linux, 104 on the BSDs and macOS.
SOCKET_PATH_BYTES: Final = 107 if sys.platform == "linux" else 103
UNIX_PORT: Final = 5432


@dataclass(frozen=True)
class Endpoint:
    """Where the server listens: a folder that holds its unix socket, or a loopback address."""

    host: str
    port: int

    @property
    def socket_file(self) -> Path:
        return Path(self.host) / f".s.PGSQL.{self.port}"


def endpoint_of(folder: Folder) -> Endpoint:
    if sys.platform == "win32":
        return Endpoint("127.0.0.1", int(_read_record(folder.port_record)))
    if fits_socket(folder.socket):
        return Endpoint(str(folder.socket), UNIX_PORT)
    return Endpoint(_read_record(folder.socket_record), UNIX_PORT)


def _read_record(record: Path) -> str:
    try:
        return record.read_text().strip()
    except FileNotFoundError as error:
        raise EmbeddedServerError(f"{record} is gone: start the server again.") from error


def fits_socket(directory: Path) -> bool:
    return len(os.fsencode(Endpoint(str(directory), UNIX_PORT).socket_file)) <= SOCKET_PATH_BYTES


def choose_endpoint(folder: Folder, account: Account) -> None:
    if sys.platform == "win32":
        _choose_port(folder)
    else:
        _choose_socket_directory(folder, account)


def _choose_socket_directory(folder: Folder, account: Account) -> None:
    if fits_socket(folder.socket):
        own_directory(folder.socket, account)
    elif not _has_safe_socket_elsewhere(folder):
        elsewhere = Path(tempfile.mkdtemp(prefix=f"{DATABASE}-"))
        account.give(elsewhere)
        write_record(folder, folder.socket_record, str(elsewhere))


def has_safe_socket(folder: Folder) -> bool:
    if not fits_socket(folder.socket) and not _has_safe_socket_elsewhere(folder):
        return False
    return endpoint_of(folder).socket_file.exists()


def _has_safe_socket_elsewhere(folder: Folder) -> bool:
    """Whether the recorded folder is still ours: in a shared place anybody may take its name."""
    if not folder.socket_record.exists():
        return False
    try:
        status = Path(_read_record(folder.socket_record)).lstat()
    except FileNotFoundError:
        return False
    return (status.st_mode, status.st_uid) == (0o040700, folder.data.stat().st_uid)


def discard_socket_elsewhere(folder: Folder) -> None:
    if folder.socket_record.exists():
        shutil.rmtree(_read_record(folder.socket_record), ignore_errors=True)
        folder.socket_record.unlink()


def _choose_port(folder: Folder) -> None:
    """Pick a free loopback port; a new one each start, since another program may hold the last."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        write_record(folder, folder.port_record, str(listener.getsockname()[1]))
