"""What a rerun of a page costs: the server's processor time, against one that shows two lines.

    python -m benchmarks.reruns PORT [RERUNS]

Speaks with a running dashboard of this machine (local mode) over one websocket, as a browser does
that presses the same thing again and again, and with a script of two lines on the framework's own
server, which it starts; prints one line a page. Processor time is read from the system's account of
the process that listens, so other work on the machine does not count.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import websockets
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.crowd import as_a_browser, asks_for

PAGES = ("overview", "expiring", "cases", "amazon", "data")
TWO_LINES = "import streamlit as st\nst.title('Two lines')\nst.write('and no more')\n"
TWO_LINES_AT = 8599
FIRST = 5  # of which nothing is counted: what is read once is read by then


async def reruns(port: int, page: str, times: int) -> tuple[float, float]:
    """Seconds of the processor a rerun, and of the clock."""
    server = _listens_at(port)
    async with as_a_browser(port) as connection:
        for _ in range(FIRST):
            await _rerun(connection, page)
        before, took = _spent(server), []
        for _ in range(times):
            begun = time.monotonic()
            await _rerun(connection, page)
            took.append(time.monotonic() - begun)
        return (_spent(server) - before) / times, statistics.median(took)


def _listens_at(port: int) -> psutil.Process:
    for one in psutil.net_connections("tcp"):
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid:
            return psutil.Process(one.pid)
    raise SystemExit(f"Nothing listens at {port}.")


def _spent(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


async def _rerun(connection: websockets.ClientConnection, page: str) -> None:
    await connection.send(asks_for(page))
    message = ForwardMsg()
    while message.WhichOneof("type") != "script_finished":
        message.ParseFromString(await connection.recv(decode=False))


@contextmanager
def _two_lines() -> Iterator[int]:
    with TemporaryDirectory() as folder:
        script = Path(folder, "two_lines.py")
        script.write_text(TWO_LINES, "utf-8")
        options = {"port": TWO_LINES_AT, "address": "127.0.0.1", "headless": "true"}
        given = [f"--server.{name}={value}" for name, value in options.items()]
        words = [sys.executable, "-m", "streamlit", "run", str(script), *given]
        with subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL) as running:
            time.sleep(5)
            yield TWO_LINES_AT
            running.terminate()


async def measure(port: int, times: int) -> None:
    with _two_lines() as beside:
        least, _ = await reruns(beside, "", times)
    print(f"two lines: {1000 * least:.1f} ms of the processor a rerun")
    for page in PAGES:
        spent, took = await reruns(port, page, times)
        print(
            f"{page}: {1000 * spent:.1f} ms of the processor a rerun, {spent / least:.1f} times"
            f" two lines; {1000 * took:.0f} ms by the clock"
        )


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40))
