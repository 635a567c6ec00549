"""What every chapter speaks of: the folder that we own, the names inside it, and the one error."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

OWNER: Final = "reimbursement_owner"
DATABASE: Final = "reimbursement"

WAY_OUT: Final = (
    "Set DATABASE_URL to a PostgreSQL server that is run elsewhere, "
    "or move the project to a folder that every user may enter."
)


class EmbeddedServerError(RuntimeError):
    """The embedded server could not be started, reached or stopped; the message says why."""


@dataclass(frozen=True)
class Folder:
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
