"""How a program is run as somebody else: PostgreSQL refuses to run as root."""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.database.embedded.access import Account, is_root
from services.database.embedded.folder import WAY_OUT, EmbeddedServerError, Folder
from services.database.embedded.listening import fits_socket
from services.database.embedded.programs import binary, environment

# Bits of /proc/self/status, from linux/capability.h.
CAPABILITY_BITS: Final = {"dac_override": 1, "dac_read_search": 2, "setpcap": 8}


@dataclass(frozen=True)
class Launcher:
    """How a PostgreSQL program is run as its account.

    `prefix` is a command that changes the user while it keeps one capability; without it the
    change of user is left to `subprocess`.
    """

    account: Account
    prefix: tuple[str, ...] = ()

    def options(self, folder: Folder) -> dict[str, Any]:
        change_user = self.account.user is not None and not self.prefix
        return {
            "stdin": subprocess.DEVNULL,
            "cwd": folder.path,
            "env": environment(),
            "umask": 0o077,
            "user": self.account.user if change_user else None,
            "group": self.account.group if change_user else None,
            "extra_groups": [] if change_user else None,
        }


def launcher_for(folder: Folder) -> Launcher:
    if not is_root():
        return Launcher(Account())
    account = _server_account(folder)
    if _can_reach(account, folder):
        return Launcher(account)
    return Launcher(account, _capability_command(account))


def _server_account(folder: Folder) -> Account:
    """The owner of the data, or of our folder before there is any; root's becomes another's.

    Raises:
        EmbeddedServerError: no user is there to run it, or the data is root's already.
    """
    owner = (folder.data if folder.data.exists() else folder.path).stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    if folder.data.exists():
        raise EmbeddedServerError(f"{folder.data} belongs to root; PostgreSQL refuses to use it.")
    return _unprivileged_account()


def _unprivileged_account() -> Account:
    import pwd  # noqa: PLC0415  absent on Windows, where nobody is root

    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in accounts and accounts[name].pw_uid != 0:
            return Account(accounts[name].pw_uid, accounts[name].pw_gid)
    raise EmbeddedServerError(
        f"PostgreSQL refuses to run as root and there is no user postgres or nobody. {WAY_OUT}"
    )


def _can_reach(account: Account, folder: Folder) -> bool:
    """Whether the account may enter every folder on the way to its files and programs.

    Our own folder lets it through (`starting.py`) unless another user owns it. Access
    lists are not read: where they open a way, a capability is kept that was not needed.
    """
    program = binary("postgres")
    ways = [*folder.path.parents, *program.parents, program, *_socket_ways(folder)]
    if folder.path.stat().st_uid != 0:
        ways.append(folder.path)
    return all(_may_pass(account, way) for way in ways)


def _socket_ways(folder: Folder) -> list[Path]:
    if fits_socket(folder.socket):
        return []
    temporary = Path(tempfile.gettempdir()).resolve()
    return [temporary, *temporary.parents]


def _may_pass(account: Account, path: Path) -> bool:
    status = path.stat()
    if status.st_uid == account.user:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.group:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def _capability_command(account: Account) -> tuple[str, ...]:
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


def _kept_capability(account: Account) -> str | None:
    """The least that is enough: to read and search; containers often grant only the wider one.

    None: neither can be passed on, which itself needs the right to set capabilities.
    """
    granted = _granted_capabilities()
    reading_is_enough = _may_pass(account, binary("postgres"))
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
