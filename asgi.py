"""The server: `python asgi.py`, or any ASGI server with `asgi:app`."""

import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from sample.first_start import fill_empty
from server.application import create_app
from server.beside import worker_beside
from server.launch import StartRefusedError, serve
from services.access.local_key import LocalKeyError
from services.database.embedded import EmbeddedServerError
from services.database.engine import DatabaseUnavailableError
from services.database.start import database, say_on_stderr
from services.ending import ToldToEndError, end_in_order
from services.recovery.again import identify_again
from services.settings import SettingsError, settings

SCRIPT: Final = Path(__file__).parent / "app.py"

try:
    app = create_app(SCRIPT)
except (SettingsError, LocalKeyError) as refusal:
    sys.exit(str(refusal))


def prepare(until_the_end: ExitStack) -> None:
    """What must stand before the first visitor: the database, what this version makes of the
    reports in it and, at the very first start of an embedded one, the sample world; then, on one
    person's machine, a worker."""
    try:
        identify_again(database(), say_on_stderr)
        fill_empty(database(), settings(), say_on_stderr)
    except (DatabaseUnavailableError, EmbeddedServerError) as refusal:
        raise StartRefusedError(str(refusal)) from refusal
    until_the_end.enter_context(worker_beside(settings()))


def main() -> int:
    end_in_order()
    try:
        with ExitStack() as until_the_end:
            serve(app, settings(), prepare=partial(prepare, until_the_end))
    except StartRefusedError as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201
        return 1
    except (KeyboardInterrupt, ToldToEndError):
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
