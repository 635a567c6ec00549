"""Channels: connected or not, served or not, and how fresh."""

from datetime import UTC, date, datetime
from typing import Any

from services.insights.answers import Channel
from services.insights.channels import channels
from tests.common.worlds.insights import NOW, TODAY, World, in_days


def read(world: World, now: datetime = NOW) -> dict[str, Channel]:
    with world.database.reading(world.account_id) as connection:
        return {one.code: one for one in channels(connection, world.account_id, now)}


def ask_for_service(world: World, code: str, status: str) -> None:
    world.row(
        "activation_request",
        channel_id=world.channel(code),
        status=status,
        contact_name="Ada",
        email="ada@example.com",
        phone="+12125550100",
        preferred_time="Any",
        time_zone="UTC",
        start_with=["return"],
        message="",
        consented_at=NOW,
    )


def test_a_channel_without_reports_is_neither_fresh_nor_stale(world: World) -> None:
    world.channel("amazon-us")
    (channel,) = read(world).values()
    assert (channel.name, channel.currency, channel.today) == (
        "Amazon United States",
        "USD",
        TODAY,
    )
    assert (channel.connection_state, channel.service_state) == ("files", "not_started")
    assert (channel.data_until, channel.last_landed_at, channel.stale) == (None, None, False)


def test_reports_older_than_three_days_are_stale(world: World) -> None:
    world.document("amazon-us", last_day=in_days(-3))
    world.document("walmart-us", last_day=in_days(-4))
    world.document("walmart-us", last_day=in_days(-40))
    seen = read(world)
    assert (seen["amazon-us"].data_until, seen["amazon-us"].stale) == (in_days(-3), False)
    assert (seen["walmart-us"].data_until, seen["walmart-us"].stale) == (in_days(-4), True)


def test_a_ledger_speaks_for_every_country_that_it_holds(world: World) -> None:
    world.channel("amazon-ca")
    number = world.document("amazon-us", last_day=in_days(-1))
    world.row(
        "report_coverage",
        kind="amazon_ledger_detail",
        scope="amazon:NA",
        part="CA",
        day=in_days(-5),
        document_id=number,
    )
    seen = read(world)
    assert (seen["amazon-us"].data_until, seen["amazon-us"].stale) == (in_days(-1), False)
    assert (seen["amazon-ca"].data_until, seen["amazon-ca"].stale) == (in_days(-5), True)


def test_staleness_is_counted_in_the_channels_own_day(world: World) -> None:
    late = datetime(2026, 6, 16, 6, 30, tzinfo=UTC)  # the 15th in Los Angeles, the 16th in London
    world.document("amazon-us", last_day=date(2026, 6, 12))
    world.document("amazon-uk", last_day=date(2026, 6, 12))
    seen = read(world, late)
    assert (seen["amazon-us"].stale, seen["amazon-uk"].stale) == (False, True)


def test_an_open_request_shows_as_requested_and_a_declined_one_as_declined(world: World) -> None:
    world.channel("amazon-us", service_active=True)
    ask_for_service(world, "walmart-us", "need_info")
    ask_for_service(world, "amazon-ca", "declined")
    states = {code: channel.service_state for code, channel in read(world).items()}
    assert states == {
        "amazon-us": "active",
        "walmart-us": "requested",
        "amazon-ca": "declined",
    }


def test_a_marketplace_without_service_says_why(world: World) -> None:
    world.channel("walmart-ca")
    (channel,) = read(world).values()
    assert not channel.supported
    assert channel.unsupported_reason


def test_another_accounts_channels_are_not_seen(world: World) -> None:
    other = World(world.database, "Someone else")
    other.channel("amazon-us")
    values: Any = other.account_id
    with world.database.reading(world.account_id) as connection:
        assert channels(connection, values, NOW) == ()
