"""The only source of chance: every draw follows from the seed, so each run tells one story."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from random import Random
from typing import Final, TypeVar

DAYS: Final = 548  # eighteen months of history
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
_DIGITS: Final = "0123456789"
# Business grows towards today; each month of age has a mood of its own, so that a chart by month
# looks like a business and not like a ruler.
_MOODS: Final = (
    104, 118, 92, 110, 86, 104, 95, 113, 82, 106, 98, 88, 110, 80, 101, 93, 108, 90, 97,
)  # fmt: skip

Thing = TypeVar("Thing")


def _busyness(age: int) -> int:
    return (DAYS + 320 - age) * _MOODS[min(age // 30, len(_MOODS) - 1)]


_BUSY_BEFORE: Final = (0, *accumulate(_busyness(age) for age in range(DAYS + 1)))


def growth(age: int) -> float:
    """How busy the day `age` days ago was, beside the average day."""
    return _busyness(age) * (DAYS + 1) / _BUSY_BEFORE[-1]


class Chance:
    """A stream of draws with a name of its own: one more draw here moves nothing elsewhere."""

    def __init__(self, seed: int, *names: str) -> None:
        # Nothing here is secret: the point is that anyone can draw the same again.
        self._random = Random("/".join((str(seed), *names)))  # noqa: S311
        self._given: set[str] = set()

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included; low where the span is empty."""
        return self._random.randint(low, max(low, high))

    def happens(self, percent: int) -> bool:
        """True in so many of a hundred draws."""
        return self._random.randrange(100) < percent

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """One of these, all alike."""
        return self._random.choice(things)

    def weighted(self, things: Sequence[Thing], weights: Sequence[int]) -> Thing:
        """One of these, by weight."""
        return self._random.choices(things, weights)[0]

    def age(self, youngest: int, oldest: int) -> int:
        """Days before today within the span, busier days more often."""
        drawn = self._random.randrange(_BUSY_BEFORE[youngest], _BUSY_BEFORE[oldest + 1])
        return bisect_right(_BUSY_BEFORE, drawn) - 1

    def about(self, expected: float) -> int:
        """A whole number around an expectation, never below zero."""
        return max(0, round(self._random.gauss(expected, expected**0.5)))

    def digits(self, count: int) -> str:
        """Digits, as marketplaces number orders."""
        return "".join(self._random.choices(_DIGITS, k=count))

    def letters(self, count: int) -> str:
        """Capital letters and digits, as marketplaces code items."""
        return "".join(self._random.choices(_LETTERS, k=count))

    def number(self, base: int, on: date, a_day: int) -> str:
        """A number never given before that grows with the day, as marketplaces' ids do."""
        while True:
            drawn = str(base + (on.toordinal() - 700_000) * a_day + self._random.randrange(a_day))
            if drawn not in self._given:
                self._given.add(drawn)
                return drawn
