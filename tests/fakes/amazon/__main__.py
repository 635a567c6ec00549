"""Start a fake Amazon: `python -m tests.fakes.amazon --port 8702`, and stop it with Ctrl-C.

It prints the settings that lead to it. Without --files it serves a seller of the sample world.
"""

import argparse
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sample.world import write_world
from tests.fakes.amazon.files import Files
from tests.fakes.amazon.login import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from tests.fakes.amazon.server import FakeAmazon, serve
from tests.fakes.faults import Chance, answered, cut, slow

_SELLER = "baltic-outdoor"
_SEED = 20251122
_TROUBLES = (
    answered(429, {}, retry_after="2"),
    answered(500, {}),
    answered(503, {}),
    cut(),
    slow(2),
)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.amazon")
    parser.add_argument("--port", type=int, default=8702)
    parser.add_argument("--files", type=Path, help="a seller's folder with amazon-… folders in it")
    parser.add_argument("--report-seconds", type=float, default=3.0, help="until a report is done")
    parser.add_argument("--trouble", type=float, default=0.0, help="share of answers that go wrong")
    parser.add_argument("--seed", type=int, default=1, help="which ones do")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        fake = FakeAmazon(Files.below(told.files or _sample(Path(scratch))))
        fake.reports.takes = told.report_seconds
        if told.trouble:
            fake.faults.chance = Chance(_TROUBLES, told.trouble, told.seed)
        with serve(fake, told.port):
            for name, value in _settings(fake).items():
                print(f"{name}={value}")  # noqa: T201
            print(f"# a seller's refresh token: {REFRESH_TOKEN}", flush=True)  # noqa: T201
            Event().wait()


def _sample(folder: Path) -> Path:
    write_world(folder, today=datetime.now(UTC).date(), seed=_SEED)
    return folder / _SELLER


def _settings(fake: FakeAmazon) -> dict[str, str]:
    return fake.environment | {
        "AMAZON_APPLICATION_ID": APPLICATION_ID,
        "AMAZON_CLIENT_ID": CLIENT_ID,
        "AMAZON_CLIENT_SECRET": CLIENT_SECRET,
    }


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
