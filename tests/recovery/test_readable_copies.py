"""Which reading of the same days lets a row that could not be read be forgotten."""

import pytest

from tests.recovery.amazon_reports import another_return, came_back, ordered, refunded, settle
from tests.recovery.world import RETURNS, World, held, units

# Refunded on 10 March 2026, so it may be claimed from 9 May on; it came back on 20 March, in a row
# whose quantity cannot be read.
READY = "2026-06-01"
FILES = {
    # Amazon adds rows to past days for a while: on 31 March the return was not in the report yet.
    "older": (another_return("2026-02-01"), another_return("2026-03-31")),
    "damaged": (another_return("2026-02-01"), came_back("2026-03-20", quantity="?"),
                another_return("2026-06-01")),
    "readable": (another_return("2026-02-01"), came_back("2026-03-20"),
                 another_return("2026-06-01")),
}  # fmt: skip


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
