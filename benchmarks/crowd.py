"""How long a page takes when many people ask for it at once, against one after the other.

    python -m benchmarks.crowd PORT [PEOPLE]

Speaks with a running dashboard of this machine (local mode) as browsers do, over one websocket a
person, and prints one line with the ratio. What people read meanwhile is counted: that the page
waits its turn, that the database has much to do, that it does not answer.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PAGE = "overview"
FIGURES, TURN, BUSY, AWAY = "Unclaimed", "waits its turn", "much to do", "does not answer"
ONE_BY_ONE = 10
PATIENCE_SECONDS = 300


@dataclass(frozen=True)
class Visit:
    """How long it took until the figures stood, and what was read on the way."""

    seconds: float
    read: frozenset[str]


async def visit(port: int, begin: asyncio.Event) -> Visit:
    """Connects, waits for the signal, asks for the page and reads until its figures are there."""
    async with as_a_browser(port) as connection:
        await begin.wait()
        begun = time.monotonic()
        await connection.send(asks_for(PAGE))
        read: set[str] = set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (await _finished(connection, read) and FIGURES in read):
                pass
        return Visit(time.monotonic() - begun, frozenset(read))


def as_a_browser(port: int) -> websockets.connect:
    """To be entered: a connection with the dashboard that listens there."""
    address = f"127.0.0.1:{port}"
    return websockets.connect(
        f"ws://{address}/_stcore/stream",
        origin=websockets.Origin(f"http://{address}"),
        subprotocols=[websockets.Subprotocol("streamlit")],
        max_size=None,
        open_timeout=PATIENCE_SECONDS,
        ping_interval=None,
    )


def asks_for(page: str) -> bytes:
    message = BackMsg()
    message.rerun_script.page_name = page
    return bytes(message.SerializeToString())


async def _finished(connection: websockets.ClientConnection, read: set[str]) -> bool:
    """Reads one message; whether it says that the page is drawn."""
    message = ForwardMsg()
    message.ParseFromString(await connection.recv(decode=False))
    said = str(message)
    read.update(words for words in (FIGURES, TURN, BUSY, AWAY) if words in said)
    return message.WhichOneof("type") == "script_finished"


async def crowd(port: int, people: int) -> list[Visit]:
    """All connected first, then all at once."""
    begin = asyncio.Event()
    visits = [asyncio.create_task(visit(port, begin)) for _ in range(people)]
    await asyncio.sleep(0.1 + people / 20)
    begin.set()
    return await asyncio.gather(*visits)


async def measure(port: int, people: int) -> str:
    await crowd(port, 1)  # what is read once is read before
    alone = [(await crowd(port, 1))[0].seconds for _ in range(ONE_BY_ONE)]
    together = await crowd(port, people)
    return _in_words(alone, together)


def _in_words(alone: Sequence[float], together: Sequence[Visit]) -> str:
    one, last = statistics.median(alone), max(visit.seconds for visit in together)
    counted = ", ".join(
        f"{sum(words in visit.read for visit in together)} read “{words}”"
        for words in (TURN, BUSY, AWAY)
    )
    return (
        f"{len(together)} at once: the last was served after {last:.1f} s, "
        f"{last / (one * len(together)):.2f} of one after the other ({one:.2f} s each). {counted}"
    )


if __name__ == "__main__":
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    print(asyncio.run(measure(int(sys.argv[1]), number)))
