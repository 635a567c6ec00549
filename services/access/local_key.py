"""The key to the dashboard of a machine on which nobody signs in.

Nothing in a request proves where it began: what a proxy passes on looks exactly like what a browser
here asks for. Having what only this machine's user can read does prove it.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Final

from filelock import FileLock

from services.settings import Settings

FILE: Final = "local-key"
# Opens the dashboard in a browser, with the key behind it.
OPENING: Final = "/open/"
_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_PATIENCE_SECONDS: Final = 10


class LocalKeyError(Exception):
    """The key can be neither read nor made; the message says what to do."""


def local_key(folder: Path) -> str:
    """Made at the first start, and the same from then on. Raises LocalKeyError."""
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=_PATIENCE_SECONDS, mode=0o600):
            key = path.read_text("ascii").strip() if path.exists() else _made(path)
    except (OSError, UnicodeDecodeError) as problem:
        raise LocalKeyError(f"{path} cannot be read or written: {problem}") from problem
    if not _FORM.fullmatch(key):  # an empty one would open the door to everybody
        raise LocalKeyError(f"{path} holds no key: delete it, and start again")
    return key


def _made(path: Path) -> str:
    """Whole or not at all, and never readable by anybody else, not for a moment."""
    key, beside = secrets.token_urlsafe(32), path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return key


def opening_address(chosen: Settings) -> str:
    """What to open in a browser: it is remembered there. Raises LocalKeyError."""
    if chosen.signs_in or chosen.local_mode_without_key:
        return chosen.origin
    return f"{chosen.origin}{OPENING}{local_key(chosen.data_directory)}"
