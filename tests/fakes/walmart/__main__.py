"""Start the fake alone: `python -m tests.fakes.walmart --port 8701`.

It serves the sample world's Walmart of today, or the report files of `--files`, until Ctrl+C, and
says what did not conform.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sample.story import build_story
from sample.world import write_channel
from services.settings import settings
from tests.fakes.walmart.server import Walmart, serving


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.fakes.walmart")
    arguments.add_argument("--port", type=int, default=8701)
    arguments.add_argument("--files", type=Path, help="a folder of a Walmart channel's files")
    chosen = arguments.parse_args()
    with _folder(chosen.files) as folder, serving(folder, chosen.port) as walmart:
        print(_how_to_ask(walmart), flush=True)  # noqa: T201
        try:
            Event().wait()
        except KeyboardInterrupt:
            print("\n".join(walmart.checked.misfits) or "Every question conformed.")  # noqa: T201


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The files that are given, or the sample world's of today."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="fake-walmart-") as made:
        story = build_story(datetime.now(UTC).date(), settings().sample_seed)
        written = write_channel(Path(made), story, story.market("walmart-us"))
        yield written.paths[0].parent


def _how_to_ask(walmart: Walmart) -> str:
    [(key, secret)] = walmart.access.keys.items()
    return "\n".join(
        [
            f"WALMART_API_ADDRESS={walmart.address}",
            f"WALMART_CONSENT_ADDRESS={walmart.address}/authorize",
            f"WALMART_CLIENT_ID={walmart.access.app[0]}",
            f"WALMART_CLIENT_SECRET={walmart.access.app[1]}",
            "WALMART_REPORTS_AN_HOUR=3600",
            f"# or a seller's own key: {key} with the secret {secret}",
        ]
    )


if __name__ == "__main__":
    main()
