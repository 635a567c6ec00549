"""A marketplace's answer that holds rows of other days than it was asked for.

Its rows land, and it speaks only for days that it tells. A person's file is refused for it
(test_importing.py): the days may be said wrongly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.database.engine import Database
from services.landing.importing import import_files
from services.landing.land import FileResult
from services.landing.target import Order
from tests.common.reports import files
from tests.common.reports.files import every_row, lost, reimbursement_row, return_row
from tests.common.worlds.recovery import LEDGER, World, units
from tests.common.worlds.recovery import lost as lost_units

MADE_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def may(day: int) -> date:
    """A day of May 2026; 0 and below are of April."""
    return date(2026, 4, 30) + timedelta(days=day)


@dataclass
class Answers:
    """What a marketplace answers, each later than the last."""

    database: Database
    folder: Path
    number: int = 0

    def land(self, content: bytes, first: int, last: int) -> FileResult:
        """An answer to a question for these days of May."""
        self.number += 1
        path = self.folder / f"{self.number}.txt"
        path.write_bytes(content)
        order = Order((may(first), may(last)), MADE_AT + timedelta(hours=self.number))
        [result] = import_files(
            self.database, [path], account="ACME", channel="amazon-us", orders={path: order}
        ).files
        return result

    def covered(self, kind: str) -> list[date]:
        """The days of which all is known."""
        found = every_row(
            self.database,
            f"select day from report_coverage where kind = '{kind}' and not has_unnamed order by 1",
        )
        return [day for (day,) in found if isinstance(day, date)]


@pytest.fixture
def answers(database: Database, tmp_path: Path) -> Answers:
    return Answers(database, tmp_path)


def returns(*days: int) -> bytes:
    """A customer return on each of these days of May, in the evening of London's day."""
    rows = [
        return_row(f"111-{50 + n}", f"LPN{50 + n}", at=f"{may(n)}T18:00:00+00:00") for n in days
    ]
    return files.table(files.RETURNS, rows).encode()


RETURNS = "amazon_customer_returns"
HOW_MANY = "select count(*) from amazon_customer_return"


@pytest.mark.parametrize("days", [(2, 5), (0, 2), (0, 5)])
def test_a_day_beside_lands_and_the_answer_speaks_for_the_days_asked_for(
    answers: Answers, days: tuple[int, ...]
) -> None:
    result = answers.land(returns(*days), 1, 4)
    assert (result.rows_landed, result.in_part) == (2, None)
    assert answers.covered(RETURNS) == [may(1), may(2), may(3), may(4)]
    [note] = result.notes
    assert "a day beside 1 to 4 May 2026 that it was asked for: they landed as well" in note


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        # Told from before the days asked for to 6 May, of which the last may be cut off.
        ((-10, 3, 6), 1, 5),
        # Told from 3 May, which may have begun before, to after the days asked for.
        ((3, 7, 20), 4, 10),
        # Told from before to after.
        ((-10, 20), 1, 10),
    ],
)
def test_of_other_days_it_speaks_only_for_those_between_its_rows(
    answers: Answers, days: tuple[int, ...], first: int, last: int
) -> None:
    result = answers.land(returns(*days), 1, 10)
    assert result.rows_landed == len(days)
    assert answers.covered(RETURNS) == [may(day) for day in range(first, last + 1)]
    assert result.in_part
    assert "of the days asked for it speaks for" in result.in_part


@pytest.mark.parametrize("days", [(-9, -3), (15, 20), (-5, 1)])
def test_of_other_days_alone_it_speaks_for_none(answers: Answers, days: tuple[int, ...]) -> None:
    result = answers.land(returns(*days), 1, 10)
    assert (result.rows_landed, answers.covered(RETURNS)) == (2, [])
    assert result.in_part
    assert "it speaks for no day" in result.in_part


def test_the_same_answer_again_says_the_same_and_lands_once(answers: Answers) -> None:
    first = answers.land(returns(-10, 3, 6), 1, 10)
    again = answers.land(returns(-10, 3, 6), 1, 10)
    assert (again.status, again.in_part) == ("already_landed", first.in_part)
    assert every_row(answers.database, HOW_MANY) == [(3,)]


def test_a_right_answer_afterwards_speaks_for_all_days(answers: Answers) -> None:
    answers.land(returns(-10, 3, 6), 1, 10)
    right = answers.land(returns(3, 6, 9), 1, 10)
    assert (right.rows_landed, right.in_part) == (1, None)
    assert answers.covered(RETURNS) == [may(day) for day in range(1, 11)]
    assert every_row(answers.database, HOW_MANY) == [(4,)]


# A ledger, whose rows have no identity -------------------------------------------------------


def ledger(*rows: tuple[int, str]) -> bytes:
    """A unit lost on each of these days of May, by item."""
    return files.ledger([lost(f"{may(day):%m/%d/%Y}", item) for day, item in rows])


LEDGER_KIND = "amazon_ledger_detail"
HELD = "select day, fnsku from amazon_ledger_event order by 1, 2"


def test_rows_beside_are_added_to_the_reading_that_stands_and_never_twice(
    answers: Answers,
) -> None:
    answers.land(ledger((11, "X1"), (15, "X1")), 11, 20)
    result = answers.land(ledger((5, "X1"), (11, "X1"), (11, "X2")), 1, 10)
    assert (result.rows_landed, result.rows_passed_over) == (2, 1)
    assert every_row(answers.database, HELD) == [
        (may(5), "X1"),
        (may(11), "X1"),
        (may(11), "X2"),
        (may(15), "X1"),
    ]
    assert answers.covered(LEDGER_KIND) == [may(day) for day in range(1, 21)]


def test_rows_of_a_day_that_nobody_speaks_for_land_and_prove_nothing_of_it(
    answers: Answers,
) -> None:
    answers.land(ledger((-10, "X1"), (3, "X1"), (6, "X1")), 1, 10)
    assert len(every_row(answers.database, HELD)) == 3
    assert answers.covered(LEDGER_KIND) == [may(day) for day in range(1, 6)]
    # Whoever is asked for these days and no others speaks for them, in these rows' place.
    right = answers.land(ledger((3, "X1"), (6, "X1"), (9, "X1")), 1, 10)
    assert right.in_part is None
    assert [day for day, _ in every_row(answers.database, HELD)] == list(map(may, (-10, 3, 6, 9)))
    assert answers.covered(LEDGER_KIND) == [may(day) for day in range(1, 11)]


def test_other_days_that_may_be_these_read_the_wrong_way_round_are_refused(
    answers: Answers,
) -> None:
    # 06/05/2026 is 5 June or 6 May: only another row can say.
    refused = answers.land(ledger((3, "X1"), (36, "X1")), 1, 10)
    assert refused.status == "refused"
    assert "its dates can be read in two ways" in (refused.refused_because or "")
    assert answers.covered(LEDGER_KIND) == []
    clear = answers.land(ledger((3, "X1"), (36, "X1"), (50, "X1")), 1, 10)
    assert (clear.status, clear.rows_landed) == ("landed", 3)


def test_of_other_days_alone_a_ledger_speaks_for_none(answers: Answers) -> None:
    result = answers.land(ledger((-9, "X1"), (-3, "X1")), 1, 10)
    assert (result.rows_landed, answers.covered(LEDGER_KIND)) == (2, [])


# What is proven by it ------------------------------------------------------------------------


@pytest.fixture
def paid_world(database: Database, tmp_path: Path) -> Callable[[bytes], World]:
    """Two units lost on 20 May, of which all payments are known; then another answer comes."""

    def with_answer(content: bytes) -> World:
        world = World(database, tmp_path, account="ACME", at_once=False)
        world.land(LEDGER, lost_units("2026-05-01", 1), lost_units("2026-05-20", 2))
        world.import_waiting()
        Answers(database, tmp_path).land(content, 1, 10)
        return world

    return with_answer


def _state_of_20_may(world: World) -> tuple[dict[str, int], str | None]:
    [one] = [each for each in world.all("2026-05-25") if each["event_on"] == "2026-05-20"]
    return units(one), (one["held"] or {}).get("because")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        # An answer about 1 to 10 May: a row of it that nobody can read is of these days.
        ((2, 9), ({"ready": 2}, None)),
        # One with other days too: it may be of any day up to the one on which it came.
        ((2, 11), ({"future": 2}, "unread_row")),
    ],
)
def test_an_unreadable_row_among_other_days_may_be_of_any(
    paid_world: Callable[[bytes], World],
    days: tuple[int, ...],
    expected: tuple[dict[str, int], str | None],
) -> None:
    rows = [reimbursement_row(f"4821{n}", at=f"{may(n)}T18:00:00+00:00", fnsku="X9") for n in days]
    broken = ("no moment", *[""] * (len(files.REIMBURSEMENTS) - 1))
    content = files.reimbursements([*rows, broken])
    assert _state_of_20_may(paid_world(content)) == expected
