"""Which reading of the same days lets a row that could not be read be forgotten."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from services.database.engine import Database
from tests.common.reports.amazon import (
    another_return,
    came_back,
    days_ago,
    ordered,
    refunded,
    settle,
)
from tests.common.worlds.recovery import (
    LEDGER,
    REIMBURSEMENTS,
    RETURNS,
    Row,
    World,
    found,
    held,
    lost,
    paid,
    quiet,
    units,
)

# Refunded on 10 March 2026, so it may be claimed from 9 May on; it came back on 20 March, in a row
# whose quantity cannot be read.
READY = "2026-06-01"
FILES = {
    # Amazon adds rows to past days for a while: on 31 March the return was not in the report yet.
    "older": (another_return("2026-02-01"), another_return("2026-03-31")),
    "damaged": (
        another_return("2026-02-01"),
        came_back("2026-03-20", quantity="?"),
        another_return("2026-06-01"),
    ),
    "readable": (
        another_return("2026-02-01"),
        came_back("2026-03-20"),
        another_return("2026-06-01"),
    ),
}


def _landed(world: World, order: str) -> World:
    settle(world, ordered("2026-03-01", 1, "20.00"), refunded("2026-03-10", "20.00"))
    for name in order.split():
        world.land(RETURNS, *FILES[name])
    return world


@pytest.mark.parametrize(
    "order", ["older damaged", "damaged older", "older damaged older", "damaged older damaged"]
)
def test_a_whole_file_that_ends_before_the_damaged_one_releases_nothing(
    world: World, order: str
) -> None:
    one = _landed(world, order).one(READY)
    assert (units(one), held(one)) == ({"future": 1}, (1, "unread_row"))


@pytest.mark.parametrize("order", ["damaged readable", "damaged older readable"])
def test_a_readable_file_that_reaches_as_far_does(world: World, order: str) -> None:
    assert units(_landed(world, order).one(READY)) == {"found": 1}


# Three units lost, and nothing known of them until a newer file, of which one row cannot be read.
LOST: Final = (lost("2026-10-20", 3, unreconciled=3), quiet("2026-11-20"))
ELSEWHERE: Final = {"sku": "Z", "fnsku": "X009", "asin": "B009"}
OTHERS: Final = (
    paid("2026-10-01", 1, "1.00", **ELSEWHERE),
    paid("2026-11-20", 1, "1.00", **ELSEWHERE),
)
NEWER: Final[dict[str, tuple[Sequence[str], Sequence[Row], Row]]] = {
    "ledger": (LEDGER, LOST, {**found("2026-11-10", 3), "Quantity": "x"}),
    "payments": (REIMBURSEMENTS, OTHERS, paid("2026-11-10", 3, "x")),
}


def _lost(database: Database, folder: Path) -> World:
    world = World(database, folder)
    world.land(LEDGER, *LOST)
    assert units(world.one("2026-11-21")) == {"ready": 3}
    return world


def _holds(world: World, as_of: str = "2026-11-21") -> bool:
    """Whether the unread row holds all; else all is ready."""
    one = world.one(as_of)
    said = units(one), held(one)
    assert said in [({"future": 3}, (3, "unread_row")), ({"ready": 3}, (0, None))]
    return said[1] == (3, "unread_row")


@pytest.mark.parametrize("kind", NEWER)
def test_the_same_bytes_again_are_no_newer_reading(
    database: Database, tmp_path: Path, kind: str
) -> None:
    header, older, unread = NEWER[kind]
    world = _lost(database, tmp_path)
    world.land(header, *older)
    world.land(header, *older, unread)
    assert _holds(world)
    world.land(header, *older)
    assert _holds(world)
    # What reaches as far and comes for the first time is.
    world.land(
        header,
        *older,
        older[-1] if kind == "ledger" else paid("2026-11-20", 1, "1.00", **ELSEWHERE),
    )
    assert not _holds(world)


@pytest.mark.parametrize("kind", NEWER)
def test_of_files_of_one_import_none_is_newer_by_its_name(
    database: Database, tmp_path: Path, kind: str
) -> None:
    header, older, unread = NEWER[kind]
    world = World(database, tmp_path, at_once=False)
    world.land(LEDGER, LOST[0], quiet("2026-11-19"))
    world.land(header, *older, unread)
    world.land(header, *older)
    assert _holds(world)


def test_of_files_of_one_import_that_is_newer_which_reaches_further(
    database: Database, tmp_path: Path
) -> None:
    header, older, unread = NEWER["payments"]
    world = World(database, tmp_path, at_once=False)
    world.land(LEDGER, *LOST)
    world.land(header, *older, paid("2026-11-21", 1, "1.00", **ELSEWHERE))
    world.land(header, *older, unread)
    assert not _holds(world)


@pytest.mark.parametrize("names", [{}, {"sku": "", "fnsku": "", "asin": ""}], ids=["some", "none"])
def test_a_row_without_a_day_may_be_of_any_day_until_its_file_came(
    database: Database, tmp_path: Path, names: dict[str, str]
) -> None:
    world = _lost(database, tmp_path)
    good = [paid(day, 1, "1.00", **ELSEWHERE) for day in ("2026-09-05", "2026-09-06")]
    unread = paid("2026-10-25", 3, "30.00", **{"approval-date": "2026-1", **names})
    world.land(REIMBURSEMENTS, good[0], unread, good[1])
    assert _holds(world)
    for last in ("2026-09-06", "2026-11-21"):
        world.land(REIMBURSEMENTS, *good, asked=("2026-09-05", last))
        assert _holds(world), last
    world.land(REIMBURSEMENTS, *good, *OTHERS, asked=("2026-09-05", days_ago(0)))
    # The other reports do not reach to today.
    assert held(world.one("2026-11-21")) == (3, "report")


def test_a_row_without_a_day_is_of_those_that_its_file_was_asked_for(
    database: Database, tmp_path: Path
) -> None:
    world = _lost(database, tmp_path)
    unread = paid("2026-10-25", 3, "30.00", **{"approval-date": "2026-1"})
    world.land(REIMBURSEMENTS, unread, *OTHERS, asked=("2026-09-01", "2026-11-20"))
    assert _holds(world)
    world.land(REIMBURSEMENTS, *OTHERS, asked=("2026-09-01", "2026-11-20"))
    assert not _holds(world)


def test_days_that_are_only_said_take_no_row_away(world: World) -> None:
    # One lost on 5 February. Then March's file, said to have been asked for February too: it has no
    # row of the 5th and the 28th, of which February's has. The loss stays where it was.
    world.land(LEDGER, lost("2026-02-05", 1), quiet("2026-02-28"))
    world.land(LEDGER, quiet("2026-03-01"), quiet("2026-03-31"), asked=("2026-02-01", "2026-03-31"))
    assert units(world.one("2026-04-01")) == {"ready": 1}
    [(said,)] = world.rows(
        "select notes::text from report_document where account_id = :account_id"
        " and asked_from is not null and kind = 'amazon_ledger_detail'"
    )
    assert "It has no row of 2 of the days" in str(said)
