"""How many windows rest on a day that is not known exactly: counted by hand."""

from services.insights.exactness import Exactness, exactness
from tests.common.worlds.insights import NOW, World, in_days


def _asked(world: World) -> Exactness:
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        return exactness(connection, world.account_id, NOW)


def _inbound(world: World, **more: object) -> int:
    about = {"type": "shipment", "subtype": "inbound_shortage", "event_on_approximate": True}
    return world.discrepancy(**about, **more)


def test_windows_of_what_can_still_be_claimed_by_what_would_make_them_exact(world: World) -> None:
    # With a last day to come: 3 losses with a known day, and 2 + 1 + 1 shipments and 1 return
    # without: 5 of 8.
    for _ in range(3):
        world.discrepancy()
    _inbound(world)
    _inbound(world, expires_on=in_days(0))  # its last day is today
    _inbound(world, held_units=1, held_because="never_received")
    _inbound(world, units=3, held_units=1, held_because="other_payment")  # once, not twice
    world.discrepancy("walmart-us", type="return", subtype="return_lost", event_on_approximate=True)
    # Neither of these: lost yesterday, no last day, all found, all in a case.
    _inbound(world, expires_on=in_days(-1))
    _inbound(world, expires_on=None)
    _inbound(world, found_units=1)
    _inbound(world, in_progress_units=1)
    found = _asked(world)
    assert (found.dated, found.approximate) == (8, 5)
    assert [(one.marketplace, one.subtype, one.discrepancies) for one in found.parts] == [
        ("amazon", "inbound_shortage", 4),
        ("walmart", "return_lost", 1),
    ]
    assert "the delivery would tell: a connection asks for it" in found.parts[0].exact_by
    assert "No report tells" in found.parts[1].exact_by


def test_each_channel_counts_on_its_own_day(world: World) -> None:
    # It is 15 June in Los Angeles: what ended on the 14th is lost there and elsewhere.
    _inbound(world, expires_on=in_days(-1))
    world.discrepancy("amazon-uk", expires_on=in_days(0), currency="GBP")
    assert (_asked(world).dated, _asked(world).approximate) == (1, 0)


def test_an_account_without_windows_has_none_that_is_approximate(world: World) -> None:
    assert _asked(world) == Exactness(0, 0, ())


def test_another_account_s_do_not_count(world: World) -> None:
    other = World(world.database, "Other")
    _inbound(other)
    other.sum_up()
    world.discrepancy()
    assert (_asked(world).dated, _asked(world).approximate) == (1, 0)
