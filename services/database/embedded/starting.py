"""Starting: a cluster is created where there is none, and its server is run."""

import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from services.database.embedded.access import Account, hand_over, is_root, own_directory
from services.database.embedded.files import (
    flush_directory,
    last_lines,
    owner_password,
    trim_logs,
    write_secret,
)
from services.database.embedded.folder import OWNER, EmbeddedServerError, Folder
from services.database.embedded.listening import Endpoint, choose_endpoint, endpoint_of
from services.database.embedded.process import cluster_name_of, reap, remember
from services.database.embedded.programs import binary
from services.database.embedded.remains import clear_remains
from services.database.embedded.root import Launcher, launcher_for
from services.database.embedded.running import attach, await_answer
from services.database.embedded.waiting import Patience, Progress

UNFINISHED: Final = "data.new-"
RECOVERING: Final = "PostgreSQL is recovering after an unclean stop"
STARTING: Final = "PostgreSQL is starting"
# Given on the command line, so that neither postgresql.conf nor ALTER SYSTEM can undo them.
SETTINGS: Final = {
    # Crash safety: without these a power cut can lose what was reported as saved.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # A small machine that loads in bulk: few, large checkpoints.
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "max_connections": "100",
    # Compiling costs more than it saves on queries of a few milliseconds.
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "lc_messages": "C",
    "timezone": "UTC",
    # A file a weekday, emptied when its day comes round; `trim_logs` keeps the size in bounds.
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_file_mode": "0600",
}


def ensure_running(folder: Folder, waits: Patience) -> str | None:
    """None where the server ran. Else it was started, and why: empty if it was not there."""
    reap()
    cause = attach(folder, waits)
    if cause is not None:
        _launch(folder, waits)
    return cause


def _launch(folder: Folder, waits: Patience) -> None:
    launcher = launcher_for(folder)
    _prepare_folder(folder, launcher.account)
    if not folder.data.exists():
        _initialise(folder, launcher)
    choose_endpoint(folder, launcher.account)
    was_unclean = folder.postmaster_file.exists()
    clear_remains(folder)
    owner_password(folder)  # nobody could ask anything of a server without it: it is not started
    server = _spawn(folder, launcher)
    progress = Progress(waits, RECOVERING if was_unclean else STARTING)
    if await_answer(folder, lambda: server.poll() is None, progress, waits.say) is not None:
        raise EmbeddedServerError(
            f"PostgreSQL stopped while starting (exit status {server.returncode}). "
            f"Its last lines:\n{last_lines(folder)}"
        )


def _prepare_folder(folder: Folder, account: Account) -> None:
    if is_root() and folder.path.stat().st_uid == 0:
        # The server's user passes through to its own folders; it cannot list or change this one.
        folder.path.chmod(0o711)
    own_directory(folder.log, account)
    trim_logs(folder)


def _initialise(folder: Folder, launcher: Launcher) -> None:
    """Create the cluster under another name, so that a folder called `data` is always whole."""
    if not folder.password.exists():
        write_secret(folder.password, secrets.token_urlsafe(32), launcher.account)
    _drop_unfinished(folder)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.path))
    launcher.account.give(unfinished)
    _run_initdb(folder, launcher, unfinished)
    unfinished.rename(folder.data)
    flush_directory(folder.path)


def _drop_unfinished(folder: Folder) -> None:
    for unfinished in folder.path.glob(f"{UNFINISHED}*"):
        # An initdb whose starter was killed may still be writing there; the next time gets it.
        shutil.rmtree(unfinished, ignore_errors=True)


def _run_initdb(folder: Folder, launcher: Launcher, data: Path) -> None:
    command = [*launcher.prefix, str(binary("initdb")), *_initdb_arguments(folder, data)]
    outcome = subprocess.run(  # noqa: S603  no shell, our own binary
        command, check=False, capture_output=True, text=True, **launcher.options(folder)
    )
    if outcome.returncode != 0:
        raise EmbeddedServerError(
            f"PostgreSQL could not create its data folder {folder.data}:\n"
            f"{outcome.stdout}{outcome.stderr}"
        )


def _initdb_arguments(folder: Folder, data: Path) -> list[str]:
    return [
        f"--pgdata={data}",
        f"--username={OWNER}",
        f"--pwfile={folder.password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # PostgreSQL's own C.UTF-8: the same order and letter case on every system.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        # The default from PostgreSQL 18; said for the binaries of an older one.
        "--data-checksums",
    ]


def _spawn(folder: Folder, launcher: Launcher) -> subprocess.Popen[bytes]:
    command = [*launcher.prefix, str(binary("postgres")), *_server_arguments(folder)]
    folder.start_log.touch(mode=0o600)
    with folder.start_log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603  no shell, our own binary
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Away from the terminal: Ctrl-C in one user's process must not reach the server.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            **launcher.options(folder),
        )
    hand_over(folder, folder.start_log)
    remember(server)
    return server


def _server_arguments(folder: Folder) -> list[str]:
    settings = {
        **SETTINGS,
        **_listening(endpoint_of(folder)),
        "log_directory": str(folder.log),
        "cluster_name": cluster_name_of(folder),
    }
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return ["-D", str(folder.data), *flags]


def _listening(endpoint: Endpoint) -> dict[str, str]:
    is_windows = sys.platform == "win32"
    return {
        "listen_addresses": endpoint.host if is_windows else "",
        "unix_socket_directories": "" if is_windows else endpoint.host,
        "port": str(endpoint.port),
    }
