"""Who may touch the folder: its owner, and root for its owner."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from services.database.embedded.folder import WAY_OUT, EmbeddedServerError, Folder


@dataclass(frozen=True)
class Account:
    """The system user that the server runs as; None: the user of this process."""

    user: int | None = None
    group: int | None = None

    def give(self, target: Path | int) -> None:
        """Make the account the owner of a path in a folder only we can change, or of a file."""
        if self.user is not None and self.group is not None:
            os.chown(target, self.user, self.group)


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def claim(folder: Folder) -> None:
    try:
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(f"Cannot make {folder.path}: {error}. {WAY_OUT}") from error
    _refuse_foreign(folder)


def _refuse_foreign(folder: Folder) -> None:
    if sys.platform == "win32" or is_root() or folder.path.stat().st_uid == os.geteuid():
        return
    raise EmbeddedServerError(
        f"{folder.path} belongs to another user: run as that user, or remove the folder. {WAY_OUT}"
    )


def hand_over(folder: Folder, path: Path) -> None:
    """As root, give a file to the folder's owner, who must be able to use it without root too."""
    if is_root():
        owner = folder.path.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def own_directory(path: Path, account: Account) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    account.give(path)
