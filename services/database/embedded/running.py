"""The running server: waited for, told to go on, stopped."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import psutil

from services.database.embedded.answers import State, forget_silence, silent_seconds, state_of
from services.database.embedded.folder import Folder
from services.database.embedded.listening import discard_socket_elsewhere, has_safe_socket
from services.database.embedded.process import (
    cluster_name_of,
    is_postmaster,
    postmaster_lines,
    postmaster_of,
    reap,
)
from services.database.embedded.programs import binary
from services.database.embedded.remains import end_orphans
from services.database.embedded.waiting import POLL_SECONDS, Patience, Progress, Say

# A fast shutdown writes everything out. One that is stuck is cut short: what was committed is
# in the log, and recovered at the next start.
FAST_STOP_SECONDS: Final = 60.0
IMMEDIATE_STOP_SECONDS: Final = 10.0
# A server that starts, recovers or is full says so; one that says nothing at all for so long hangs.
HUNG_SECONDS: Final = 30.0

NOT_ANSWERING: Final = "PostgreSQL is running but does not answer yet"
WAS_STOPPING: Final = "was shutting down while it was in use"
HUNG: Final = "hung"
WAS_OUT_OF_REACH: Final = "had lost its socket"
WAS_HALTED: Final = "PostgreSQL had been halted and goes on now."


def attach(folder: Folder, waits: Patience) -> str | None:
    """Wait for a running server to answer. Else why it does not run: empty if it is not there."""
    if _has_lost_its_socket(folder):
        stop(folder)
        return WAS_OUT_OF_REACH
    _let_go_on(folder, waits.say)
    return await_answer(
        folder, lambda: postmaster_of(folder) is not None, Progress(waits, NOT_ANSWERING), waits.say
    )


def await_answer(
    folder: Folder, is_alive: Callable[[], bool], progress: Progress, say: Say
) -> str | None:
    """None once it answers. Else it has ended, or was ended because it will not answer any more."""
    while is_alive():
        state = state_of(folder)
        if state is State.ANSWERS:
            return None
        if state is State.STOPPING:
            # Told to by somebody else, it waits for connections that may stay open for ever.
            stop(folder)
            return WAS_STOPPING
        if state is State.SILENT and _hangs(folder, say):
            stop(folder, IMMEDIATE_STOP_SECONDS)
            return HUNG
        progress.tick()
        time.sleep(POLL_SECONDS)
    return ""


def _hangs(folder: Folder, say: Say) -> bool:
    """Whether a silent server has been so for too long. One that was halted is told to go on."""
    _let_go_on(folder, say)
    return silent_seconds(folder) >= HUNG_SECONDS


def _let_go_on(folder: Folder, say: Say) -> None:
    postmaster = postmaster_of(folder)
    if postmaster is not None and _resume(postmaster):
        say(WAS_HALTED)


def _resume(process: psutil.Process) -> bool:
    """Whether the process had been halted (SIGSTOP)."""
    with suppress(psutil.NoSuchProcess):
        if process.status() == psutil.STATUS_STOPPED:
            process.resume()
            return True
    return False


def _has_lost_its_socket(folder: Folder) -> bool:
    """Whether a ready server can no longer be reached: a cleaner emptied the temporary folder."""
    if sys.platform == "win32" or postmaster_of(folder) is None:
        return False
    is_ready = any(line.strip() == "ready" for line in postmaster_lines(folder)[7:8])
    return is_ready and not has_safe_socket(folder)


def stop(folder: Folder, fast_seconds: float = FAST_STOP_SECONDS) -> None:
    """Shut the server down and wait until its process is gone: in order if it can, else at once.

    A fast shutdown loses nothing, an immediate one nothing that was committed; a process that
    ends by neither is killed, which is the same to the data.
    """
    postmaster = postmaster_of(folder)
    if postmaster is None:
        return
    for mode, seconds in (("fast", fast_seconds), ("immediate", IMMEDIATE_STOP_SECONDS)):
        _ask_to_stop(folder, postmaster, mode)
        if _has_ended(postmaster, cluster_name_of(folder), seconds):
            break
    else:
        end_orphans(folder)
    reap()
    forget_silence(folder)
    discard_socket_elsewhere(folder)


def _has_ended(postmaster: psutil.Process, cluster_name: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_postmaster(postmaster, cluster_name):
        if time.monotonic() > deadline:
            return False
        _resume(postmaster)  # one that is halted hears nothing
        time.sleep(POLL_SECONDS)
    return True


def _ask_to_stop(folder: Folder, postmaster: psutil.Process, mode: str) -> None:
    if sys.platform != "win32":
        with suppress(psutil.NoSuchProcess):
            postmaster.send_signal(signal.SIGINT if mode == "fast" else signal.SIGQUIT)
        return
    # Windows has no signals; pg_ctl reaches the server through its named pipe.
    command = [binary("pg_ctl"), "stop", "-W", "-m", mode, "-D", folder.data]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  no shell, our binary
