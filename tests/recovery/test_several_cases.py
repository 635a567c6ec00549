"""Several cases of ours over one event, and what a case asked for on a day: worked out by hand.

16 or 3 units of X001 are lost; the ledger speaks up to 30 May or later.
"""

from datetime import date, timedelta

import pytest

from tests.common.reports.files import one
from tests.common.worlds.recovery import (
    LEDGER,
    OLD_LEDGER,
    REIMBURSEMENTS,
    World,
    case,
    found,
    lost,
    old,
    paid,
    quiet,
    reversal,
    units,
)


@pytest.mark.parametrize(
    ("status", "closed", "rest"),
    [
        ("not_eligible", "2026-06-01", {"denied": 2}),
        ("closed", "2026-06-01", {"future": 2}),
        ("open", None, {"in_progress": 2}),
    ],
)
def test_what_a_later_case_does_not_ask_for_stays_with_the_earlier_one(
    world: World, status: str, closed: str | None, rest: dict[str, int]
) -> None:
    # C1 asked for all 3; C2 of 10 June asks for 1 of them and is open.
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=3), quiet("2026-06-20"))
    world.land_cases(
        case(status, "2026-05-20", closed=closed), case("open", "2026-06-10", case_id="C2", units=1)
    )
    expected = {"in_progress": 1 + rest.pop("in_progress", 0)} | rest
    assert units(world.one("2026-06-11")) == expected


def test_a_payment_that_names_an_earlier_case_is_that_cases(world: World) -> None:
    # C1 asked for 3, was paid 1 on 1 June, the others were refused on 2 June. C2 asks for 2 more.
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=3), quiet("2026-06-20"))
    world.land(REIMBURSEMENTS, paid("2026-06-01", 1, "4.20", **{"case-id": "C1"}))
    world.land_cases(
        case("partially_reimbursed", "2026-05-20", closed="2026-06-02", units=3),
        case("open", "2026-06-10", case_id="C2", units=2),
    )
    assert units(world.one("2026-06-05")) == {"paid_cash": 1, "denied": 2}
    assert units(world.one("2026-06-21")) == {"paid_cash": 1, "in_progress": 2}


@pytest.mark.parametrize(
    ("status", "closed"),
    [
        ("fully_reimbursed", "2026-05-16"),
        ("partially_reimbursed", "2026-05-16"),
        ("closed", "2026-05-16"),
        ("open", None),
    ],
)
def test_a_case_for_one_unit_is_about_the_one_that_it_was_paid_for(
    world: World, status: str, closed: str | None
) -> None:
    # 1 lost on 1 May, 1 on 5 May. C1 asks for one and is paid for one: the other can be claimed.
    world.land(
        LEDGER,
        lost("2026-05-01", 1, unreconciled=1),
        lost("2026-05-05", 1, unreconciled=1),
        quiet("2026-05-20"),
    )
    world.land(REIMBURSEMENTS, paid("2026-05-15", 1, "4.20", **{"case-id": "C1"}))
    world.land_cases(case(status, "2026-05-10", closed=closed, units=1))
    assert sorted(map(str, map(units, world.all("2026-05-20")))) == [
        "{'paid_cash': 1}",
        "{'ready': 1}",
    ]


def test_a_limit_is_one_limit_on_earlier_days_too(world: World) -> None:
    # A 2 lost on 1 May, B 2 on 5 May. C1 asks for 3 units of the item; C2 of 1 June takes one of A.
    world.land(
        LEDGER,
        lost("2026-05-01", 2, unreconciled=2, **{"Reference ID": "REF-A"}),
        lost("2026-05-05", 2, unreconciled=2),
        quiet("2026-06-05"),
    )
    world.land_cases(
        case("open", "2026-05-10", units=3),
        case("open", "2026-06-01", case_id="C2", units=1, reference_ids=["REF-A"]),
    )
    told = [units(one) for one in world.all("2026-05-25")]
    assert sum(one.get("in_progress", 0) for one in told) == 3


def test_a_case_without_a_number_asked_for_all_that_was_open_on_the_day(world: World) -> None:
    # Opened on 20 May, when nothing of the 16 had been found; 5 were found on 25 May.
    back = found("2026-05-25", 5, **{"Reconciled Quantity": 5, "Unreconciled Quantity": 0})
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), back, quiet("2026-05-30"))
    world.land_cases(case("open", "2026-05-20"))
    assert units(world.one("2026-05-21")) == {"in_progress": 16}
    assert units(world.one("2026-05-31")) == {"found": 5, "in_progress": 11}


def test_what_was_refused_and_found_later_was_refused_on_the_day(world: World) -> None:
    world.land(
        OLD_LEDGER,
        *(old(row) for row in (lost("2026-05-14", 3), found("2026-05-25", 2), quiet("2026-05-30"))),
    )
    world.land_cases(case("not_eligible", "2026-05-16", closed="2026-05-20"))
    told = [units(world.one(f"2026-05-{day}")) for day in (15, 16, 20, 25)]
    assert told == [{"ready": 3}, {"in_progress": 3}, {"denied": 3}, {"found": 2, "denied": 1}]


def test_a_case_closed_later_lifts_no_other_doubt_of_earlier_days(world: World) -> None:
    # Of 11 open units 5 wait for a newer ledger (5 were paid on 2 June). A case of 2 units, opened
    # on 3 June, was closed without a payment on 10 June.
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), quiet("2026-05-30"))
    world.land(REIMBURSEMENTS, paid("2026-06-02", 5, "21.00"))
    world.land_cases(case("closed", "2026-06-03", closed="2026-06-10", units=2))
    before, during, after = (world.one(f"2026-06-{day}") for day in ("02", "05", "11"))
    assert units(before) == {"paid_cash": 5, "future": 5, "ready": 6}
    assert before["held"]["because"] == "newer_ledger"
    assert units(during) == {"paid_cash": 5, "in_progress": 2, "future": 5, "ready": 4}
    assert after["units"]["ready"] <= 4


@pytest.mark.parametrize("as_of", [None, "2026-06-20"])
def test_what_a_case_was_paid_and_lost_again_is_still_refused(
    world: World, as_of: str | None
) -> None:
    # C1 asked for 1 of 2, was paid on 20 May, which was taken back on 23 May; then it was refused.
    world.land(LEDGER, lost("2026-05-14", 2, unreconciled=2), quiet("2026-06-18"))
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-20", 1, "4.20", **{"reimbursement-id": "R1", "case-id": "C1"}),
        reversal("2026-05-23", "R1", 1, "-4.20"),
    )
    world.land_cases(case("not_eligible", "2026-05-16", closed="2026-06-05", units=1))
    told = units(world.one(as_of or "2099-01-01"))
    assert told["denied"] == 1


def test_a_case_lifts_no_doubt_of_the_days_before_it(world: World) -> None:
    # The ledger ends weeks before the payments do: nothing is proven, with or without a case.
    world.land(LEDGER, lost("2026-05-14", 1, unreconciled=1), quiet("2026-05-20"))
    other = {"sku": "SKU-B", "fnsku": "X002"}
    world.land(REIMBURSEMENTS, paid("2026-06-20", 1, "4.20", **other))
    world.land_cases(case("open", "2026-06-10"))
    assert [units(world.one(f"2026-06-{day}")) for day in ("01", "09", "11")] == [
        {"future": 1},
        {"future": 1},
        {"in_progress": 1},
    ]


def test_today_a_case_stands_as_its_own_status_says(world: World) -> None:
    # Refused on 1 June by its only step, open again by its status.
    steps = [{"at": "2026-06-01T18:00:00Z", "status": "not_eligible", "note": "no"}]
    world.land(LEDGER, lost("2026-05-14", 1, unreconciled=1), quiet("2026-06-18"))
    world.land_cases(case("open", "2026-05-20", events=steps))
    assert units(world.one("2026-06-02")) == {"denied": 1}
    assert units(world.one("2099-01-01")) == {"in_progress": 1}


@pytest.mark.parametrize(
    ("closed", "steps", "day"),
    [
        (None, ["06-02T05:00:00Z not_eligible"], "2026-06-01"),  # in Los Angeles
        ("2026-06-09", ["06-05T18:00:00Z not_eligible"], "2026-06-05"),
        ("2026-06-03", ["06-05T18:00:00Z not_eligible"], "2026-06-05"),
        # Refused again after a second look; a note on it is no second refusal.
        (
            None,
            [
                "06-01T18:00:00Z not_eligible",
                "06-04T18:00:00Z open",
                "06-07T18:00:00Z not_eligible",
                "06-10T18:00:00Z not_eligible",
            ],
            "2026-06-07",
        ),
        ("2026-06-09", ["06-05T18:00:00Z open"], "2026-06-09"),
        ("2026-06-09", [], "2026-06-09"),
        (None, [], "2026-05-20"),
    ],
)
def test_a_refusal_is_of_the_day_of_the_step_that_brought_it(
    world: World, closed: str | None, steps: list[str], day: str
) -> None:
    said = [
        dict(zip(("at", "status"), f"2026-{step}".split(), strict=True)) | {"note": ""}
        for step in steps
    ]
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=3), quiet("2026-06-20"))
    world.land_cases(case("not_eligible", "2026-05-20", closed=closed, events=said))
    assert units(world.one("2026-06-20")) == {"denied": 3}
    denied = one(world.database, "select denied_on from discrepancy where denied_units > 0")
    assert denied == date.fromisoformat(day)
    before = {"ready": 3} if day == "2026-05-20" else {"in_progress": 3}
    if len(steps) < 2:
        assert units(world.one((denied - timedelta(1)).isoformat())) == before
    assert units(world.one(day)) == {"denied": 3}


def test_a_payment_of_a_part_refuses_the_rest_once_the_case_is_closed(world: World) -> None:
    steps = [{"at": "2026-06-01T18:00:00Z", "status": "partially_reimbursed", "note": ""}]
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=3), quiet("2026-06-20"))
    world.land_cases(case("partially_reimbursed", "2026-05-20", closed="2026-06-09", events=steps))
    told = [units(world.one(f"2026-06-0{day}")) for day in (8, 9)]
    assert told == [{"in_progress": 3}, {"denied": 3}]
    denied = one(world.database, "select denied_on from discrepancy where denied_units > 0")
    assert denied == date(2026, 6, 9)
