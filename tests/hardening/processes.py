"""The product's own commands as processes of their own, and killing them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from services.database.engine import Database
from services.settings import PROJECT


def environment_of(database: Database, **settings: str) -> dict[str, str]:
    """This process's environment for a command on that database."""
    return {
        **os.environ,
        "DATABASE_URL": database.urls.owner.render_as_string(hide_password=False),
        "ACCEPT_SERVER_BELOW_SECURITY_FLOOR": "true",
        **settings,
    }


def started(environment: Mapping[str, str], *words: str) -> subprocess.Popen[str]:
    """`python -m services …`, on its way."""
    return subprocess.Popen(
        [sys.executable, "-m", "services", *words],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said_by(process: subprocess.Popen[str], seconds: float = 600) -> str:
    """Everything it said, when it has ended. Raises TimeoutExpired, and ends it."""
    try:
        return process.communicate(timeout=seconds)[0]
    finally:
        end(process)


def end(process: subprocess.Popen[Any]) -> None:
    """Dead, whatever it was doing, and its lines closed."""
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def wait_for(condition: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
