"""How much memory the dashboard needs for a large file that is dropped, against a small one.

    python -m benchmarks.dropping [MEGABYTES]

Prints one line with the ratio of the server's peak after a large ledger (300 MB) to its peak after
one of a hundredth of it: received over HTTP, kept on disk and recognised with its days and rows, as
the page does. Server and database are processes of their own.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import requests

from benchmarks.landing import ledger_lines
from services.access.local import local_viewer
from services.database.engine import Database
from services.database.start import open_database
from services.dropping import asking
from services.dropping.addresses import drop_address
from services.settings import settings

_SERVER: Final = """
import uvicorn
from starlette.applications import Starlette
from streamlit import config
from server.dropping import drop_routes
from server.launch import bind
config.set_option("server.address", "127.0.0.1")
with bind("127.0.0.1", 0) as listener:
    print(listener.getsockname()[1], flush=True)
    app = Starlette(routes=drop_routes())
    served = uvicorn.Config(app, log_level="warning", lifespan="off")
    uvicorn.Server(served).run(sockets=[listener])
"""
_SMALLER: Final = 100
_BYTES_A_ROW: Final = 170


@contextmanager
def serving() -> Iterator[tuple[int, str]]:
    """The number of a process with the routes, and its address."""
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("the server says nothing")
        try:
            yield process.pid, f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def peak_mebibytes(process: int) -> int:
    """The most memory that a process has had so far, as the kernel counts it."""
    told = Path(f"/proc/{process}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+)", told)
    return int(found[1]) >> 10 if found else 0


def write_ledger(path: Path, megabytes: float) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(ledger_lines(int(megabytes * 10**6 / _BYTES_A_ROW)))


def dropped(database: Database, address: str, path: Path) -> float:
    """Drop the file as a page of the seller's does; seconds until it is known."""
    viewer = local_viewer(database, listens_on="127.0.0.1", asks_from=None)
    drop = asking.new_drop(viewer)
    to = drop_address(database, settings(), viewer, None, drop)
    start = time.perf_counter()
    with path.open("rb") as file:
        named = {"origin": address, "x-file-name": path.name}
        answer = requests.post(f"{address}{to}", data=file, headers=named, timeout=600)
    answer.raise_for_status()
    if not asking.dropped(viewer, drop)[0].is_known:
        raise RuntimeError("the ledger was not recognised")
    asking.begin_again(viewer, drop)
    return time.perf_counter() - start


def main(megabytes: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIRECTORY"] = folder
        small, large = Path(folder) / "small.txt", Path(folder) / "large.txt"
        write_ledger(small, megabytes / _SMALLER)
        write_ledger(large, megabytes)
        database = open_database()
        with serving() as (process, address):
            dropped(database, address, small)
            before = peak_mebibytes(process)
            seconds = dropped(database, address, large)
            after = peak_mebibytes(process)
        size = large.stat().st_size / 10**6
        print(
            f"{size:.0f} MB: {after} MiB at most, {before} MiB after {size / _SMALLER:.0f} MB:"
            f" {after / before:.2f} x ({seconds:.1f} s)"
        )
        database.dispose()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 300)
