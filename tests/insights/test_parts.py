"""The rows behind what is in progress, expired or denied."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.insights import keyset
from services.insights.answers import Counted, Page, PartRow
from services.insights.parts import PartName, PartView, part_rows, part_total
from tests.common.worlds.insights import NOW, USD, World, in_days


def read(world: World, name: PartName, now: datetime = NOW) -> Page[PartRow]:
    with world.database.reading(world.account_id) as connection:
        return part_rows(connection, world.account_id, USD, now, PartView(name))


def test_each_part_shows_its_own_units_and_day(world: World) -> None:
    number = world.discrepancy(
        units=9,
        in_progress_units=2,
        denied_units=3,
        denied_on=in_days(-5),
        case_id="C1",
        expires_on=in_days(-1),
        unit_amount="4.00",
    )
    (progress,) = read(world, "in_progress").rows
    (denied,) = read(world, "denied").rows
    (expired,) = read(world, "expired").rows
    assert {row.discrepancy_id for row in (progress, denied, expired)} == {number}
    assert (progress.units, progress.amount, progress.day) == (2, Decimal("8.00"), in_days(-30))
    assert (denied.units, denied.amount, denied.day) == (3, Decimal("12.00"), in_days(-5))
    assert (expired.units, expired.amount, expired.day) == (4, Decimal("16.00"), in_days(-1))


def test_what_has_not_expired_on_its_channel_is_not_lost(world: World) -> None:
    late = datetime(2026, 6, 16, 6, 30, tzinfo=UTC)  # the 15th in Los Angeles, the 16th in London
    world.discrepancy("amazon-us", expires_on=date(2026, 6, 15))
    british = world.discrepancy("amazon-uk", expires_on=date(2026, 6, 15))
    assert [row.discrepancy_id for row in read(world, "expired", late).rows] == [british]


def test_the_latest_loss_comes_first_page_by_page(world: World) -> None:
    rows = [world.discrepancy(expires_on=in_days(-1 - number % 9)) for number in range(60)]
    with world.database.reading(world.account_id) as connection:
        first = part_rows(connection, world.account_id, USD, NOW, PartView("expired"))
        rest = part_rows(
            connection, world.account_id, USD, NOW, PartView("expired", first.following)
        )
    seen = [row.discrepancy_id for row in first.rows + rest.rows]
    assert sorted(seen) == sorted(rows)
    assert first.rows[0].day == in_days(-1)
    assert rest.rows[-1].day == in_days(-9)


def test_a_whole_list_is_counted_and_summed_up_to_a_bound(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for amount in ("1.25", "2.50", None):
        world.discrepancy(units=2, unit_amount=amount, expires_on=in_days(-3))
    with world.database.reading(world.account_id) as connection:
        asked = (connection, world.account_id, USD, NOW, PartView("expired"))
        assert part_total(*asked) == Counted(3, Decimal("7.50"), 1)
        monkeypatch.setattr(keyset, "MOST_COUNTED", 1)
        assert part_total(*asked).count == 2
