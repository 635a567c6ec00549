"""Clears away what a run leaves, however the run ended: killed, too.

    python -m tests.hardening.sweep FOLDER

waits for the end of its input, which its starter holds open for as long as it lives. Then it ends
what was started for the folder and removes the folder.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

PROJECT: Final = Path(__file__).resolve().parents[2]
# Whatever a run starts carries the name of the run's folder.
MARK: Final = "HARDENING_FOLDER"
_SECONDS: Final = 10


@contextmanager
def swept_folder() -> Iterator[Path]:
    """A folder that every user may enter, gone at the end with whatever works in it or for it."""
    folder = Path(tempfile.mkdtemp(prefix="hardening-")).resolve()
    folder.chmod(0o755)
    os.environ[MARK] = str(folder)
    command = [sys.executable, "-m", "tests.hardening.sweep", str(folder)]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, start_new_session=True
    ) as sweeper:
        try:
            yield folder
        finally:
            del os.environ[MARK]
            sweeper.communicate()


def sweep(folder: Path) -> None:
    """Ends what belongs to the folder, databases by their own quickest way, and removes it."""
    ours = list(_of(folder))
    for one in ours:
        _send(one, signal.SIGCONT)
        _send(one, signal.SIGQUIT if _is_postgres(one) else signal.SIGKILL)
    _gone, left = psutil.wait_procs(ours, timeout=_SECONDS)
    for one in [*left, *_of(folder)]:
        _send(one, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def _of(folder: Path) -> Iterator[psutil.Process]:
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            if one.pid not in own and _belongs(one, folder):
                yield one


def _belongs(one: psutil.Process, folder: Path) -> bool:
    # A server process overwrites its environment with its title: it is known by where it works.
    works_in_it = Path(one.cwd()).is_relative_to(folder)
    return works_in_it or one.environ().get(MARK) == str(folder)


def _is_postgres(one: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return one.name().startswith("postgres")
    return False


def _send(one: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.Error):
        one.send_signal(number)


if __name__ == "__main__":
    sys.stdin.read()
    sweep(Path(sys.argv[1]))
