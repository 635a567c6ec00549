"""Rows of other days than a report was asked for: they land, and it speaks for what it tells.

A person who names days may have named wrong ones: that file is refused, and says so. What a
marketplace answers stays what it is, however often it is asked again: so its rows land, each is one
of the channel's, and only the days that the answer can be told to speak for are spoken for. A row
with an identity stands by itself; of a ledger's day that the answer does not speak for, its rows
are added to the reading that stands (services.landing.ways.day).

A day beside is a matter of time zones, and of answers that are rounded to whole days: it speaks for
the days asked for. Rows further away say that the answer is of other days. Then of the days asked
for those between its first row and its last are told, but for the last day where only earlier rows
are beside, and the first where only later ones are: there the answer may begin or break off.
Where no row proves in which order a file's days are written, rows further away are as likely days
that were read the wrong way round: that answer is refused, and its days stay unknown.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.landing.target import Days
from wording.days import days_between

_ONE_DAY: Final = timedelta(days=1)
_REFUSED: Final = (
    "It holds rows of {rows}, which is more than the days {asked} that it is said to have been"
    " asked for."
)
_TWO_WAYS: Final = (
    "It was asked for {asked} and holds rows of {rows}, or of others: its dates can be read in two"
    " ways, and no row says which is meant."
)
_NEAR: Final = (
    "It holds rows of {rows}, a day beside {asked} that it was asked for: they landed as well."
)
_IN_PART: Final = (
    "It was asked for {asked} and holds rows of {rows}: they landed, and of the days asked for it"
    " speaks for {speaks} alone. The others are unknown."
)
_NONE: Final = (
    "It was asked for {asked} and holds rows of {rows}: they landed, and it speaks for no day. All"
    " days asked for are unknown."
)


@dataclass(frozen=True)
class Beside:
    """A report that was asked for these days and holds rows of others."""

    asked: Days
    rows: Days  # of the first row and of the last

    @property
    def is_near(self) -> bool:
        """Whether its rows are at most a day beside those asked for."""
        return self.rows[0] >= self.asked[0] - _ONE_DAY and self.rows[1] <= self.asked[1] + _ONE_DAY

    @property
    def speaks(self) -> Days:
        """The days that it speaks for; none where the last comes before the first."""
        (asked_from, asked_to), (first, last) = self.asked, self.rows
        if self.is_near:
            return self.asked
        return (
            asked_from if first < asked_from else first + _ONE_DAY,
            asked_to if last > asked_to else last - _ONE_DAY,
        )

    @property
    def note(self) -> str:
        """What a person should know of it."""
        if self.is_near:
            return self._said(_NEAR)
        first, last = self.speaks
        return self._said(_IN_PART if first <= last else _NONE)

    def refusal(self, *, by_a_person: bool, is_clear: bool) -> str:
        """Why it does not land; '' where it does.

        by_a_person: whose file is brought by somebody who has named its days. is_clear: whether its
        days can be read in one way only.
        """
        if by_a_person:
            return self._said(_REFUSED)
        return "" if self.is_near or is_clear else self._said(_TWO_WAYS)

    def _said(self, words: str) -> str:
        spoken = {"rows": self.rows, "asked": self.asked, "speaks": self.speaks}
        return words.format(**{name: days_between(*days) for name, days in spoken.items()})


def beside(asked: Days, first: date | None, last: date | None) -> Beside | None:
    """What is beside the days asked for; None: nothing is."""
    if not first or not last or asked[0] <= first <= last <= asked[1]:
        return None
    return Beside(asked, (first, last))


def in_part(found: Beside | None) -> str | None:
    """Of which of the days asked for a report does not speak; None: it speaks for all of them."""
    return found.note if found and not found.is_near else None
