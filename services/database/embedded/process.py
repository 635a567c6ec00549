"""Which process is our server, and no stranger with its number."""

import subprocess

import psutil

from services.database.embedded.folder import DATABASE, Folder

# Servers that this process started, kept so that a dead one can be reaped.
_spawned: list[subprocess.Popen[bytes]] = []


def cluster_name_of(folder: Folder) -> str:
    """The name that this cluster's processes carry in their command lines and titles.

    Made of the data folder's identity, so that it survives a rename and no copy shares it.
    """
    status = folder.data.stat()
    return f"{DATABASE}-{status.st_dev:x}-{status.st_ino:x}"


def postmaster_lines(folder: Folder) -> list[str]:
    try:
        return folder.postmaster_file.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def recorded_process_id(folder: Folder) -> int | None:
    lines = postmaster_lines(folder)
    return int(lines[0]) if lines and lines[0].strip().isdecimal() else None


def postmaster_of(folder: Folder) -> psutil.Process | None:
    """The live main process of our server, if the process recorded in the data folder is it."""
    recorded = recorded_process_id(folder)
    if recorded is None:
        return None
    try:
        process = psutil.Process(recorded)
    except psutil.NoSuchProcess:
        return None
    return process if is_postmaster(process, cluster_name_of(folder)) else None


def is_postmaster(process: psutil.Process, cluster_name: str) -> bool:
    # A zombie's command line is empty, and one that we may not read is no server of ours.
    return f"cluster_name={cluster_name}" in command_line(process)


def command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []


def remember(server: subprocess.Popen[bytes]) -> None:
    """One that this process started is collected by it when it has ended (`reap`)."""
    _spawned.append(server)


def reap() -> None:
    """Collect our own servers that have ended, which would otherwise stay as zombies."""
    _spawned[:] = [server for server in _spawned if server.poll() is None]
