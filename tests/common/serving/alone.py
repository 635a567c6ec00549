"""Routes alone, served by a thread of this process: what they answer, without the app around."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from server.launch import bind

_SECONDS = 30


@contextmanager
def alone(routes: Sequence[BaseRoute]) -> Iterator[str]:
    """Their address, once somebody listens there: a busy machine takes its time."""
    with bind("127.0.0.1", 0) as listener:
        serving = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=routes), access_log=False, log_level="warning", lifespan="off"
            )
        )
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]})
        thread.start()
        until = time.monotonic() + _SECONDS
        while not serving.started:
            assert time.monotonic() < until, "nobody listens"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        serving.should_exit = True
        thread.join(10)
