"""A payment after a ledger file's last row is netted once: worlds worked out by hand.

A ledger file does not say when it was made; its last row's day is only the earliest day that can
have been. So nobody can say of a payment after that day whether the file's reconciled quantities
hold it already. Per item and kind of loss:

    X = units that the file calls reconciled
        - its found rows - payments up to its last row (or up to the last day asked for)
      = units that something else has reconciled.

Later payments and later found rows explain those X first. What exceeds X closes open units. If the
file was made before them after all, they would have closed open units instead: so many of the open
units, min(later, X), wait for a newer ledger. Two items of one file whose X is exactly what was
paid later, and none that says otherwise, prove that the file is newer than these payments.

Unless a test says otherwise: 16 units of X001 are lost on 14 May 2026 (to be claimed until
13 July), of which the ledger calls 5 reconciled and 11 open; its last row is of 30 May.
"""

from itertools import permutations
from pathlib import Path
from typing import Any, Final

import pytest

from services.database.engine import Database
from tests.common.reports.files import every_row
from tests.common.worlds.recovery import (
    LEDGER,
    REIMBURSEMENTS,
    Row,
    World,
    found,
    held,
    lost,
    paid,
    quiet,
)

OTHER: Final = {"FNSKU": "X002", "MSKU": "SKU-B", "ASIN": "B002"}
THIRD: Final = {"FNSKU": "X003", "MSKU": "SKU-C", "ASIN": "B003"}
LOST: Final = lost("2026-05-14", 16, unreconciled=11)
END: Final = quiet("2026-05-30")
LATER: Final = "2026-06-05"


def reconciled(day: str, units: int, **more: object) -> Row:
    """A find that Amazon has set against a loss."""
    return found(day, units, **{"Reconciled Quantity": units, "Unreconciled Quantity": 0} | more)


def summed(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The units of several losses of an item, bucket by bucket, without the empty ones."""
    sums: dict[str, int] = {}
    for row in rows:
        for name, value in row["units"].items():
            sums[name] = sums.get(name, 0) + value
    return {name: value for name, value in sums.items() if value}


def waiting(rows: list[dict[str, Any]]) -> int:
    """How many units wait for a newer ledger; each says so."""
    parts = [held(row) for row in rows]
    assert all("ledger" in (because or "") for units, because in parts if units)
    return sum(units for units, _ in parts)


def of(world: World, as_of: str, sku: str = "SKU-A") -> list[dict[str, Any]]:
    """The losses of an item."""
    return [row for row in world.all(as_of) if row["sku"] == sku]


def told(world: World, as_of: str = LATER, sku: str = "SKU-A") -> tuple[dict[str, int], int]:
    """What becomes of an item's units, and how many of them wait for a newer ledger."""
    return summed(of(world, as_of, sku)), waiting(of(world, as_of, sku))


# One file -----------------------------------------------------------------------------------


def test_a_later_payment_explains_first_what_was_reconciled(world: World) -> None:
    # X = 5 - 0 - 0 = 5. The 5 of 2 June are those: paid, not "found". Had the file been made
    # before them, 5 of the 11 would be paid: 5 wait, 6 can be claimed.
    world.land(LEDGER, LOST, END)
    world.land(REIMBURSEMENTS, paid("2026-06-02", 5, "21.00"))
    assert told(world) == ({"paid_cash": 5, "future": 5, "ready": 6}, 5)


def test_what_exceeds_the_reconciled_units_closes_open_ones(world: World) -> None:
    # X = 5. Of 11 paid later 5 are X, 6 close open units: 5 stay open, and min(11, 5) = 5 of them
    # only by this reading.
    world.land(LEDGER, LOST, END)
    world.land(REIMBURSEMENTS, paid("2026-06-02", 11, "46.20"))
    assert told(world) == ({"paid_cash": 11, "future": 5}, 5)


def test_all_that_was_lost_is_paid_later(world: World) -> None:
    # X = 5, 16 paid later: 5 and 11. Nothing is open, so nothing waits.
    world.land(LEDGER, LOST, END)
    world.land(REIMBURSEMENTS, paid("2026-06-02", 16, "67.20"))
    assert told(world) == ({"paid_cash": 16}, 0)


def test_more_is_paid_than_was_lost(world: World) -> None:
    # 16 units are paid, the 17th is for nothing that the reports tell; Claimed is all of it.
    world.land(LEDGER, LOST, END)
    world.land(REIMBURSEMENTS, paid("2026-06-02", 17, "71.40"))
    assert told(world) == ({"paid_cash": 16}, 0)
    (total,) = world.totals(LATER)
    assert total["amount"]["claimed_net"] == "71.40"


def test_where_nothing_was_reconciled_a_later_payment_closes_open_units(world: World) -> None:
    # X = 0 - 0 - 0 = 0: 3 of the 4 are paid, whenever the file was made. 1 can be claimed.
    world.land(LEDGER, lost("2026-05-14", 4, unreconciled=4), END)
    world.land(REIMBURSEMENTS, paid("2026-06-02", 3, "12.60"))
    assert told(world) == ({"paid_cash": 3, "ready": 1}, 0)


def test_a_payment_up_to_the_last_row_is_inside_and_a_later_one_is_not(world: World) -> None:
    # X = 5 - 0 - 5 (paid on 30 May, the last row's day) = 0. The 2 of 2 June close open units.
    world.land(LEDGER, LOST, END)
    world.land(REIMBURSEMENTS, paid("2026-05-30", 5, "21.00"), paid("2026-06-02", 2, "8.40"))
    assert told(world) == ({"paid_cash": 7, "ready": 9}, 0)


def test_found_rows_of_the_file_are_not_explained_again(world: World) -> None:
    # X = 5 - 3 (the row of 16 May) = 2. Of 4 paid later 2 are X, 2 close open units: 11 - 2 = 9,
    # of which min(4, 2) = 2 wait.
    world.land(LEDGER, LOST, reconciled("2026-05-16", 3), END)
    world.land(REIMBURSEMENTS, paid("2026-06-02", 4, "16.80"))
    assert told(world) == ({"found": 3, "paid_cash": 4, "future": 2, "ready": 7}, 2)


def test_two_losses_of_one_item_are_one_account(world: World) -> None:
    # 4 lost on 10 May, none reconciled; 6 on 14 May, 3 reconciled. X = 3. The 3 paid on 2 June are
    # the second loss's reconciled units; 4 + 3 = 7 stay open, min(3, 3) = 3 of them wait.
    world.land(
        LEDGER,
        lost("2026-05-10", 4, unreconciled=4),
        lost("2026-05-14", 6, unreconciled=3),
        END,
    )
    world.land(REIMBURSEMENTS, paid("2026-06-02", 3, "12.60"))
    assert told(world) == ({"paid_cash": 3, "future": 3, "ready": 4}, 3)
    assert [row["units"]["paid_cash"] for row in of(world, LATER)] == [0, 3]


def test_two_losses_of_one_item_and_a_payment_before_and_after(world: World) -> None:
    # 4 lost on 10 May (2 reconciled), 6 on 14 May (3 reconciled); 2 paid on 20 May, 3 on 2 June.
    # X = 5 - 2 = 3, all of it paid later. 2 + 3 = 5 stay open, min(3, 3) = 3 of them wait.
    world.land(
        LEDGER,
        lost("2026-05-10", 4, unreconciled=2),
        lost("2026-05-14", 6, unreconciled=3),
        END,
    )
    world.land(REIMBURSEMENTS, paid("2026-05-20", 2, "8.40"), paid("2026-06-02", 3, "12.60"))
    assert told(world) == ({"paid_cash": 5, "future": 3, "ready": 2}, 3)


def test_on_a_day_before_the_payment_its_units_were_still_open(world: World) -> None:
    # What was paid on 2 June was open on 1 June: 16.
    world.land(LEDGER, LOST, END)
    world.land(REIMBURSEMENTS, paid("2026-06-02", 5, "21.00"))
    rows = summed(of(world, "2026-06-01"))
    assert rows.get("future", 0) + rows.get("ready", 0) == 16
    assert sum(rows.values()) == 16


def test_a_payment_of_another_kind_explains_nothing_that_was_reconciled(world: World) -> None:
    # Paid for damage, 5 units, after the ledger's end: whether they were these lost ones nobody can
    # say. Nothing is explained by it, and so many of the 11 wait as it may have been for.
    world.land(LEDGER, LOST, END)
    world.land(REIMBURSEMENTS, paid("2026-06-02", 5, "21.00", reason="Damaged_Warehouse"))
    (row,) = of(world, LATER)
    waits, because = held(row)
    assert row["units"]["paid_cash"] == 0
    assert row["units"]["future"] + row["units"]["ready"] == 11
    assert row["units"]["future"] == waits >= 5
    assert because


# Found rows after the file's last day ---------------------------------------------------------


def test_a_later_found_row_explains_first_what_was_reconciled(world: World) -> None:
    # May's file: X = 5. June's file has 5 found on 3 June: they are X, or they are open ones.
    world.land(LEDGER, LOST, END)
    world.land(LEDGER, quiet("2026-05-31"), reconciled("2026-06-03", 5), quiet("2026-06-05"))
    assert told(world) == ({"found": 5, "future": 5, "ready": 6}, 5)


def test_later_found_units_beyond_the_reconciled_ones_wait(world: World) -> None:
    # X = 2 (14 open of 16). Of 5 found later 2 are X; the other 3 may be of the open 14, or of a
    # loss that no file here tells of: 3 wait.
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=14), END)
    world.land(LEDGER, quiet("2026-05-31"), reconciled("2026-06-03", 5), quiet("2026-06-05"))
    assert told(world) == ({"found": 2, "future": 3, "ready": 11}, 3)


def test_a_ledger_that_stops_weeks_before_the_newest_report_proves_nothing(world: World) -> None:
    # The payments report has a row of 30 June, a month after the ledger's end: what was found in
    # June is in no file. All 11 wait.
    world.land(LEDGER, LOST, END)
    other = {"sku": "SKU-B", "fnsku": "X002"}
    world.land(REIMBURSEMENTS, paid("2026-06-30", 1, "4.20", **other))
    (row,) = of(world, "2026-07-01")
    assert (row["units"]["ready"], row["units"]["future"]) == (0, 11)
    assert (held(row)[1], row["awaits"]) == ("report", "amazon_ledger_detail")
    assert row["expires_on"] == "2026-07-13"


# The file's age -------------------------------------------------------------------------------


def test_the_last_day_asked_for_is_the_files_least_age(world: World) -> None:
    # Asked for up to 5 June: the 5 of 2 June are inside. X = 5 - 0 - 5 = 0: all 11 can be claimed.
    world.land(LEDGER, LOST, END, asked=("2026-05-01", "2026-06-05"))
    world.land(REIMBURSEMENTS, paid("2026-06-02", 5, "21.00"))
    assert told(world) == ({"paid_cash": 5, "ready": 11}, 0)


def test_a_payment_after_the_last_day_asked_for_is_later(world: World) -> None:
    # Asked for up to 1 June, paid on 2 June: X = 5, as if it had not been said.
    world.land(LEDGER, LOST, END, asked=("2026-05-01", "2026-06-01"))
    world.land(REIMBURSEMENTS, paid("2026-06-02", 5, "21.00"))
    assert told(world) == ({"paid_cash": 5, "future": 5, "ready": 6}, 5)


def _two_items(world: World) -> None:
    # X001: X = 5, 5 paid on 2 June. X002: 4 lost, 2 reconciled: X = 2, 2 paid on 3 June.
    world.land(
        LEDGER,
        LOST,
        lost("2026-05-15", 4, unreconciled=2, **OTHER),
        lost("2026-05-16", 3, unreconciled=3, **THIRD),
        END,
    )
    world.land(
        REIMBURSEMENTS,
        paid("2026-06-02", 5, "21.00"),
        paid("2026-06-03", 2, "8.40", sku="SKU-B", fnsku="X002"),
    )


def test_two_items_together_prove_that_the_file_was_made_later(world: World) -> None:
    # Both X are exactly what was paid later, and nothing speaks against it.
    _two_items(world)
    assert told(world) == ({"paid_cash": 5, "ready": 11}, 0)
    assert told(world, sku="SKU-B") == ({"paid_cash": 2, "ready": 2}, 0)
    assert told(world, sku="SKU-C") == ({"ready": 3}, 0)


def test_an_item_that_contradicts_takes_the_proof_away(world: World) -> None:
    # 1 of X003 was paid on 1 June and the file knows nothing of it: made before, then.
    _two_items(world)
    world.land(REIMBURSEMENTS, paid("2026-06-01", 1, "4.20", sku="SKU-C", fnsku="X003"))
    assert told(world) == ({"paid_cash": 5, "future": 5, "ready": 6}, 5)
    assert told(world, sku="SKU-B") == ({"paid_cash": 2, "future": 2}, 2)
    assert told(world, sku="SKU-C") == ({"paid_cash": 1, "ready": 2}, 0)


def test_two_items_of_one_unit_each_are_a_coincidence(world: World) -> None:
    # 2 lost of each, 1 reconciled, 1 paid on 2 June: so it is with most losses. 1 of each waits.
    world.land(
        LEDGER,
        lost("2026-05-14", 2, unreconciled=1),
        lost("2026-05-15", 2, unreconciled=1, **OTHER),
        END,
    )
    world.land(
        REIMBURSEMENTS,
        paid("2026-06-02", 1, "4.20"),
        paid("2026-06-02", 1, "4.20", sku="SKU-B", fnsku="X002"),
    )
    assert told(world) == told(world, sku="SKU-B") == ({"paid_cash": 1, "future": 1}, 1)


def test_two_losses_of_one_item_are_no_two_witnesses(world: World) -> None:
    # X001 alone: 10 May (3 of 4 reconciled) and 14 May (5 of 16), 8 paid later. X = 8, explained,
    # but by one item: min(8, 8) = 8 of the 1 + 11 = 12 open units wait.
    world.land(LEDGER, lost("2026-05-10", 4, unreconciled=1), LOST, END)
    world.land(REIMBURSEMENTS, paid("2026-06-02", 8, "33.60"))
    assert told(world) == ({"paid_cash": 8, "future": 8, "ready": 4}, 8)


# Several files --------------------------------------------------------------------------------

# 4 lost on 10 April, 2 of them reconciled; 6 lost on 14 May, 3 of them reconciled.
APRIL: Final = (lost("2026-04-10", 4, unreconciled=2), quiet("2026-04-30"))
MAY: Final = (quiet("2026-05-01"), lost("2026-05-14", 6, unreconciled=3), END)


def _monthly(world: World) -> None:
    world.land(LEDGER, *APRIL)
    world.land(LEDGER, *MAY)


def _at_once(world: World) -> None:
    world.land(LEDGER, *APRIL, *MAY)


@pytest.mark.parametrize("bring", [_monthly, _at_once])
def test_monthly_files_say_what_one_file_says_of_later_payments(world: World, bring: Any) -> None:
    # 2 paid on 1 June and 3 on 2 June, after both files' last rows. X = 2 + 3 = 5, all paid later:
    # 2 + 3 = 5 stay open, and each of them only by this reading.
    bring(world)
    world.land(REIMBURSEMENTS, paid("2026-06-01", 2, "8.40"), paid("2026-06-02", 3, "12.60"))
    assert told(world) == ({"paid_cash": 5, "future": 5}, 5)


@pytest.mark.parametrize("bring", [_monthly, _at_once])
def test_monthly_files_net_a_payment_between_them_once(world: World, bring: Any) -> None:
    # 2 paid on 5 May, 3 on 2 June. In truth: 2 + 3 reconciled are the 5 paid, 2 + 3 are open. One
    # file holds the 2 of 5 May for certain: 3 wait, 2 can be claimed. April's own file may have
    # been made before 5 May: there its 2 may wait as well. Open, paid and found are the same.
    bring(world)
    world.land(REIMBURSEMENTS, paid("2026-05-05", 2, "8.40"), paid("2026-06-02", 3, "12.60"))
    rows = summed(of(world, LATER))
    open_units = rows.pop("future", 0) + rows.get("ready", 0)
    ready = rows.pop("ready", 0)
    assert (rows, open_units) == ({"paid_cash": 5}, 5)
    assert ready <= 2
    if bring is _at_once:
        assert ready == 2


def test_each_month_waits_for_what_may_have_closed_its_own_units(world: World) -> None:
    # April: 4 lost, 2 reconciled, to 30 April. May: 9 lost on 14 May, 3 reconciled, to 30 May.
    # The 2 paid on 5 May were before May's loss: they explain April's 2, or closed its open 2. The
    # 3 of 2 June explain May's 3, or closed 3 of its open 6.
    world.land(LEDGER, *APRIL)
    world.land(LEDGER, quiet("2026-05-01"), lost("2026-05-14", 9, unreconciled=6), END)
    world.land(REIMBURSEMENTS, paid("2026-05-05", 2, "8.40"), paid("2026-06-02", 3, "12.60"))
    april, may = of(world, LATER)
    assert summed([april]) == {"paid_cash": 2, "future": 2}
    assert summed([may]) == {"paid_cash": 3, "future": 3, "ready": 3}


def test_the_order_of_import_changes_nothing(database: Database, tmp_path: Path) -> None:
    said = []
    money = (paid("2026-06-01", 2, "8.40"), paid("2026-06-02", 3, "12.60"))
    files = ((LEDGER, APRIL), (LEDGER, MAY), (REIMBURSEMENTS, money))
    for number, order in enumerate(permutations(files)):
        world = World(database, tmp_path, account=f"Order {number}", at_once=False)
        for header, rows in order:
            world.land(header, *rows)
        said.append(told(world))
    assert said == [({"paid_cash": 5, "future": 5}, 5)] * 6


def _april_again(reconciled_units: int) -> tuple[Row, Row]:
    """April's file once more, from the same days, with so many of the 4 units reconciled."""
    return lost("2026-04-10", 4, unreconciled=4 - reconciled_units), quiet("2026-04-30")


@pytest.mark.parametrize("fetched", [(0, 2), (2, 0)])
def test_an_older_month_fetched_again_with_more_reconciled_is_the_newer_reading(
    world: World, fetched: tuple[int, int]
) -> None:
    # April's file, first with nothing reconciled, later with 2; 2 were paid on 5 May. Whichever is
    # imported last: X = 2, paid later; 2 of April and 6 of May are open, 2 of them wait.
    world.land(LEDGER, *_april_again(fetched[0]))
    world.land(LEDGER, quiet("2026-05-01"), lost("2026-05-14", 6, unreconciled=6), END)
    world.land(LEDGER, *_april_again(fetched[1]))
    world.land(REIMBURSEMENTS, paid("2026-05-05", 2, "8.40"))
    assert told(world, "2026-06-01") == ({"paid_cash": 2, "future": 2, "ready": 6}, 2)


WIDE: Final = (quiet("2026-05-01"), lost("2026-05-10", 6, unreconciled=6), END)
NARROW: Final = (
    quiet("2026-05-01"),
    lost("2026-05-10", 6, unreconciled=2),
    quiet("2026-05-20"),
)


@pytest.mark.parametrize("order", [(WIDE, NARROW), (NARROW, WIDE)])
def test_of_overlapping_readings_the_one_with_more_reconciled_is_the_newer(
    world: World, order: tuple[tuple[Row, ...], ...]
) -> None:
    # 6 lost on 10 May. A file to 30 May calls none reconciled, one to 20 May calls 4 so: it was
    # made later, although its last row is earlier. 4 are found, 2 are open.
    for rows in order:
        world.land(LEDGER, *rows)
    assert told(world) == ({"found": 4, "ready": 2}, 0)


@pytest.mark.parametrize("swapped", [False, True])
def test_readings_that_contradict_each_other_are_a_warning(
    world: World, database: Database, swapped: bool
) -> None:
    # The first file has 3 of X001 reconciled and none of X002, the second the other way round: no
    # order of the two can be right. Of each item 1 unit is open in both; nothing more is ready.
    one = (lost("2026-05-10", 4, unreconciled=1), lost("2026-05-10", 4, unreconciled=4, **OTHER))
    two = (lost("2026-05-10", 4, unreconciled=4), lost("2026-05-10", 4, unreconciled=1, **OTHER))
    for rows in (two, one) if swapped else (one, two):
        world.land(LEDGER, quiet("2026-05-01"), *rows, END)
    for sku in ("SKU-A", "SKU-B"):
        parts = summed(of(world, LATER, sku))
        assert parts.get("ready", 0) <= 1
        assert sum(parts.values()) == 4
    notes = every_row(database, "select 1 from report_document where jsonb_array_length(notes) > 0")
    assert notes, "said with the file"
