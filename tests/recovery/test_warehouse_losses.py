"""Amazon warehouse losses: small worlds, each figure worked out beside it."""

from pathlib import Path

from services.database.engine import Database
from tests.common.worlds.recovery import (
    COST,
    LEDGER,
    OLD_LEDGER,
    REIMBURSEMENTS,
    RETURNS,
    World,
    case,
    cost,
    found,
    lost,
    old,
    paid,
    quiet,
    reversal,
    units,
)


def test_what_amazon_calls_unreconciled_is_what_is_open(world: World) -> None:
    # 16 lost, 5 reconciled, nothing paid: 5 found, 11 open at 4.20 = 46.20.
    world.land(COST, cost("4.20"), delimiter=",")
    back = found("2026-05-16", 5, **{"Reconciled Quantity": 5, "Unreconciled Quantity": 0})
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), back)
    one = world.one("2026-05-20")
    assert units(one) == {"found": 5, "ready": 11}
    assert one["amount"]["ready"] == "46.20"
    assert one["basis"] == "sourcing_cost"


def test_a_payment_inside_the_reconciled_units_is_not_subtracted_again(world: World) -> None:
    # 16 lost, 5 reconciled by 30 May, all 5 by the payment of 20 May: 11 stay open.
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), quiet("2026-05-30"))
    world.land(REIMBURSEMENTS, paid("2026-05-20", 5, "21.00"))
    assert units(world.one("2026-05-31")) == {"paid_cash": 5, "ready": 11}


def test_a_payment_after_the_ledger_reduces_what_was_open(world: World) -> None:
    # 16 lost, 5 reconciled by 30 May, by nothing that has a row; on 2 June Amazon pays 11. The file
    # does not say when it was made: 5 of the 11 may be what it calls reconciled. Then 6 are for the
    # 11 open ones and 5 stay open; else none does. So the 5 wait for a newer ledger.
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), quiet("2026-05-30"))
    world.land(REIMBURSEMENTS, paid("2026-06-02", 11, "46.20"))
    one = world.one("2026-06-03")
    assert units(one) == {"paid_cash": 11, "future": 5}
    assert (one["held"], one["awaits"]) == (
        {"units": 5, "because": "newer_ledger"},
        "amazon_ledger_detail",
    )
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=0), quiet("2026-06-03"))
    one = world.one("2026-06-03")
    assert (units(one), one["state"]) == ({"found": 5, "paid_cash": 11}, "claimed")


def test_without_reconciled_columns_found_and_paid_are_netted_by_us(world: World) -> None:
    # 10 lost, 3 found, 4 paid: 3 open.
    world.land(OLD_LEDGER, old(lost("2026-05-14", 10)), old(found("2026-05-16", 3)))
    world.land(REIMBURSEMENTS, paid("2026-05-20", 4, "16.80"))
    one = world.one("2026-05-21")
    assert units(one) == {"found": 3, "paid_cash": 4, "ready": 3}
    # No sourcing cost: 16.80 over 4 units is 4.20 each; 3 x 4.20 = 12.60.
    assert (one["basis"], one["amount"]["ready"]) == ("past_payments", "12.60")
    assert len(one["evidence"]) == 2  # the loss and the find
    # Before the find of 16 May all ten were open.
    assert units(world.one("2026-05-15")) == {"ready": 10}


def test_a_payment_settles_the_latest_loss_before_it(world: World) -> None:
    # Lost on 1 March and 1 May; the payment of 10 May is for May. March expired on 30 April.
    world.land(OLD_LEDGER, old(lost("2026-03-01", 1)), old(lost("2026-05-01", 1)))
    world.land(REIMBURSEMENTS, paid("2026-05-10", 1, "4.20"))
    march, may = world.all("2026-05-11")
    assert units(march) == {"expired": 1}
    assert units(may) == {"paid_cash": 1}


def test_a_payment_before_the_loss_is_for_something_else(world: World) -> None:
    world.land(OLD_LEDGER, old(lost("2026-05-01", 1)))
    world.land(REIMBURSEMENTS, paid("2026-04-20", 1, "4.20"))
    assert units(world.one("2026-05-02")) == {"ready": 1}
    # And it still counts as claimed, under its own subtype.
    (row,) = world.totals("2026-05-02")
    assert (row["units"]["paid_cash"], row["amount"]["claimed_net"]) == (1, "4.20")


def test_one_payment_over_two_losses_is_shared_to_the_cent(world: World) -> None:
    # 10.00 for 3 units: the shares are 3.33 and 6.67, together 10.00.
    world.land(OLD_LEDGER, old(lost("2026-05-01", 1)), old(lost("2026-05-02", 2)))
    world.land(REIMBURSEMENTS, paid("2026-05-10", 3, "10.00"))
    shares = [one["amount"]["claimed_net"] for one in world.all("2026-05-11")]
    assert sorted(shares) == ["3.33", "6.67"]


def test_two_payments_for_one_loss(world: World) -> None:
    world.land(OLD_LEDGER, old(lost("2026-05-01", 5)), old(quiet("2026-05-12")))
    world.land(REIMBURSEMENTS, paid("2026-05-10", 2, "8.40"), paid("2026-05-12", 2, "8.00"))
    one = world.one("2026-05-13")
    assert units(one) == {"paid_cash": 4, "ready": 1}
    assert one["amount"]["claimed_gross"] == "16.40"
    # 16.40 over 4 units = 4.10.
    assert one["amount"]["ready"] == "4.10"


def test_a_reversal_that_gives_the_unit_back_leaves_nothing_open(world: World) -> None:
    world.land(OLD_LEDGER, old(lost("2026-05-01", 1)))
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 1, "4.20", **{"reimbursement-id": "R-A"}),
        reversal("2026-05-20", "R-A", 1, "-4.20", given_back=1),
    )
    one = world.one("2026-05-21")
    assert units(one) == {"paid_inventory": 1}
    assert one["amount"]["claimed_net"] == "0.00"
    assert units(world.one("2026-05-15")) == {"paid_cash": 1}


def test_a_reversal_without_goods_reopens_the_claim_while_the_window_is_open(world: World) -> None:
    # Lost on 1 May: the window closes on 30 June (60 days, last day inclusive).
    world.land(OLD_LEDGER, old(lost("2026-05-01", 1)), old(quiet("2026-05-20")))
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 1, "4.20", **{"reimbursement-id": "R-A"}),
        reversal("2026-05-20", "R-A", 1, "-4.20"),
    )
    assert units(world.one("2026-06-30")) == {"ready": 1}
    assert units(world.one("2026-07-01")) == {"expired": 1}


def test_the_last_day_of_the_window_is_inclusive(world: World) -> None:
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1))
    one = world.one("2026-06-30")
    assert (one["opens_on"], one["expires_on"]) == ("2026-05-01", "2026-06-30")
    assert one["window"]["confidence"] == "official"
    assert one["state"] == "ready"
    assert world.one("2026-07-01")["state"] == "expired"


def test_an_event_may_pass_from_the_old_window_into_the_new(world: World) -> None:
    # Lost on 1 September 2024, when 18 months were given. From 23 October 2024 filings have 60
    # days, which for this event ended on 31 October: that is its last day.
    world.land(LEDGER, lost("2024-09-01", 1, unreconciled=1))
    assert world.one("2024-10-31")["expires_on"] == "2024-10-31"


def test_the_day_before_the_new_window_was_the_last_for_older_events(world: World) -> None:
    # Lost on 1 July 2024: 60 days were over before the new rule, so the old rule's last day counts.
    world.land(LEDGER, lost("2024-07-01", 1, unreconciled=1))
    assert world.one("2024-10-01")["expires_on"] == "2024-10-22"


def test_nothing_is_known_before_the_event(world: World) -> None:
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1))
    assert world.all("2026-04-30") == []


def test_canada_has_no_known_window(database: Database, tmp_path: Path) -> None:
    world = World(database, tmp_path, "amazon-ca", at_once=False)
    world.land(LEDGER, lost("2026-05-01", 2, unreconciled=2, Country="CA"))
    one = world.one("2027-01-01")
    assert (one["expires_on"], one["window"]["confidence"]) == (None, "unknown")
    assert units(one) == {"ready": 2}


def test_without_any_basis_the_amount_is_unknown_and_never_nought(world: World) -> None:
    world.land(LEDGER, lost("2026-05-01", 2, unreconciled=2))
    one = world.one("2026-05-02")
    assert (one["basis"], one["amount"]["ready"]) == ("unknown", None)


def test_a_cost_in_force_later_says_nothing_about_an_earlier_loss(world: World) -> None:
    world.land(COST, cost("4.20", since="2026-05-02"), delimiter=",")
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1))
    assert world.one("2026-05-03")["basis"] == "unknown"


def test_only_the_negative_leg_of_a_damaged_pair_counts(world: World) -> None:
    other_leg = {**lost("2026-05-17", 1), "Quantity": 2, "Reason": "P"}
    world.land(LEDGER, lost("2026-05-17", 2, unreconciled=2, Reason="E"), other_leg)
    one = world.one("2026-05-18")
    assert (one["subtype"], units(one)) == ("damaged_in_warehouse", {"ready": 2})


def test_a_unit_reconciled_with_another_item_is_not_open(world: World) -> None:
    # Amazon found the lost X001 as an X002 (a wrong label): nothing of the item itself came back,
    # and its own count says that nothing is open. 2 found, 0 open.
    other = found("2026-05-16", 2, FNSKU="X002", MSKU="SKU-B")
    world.land(LEDGER, lost("2026-05-14", 2, unreconciled=0), other)
    assert units(world.one("2026-05-20")) == {"found": 2}


def test_the_pair_of_a_damaged_unit_counts_once_without_reconciled_columns(world: World) -> None:
    # Out of SELLABLE (E, 2 units) and into WAREHOUSE_DAMAGED (P): 2 damaged, not 4.
    into = {
        **lost("2026-05-17", 1),
        "Quantity": 2,
        "Reason": "P",
        "Disposition": "WAREHOUSE_DAMAGED",
    }
    world.land(OLD_LEDGER, old(lost("2026-05-17", 2, Reason="E")), old(into))
    assert units(world.one("2026-05-18")) == {"ready": 2}


def test_a_damaged_unit_that_turned_out_whole_counts_as_found(world: World) -> None:
    # 2 damaged on 17 May; on 20 May one goes out of WAREHOUSE_DAMAGED (Q) into SELLABLE (P).
    out = lost("2026-05-20", 1, Reason="Q", Disposition="WAREHOUSE_DAMAGED")
    into = found("2026-05-20", 1, Reason="P")
    world.land(OLD_LEDGER, *map(old, (lost("2026-05-17", 2, Reason="E"), out, into)))
    assert units(world.one("2026-05-21")) == {"found": 1, "ready": 1}


def test_a_change_from_another_disposition_finds_no_damaged_unit(world: World) -> None:
    out = lost("2026-05-20", 1, Reason="Q", Disposition="CUSTOMER_DAMAGED")
    into = found("2026-05-20", 1, Reason="P")
    world.land(OLD_LEDGER, *map(old, (lost("2026-05-17", 2, Reason="E"), out, into)))
    assert units(world.one("2026-05-21")) == {"ready": 2}


def test_a_found_unit_that_amazon_takes_because_it_has_paid_is_not_back(world: World) -> None:
    # 2 lost, 1 paid on 20 May, 1 found on 1 June and taken out again the next day (reason O):
    # the found unit is the paid one. 1 paid, 1 open; without the correction it would be 1 found.
    rows = (lost("2026-05-14", 2), found("2026-06-01", 1), lost("2026-06-02", 1, Reason="O"))
    world.land(OLD_LEDGER, *map(old, rows))
    world.land(REIMBURSEMENTS, paid("2026-05-20", 1, "4.20"))
    assert units(world.one("2026-06-03")) == {"paid_cash": 1, "ready": 1}


def test_a_correction_without_a_payment_leaves_what_was_found(world: World) -> None:
    # A unit wrongly received is taken out: it says nothing about the one that was found.
    rows = (lost("2026-05-14", 2), found("2026-06-01", 1), lost("2026-06-02", 1, Reason="O"))
    world.land(OLD_LEDGER, *map(old, rows))
    assert units(world.one("2026-06-03")) == {"found": 1, "ready": 1}


def test_three_equal_rows_are_three_events(world: World) -> None:
    world.land(LEDGER, *[lost("2026-05-01", 1, unreconciled=1)] * 3)
    assert len(world.all("2026-05-02")) == 3


def test_an_unknown_reason_is_no_loss_but_its_payment_is_claimed(world: World) -> None:
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1, Reason="Z"))
    world.land(REIMBURSEMENTS, paid("2026-05-10", 1, "4.20", reason="Moon_Dust"))
    assert world.all("2026-05-11") == []
    (row,) = world.totals("2026-05-11")
    assert (row["type"], row["subtype"]) == ("unknown", "unknown")
    assert row["amount"]["claimed_net"] == "4.20"


def test_an_open_case_holds_its_units_beyond_the_deadline(world: World) -> None:
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=3))
    world.land_cases(case("open", "2026-06-20", units=2))
    assert units(world.one("2026-06-19")) == {"ready": 3}
    assert units(world.one("2026-06-20")) == {"ready": 1, "in_progress": 2}
    assert units(world.one("2026-12-31")) == {"in_progress": 2, "expired": 1}


def test_a_refused_case_makes_its_units_denied(world: World) -> None:
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=3))
    world.land_cases(case("not_eligible", "2026-05-20", closed="2026-06-01"))
    assert units(world.one("2026-05-31")) == {"in_progress": 3}
    assert units(world.one("2026-06-01")) == {"denied": 3}


def test_a_partial_approval_splits(world: World) -> None:
    # 3 lost, case over 3, 2 paid by it on 25 May, closed on 1 June: 1 denied.
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=3))
    world.land(REIMBURSEMENTS, paid("2026-05-25", 2, "8.40", **{"case-id": "C1"}))
    world.land_cases(case("partially_reimbursed", "2026-05-20", closed="2026-06-01"))
    assert units(world.one("2026-05-26")) == {"paid_cash": 2, "in_progress": 1}
    assert units(world.one("2026-06-01")) == {"paid_cash": 2, "denied": 1}


def test_a_case_filed_after_the_deadline_saves_nothing(world: World) -> None:
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1))
    world.land_cases(case("open", "2026-07-01"))
    assert units(world.one("2026-07-02")) == {"expired": 1}


def test_a_case_closed_without_a_payment_is_to_be_decided(world: World) -> None:
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1))
    world.land_cases(case("closed", "2026-05-20", closed="2026-06-01"))
    one = world.one("2026-06-02")
    assert (units(one), one["held"]["because"], one["awaits"]) == (
        {"future": 1},
        "closed_case",
        None,
    )


def test_a_later_ledger_changes_the_same_discrepancy(world: World) -> None:
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=3), quiet("2026-05-02"))
    before = world.one("2026-05-10")
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=1), quiet("2026-05-09"))
    after = world.one("2026-05-10")
    assert after["id"] == before["id"]
    assert units(after) == {"found": 2, "ready": 1}


def test_a_return_damaged_by_the_carrier_waits_sixty_days(world: World) -> None:
    # Returned on 1 May 2026; when it was refunded no report says: at the earliest on 2 March, 60
    # days before, which would end the window on 30 June. Until a settlement tells it waits.
    world.land(
        RETURNS,
        {
            "return-date": "2026-05-01T18:00:00+00:00",
            "order-id": "111-1",
            "sku": "SKU-A",
            "asin": "B001",
            "fnsku": "X001",
            "product-name": "Mug",
            "quantity": 1,
            "fulfillment-center-id": "LEX1",
            "detailed-disposition": "CARRIER_DAMAGED",
            "license-plate-number": "LPN1",
        },
        {
            "return-date": "2026-05-01T18:00:00+00:00",
            "order-id": "111-2",
            "sku": "SKU-A",
            "asin": "B001",
            "fnsku": "X001",
            "product-name": "Mug",
            "quantity": 1,
            "fulfillment-center-id": "LEX1",
            "detailed-disposition": "CUSTOMER_DAMAGED",
            "license-plate-number": "LPN2",
        },
    )
    one = world.one("2026-06-29")
    assert (one["subtype"], one["event_on_approximate"]) == ("returned_damaged", True)
    assert (one["event_on"], one["expires_on"]) == ("2026-03-02", "2026-06-30")
    assert (units(one), one["held"]["because"], one["awaits"]) == (
        {"future": 1},
        "refund_unknown",
        "amazon_settlement",
    )
    world.land(
        REIMBURSEMENTS,
        paid("2026-07-05", 1, "9.00", reason="CustomerReturn", **{"amazon-order-id": "111-1"}),
    )
    assert units(world.one("2026-07-06")) == {"paid_cash": 1}
    (row,) = world.totals("2026-07-06")
    assert (row["subtype"], row["amount"]["claimed_net"]) == ("returned_damaged", "9.00")


def test_a_correction_long_after_the_find_is_about_something_else(world: World) -> None:
    # 2 lost, 1 paid, 1 found on 1 June; the correction of 2 July is 31 days later: 1 found, 1 paid.
    rows = (lost("2026-05-14", 2), found("2026-06-01", 1), lost("2026-07-02", 1, Reason="O"))
    world.land(OLD_LEDGER, *(old(row) for row in rows))
    world.land(REIMBURSEMENTS, paid("2026-05-20", 1, "4.20"))
    assert units(world.one("2026-07-03")) == {"found": 1, "paid_cash": 1}
