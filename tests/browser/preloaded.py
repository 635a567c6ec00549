"""Fresh servers without the cost of starting Python each time: a process that has read all
modules and run none of them splits once for every server that is asked for.

Each line on stdin is the port of the next server, which ends the one before.
"""

import os
import signal
import sys

import sample.first_start  # noqa: F401  read here, so that no child has to
import server.application  # noqa: F401
from services.settings import settings


def main() -> None:
    child = 0
    for line in sys.stdin:
        end(child)
        child = os.fork()
        if child == 0:
            os.environ["PORT"] = line.strip()
            settings.cache_clear()
            import asgi  # noqa: PLC0415  makes the app: in the child alone

            os._exit(asgi.main())
    end(child)


def end(child: int) -> None:
    if child:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
