"""What was tried against the product, how often, and how often it held: one table.

    python -m tests.hardening                  the long form: an hour or more
    python -m tests.hardening --short          the short one: minutes
    python -m tests.hardening --only NAME …    these trials alone
    python -m tests.hardening --count N        N attempts of each
    python -m tests.hardening --json           for machines

Exit code 1 if anything did not hold, 2 for wrong usage, 130 when interrupted: the table then says
what was tried until then. What each line means: docs/hardening.md.
"""

import argparse
import json
import logging
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from types import FrameType
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.hardening.ground import own_ground
from tests.hardening.trial import Outcome, Trial, undergo
from tests.hardening.trials import TRIALS

_INTERRUPTED: Final = 130


def main() -> int:
    asked = _asked()
    signal.signal(signal.SIGTERM, _leave)  # in order: what was started is ended
    logging.disable()  # refusals are written down as they should be: here they are the rule
    chosen = [one for one in TRIALS if not asked.only or one.name in asked.only]
    outcomes: list[Outcome] = []
    ended = 0
    try:
        _undergo_all(chosen, outcomes, asked)
    except KeyboardInterrupt:  # what has been tried until then still counts
        ended = _INTERRUPTED
    _show(outcomes, asked)
    return ended or (0 if all(one.all_held for one in outcomes) else 1)


def _undergo_all(
    chosen: Sequence[Trial], outcomes: list[Outcome], asked: argparse.Namespace
) -> None:
    with own_ground() as ground:
        for one in chosen:
            begun = time.monotonic()
            outcomes.append(Outcome(one))
            undergo(outcomes[-1], ground, _count(one, asked), asked.seed, _tell)
            _tell_end(outcomes[-1], time.monotonic() - begun)


def _asked() -> argparse.Namespace:
    names = [one.name for one in TRIALS]
    words = argparse.ArgumentParser(
        prog="python -m tests.hardening", description="Tries to break the product, and counts."
    )
    words.add_argument("--short", action="store_true", help="a few attempts of each trial")
    words.add_argument(
        "--only",
        nargs="+",
        choices=names,
        metavar="NAME",
        help=f"these trials alone: {', '.join(names)}",
    )
    words.add_argument("--count", type=int, help="this many attempts of each")
    words.add_argument(
        "--seed",
        type=int,
        default=datetime.now(UTC).toordinal(),
        help="chooses moments, samples, garbage; else the day's",
    )
    words.add_argument("--json", action="store_true", help="the table as JSON")
    return words.parse_args()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _count(one: Trial, asked: argparse.Namespace) -> int | None:
    if asked.count is not None:
        return int(asked.count)
    return one.short if asked.short else one.long


def _tell(outcome: Outcome) -> None:
    if sys.stderr.isatty():
        _say(f"\r{_in_words(outcome)}")


def _tell_end(outcome: Outcome, seconds: float) -> None:
    _say(f"\r{_in_words(outcome)}, {seconds:.0f} s\n")


def _in_words(outcome: Outcome) -> str:
    return f"{outcome.trial.name}: {outcome.held} of {outcome.tried} held"


def _say(words: str) -> None:
    sys.stderr.write(words)
    sys.stderr.flush()


def _show(outcomes: list[Outcome], asked: argparse.Namespace) -> None:
    if asked.json:
        told = {"seed": asked.seed, "trials": [_plain(one) for one in outcomes]}
        print(json.dumps(told))  # noqa: T201
        return
    table = Table(
        "what was tried", "tried", "held", title=f"Seed {asked.seed}", title_justify="left"
    )
    for one in outcomes:
        table.add_row(one.trial.words, f"{one.tried:,}", f"{one.held:,}")
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    for one in outcomes:
        if one.first:
            console.print(f"{one.trial.name}, the first time it did not hold:", style="bold")
            console.print(one.first, markup=False)


def _plain(one: Outcome) -> dict[str, object]:
    return {
        "name": one.trial.name,
        "tried": one.tried,
        "held": one.held,
        "first_not_held": one.first or None,
    }


if __name__ == "__main__":
    sys.exit(main())
