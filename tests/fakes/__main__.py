"""The dashboard on marketplaces of our own making: `make connected`, and stop it with Ctrl-C.

Both fakes serve the sample world's files; the dashboard has a data directory of its own. Connect an
account on Amazon's and Walmart's page, and watch its reports come.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sample.story import OUTDOOR, build_story
from sample.world import write_channel, write_world
from services.database.start import open_database
from services.ending import end_in_order
from services.landing.target import find_or_make
from services.settings import PROJECT, settings
from tests.fakes.amazon.files import Files
from tests.fakes.amazon.login import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from tests.fakes.amazon.server import FakeAmazon, serve
from tests.fakes.walmart.server import serving

_REPORT_SECONDS: Final = 3.0  # until one is made: long enough to be seen on its way
_DATA: Final = ".data-connected"
_ACCOUNT: Final = "Your business"


def main() -> int:
    """Serve until interrupted; what the dashboard ends with."""
    told = argparse.ArgumentParser(prog="python -m tests.fakes")
    told.add_argument("--port", default=os.environ.get("PORT", "8501"))
    port = told.parse_args().port
    end_in_order()
    with ExitStack() as until_the_end:
        environment = _marketplaces(until_the_end)
        _make_account(environment)
        command = [sys.executable, "asgi.py"]
        with subprocess.Popen(command, cwd=PROJECT, env=environment | {"PORT": port}) as dashboard:
            try:
                return dashboard.wait()
            except KeyboardInterrupt:  # it was told as well, by the same terminal
                return dashboard.wait()
            finally:
                dashboard.terminate()


def _make_account(environment: dict[str, str]) -> None:
    """One with nothing in it, to be connected."""
    os.environ["DATA_DIRECTORY"] = environment["DATA_DIRECTORY"]
    settings.cache_clear()
    database = open_database()
    with database.loading() as connection:
        find_or_make(connection, _ACCOUNT, None)
    database.dispose()


def _marketplaces(until_the_end: ExitStack) -> dict[str, str]:
    """Both, and the environment that leads to them."""
    folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="fakes-")))
    today, seed = datetime.now(UTC).date(), settings().sample_seed
    write_world(folder, today=today, seed=seed)
    amazon = FakeAmazon(Files.below(folder / OUTDOOR.lower().replace(" ", "-")))
    amazon.reports.takes = _REPORT_SECONDS
    until_the_end.enter_context(serve(amazon))
    story = build_story(today, seed)
    written = write_channel(folder / "walmart", story, story.market("walmart-us"))
    walmart = until_the_end.enter_context(serving(written.paths[0].parent))
    [(key, secret)] = walmart.access.keys.items()
    print("Two marketplaces of our own making stand by. Connect them on their pages:")  # noqa: T201
    print("  Amazon, United Kingdom: confirm on its page, or type the token", REFRESH_TOKEN)  # noqa: T201
    print(f"  Walmart: allow on its page, or type the key {key} with the secret {secret}")  # noqa: T201
    return {
        **os.environ,
        **amazon.environment,
        "AMAZON_APPLICATION_ID": APPLICATION_ID,
        "AMAZON_CLIENT_ID": CLIENT_ID,
        "AMAZON_CLIENT_SECRET": CLIENT_SECRET,
        "WALMART_API_ADDRESS": walmart.address,
        "WALMART_CONSENT_ADDRESS": f"{walmart.address}/authorize",
        "WALMART_CLIENT_ID": walmart.access.app[0],
        "WALMART_CLIENT_SECRET": walmart.access.app[1],
        "WALMART_REPORTS_AN_HOUR": "3600",
        "DATA_DIRECTORY": os.environ.get("DATA_DIRECTORY", str(PROJECT / _DATA)),
    }


if __name__ == "__main__":
    sys.exit(main())
