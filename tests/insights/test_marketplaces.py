"""A marketplace's own page: its subtypes and its claim windows."""

from services.insights.marketplaces import by_subtype, claim_windows
from services.insights.payments import Wanted, payments
from tests.common.worlds.insights import NOW, TODAY, USD, World, in_days


def test_subtypes_are_those_of_the_marketplace_alone(world: World) -> None:
    world.discrepancy("amazon-us", units=2)
    world.discrepancy("amazon-us", units=1, subtype="damaged_in_warehouse")
    world.discrepancy("walmart-us", units=4, type="shipment", subtype="inbound_shortage")
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        amazon = by_subtype(connection, world.account_id, "amazon", "USD", NOW)
        walmart = by_subtype(connection, world.account_id, "walmart", "USD", NOW)
    assert {row.subtype: row.totals.ready.units for row in amazon} == {
        "lost_in_warehouse": 2,
        "damaged_in_warehouse": 1,
    }
    assert [(row.type, row.subtype, row.totals.ready.units) for row in walmart] == [
        ("shipment", "inbound_shortage", 4)
    ]


def test_claim_windows_name_their_source_and_how_sure_it_is(world: World) -> None:
    with world.database.reading(world.account_id) as connection:
        american = claim_windows(connection, "amazon", ["US"])
        british = claim_windows(connection, "amazon", ["UK"])
    lost = next(window for window in american if window.subtype == "lost_in_warehouse")
    assert (lost.closes_after, lost.closes_unit, lost.valid_to) == (60, "days", None)
    assert lost.source.startswith("http")
    assert lost.confidence == "official"
    assert all("US" in window.countries for window in american)
    assert all("UK" in window.countries for window in british)


def test_payments_of_a_month_are_those_that_its_bar_sums(world: World) -> None:
    first = world.reimbursement(amount="30.00", approved_on=TODAY.replace(day=1))
    undo = world.reimbursement(
        amount="-4.00", units_cash=-1, is_reversal=True, original_key=first, approved_on=in_days(0)
    )
    world.reimbursement(amount="99.00", approved_on=in_days(-15))  # 31 May
    world.reimbursement("amazon-ca", amount="7.00", currency="CAD")
    with world.database.reading(world.account_id) as connection:
        june = Wanted(TODAY.replace(day=1))
        page = payments(connection, world.account_id, USD, june)
    assert [row.reimbursement_key for row in page.rows] == [undo, first]
    assert sum(row.amount for row in page.rows) == 26
    assert page.rows[0].original_id == page.rows[1].external_id


def test_payments_go_by_their_way(world: World) -> None:
    automatic = world.reimbursement()
    by_case = world.reimbursement(case_id="C1")
    undo = world.reimbursement(amount="-1.00", is_reversal=True)
    seen = {}
    with world.database.reading(world.account_id) as connection:
        for way in ("via_case", "automatic", "reversed", None):
            page = payments(connection, world.account_id, USD, Wanted(way=way))
            seen[way] = {row.reimbursement_key for row in page.rows}
    assert seen == {
        "via_case": {by_case},
        "automatic": {automatic, undo},
        "reversed": {undo},
        None: {automatic, by_case, undo},
    }
