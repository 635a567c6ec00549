"""What a trial is: something done to the product again and again, and whether it held each time."""

import traceback
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

import pytest

from tests.hardening.ground import Ground

HELD: Final = ""
_BROKEN: Final = (Exception, pytest.fail.Exception)  # that one is no Exception
# One value an attempt: HELD, or what happened instead. The number is how many are wanted; None
# means all that there are.
Attempts: TypeAlias = Generator[str]
Try: TypeAlias = Callable[[Ground, int | None, Random], Attempts]


@dataclass(frozen=True)
class Trial:
    """Something that is tried, said in words, and how often it is tried."""

    name: str
    words: str
    short: int
    long: int | None  # None: all that there are
    attempts: Try


@dataclass
class Outcome:
    """How often it was tried and held, and the story of the first time that it did not."""

    trial: Trial
    tried: int = 0
    held: int = 0
    first: str = ""

    @property
    def all_held(self) -> bool:
        return self.tried == self.held > 0

    def note(self, story: str) -> None:
        self.tried += 1
        self.held += story == HELD
        self.first = self.first or story


def undergo(
    outcome: Outcome,
    ground: Ground,
    count: int | None,
    seed: int,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> None:
    """All attempts of a trial. One that breaks the trial itself is the last one, and did not hold.

    The same seed chooses the same moments, samples and garbage for the same trial.
    """
    chance = Random(f"{seed} {outcome.trial.name}")  # noqa: S311  no secret
    with closing(outcome.trial.attempts(ground, count, chance)) as attempts:
        try:
            for story in attempts:
                outcome.note(story)
                tell(outcome)
        except _BROKEN:  # a trial must be able to say how it broke, whatever broke it
            outcome.note(traceback.format_exc())
